"""The digests of days that a clock is moved over: one a day at most, and nothing told twice, also in summer time."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from api.records.mail_preferences import MailPreferenceRecord
from api.wiring import House
from tests.api.clock.conftest import FAY, Shop
from tests.api.mail.receiving import config_of

MONDAY = 0
DAYS, DUE_IN_DAYS = 24, (1, 3, 7)  # Of the clock's move, and when the invoices of three debtors fall due.
NO_PORT = 9  # Mails are made here, and sent by nobody.
DIGESTS = text(
    "SELECT digest_on, content FROM mail WHERE kind = 'digest' AND address = :address ORDER BY digest_on, id"
)


@pytest.fixture
def house(house: House) -> House:
    return replace(house, config=replace(house.config, mail=config_of(NO_PORT)))


def digests(here: Shop, address: str) -> list[tuple[date, dict]]:
    with here.house.sessions.of(here.seller.id) as session:
        return [(each.digest_on, each.content) for each in session.execute(DIGESTS, {"address": address})]


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(place) for place in range((last - first).days + 1)]


def presses(fact: dict, day: date) -> bool:
    """Whether an alert is told each day: it is urgent, or must be acted on within three days."""
    act_until = fact["data"].get("act_until")
    is_near = act_until is not None and day <= date.fromisoformat(act_until) <= day + timedelta(3)
    return fact["severity"] == "urgent" or is_near


@pytest.mark.parametrize(
    ("starts_on", "time_zone", "digest_hour"),
    [
        pytest.param(date(2026, 3, 20), "Europe/Amsterdam", 2, id="at an hour that there is not into summer time"),
        pytest.param(date(2026, 10, 16), "Europe/Amsterdam", 2, id="at an hour that comes twice out of summer time"),
        pytest.param(date(2026, 10, 16), "Europe/Amsterdam", 23, id="late, out of summer time"),
        pytest.param(date(2028, 2, 20), "Europe/Amsterdam", 0, id="at midnight, over a leap day"),
        pytest.param(date(2026, 12, 24), "Europe/Amsterdam", 7, id="over the end of the year"),
        pytest.param(date(2026, 9, 18), "Pacific/Auckland", 7, id="in Auckland"),
        pytest.param(date(2026, 10, 24), "America/New_York", 7, id="in New York"),
    ],
)
def test_digests_come_at_most_daily_and_each_week_and_tell_each_alert_once_as_new(
    shop, starts_on, time_zone, digest_hour
):
    here = shop(starts_on, time_zone)
    with here.house.sessions.of(here.seller.id) as session:
        now = here.house.clock.now(here.seller)
        values = {"language": "en", "kinds": None, "urgent_at_once": True, "scope": "own", "changed_at": now}
        session.add(MailPreferenceRecord(address=FAY, digest_hour=digest_hour, **values))
    for due in DUE_IN_DAYS:  # Once the first is overdue something is open on every day, and new now and then.
        here.bill(here.customer(), due_on=starts_on + timedelta(due))
    here.move(forward_days=DAYS)
    found = digests(here, FAY)
    days = [day for day, _ in found]
    assert days == sorted(set(days))
    is_next_day = (
        digest_hour == 0
    )  # What opens as a day begins is told at the hour of that day; at midnight, of the next.
    assert days[0] == starts_on + timedelta(DUE_IN_DAYS[0] + 6 + is_next_day)
    last_on = starts_on + timedelta(DAYS) - timedelta(digest_hour > 9)
    assert set(days) >= {each for each in days_between(days[0], last_on) if each.weekday() == MONDAY}
    for day, parts in found:
        is_news = bool(parts["new"] or parts["ended"])
        assert is_news or day.weekday() == MONDAY or any(presses(each, day) for each in parts["open"])
    new = [each["alert_id"] for _, parts in found for each in parts["new"]]
    assert len(new) == len(set(new))
    overdue = [day for day, parts in found for each in parts["new"] if each["kind"] == "first_payment_overdue"]
    assert overdue == [starts_on + timedelta(due + 6 + is_next_day) for due in DUE_IN_DAYS]
