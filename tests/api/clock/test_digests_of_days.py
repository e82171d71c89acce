"""The digests of days that a clock is moved over: one a day, whatever the summer time does, and nothing told twice."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from api.records.mail_preferences import MailPreferenceRecord
from api.wiring import House
from tests.api.clock.conftest import FAY, Shop
from tests.api.mail.receiving import config_of

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
def test_a_digest_comes_each_day_and_tells_each_alert_once_as_new(shop, starts_on, time_zone, digest_hour):
    here = shop(starts_on, time_zone)
    with here.house.sessions.of(here.seller.id) as session:
        now = here.house.clock.now(here.seller)
        values = {"language": "en", "kinds": None, "urgent_at_once": True, "scope": "own", "changed_at": now}
        session.add(MailPreferenceRecord(address=FAY, digest_hour=digest_hour, **values))
    for due in (-5, -1, 2):  # Something is open on every day, and something new comes now and then.
        here.bill(here.customer(), due_on=starts_on + timedelta(due))
    here.move(forward_days=16)
    found = digests(here, FAY)
    days = [day for day, _ in found]
    assert days == [days[0] + timedelta(place) for place in range(len(days))]
    assert days[0] <= starts_on + timedelta(2)
    assert days[-1] == starts_on + timedelta(16) - timedelta(digest_hour > 9)
    new = [each["alert_id"] for _, parts in found for each in parts["new"]]
    assert len(new) == len(set(new))
    overdue = [day for day, parts in found for each in parts["new"] if each["kind"] == "first_payment_overdue"]
    # Opened as its day begins, told at the hour of that day; at midnight itself, of the next one.
    assert overdue == [starts_on + timedelta(due + 6 + (digest_hour == 0)) for due in (-5, -1, 2)]
