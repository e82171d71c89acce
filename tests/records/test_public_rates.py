"""Public rates: the same one is known, another value is a correction, and what was known then can be asked."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from api.records import public_rates
from api.records.public_rates import PublicRate
from api.records.sessions import Sessions

DAY = date(2011, 3, 1)  # Rates are every seller's: these tests have years of their own.
FIRST, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def rate(name: str, value: str, day: date = DAY, source: str = "ECB") -> PublicRate:
    return PublicRate("exchange", name, day, Decimal(value), source)


def add(sessions: Sessions, *rates: PublicRate, now: datetime = FIRST) -> tuple[int, int, int, int]:
    with sessions.of_nobody() as session:
        added = public_rates.add(session, rates, now)
    return added.new_count, added.known_count, added.corrected_count, len(added.contradicted)


def read(sessions: Sessions, names: list[str], day: date, days: int = 7, **options: Any) -> dict[str, str]:
    with sessions.of_nobody() as session:
        found = public_rates.exchange_rates(session, names, day, days=days, **options)
    return {each.name: str(each.value) for each in found}


def test_the_same_is_known_and_another_value_is_a_correction_known_later(sessions: Sessions) -> None:
    assert add(sessions, rate("USD", "1.5"), rate("GBP", "0.85")) == (2, 0, 0, 0)
    assert add(sessions, rate("USD", "1.50", source="elsewhere"), rate("GBP", "0.86"), now=LATER) == (0, 1, 1, 0)
    assert read(sessions, ["USD", "GBP"], DAY) == {"USD": "1.5", "GBP": "0.86"}
    before = LATER - timedelta(seconds=1)
    assert read(sessions, ["USD", "GBP"], DAY, known_at=before) == {"USD": "1.5", "GBP": "0.85"}
    assert read(sessions, ["GBP"], DAY, known_at=FIRST - timedelta(seconds=1)) == {}
    # An old file that is read again takes no correction back.
    assert add(sessions, rate("GBP", "0.85"), now=LATER + timedelta(1)) == (0, 1, 0, 0)
    assert read(sessions, ["GBP"], DAY) == {"GBP": "0.86"}


def test_the_newest_rate_counts_until_it_is_too_old(sessions: Sessions) -> None:
    day = date(2012, 4, 5)
    add(sessions, rate("SEK", "9", day), rate("SEK", "8", day - timedelta(1)), rate("SEK", "7", day + timedelta(5)))
    assert read(sessions, ["SEK", "NOK"], day + timedelta(4), days=4) == {"SEK": "9"}
    assert read(sessions, ["SEK"], day + timedelta(4), days=3) == {}
    assert read(sessions, ["SEK"], day + timedelta(5), days=0) == {"SEK": "7"}


def test_two_values_of_one_day_in_one_file_are_told_and_the_first_is_kept(sessions: Sessions) -> None:
    day = date(2013, 4, 5)
    assert add(sessions, rate("CHF", "1.2", day), rate("CHF", "1.2", day), rate("CHF", "1.3", day)) == (1, 1, 0, 1)
    assert read(sessions, ["CHF"], day) == {"CHF": "1.2"}


@pytest.mark.parametrize("value", ["0", "-1", "NaN", "Infinity", "0.00000000001", "1e14"])
def test_what_is_no_rate_is_refused(value: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        rate("USD", value)


def test_the_newest_is_read_from_the_key_alone(sessions: Sessions) -> None:
    with sessions.of_nobody() as session:
        query = public_rates.newest("exchange", DAY, names=["USD"], since=DAY - timedelta(7))
        shown = query.compile(session.connection(), compile_kwargs={"literal_binds": True})
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(session.scalars(text(f"EXPLAIN {shown}")).all())
    assert "pk_public_rate" in plan, plan
