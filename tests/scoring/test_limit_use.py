"""How far limits are used: the tightest on the way to the top bounds what can be ordered."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.facts import NO_LIMIT_GIVEN, CreditLimit
from scoring.limit_use import limit_use
from scoring.orders import LimitLevel, OpenItems, OrderAsked, OrderFacts

TODAY = date(2026, 5, 4)
UNLIMITED = CreditLimit("unlimited")


def level(limit, exposure, *, scope="own", until=None, secured="0"):
    known = limit if isinstance(limit, CreditLimit) else CreditLimit("amount", Decimal(limit))
    return LimitLevel("d", scope, known, until, Decimal(exposure), Decimal(secured))


def facts(levels, *, terms_agreed=True, missing=()):
    return OrderFacts(
        **{"as_of": TODAY, "currency": "EUR", "asked": OrderAsked(Decimal("0.01"), Decimal("0.01"))},
        **{"levels": tuple(levels), "risk_class": "low", "terms_agreed": terms_agreed, "items": OpenItems()},
        onboarding_missing=missing,
    )


@pytest.mark.parametrize(
    ("limit", "exposure", "above"),
    [
        (level("1000", "0"), "1000.01", "0.01"),
        (level("1000", "0"), "1000", "0"),
        (level("1000", "0", secured="500"), "1600", "100"),
        (level(UNLIMITED, "0"), "1600", "0"),
        # What is not in force gives nothing, and who is owed money himself is above nothing.
        (level("1000", "0", until=date(2026, 5, 3)), "400", "400"),
        (level("1000", "0", until=date(2026, 5, 3), secured="500"), "400", "400"),
        (level(UNLIMITED, "0", until=date(2026, 5, 3)), "400", "400"),
        (level(NO_LIMIT_GIVEN, "0"), "400", "400"),
        (level(NO_LIMIT_GIVEN, "0"), "-400", "0"),
    ],
)
def test_how_far_an_exposure_lies_above_a_limit(limit, exposure, above):
    assert limit.above(Decimal(exposure), TODAY) == Decimal(above)


def amounts(*texts):
    return tuple(None if each is None else Decimal(each) for each in texts)


ENDED_GROUP = [level("50000", "31000"), level("80000", "73000", scope="group", until=date(2026, 5, 3))]


@pytest.mark.parametrize(
    ("levels", "headroom", "available", "over", "effective", "utilisation"),
    [
        ([level("1000", "400")], "600", "600", "0", 0, "0.4"),
        ([level("1000", "1200")], "-200", "0", "200", 0, "1.2"),
        ([level("0", "0")], "0", "0", "0", 0, None),
        ([level("1000", "1200", secured="500")], "300", "300", "0", 0, "0.8"),
        ([level(UNLIMITED, "400")], None, None, None, 0, None),
        ([level(NO_LIMIT_GIVEN, "400")], "0", "0", "0", 0, None),
        ([level("1000", "400", until=date(2026, 5, 3))], "0", "0", "0", 0, "0.4"),
        ([level("1000", "400", until=TODAY)], "600", "600", "0", 0, "0.4"),
        # Domain 2.6: the group has less room than its member.
        ([level("50000", "31000"), level("80000", "73000", scope="group")], "7000", "7000", "0", 1, "0.9125"),
        ([level(UNLIMITED, "31000"), level("80000", "73000", scope="group")], "7000", "7000", "0", 1, "0.9125"),
        (ENDED_GROUP, "0", "0", "0", 1, "0.9125"),
    ],
)
def test_the_tightest_level_counts(levels, headroom, available, over, effective, utilisation):
    use = limit_use(facts(levels))
    assert (use.headroom, use.available_amount, use.over_limit_amount) == amounts(headroom, available, over)
    assert use.effective is use.levels[effective]
    assert (use.effective.utilisation,) == amounts(utilisation)


@pytest.mark.parametrize("limit", ["1000", UNLIMITED])
@pytest.mark.parametrize("lacking", [{"terms_agreed": False}, {"missing": ("vat_valid",)}])
def test_who_may_owe_nothing_can_order_nothing_on_account(limit, lacking):
    assert limit_use(facts([level(limit, "400")], **lacking)).available_amount == 0


MONEY = st.decimals(-10_000, 100_000, places=2)
LIMITS = st.decimals(0, 100_000, places=2) | st.sampled_from([UNLIMITED, NO_LIMIT_GIVEN])


@given(st.builds(level, LIMITS, MONEY), st.lists(st.builds(level, LIMITS, MONEY, scope=st.just("group")), max_size=3))
def test_no_level_in_force_has_less_room_than_what_is_told(own, groups):
    use = limit_use(facts([own, *groups]))
    for each in use.levels:
        if each.is_in_force and each.headroom is not None:
            assert use.headroom <= each.headroom
    assert (use.available_amount is None) == (use.headroom is None)
    if use.headroom is not None:
        assert use.headroom == use.available_amount - use.over_limit_amount
