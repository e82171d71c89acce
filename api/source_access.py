"""What a seller reaches outside sources with: the one step between a service and the catalog that all rooms share."""

from collections.abc import Mapping
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from api.clock import real_now
from api.records.sellers import Seller
from api.source_memory import StoredMemory
from api.wiring import House
from providers.catalog import Access, Mode
from providers.memory import Memory
from providers.settings import Price


def source_access(
    house: House,
    seller: Seller,
    *,
    debtor_id: UUID | None = None,
    decision_id: UUID | None = None,
    prices: Mapping[str, Price] | None = None,
) -> Access:
    """Give a seller's access to sources, for one question; no transaction may be open while it is used.

    Calls are metered for `debtor_id` and `decision_id`; `prices` are what a report costs this seller, by provider.
    Raises SecretUnreadable when a kept credential cannot be opened.
    """

    def memory(provider: str) -> Memory:
        return StoredMemory(house, seller, provider, debtor_id, decision_id)

    return Access(
        mode=cast(Mode, seller.mode),
        credentials=house.credentials.of(house.sessions, seller.id),
        memory=memory,
        now=house.clock.now(seller).astimezone(ZoneInfo(seller.time_zone)),
        real_now=real_now,
        prices=prices or {},
    )
