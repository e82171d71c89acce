"""Credit insurance: which cover counts on a day, who bears what of an amount, the dates, and terms read as data."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cover import (
    CoverVersion,
    InsuranceTerms,
    cover_dates,
    cover_on,
    indemnity_of,
    insurance_terms,
    insured_parts,
    reduction_begins_on,
    taken_back_since,
)
from scoring.documents import DocumentInvalid
from tests.scoring.strategies import cents

TODAY = date(2026, 6, 1)
TERMS = InsuranceTerms(Decimal("0.9"), max_extension_days=60)


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


def version(state: Any = "granted", amount: int = 50_000, begins: int = -100, **changed: Any) -> CoverVersion:
    """A decision of the insurer that began on the day it was made."""
    return replace(CoverVersion("insurer", state, Decimal(amount), on(begins), on(begins)), **changed)


OURS = version(amount=15_000, source="discretionary", valid_until=on(200))
GRANTED = version()
REDUCED = version("reduced", 20_000, 30, decided_on=on(0))


@pytest.mark.parametrize(
    ("versions", "day", "standing", "limit"),
    [
        ([], 0, "not_decided", 0),
        ([OURS], 0, "in_force", 15_000),
        ([OURS], 200, "in_force", 15_000),
        ([OURS], 201, "ended", 0),
        ([OURS, version("refused", 0, 0)], -1, "in_force", 15_000),
        ([OURS, version("refused", 0, 0)], 0, "refused", 0),
        ([OURS, version("granted", 0, 0)], 0, "in_force", 0),
        ([version("granted", 5_000, -50, valid_until=on(-1)), OURS], 0, "ended", 0),
        ([version("refused", 0, -50), replace(OURS, decided_on=on(-5), valid_from=on(-5))], 0, "refused", 0),
        ([version(begins=1)], 0, "not_decided", 0),
        ([version(valid_until=on(0))], 0, "in_force", 50_000),
        ([version(valid_until=on(-1))], 0, "ended", 0),
        ([version(), version("granted", 10_000, -1, valid_until=on(-1))], 0, "ended", 0),
        ([GRANTED, REDUCED], 29, "in_force", 50_000),
        ([GRANTED, REDUCED], 30, "in_force", 20_000),
        ([GRANTED, version("withdrawn", 0, 30)], 30, "withdrawn", 0),
        ([GRANTED, REDUCED, version("granted", 60_000, 10)], 31, "in_force", 60_000),
        ([GRANTED, version("granted", 30_000, -100)], 0, "in_force", 30_000),
        ([version("cancelled", 0)], 0, "cancelled", 0),
        ([version("ended", 0)], 0, "ended", 0),
        ([version("conditional", conditions_met_on=(on(-3), None))], 0, "conditions_open", 0),
        ([version("conditional", conditions_met_on=(on(-3), on(1)))], 0, "conditions_open", 0),
        ([version("conditional", conditions_met_on=(on(-3), on(0)))], 0, "in_force", 50_000),
        ([version("conditional")], 0, "conditions_open", 0),
        ([GRANTED, version("conditional", 90_000, -1, conditions_met_on=(None,))], 0, "conditions_open", 0),
        ([version("granted", conditions_met_on=(None,))], 0, "conditions_open", 0),
    ],
)
def test_the_newest_cover_that_has_begun_counts(
    versions: list[CoverVersion], day: int, standing: str, limit: int
) -> None:
    found = cover_on(versions, on(day), TERMS)
    assert (found.standing, found.insured_limit) == (standing, limit)


def test_a_small_amount_is_covered_blind_until_somebody_decided() -> None:
    terms = replace(TERMS, blind_cover_max=Decimal(5_000))
    assert cover_on([], TODAY, terms).standing == "blind"
    assert cover_on([], TODAY, terms).counted_amount == 5_000
    assert cover_on([version("refused", 0)], TODAY, terms).insured_limit == 0


@pytest.mark.parametrize(
    ("versions", "counted"),
    [
        ([], None),
        ([GRANTED], 50_000),
        ([version("refused", 0)], 0),
        ([version("withdrawn", 0)], 0),
        ([version(valid_until=on(-1))], None),
        ([version("conditional", conditions_met_on=(None,))], None),
        ([version("cancelled", 0)], None),
    ],
)
def test_what_is_not_in_effect_is_no_refusal(versions: list[CoverVersion], counted: int | None) -> None:
    assert cover_on(versions, TODAY, TERMS).counted_amount == counted


@pytest.mark.parametrize(
    ("versions", "taken_back"),
    [
        ([], False),
        ([GRANTED], False),
        ([version("refused", 0)], True),
        ([version("granted", 0)], True),
        ([version("withdrawn", 0, -364)], True),
        ([version("withdrawn", 0, -365)], False),
        ([version("withdrawn", 0, 1)], False),
        ([version("cancelled", 0)], False),
        ([version("refused", 0, source="discretionary")], False),
    ],
)
def test_a_refusal_is_remembered_for_some_months(versions: list[CoverVersion], taken_back: bool) -> None:
    assert taken_back_since(versions, TODAY, 12) is taken_back


states = st.sampled_from(("granted", "granted_in_part", "refused", "conditional", "reduced", "withdrawn", "ended"))
some_days = st.integers(-30, 30).map(on)
covers = st.lists(
    st.builds(
        CoverVersion,
        source=st.sampled_from(("insurer", "discretionary")),
        state=states,
        amount=st.integers(0, 5).map(lambda thousands: Decimal(thousands * 1000)),
        decided_on=some_days,
        valid_from=some_days,
        valid_until=st.none() | some_days,
        conditions_met_on=st.lists(st.none() | some_days, max_size=2).map(tuple),
    ),
    max_size=6,
)


@given(covers, some_days)
def test_cover_comes_from_a_decision_that_stands_on_the_day(versions: list[CoverVersion], day: date) -> None:
    found = cover_on(versions, day, TERMS)
    if found.version is None:
        assert not any(each.valid_from <= day for each in versions)
    else:
        assert found.version in versions
        assert found.version.valid_from <= day
        assert not any(
            each.decided_on > found.version.decided_on and each.source == "insurer" and each.valid_from <= day
            for each in versions
        )
    if found.insured_limit:
        assert found.version is not None
        assert found.standing == "in_force"
        assert found.version.state not in ("refused", "withdrawn", "ended")
        assert found.version.valid_until is None or found.version.valid_until >= day
        assert all(each is not None and each <= day for each in found.version.conditions_met_on)
        by_insurer = any(each.source == "insurer" and each.valid_from <= day for each in versions)
        assert not (by_insurer and found.version.source == "discretionary")


@given(covers, some_days, st.integers(1, 20))
def test_what_begins_later_changes_nothing_before(versions: list[CoverVersion], day: date, days: int) -> None:
    later = version("withdrawn", 0, decided_on=day, valid_from=day + timedelta(days=days))
    assert cover_on([*versions, later], day, TERMS) == cover_on(versions, day, TERMS)


@pytest.mark.parametrize(
    ("amount", "limit", "changed", "insured", "uninsured", "own_part"),
    [
        (25_000, 25_000, {}, 25_000, 0, 2_500),
        (30_000, 25_000, {}, 25_000, 5_000, 2_500),
        (6_000, 10_000, {"minimum_retention": Decimal(1_000)}, 6_000, 0, 1_000),
        (600, 10_000, {"minimum_retention": Decimal(1_000)}, 600, 0, 600),
        (6_000, 0, {"minimum_retention": Decimal(1_000)}, 0, 6_000, 0),
        (-500, 10_000, {}, 0, 0, 0),
    ],
)
def test_what_lies_above_the_limit_is_ours_and_a_share_of_the_rest(
    amount: int, limit: int, changed: dict[str, Any], insured: int, uninsured: int, own_part: int
) -> None:
    found = insured_parts(Decimal(amount), Decimal(limit), replace(TERMS, **changed))
    assert (found.insured, found.uninsured, found.own_part) == (insured, uninsured, own_part)
    assert found.own_risk == uninsured + own_part


def test_blind_cover_may_leave_a_larger_share_to_us() -> None:
    terms = replace(TERMS, blind_cover_percentage=Decimal("0.7"))
    assert insured_parts(Decimal(1_000), Decimal(5_000), terms, blind=True).own_part == 300
    assert insured_parts(Decimal(1_000), Decimal(5_000), TERMS, blind=True).own_part == 100


@given(cents(0, 100_000), cents(0, 100_000), cents(0, 5_000), cents(0, 5_000), cents(0, 20_000), cents(0, 50_000))
def test_an_indemnity_is_never_more_than_the_insured_part_less_our_share(
    amount: Decimal, limit: Decimal, retention: Decimal, threshold: Decimal, first_loss: Decimal, maximum: Decimal
) -> None:
    terms = replace(
        TERMS,
        minimum_retention=retention,
        claim_threshold=threshold,
        first_loss=first_loss,
        maximum_payout=maximum,
    )
    parts, found = insured_parts(amount, limit, terms), indemnity_of(amount, limit, terms)
    assert 0 <= found.indemnity <= min(maximum, parts.insured - parts.own_part)
    assert found.indemnity + found.uninsured == amount
    assert parts.insured + parts.uninsured == amount
    assert amount > threshold or found.indemnity == 0
    assert indemnity_of(amount, limit, terms, first_loss_left=Decimal(0)).indemnity >= found.indemnity


def test_a_cut_begins_when_the_insurer_says_or_after_the_notice_of_the_contract() -> None:
    assert reduction_begins_on(TODAY, TERMS) == on(30)
    assert reduction_begins_on(TODAY, TERMS, on(3)) == on(3)


def test_without_a_period_in_the_contract_there_is_no_date() -> None:
    found = cover_dates(TODAY, InsuranceTerms(Decimal("0.9")), handed_over_on=on(80), insolvency_known_on=on(2))
    assert found.cover_stop_on is found.notify_by is found.handover_by is found.loss_on is found.claim_by is None


def test_a_claim_is_filed_so_long_after_the_loss() -> None:
    terms = replace(TERMS, waiting_months=6, claim_filing_days=120)
    found = cover_dates(date(2026, 1, 31), terms, handed_over_on=date(2026, 4, 20))
    assert (found.loss_on, found.claim_by) == (date(2026, 10, 20), date(2027, 2, 17))


WHOLE = {
    "cover_percentage": "0.90",
    "max_credit_term_days": 90,
    "max_extension_days": 60,
    "notify_after_days": 30,
    "handover_days": 30,
    "waiting_months": 6,
    "discretionary_limit_max": "15000.00",
    "discretionary_report_months": 12,
    "minimum_retention": 1000,
    "insures_vat": False,
    "countries": ["NL", "BE"],
    "excludes": ["related_party", "disputed"],
}


def test_terms_are_read_as_they_were_written() -> None:
    terms = insurance_terms(WHOLE)
    assert (terms.cover_percentage, terms.handover_days, terms.countries) == (Decimal("0.90"), 30, ("NL", "BE"))
    assert (terms.reduction_notice_days, terms.notify_days) == (30, None)


@pytest.mark.parametrize(
    ("changed", "paths"),
    [
        ({"cover_percentage": None}, {"cover_percentage"}),
        ({"cover_percentage": 90}, {"cover_percentage"}),
        ({"cover_percentage": 0}, {"cover_percentage"}),
        ({"max_extension_days": None}, {"notify_after_days", "handover_days"}),
        ({"max_extension_days": "sixty", "waiting_months": -1}, {"max_extension_days", "waiting_months"}),
        ({"max_extension_days": 10**9}, {"max_extension_days"}),
        ({"claim_threshold": "1e13"}, {"claim_threshold"}),
        ({"countries": ["NL", "UK"], "excludes": ["war"]}, {"countries.1", "excludes.0"}),
        ({"premium": 1, "minimum_retention": -1}, {"premium", "minimum_retention"}),
    ],
)
def test_every_fault_of_terms_is_named(changed: dict[str, object], paths: set[str]) -> None:
    with pytest.raises(DocumentInvalid) as caught:
        insurance_terms(WHOLE | changed)
    assert {fault.path for fault in caught.value.faults} == paths
    assert len(caught.value.faults) == len(paths)


def test_terms_that_are_no_mapping_are_refused() -> None:
    with pytest.raises(DocumentInvalid, match="is not a mapping"):
        insurance_terms([])  # type: ignore[arg-type]
