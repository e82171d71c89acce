"""How far limits are used: the tightest on the way to the top bounds what can be ordered."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.facts import NO_LIMIT_GIVEN, CreditLimit
from scoring.limit_use import limit_use
from scoring.orders import LimitLevel

TODAY = date(2026, 5, 4)
UNLIMITED = CreditLimit("unlimited")


def level(limit, exposure, *, scope="own", until=None, secured="0"):
    known = limit if isinstance(limit, CreditLimit) else CreditLimit("amount", Decimal(limit))
    return LimitLevel("d", scope, known, until, Decimal(exposure), Decimal(secured))


def amounts(*texts):
    return tuple(None if each is None else Decimal(each) for each in texts)


ENDED_GROUP = [level("50000", "31000"), level("80000", "73000", scope="group", until=date(2026, 5, 3))]


@pytest.mark.parametrize(
    ("levels", "headroom", "available", "over", "utilisation"),
    [
        ([level("1000", "400")], "600", "600", "0", "0.4"),
        ([level("1000", "1200")], "-200", "0", "200", "1.2"),
        ([level("0", "0")], "0", "0", "0", None),
        ([level("1000", "1200", secured="500")], "300", "300", "0", "0.8"),
        ([level(UNLIMITED, "400")], None, None, None, None),
        ([level(NO_LIMIT_GIVEN, "400")], None, "0", None, None),
        ([level("1000", "400", until=date(2026, 5, 3))], "600", "0", "0", "0.4"),
        ([level("1000", "400", until=TODAY)], "600", "600", "0", "0.4"),
        # Domain 2.6: the group has less room than its member.
        ([level("50000", "31000"), level("80000", "73000", scope="group")], "7000", "7000", "0", "0.9125"),
        ([level(UNLIMITED, "31000"), level("80000", "73000", scope="group")], "7000", "7000", "0", "0.9125"),
        (ENDED_GROUP, "7000", "0", "0", "0.9125"),
    ],
)
def test_the_tightest_level_counts(levels, headroom, available, over, utilisation):
    use = limit_use(levels, TODAY, may_owe=True)
    assert (use.headroom, use.available_amount, use.over_limit_amount) == amounts(headroom, available, over)
    assert (use.tight.utilisation if use.tight else None) == (None if utilisation is None else Decimal(utilisation))


def test_who_may_owe_nothing_can_order_nothing_on_account():
    assert limit_use([level("1000", "400")], TODAY, may_owe=False).available_amount == 0
    assert limit_use([level(UNLIMITED, "400")], TODAY, may_owe=False).available_amount == 0


MONEY = st.decimals(-10_000, 100_000, places=2)
LEVELS = st.lists(
    st.builds(level, st.decimals(0, 100_000, places=2) | st.sampled_from([UNLIMITED, NO_LIMIT_GIVEN]), MONEY),
    min_size=1,
    max_size=4,
)


@given(LEVELS)
def test_no_level_has_less_room_than_what_is_told(levels):
    use = limit_use(levels, TODAY, may_owe=True)
    rooms = [each.room for each in levels if each.room is not None]
    assert use.headroom == min(rooms, default=None)
    assert use.available_amount is None or use.available_amount >= 0
    if use.headroom is not None:
        assert use.headroom == max(Decimal(0), use.headroom) - use.over_limit_amount
