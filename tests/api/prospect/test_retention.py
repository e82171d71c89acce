"""Reports go when they have been kept long enough, to the day; decisions and their reasons stay."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from api.clock import Clock
from api.prospect import retention
from api.prospect.retention import Erased, erase_of
from api.records.base import new_id
from api.records.reports import ReportRecord
from api.records.sellers import Seller
from api.wiring import House
from tests.api.fresh_report.fakes import house_with, new_debtor

ClientOf = Callable[..., FlaskClient]
ZONE = ZoneInfo("Europe/Amsterdam")
WHY = {"purpose": "credit_assessment", "relation": "prospect"}


def on(house: House, day: date, at: time = time(12)) -> House:
    """The house at a time of a day where the seller is."""
    moment = datetime.combine(day, at, ZONE).astimezone(UTC)
    return house_with(house, house.catalog, clock=Clock(lambda: moment))


def counted(house: House, seller: Seller, table: str) -> int:
    with house.sessions.of(seller.id) as session:
        return session.scalar(text(f"SELECT count(*) FROM {table}")) or 0


def check(client: FlaskClient, kvk_number: str) -> Any:
    answer = client.post("/v1/credit-checks", json={"company": {"country": "NL", "kvk_number": kvk_number}, **WHY})
    assert answer.status_code == 201, answer.text
    return answer.json


def add_report(house: House, seller: Seller, debtor_id: UUID, at: datetime, **given: Any) -> UUID:
    values = {"kind": "credit_bureau", "provider": "creditsafe", "raw": {"x": 1}, "facts": {"x": 1}, **given}
    with house.sessions.of(seller.id) as session:
        report = ReportRecord(id=new_id(), debtor_id=debtor_id, retrieved_at=at, **values)
        session.add(report)
        return report.id


def kept_ids(house: House, seller: Seller) -> set[UUID]:
    with house.sessions.of(seller.id) as session:
        return set(session.scalars(text("SELECT id FROM credit_report")))


@pytest.mark.parametrize(
    ("declined_on", "today", "is_erased"),
    [
        (date(2025, 3, 10), date(2025, 9, 9), False),
        (date(2025, 3, 10), date(2025, 9, 10), True),
        (date(2025, 8, 31), date(2026, 2, 27), False),
        (date(2025, 8, 31), date(2026, 2, 28), True),
    ],
)
def test_the_reports_of_a_declined_prospect_go_after_six_months(
    new_seller: Callable[..., Seller],
    client_of: ClientOf,
    house: House,
    declined_on: date,
    today: date,
    is_erased: bool,
) -> None:
    seller = new_seller(starts_on=declined_on)
    decided = check(client_of("finance", seller=seller), "90000007")
    assert (decided["outcome"], decided["as_of"]) == ("decline", str(declined_on))
    reports = counted(house, seller, "credit_report")
    house_then = house_with(house, house.catalog, clock=Clock(lambda: _moment(seller, today)))
    erased = erase_of(house_then, seller)
    assert erased == Erased(reports if is_erased else 0, 0)
    assert counted(house, seller, "credit_report") == (0 if is_erased else reports)
    again = client_of("finance", seller=seller).get(f"/v1/decisions/{decided['id']}").json
    assert [each["code"] for each in again["reasons"]] == [each["code"] for each in decided["reasons"]]
    replay = client_of("finance", seller=seller).post(f"/v1/decisions/{decided['id']}/replay")
    assert replay.status_code == (410 if is_erased else 200)
    assert erase_of(house_then, seller) == Erased(0, 0)


AGAIN = text(
    "INSERT INTO decision SELECT (jsonb_populate_record(d, jsonb_build_object('id', CAST(:id AS uuid),"
    " 'kind', 'monitoring', 'as_of', '2025-08-01', 'decided_at', '2025-08-01T12:00:00Z'))).* FROM decision d"
)


def test_nobody_is_kept_longer_for_being_judged_again(
    new_seller: Callable[..., Seller], client_of: ClientOf, house: House
) -> None:
    seller = new_seller(starts_on=date(2025, 3, 10))
    check(client_of("finance", seller=seller), "90000007")
    with house.sessions.of(seller.id) as session:
        session.execute(AGAIN, {"id": new_id()})
    erase_of(house_with(house, house.catalog, clock=Clock(lambda: _moment(seller, date(2025, 9, 10)))), seller)
    assert counted(house, seller, "credit_report") == 0
    assert counted(house, seller, "decision") == 2


def _moment(seller: Seller, today: date) -> datetime:
    """The real time at which it is noon of a day for a test seller, whose clock stands apart."""
    return datetime.combine(today, time(12), ZONE).astimezone(UTC) - seller.clock_ahead


def test_others_keep_their_reports(new_seller: Callable[..., Seller], client_of: ClientOf, house: House) -> None:
    """Accepted or referred, declined but checked again since, or a customer: none of them is a declined prospect."""
    day = date(2025, 3, 10)
    seller = new_seller(starts_on=day)
    finance = client_of("finance", seller=seller)
    assert check(finance, "90000001")["outcome"] == "accept"
    customer = check(finance, "90000007")
    invoice = {
        "debtor_id": customer["debtor_id"],
        "invoice_number": "1",
        "invoiced_on": str(day),
        "due_on": str(day),
        "amount": {"amount": "800.00", "currency": "EUR"},
    }
    assert finance.post("/v1/invoices", json=invoice).status_code == 201
    before = counted(house, seller, "credit_report")
    house_then = house_with(house, house.catalog, clock=Clock(lambda: _moment(seller, date(2026, 3, 10))))
    assert erase_of(house_then, seller) == Erased(0, 0)
    assert counted(house, seller, "credit_report") == before


def test_a_report_that_came_after_the_decline_waits_for_its_own_decision(
    new_seller: Callable[..., Seller], client_of: ClientOf, house: House
) -> None:
    seller = new_seller(starts_on=date(2025, 3, 10))
    decided = check(client_of("finance", seller=seller), "90000007")
    new = add_report(house, seller, UUID(decided["debtor_id"]), datetime(2026, 3, 9, tzinfo=UTC))
    house_then = house_with(house, house.catalog, clock=Clock(lambda: _moment(seller, date(2026, 3, 10))))
    assert erase_of(house_then, seller).declined_count > 0
    assert kept_ids(house, seller) == {new}


@pytest.mark.parametrize(
    ("replaced_at", "today", "is_erased"),
    [
        (datetime(2024, 1, 31, 12, tzinfo=ZONE), date(2026, 1, 30), False),
        (datetime(2024, 1, 31, 12, tzinfo=ZONE), date(2026, 1, 31), True),
        (datetime(2024, 2, 29, 12, tzinfo=ZONE), date(2026, 2, 27), False),
        (datetime(2024, 2, 29, 12, tzinfo=ZONE), date(2026, 2, 28), True),
        # One minute past midnight here, and still the day before in UTC.
        (datetime(2024, 6, 2, 0, 1, tzinfo=ZONE), date(2026, 6, 1), False),
        (datetime(2024, 6, 2, 0, 1, tzinfo=ZONE), date(2026, 6, 2), True),
    ],
)
def test_a_report_goes_two_years_after_it_was_replaced(
    house: House, seller: Seller, replaced_at: datetime, today: date, is_erased: bool
) -> None:
    debtor_id = new_debtor(house, seller)
    old = add_report(house, seller, debtor_id, replaced_at - timedelta(days=90))
    new = add_report(house, seller, debtor_id, replaced_at)
    assert erase_of(on(house, today), seller) == Erased(0, int(is_erased))
    assert kept_ids(house, seller) == ({new} if is_erased else {old, new})


@pytest.mark.parametrize(
    ("newer", "is_erased"),
    [
        ({}, True),
        ({"provider": "dnb"}, True),
        ({"kind": "sanctions_list"}, False),
        ({"facts": None}, False),
        ({"facts": None, "raw": None}, False),
    ],
)
def test_only_what_can_take_its_place_replaces_a_report(
    house: House, seller: Seller, newer: Any, is_erased: bool
) -> None:
    debtor_id, long_ago = new_debtor(house, seller), datetime(2020, 1, 1, tzinfo=UTC)
    old = add_report(house, seller, debtor_id, long_ago)
    add_report(house, seller, debtor_id, long_ago + timedelta(days=1), **newer)
    add_report(house, seller, new_debtor(house, seller), long_ago + timedelta(days=1))
    erase_of(on(house, date(2026, 1, 1)), seller)
    assert (old not in kept_ids(house, seller)) == is_erased


def test_batches_go_on_until_nothing_is_left(house: House, seller: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH_COUNT", 3)
    debtor_id = new_debtor(house, seller)
    for day in range(8):
        add_report(house, seller, debtor_id, datetime(2020, 1, 1 + day, tzinfo=UTC))
    assert erase_of(on(house, date(2026, 1, 1)), seller) == Erased(0, 7)


def test_the_reports_of_another_seller_stay(house: House, seller: Seller, new_seller: Callable[..., Seller]) -> None:
    other = new_seller()
    for each in (seller, other):
        debtor_id = new_debtor(house, each)
        for day in (1, 2):
            add_report(house, each, debtor_id, datetime(2020, 1, day, tzinfo=UTC))
    assert erase_of(on(house, date(2026, 1, 1)), seller) == Erased(0, 1)
    assert len(kept_ids(house, other)) == 2
