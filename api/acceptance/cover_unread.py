"""Tells what cannot be read of covers: one alert of a debtor whose cover is lost, one of an insurer that is silent."""

from datetime import timedelta
from itertools import groupby
from uuid import UUID

from api.records import alerts, cover_requests
from api.records.alerts import Called
from api.records.sellers import Seller
from api.wiring import House
from providers.errors import SourceBusy, SourceDown, SourceLate, SourceLeftAlone, SourceRefused
from providers.insurers import CoverNotFound

COVER_UNKNOWN, SOURCE_DOWN = "cover_unknown", "source_down"
# Covers are read once a day; one night without an answer is nobody's trouble.
SILENT = timedelta(days=2)
OF_SOURCE = tuple(
    f"source_{each.code}" for each in (SourceDown, SourceLate, SourceBusy, SourceLeftAlone, SourceRefused)
)
SHOWN_MAX = 20


def tell_unread(house: House, seller: Seller) -> None:
    """Open and end the alerts of covers that an insurer does not know, and of insurers that did not answer for days.

    Both are told by how all requests of the seller stand now, so it is safe to repeat.
    """
    now = house.clock.now(seller)
    with house.sessions.of(seller.id) as session:
        lost = {
            str(debtor_id): Called(COVER_UNKNOWN, str(debtor_id), "urgent", _data(list(rows)), debtor_id)
            for debtor_id, rows in groupby(
                cover_requests.not_found(session, CoverNotFound.code), key=lambda row: row.debtor_id
            )
        }
        alerts.open_alerts(session, list(lost.values()), now=now)
        known = [subject for subject, _ in alerts.still_open(session, COVER_UNKNOWN, {}) if subject not in lost]
        alerts.end_alerts(session, [(COVER_UNKNOWN, each) for each in known], now=now)
        silent = cover_requests.unanswered(session, now - SILENT, OF_SOURCE)
        for provider, code in silent.items():
            data = {"provider": provider, "code": code.removeprefix("source_")}
            alerts.open_alert(session, SOURCE_DOWN, provider, "warning", data, now=now)
        insurers = house.catalog.insurer_providers - silent.keys()
        alerts.end_alerts(session, [(SOURCE_DOWN, each) for each in insurers], now=now)


def _data(rows: list[tuple[UUID, UUID, UUID, str | None]]) -> dict[str, object]:
    """Give which covers of a debtor are lost, by their requests and contracts, and at which insurer the first is."""
    return {
        "provider": rows[0][3],
        "cover_request_ids": [str(request_id) for _, request_id, _, _ in rows[:SHOWN_MAX]],
        "insurance_policy_ids": sorted({str(policy_id) for _, _, policy_id, _ in rows}),
    }
