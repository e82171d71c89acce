"""Companies of a known kind to judge: a sound one, and how each other differs from it."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from scoring.facts import (
    NO_ITEMS,
    Asked,
    BehaviourFacts,
    BureauFacts,
    CheckFacts,
    CreditLimit,
    DebtorFacts,
    ExposureFacts,
    Financials,
    LateCounts,
    LatenessFacts,
    NegativeEvent,
    RegisterFacts,
    SanctionsFacts,
    SourceFacts,
    SourceKind,
    SourceStatus,
)
from scoring.policy.document import parse_policy, shipped

POLICY = parse_policy(shipped()["default"])
# The policy that came with engine 1: sellers keep it until they activate another.
DOCUMENT_1 = json.loads((Path(__file__).with_name("golden") / "engine_1.json").read_text("utf-8"))["policy"]
POLICY_1 = parse_policy(DOCUMENT_1)
TODAY = date(2026, 6, 1)

FINANCIALS = Financials(
    year_end_on=date(2025, 12, 31),
    consolidated=False,
    total_assets=Decimal(1_000_000),
    current_assets=Decimal(420_000),
    current_liabilities=Decimal(300_000),
    total_liabilities=Decimal(550_000),
    equity=Decimal(450_000),
    intangibles=Decimal(10_000),
    turnover=Decimal(3_000_000),
)
PROMPT = BehaviourFacts(
    window_days=365,
    settled_count=30,
    settled_amount=Decimal(90_000),
    dbt_days=Decimal(-1),
    dbt_days_recent=Decimal(-1),
    dbt_days_prior=Decimal(-1),
    late_amount_share=Decimal(0),
    first_settled_on=date(2019, 1, 1),
    peak_exposure=Decimal(18_000),
    peak_utilisation=Decimal("0.5"),
    lateness=LatenessFacts(730, 90, LateCounts(60, 0, 0, 0, 0, 0), LateCounts(8, 0, 0, 0, 0, 0), NO_ITEMS),
)
LATE = replace(
    PROMPT,
    dbt_days=Decimal(38),
    dbt_days_recent=Decimal(55),
    dbt_days_prior=Decimal(25),
    late_amount_share=Decimal("0.8"),
    promises_kept=1,
    promises_broken=3,
    peak_utilisation=Decimal("1.2"),
    open_amount=Decimal(9_000),
    overdue_amount=Decimal(4_000),
    oldest_overdue_days=45,
    lateness=LatenessFacts(
        730, 90, LateCounts(60, 50, 46, 38, 27, 9), LateCounts(8, 8, 7, 6, 5, 2), LateCounts(2, 2, 2, 2, 1, 0)
    ),
)


def counted(behaviour: BehaviourFacts, count: int) -> BehaviourFacts:
    """The same habits over another number of settled items; none of them late."""
    few = LateCounts(count, 0, 0, 0, 0, 0)
    return replace(behaviour, settled_count=count, lateness=LatenessFacts(730, 90, few, few, NO_ITEMS))


def company(**changed: Any) -> CheckFacts:
    """A sound Dutch BV without history, its report of today, that orders for 4,000 on 6,000 of monthly sales."""
    facts = CheckFacts(
        as_of=TODAY,
        currency="EUR",
        asked=Asked(order_amount=Decimal("4000.00"), monthly_sales=Decimal("6000.00")),
        debtor=DebtorFacts("NL", "bv"),
        exposure=ExposureFacts(Decimal("0.00")),
        register=RegisterFacts("kvk", TODAY, "active", "bv", date(2008, 3, 1)),
        bureau=BureauFacts(
            provider="creditsafe",
            retrieved_on=TODAY,
            scored_on=TODAY,
            scale="creditsafe_1_100",
            score=Decimal(74),
            recommended_limit=CreditLimit("amount", Decimal(25_000)),
            financials=FINANCIALS,
        ),
        sanctions=SanctionsFacts("opensanctions", TODAY, "none"),
        sources=(
            SourceFacts("company_register", "kvk", "fresh", needed=True, retrieved_on=TODAY),
            SourceFacts("credit_bureau", "creditsafe", "fresh", needed=True, retrieved_on=TODAY),
            SourceFacts("sanctions_list", "opensanctions", "fresh", needed=True, retrieved_on=TODAY),
        ),
    )
    return replace(facts, **changed)


def scored(score: int, age_days: int = 0, **changed: Any) -> BureauFacts:
    """The sound company's report with another score, given some days ago."""
    report = company().bureau
    assert report is not None
    dated = replace(report, score=Decimal(score), scored_on=TODAY - timedelta(days=age_days))
    return replace(dated, **changed)


def registered(**changed: Any) -> RegisterFacts:
    """The sound company's registration with something changed."""
    register = company().register
    assert register is not None
    return replace(register, **changed)


def event(code: str, days_ago: int = 10, ended_days_ago: int | None = None) -> NegativeEvent:
    """A negative event that began, and perhaps ended, some days ago."""
    ended_on = None if ended_days_ago is None else TODAY - timedelta(days=ended_days_ago)
    return NegativeEvent(code, TODAY - timedelta(days=days_ago), ended_on)


def without_source(kind: SourceKind, status: SourceStatus) -> tuple[SourceFacts, ...]:
    """The sources of the sound company, one of which answered otherwise."""
    return tuple(
        replace(source, status=status, retrieved_on=None) if source.kind == kind else source
        for source in company().sources
    )
