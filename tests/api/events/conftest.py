"""What the tests of events share: a receiver, and webhooks to it."""

from collections.abc import Callable, Iterator

import pytest

from api.clock import real_now
from api.records import webhooks
from api.records.sellers import Seller
from api.webhook_signing import begin_secret
from api.wiring import House
from tests.api.events.hooks import Hook
from tests.api.events.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def new_hook(house: House, seller: Seller, receiver: Receiver) -> Callable[..., Hook]:
    def make(types: list[str] | None = None, ordered: bool = False) -> Hook:
        now = real_now()
        values = {"address": receiver.address, "types": types, "ordered": ordered, "description": None}
        with house.sessions.of(seller.id) as session:
            webhook = webhooks.add(session, values, "test", now)
            secret = begin_secret(session, house.vault, webhook.id, now)
        return Hook(house, seller, webhook.id, secret)

    return make
