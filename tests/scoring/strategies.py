"""Any combination of known and missing facts, likely and unlikely ones alike."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import get_args

from hypothesis import strategies as st

from scoring.exchange import Rate
from scoring.facts import (
    Asked,
    BehaviourFacts,
    BureauFacts,
    CheckFacts,
    ConvertedFacts,
    CreditLimit,
    DebtorFacts,
    ExposureFacts,
    Financials,
    IdentityField,
    InsuranceFacts,
    LateCounts,
    LatenessFacts,
    NegativeEvent,
    RegisterFacts,
    RegisterStatus,
    SanctionsFacts,
    SanctionsHit,
    SourceFacts,
    SourceKind,
    SourceStatus,
)
from tests.scoring.companies import FINANCIALS, LATE, POLICY, PROMPT, TODAY, company, registered, scored

EVENT_CODES = (*POLICY.evidence.events, "unheard_of")
LEGAL_FORMS = ("bv", "nv", "eenmanszaak", "vof", "gesellschaft")
SCALES = (*(table.scale for table in POLICY.scorecards.external_tables), "unheard_of")


def cents(low: int, high: int) -> st.SearchStrategy[Decimal]:
    """Amounts with two decimals between two whole amounts."""
    return st.integers(low * 100, high * 100).map(lambda whole: Decimal(whole) / 100)


def shares(high: int = 1) -> st.SearchStrategy[Decimal]:
    """Four-decimal shares from 0 up."""
    return st.integers(0, high * 10_000).map(lambda whole: Decimal(whole) / 10_000)


dates = st.integers(-3000, 30).map(lambda days: TODAY + timedelta(days=days))
amounts = cents(0, 150_000)
signed_amounts = cents(-50_000, 500_000)
late_days = st.integers(-300, 1500).map(lambda tenths: Decimal(tenths) / 10)
limits = st.one_of(
    st.just(CreditLimit("none")), st.just(CreditLimit("unlimited")), amounts.map(lambda a: CreditLimit("amount", a))
)
events = st.lists(
    st.builds(NegativeEvent, st.sampled_from(EVENT_CODES), dates, st.none() | dates), max_size=2
).map(tuple)  # fmt: skip

asked = st.builds(
    Asked,
    order_amount=st.none() | amounts,
    requested_limit=st.none() | amounts,
    monthly_sales=st.none() | amounts,
    payment_term_days=st.none() | st.integers(0, 120),
)
debtors = st.builds(
    DebtorFacts,
    country=st.sampled_from(("NL", "DE")),
    legal_form=st.none() | st.sampled_from(LEGAL_FORMS),
    is_natural_person=st.none() | st.booleans(),
    related_party=st.booleans(),
    critical=st.booleans(),
    on_hold=st.booleans(),
    unresolved_write_off=st.booleans(),
    first_payment_pending=st.booleans(),
    parent_insolvent=st.booleans(),
)
registers = st.builds(
    RegisterFacts,
    provider=st.just("kvk"),
    retrieved_on=dates,
    status=st.sampled_from(("active", "active", "active", *get_args(RegisterStatus))),
    legal_form=st.none() | st.sampled_from(LEGAL_FORMS),
    incorporated_on=st.none() | dates,
    identity_mismatch=st.lists(st.sampled_from(get_args(IdentityField)), unique=True, max_size=2).map(tuple),
    events=events,
)
financials = st.builds(
    Financials,
    year_end_on=dates,
    consolidated=st.booleans(),
    **dict.fromkeys(
        ("current_assets", "current_liabilities", "equity", "intangibles", "turnover"), st.none() | signed_amounts
    ),
)
bureaus = st.builds(
    BureauFacts,
    provider=st.just("creditsafe"),
    retrieved_on=st.integers(-500, 10).map(lambda days: TODAY + timedelta(days=days)),
    scored_on=st.none() | st.integers(-500, 0).map(lambda days: TODAY + timedelta(days=days)),
    scale=st.none() | st.sampled_from(SCALES),
    score=st.none() | st.integers(-5, 110).map(Decimal),
    pd=st.none() | shares(),
    horizon_months=st.none() | st.sampled_from((6, 12, 24)),
    recommended_limit=limits,
    events=events,
    financials=st.none() | financials,
)


@st.composite
def late_counts(draw: st.DrawFn, count_max: int = 100) -> LateCounts:
    """Counts of items of which ever fewer are ever later."""
    falling = sorted((draw(st.integers(0, count_max)) for _ in range(6)), reverse=True)
    return LateCounts(*falling)


latenesses = st.builds(
    LatenessFacts,
    window_days=st.just(730),
    recent_days=st.just(90),
    whole=late_counts(),
    recent=late_counts(20),
    past_due=late_counts(5),
    book=st.none() | late_counts(500),
)
behaviours = st.builds(
    BehaviourFacts,
    window_days=st.just(365),
    settled_count=st.integers(0, 200),
    settled_amount=amounts,
    dbt_days=st.none() | late_days,
    dbt_days_recent=st.none() | late_days,
    dbt_days_prior=st.none() | late_days,
    late_amount_share=st.none() | shares(),
    first_settled_on=st.none() | dates,
    promises_kept=st.integers(0, 5),
    promises_broken=st.integers(0, 5),
    peak_exposure=st.none() | amounts,
    peak_utilisation=st.none() | shares(2),
    unjustified_dispute_ratio=shares(),
    open_amount=amounts,
    overdue_amount=amounts,
    oldest_overdue_days=st.integers(0, 200),
    lateness=st.none() | latenesses,
)
sources = st.lists(
    st.builds(
        SourceFacts,
        kind=st.sampled_from(get_args(SourceKind)),
        provider=st.none() | st.just("kvk"),
        status=st.sampled_from(("fresh", "fresh", "cached", *get_args(SourceStatus))),
        needed=st.booleans(),
        retrieved_on=st.none() | dates,
    ),
    max_size=3,
).map(tuple)

_of_one_currency = st.builds(
    CheckFacts,
    as_of=st.just(TODAY),
    currency=st.just("EUR"),
    asked=asked,
    debtor=debtors,
    exposure=st.builds(
        ExposureFacts, cents(-5_000, 100_000), st.sampled_from(((), (), (), ("USD",)))
    ),
    register=st.none() | registers,
    bureau=st.none() | bureaus,
    sanctions=st.none()
    | st.builds(SanctionsFacts, st.just("os"), dates, st.sampled_from(("none", "none", *get_args(SanctionsHit)))),
    behaviour=st.none() | behaviours,
    insurance=st.none() | st.builds(InsuranceFacts, st.booleans(), st.none() | amounts, st.booleans()),
    sources=sources,
)  # fmt: skip
_CONVERTED = {
    "converted": (ConvertedFacts("exposure", "USD", Decimal("108.32"), Decimal("100.00")),),
    "rates": (Rate("USD", Decimal("1.0832"), TODAY, "ECB"),),
}
facts = st.builds(
    lambda each, more: replace(each, **more), _of_one_currency, st.sampled_from(({}, {}, _CONVERTED))
)  # fmt: skip

# Facts without anything that refers or declines by itself, so that amounts and grades decide.
calm_facts: st.SearchStrategy[CheckFacts] = st.builds(
    CheckFacts,
    as_of=st.just(TODAY),
    currency=st.just("EUR"),
    asked=asked,
    debtor=st.builds(
        DebtorFacts,
        country=st.just("NL"),
        legal_form=st.sampled_from(("bv", "eenmanszaak")),
        related_party=st.booleans(),
    ),
    exposure=st.builds(ExposureFacts, cents(-5_000, 60_000)),
    register=st.just(RegisterFacts("kvk", TODAY, "active", None, date(2010, 1, 1))),
    bureau=st.builds(
        BureauFacts,
        provider=st.just("creditsafe"),
        retrieved_on=st.just(TODAY),
        pd=shares(),
        recommended_limit=limits,
        financials=st.none() | financials,
    ),
    behaviour=st.none() | behaviours,
    insurance=st.none() | st.builds(InsuranceFacts, st.booleans(), st.none() | amounts),
)


def seldom(usual: object, other: object) -> st.SearchStrategy[object]:
    """Mostly the usual, at times the other."""
    return st.sampled_from((usual,) * 5 + (other,))


# A sound company with a trouble or two, so that most of its answers could be better.
troubled_facts: st.SearchStrategy[CheckFacts] = st.builds(
    company,
    asked=st.builds(
        Asked,
        order_amount=cents(100, 60_000),
        monthly_sales=st.none() | cents(1_000, 30_000),
        payment_term_days=st.none() | st.sampled_from((7, 14, 30, 60)),
    ),
    exposure=st.builds(ExposureFacts, cents(0, 30_000)),
    debtor=st.builds(
        DebtorFacts,
        country=st.just("NL"),
        on_hold=seldom(False, True),
        first_payment_pending=seldom(False, True),
        unresolved_write_off=seldom(False, True),
    ),
    register=st.builds(
        registered, legal_form=seldom("bv", None), identity_mismatch=seldom((), ("name",))
    ),
    bureau=st.builds(scored, st.integers(15, 100), financials=st.sampled_from((None, FINANCIALS))),
    sanctions=seldom(None, SanctionsFacts("opensanctions", TODAY, "possible")),
    behaviour=st.sampled_from((None, PROMPT, LATE)) | behaviours,
    insurance=st.none() | st.builds(InsuranceFacts, st.just(True), st.none() | cents(0, 30_000)),
)  # fmt: skip
