"""Credit checks as a credit manager would judge them: one company a line, what is told and why."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from scoring.facts import (
    NO_ITEMS,
    Asked,
    CheckFacts,
    CreditLimit,
    DebtorFacts,
    ExposureFacts,
    InsuranceFacts,
    LateCounts,
    LatenessFacts,
    SanctionsFacts,
)
from scoring.judgement import Judgement
from scoring.prospect import judge_check
from tests.scoring.cases import CASES, Case
from tests.scoring.companies import (
    FINANCIALS,
    LATE,
    POLICY,
    PROMPT,
    TODAY,
    company,
    registered,
    scored,
)


def judged(facts: CheckFacts) -> Judgement:
    return judge_check(facts, POLICY)


def codes(judgement: Judgement) -> list[str]:
    return [reason.code for reason in judgement.reasons]


@pytest.mark.parametrize("case", CASES, ids=[case.who for case in CASES])
def test_a_check_gives_outcome_class_and_reason(case: Case) -> None:
    found = judged(case.facts)
    assert (found.outcome, found.risk_class) == (case.outcome, case.risk_class)
    assert case.because in codes(found)


def test_reasons_come_heaviest_first_and_none_is_left_out() -> None:
    facts = company(
        debtor=DebtorFacts("NL", "bv", on_hold=True, first_payment_pending=True),
        asked=Asked(Decimal(40_000)),
        register=registered(identity_mismatch=("vat",)),
        bureau=scored(45),
    )
    found = judged(facts)
    assert [reason.effect for reason in found.reasons][:4] == [
        "refer",
        "refer",
        "hold_first_payment",
        "accept_prepayment",
    ]


def test_a_debtor_that_is_declined_is_offered_nothing() -> None:
    found = judged(company(asked=Asked(Decimal(40_000)), sanctions=SanctionsFacts("x", TODAY, "confirmed")))
    assert found.limit == CreditLimit("amount", Decimal("0.00"))
    assert (found.binding, found.terms.mode, found.terms.prepayment_required) == ("decline", None, None)
    assert found.limit_valid_until is None
    assert found.remedies == ()
    assert found.sales_note.code == "do_not_sell"


def test_the_prepayment_is_exactly_what_the_room_does_not_hold() -> None:
    facts = company(asked=Asked(Decimal("30000.01")), exposure=ExposureFacts(Decimal("2500.00")))
    found = judged(facts)
    assert (found.limit.amount, found.headroom) == (Decimal("27000.00"), Decimal("24500.00"))
    assert found.terms.prepayment_required == Decimal("5500.01")
    assert (found.terms.mode, found.terms.payment_term_days) == ("prepayment", 30)
    exactly = judged(replace(facts, asked=Asked(Decimal("24500.00"))))
    assert (exactly.outcome, exactly.terms.prepayment_required) == ("accept", None)


def test_an_order_alone_is_the_need_and_fits_its_own_limit() -> None:
    found = judged(company(asked=Asked(Decimal("4810.00"))))
    assert (found.outcome, found.binding, found.limit.amount) == ("accept", "need", Decimal("5000.00"))
    assert "need_from_request" in codes(found)


@pytest.mark.parametrize(
    ("asked_days", "score", "term_days", "told"),
    [(None, 74, 30, False), (14, 74, 14, False), (45, 74, 30, True), (30, 25, 14, True)],
)
def test_the_term_is_what_is_asked_but_at_most_what_the_class_gets(
    asked_days: int | None, score: int, term_days: int, told: bool
) -> None:
    facts = company(asked=Asked(Decimal(500), payment_term_days=asked_days), bureau=scored(score))
    found = judged(facts)
    assert found.terms.payment_term_days == term_days
    assert ("term_shortened" in codes(found)) is told


def test_an_insurance_policy_that_is_not_active_bounds_nothing() -> None:
    inactive = InsuranceFacts(policy_active=False, insurer_cover=Decimal(0))
    assert judged(company(insurance=inactive)).limit == judged(company()).limit


@pytest.mark.parametrize(
    ("cover", "related", "limit", "told"),
    [
        (Decimal(7_500), False, "17500.00", None),
        (None, False, "10000.00", "cover_not_decided"),
        (Decimal(7_500), True, "10000.00", "related_party"),
    ],
)
def test_without_cover_only_our_own_risk_is_left(
    cover: Decimal | None, related: bool, limit: str, told: str | None
) -> None:
    facts = company(
        asked=Asked(monthly_sales=Decimal(60_000)),
        insurance=InsuranceFacts(policy_active=True, insurer_cover=cover),
        debtor=DebtorFacts("NL", "bv", related_party=related),
    )
    found = judged(facts)
    assert (str(found.limit.amount), found.binding) == (limit, "insurance")
    assert told is None or told in codes(found)


@pytest.mark.parametrize(
    ("overdue_amount", "oldest_days", "effects"),
    [
        ("0", 0, {}),
        ("4000", 45, {"items_overdue": "none"}),
        ("4000", 61, {"items_overdue": "none", "oldest_overdue": "grade"}),
    ],
)
def test_what_is_overdue_is_seen_and_only_the_cap_has_an_effect(
    overdue_amount: str, oldest_days: int, effects: dict[str, str]
) -> None:
    behaviour = replace(PROMPT, overdue_amount=Decimal(overdue_amount), oldest_overdue_days=oldest_days)
    found = judged(company(behaviour=behaviour))
    told = {reason.code: reason for reason in found.reasons if reason.code in ("items_overdue", "oldest_overdue")}
    assert {code: reason.effect for code, reason in told.items()} == effects
    if told:
        assert told["items_overdue"].params == {
            "currency": "EUR",
            "overdue_amount": Decimal("4000.00"),
            "overdue_days": oldest_days,
        }


def test_a_limit_lives_a_year_and_half_a_year_for_high_risk() -> None:
    small = Asked(Decimal(500))
    assert judged(company(asked=small)).limit_valid_until == date(2027, 6, 1)
    assert judged(company(asked=small, bureau=scored(25))).limit_valid_until == date(2026, 12, 1)


def test_facts_of_another_currency_are_refused() -> None:
    with pytest.raises(ValueError, match="USD"):
        judged(company(currency="USD"))


def test_stale_figures_are_told_and_not_used() -> None:
    old = replace(FINANCIALS, year_end_on=date(2024, 5, 31))
    found = judged(company(bureau=scored(74, financials=old)))
    assert "stale_financials" in codes(found)
    assert found.confidence == Decimal("0.7000")


@pytest.mark.parametrize(
    ("country", "dbt_days", "limit"),
    [("NL", None, "8500.00"), ("DE", None, "7000.00"), ("NL", Decimal(-3), "8500.00"), ("NL", Decimal(9), "11000.00")],
)
def test_the_need_counts_vat_at_home_and_days_paid_late(country: str, dbt_days: Decimal | None, limit: str) -> None:
    behaviour = None if dbt_days is None else replace(PROMPT, dbt_days=dbt_days)
    found = judged(company(debtor=DebtorFacts(country, "bv"), behaviour=behaviour))
    assert (str(found.limit.amount), found.binding) == (limit, "need")


def test_a_bureau_without_a_ceiling_and_nothing_asked_leave_the_limit_unlimited() -> None:
    report = scored(95, financials=None, recommended_limit=CreditLimit("unlimited"))
    found = judged(company(asked=Asked(), bureau=report))
    assert (found.outcome, found.limit, found.headroom) == ("accept", CreditLimit("unlimited"), None)
    assert found.sales_note.code == "offer_on_account_unlimited"
    bounded = judged(company(asked=Asked(Decimal(900_000)), bureau=report))
    assert (bounded.outcome, bounded.limit.amount, bounded.binding) == ("accept", Decimal("900000.00"), "need")


def test_a_fraction_of_a_cent_is_prepaid_too() -> None:
    found = judged(company(asked=Asked(Decimal("30000.001")), exposure=ExposureFacts(Decimal("0.001"))))
    assert (found.headroom, found.terms.prepayment_required) == (Decimal("26999.99"), Decimal("3000.02"))


def test_money_we_owe_the_debtor_does_not_lower_what_its_order_needs() -> None:
    found = judged(company(asked=Asked(Decimal(4000)), exposure=ExposureFacts(Decimal(-6000))))
    assert (found.binding, found.limit.amount, found.headroom) == ("need", Decimal(4000), Decimal(10_000))


def test_among_reasons_of_one_effect_the_one_that_cost_most_comes_first() -> None:
    few = LatenessFacts(730, 90, LateCounts(6, 5, 5, 4, 3, 1), LateCounts(2, 2, 2, 2, 1, 0), NO_ITEMS)
    facts = company(behaviour=replace(LATE, settled_count=6, lateness=few), bureau=scored(35))
    told = [reason for reason in judged(facts).reasons if reason.effect == "grade"]
    assert [reason.code for reason in told] == ["external_risk", "often_late"]
