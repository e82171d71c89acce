"""What others know, as lines of the list of evidence: register, credit bureau, annual accounts, lists and insurer."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from scoring.events import events_told_once
from scoring.evidence import Evidence
from scoring.facts import CheckFacts, CompanyDetails, Financials, NegativeEvent, SourceKind
from scoring.figures import Known, read_number
from scoring.inventory.entries import (
    EvidenceEntry,
    Origin,
    origin_of_accounts,
    origin_of_register,
    origin_of_report,
    origin_of_sanctions,
    told,
)
from scoring.inventory.failure_scores import failure_scores
from scoring.policy.document import Policy
from scoring.vendor_scores import table_in_force

# Which events stand under which fact; any other stands under `other_events`.
EVENTS: dict[str, tuple[str, ...]] = {
    "insolvency": ("bankruptcy", "debt_rescheduling", "whoa_public", "whoa_private", "cooling_off"),
    "moratorium": ("moratorium_provisional", "moratorium_final"),
    "dissolution": (
        "dissolved",
        "deregistered",
        "dissolution_without_assets",
        "liquidation",
        "solvent_liquidation",
        "strike_off_proposed",
    ),
    "judgments": ("judgment",),
    "payment_incidents": ("payment_incident", "collection_case"),
    "filing_overdue": ("filing_overdue",),
    "adverse_insurer_information": ("adverse_insurer_information",),
}
_NOTHING_REPORTED = "none_reported"
# The annual figures that always bear on the limit; others do where a scorecard or rule of the policy reads them.
_CARRYING = frozenset({"equity", "intangibles", "current_assets", "current_liabilities", "turnover"})
_ANNUAL = (
    "total_assets",
    "current_assets",
    "current_liabilities",
    "total_liabilities",
    "equity",
    "intangibles",
    "retained_earnings",
    "ebit",
    "net_income",
    "net_income_before",
    "funds_from_operations",
    "turnover",
    "market_value",
)
_FIGURES_OF_SCORES = {"altman_z_double_prime": "financials.z_double_prime", "zmijewski": "financials.zmijewski_pd"}
_NO_DETAILS = CompanyDetails()


def outside_entries(
    facts: CheckFacts, evidence: Evidence, read: frozenset[str], policy: Policy
) -> Iterator[EvidenceEntry]:
    """All that others know; `read` are the figures that scorecards and rules of the policy read."""
    yield from _of_register(facts, evidence.known, policy)
    yield from _of_report(facts, evidence, read, policy)
    yield from _of_events(facts, policy)
    yield from _of_details(facts, policy)
    yield from _of_accounts(facts, read, policy)
    yield from _of_failure_scores(facts, read, policy)
    hit = None if facts.sanctions is None else f"{facts.sanctions.hit}_hit"
    yield origin_of_sanctions(facts, policy).entry("sanctions_hit", "word", hit, used=True)
    yield _of_insurer(facts)


def _of_register(facts: CheckFacts, known: Known, policy: Policy) -> Iterator[EvidenceEntry]:
    """Status, legal form and age, by the register."""
    register, origin = facts.register, origin_of_register(facts, policy)
    yield origin.entry("register_status", "word", told(register, "status"), used=True, missing="not_in_register")
    form = told(register, "legal_form")
    if form is None and facts.debtor.legal_form is not None:
        stated = Origin("stated", None, None, facts.as_of, "fresh")
        yield stated.entry("legal_form", "text", facts.debtor.legal_form, used=True)
    else:
        yield origin.entry("legal_form", "text", form, used=True, missing="not_in_register")
    age = read_number("register.age_years", known)
    yield origin.entry("company_age", "years", age and round(age, 2), used=True, missing="not_in_register")


def _of_report(facts: CheckFacts, evidence: Evidence, read: frozenset[str], policy: Policy) -> Iterator[EvidenceEntry]:
    """Score, band, probability, recommended limit and days beyond terms, by the bureau."""
    report, origin, details = facts.bureau, origin_of_report(facts, policy), _details(facts)
    has_pd = report is not None and report.pd is not None
    score_counts = not has_pd and evidence.score_grade is not None
    yield origin.entry(
        "bureau_score",
        "score",
        told(report, "score"),
        used=score_counts or "bureau.score" in read,
        missing="score_missing",
    )
    yield origin.entry("bureau_scale", "text", told(report, "scale"), used=score_counts, missing="score_missing")
    table = None if report is None else table_in_force(report, policy)[0]
    yield origin.entry("score_table", "text", told(table, "source"), used=score_counts, missing="no_score_table")
    meaning = evidence.score_grade
    yield origin.entry("score_meaning", "grade", meaning, used=score_counts, missing="score_without_meaning")
    yield origin.entry("bureau_band", "text", details.band)
    yield origin.entry("bureau_pd", "pd", told(report, "pd"), used=True, missing="no_probability_given")
    yield origin.entry("bureau_target_event", "text", told(report, "target_event"))
    horizon = told(report, "horizon_months")
    yield origin.entry("bureau_horizon", "months", None if horizon is None else Decimal(horizon), used=has_pd)
    limit = told(report, "recommended_limit")
    if limit is not None and limit.kind == "unlimited":
        yield origin.entry("bureau_limit", "word", "unlimited", used=True)
    else:
        missing = "no_limit_given" if told(report, "limit_currency") is None else "other_currency"
        yield origin.entry("bureau_limit", "amount", told(limit, "amount"), used=True, missing=missing)
    yield origin.entry("bureau_dbt", "days", told(report, "provider_dbt_days"), used="bureau.dbt_days" in read)
    yield origin.entry("bureau_dbt_trend", "days", details.dbt_trend_days)


def _of_events(facts: CheckFacts, policy: Policy) -> Iterator[EvidenceEntry]:
    """Each negative event there is, and for each kind without one that none was reported, if anybody was asked."""
    of_report = origin_of_report(facts, policy)
    if of_report.freshness == "too_old":
        of_report = replace(of_report, freshness="stale")  # A score grows too old to count, an event does not.
    origins: dict[SourceKind, Origin] = {
        "company_register": origin_of_register(facts, policy),
        "credit_bureau": of_report,
    }
    for fact, codes in (*EVENTS.items(), ("other_events", None)):
        found = [
            _event(origins[source], fact, event)
            for source, event in events_told_once(facts)
            if (_is_other(event.code) if codes is None else event.code in codes)
        ]
        if found:
            yield from found
        elif codes is not None:
            asked = next((each for each in reversed(origins.values()) if each.absent is None), of_report)
            yield asked.entry(fact, "word", _NOTHING_REPORTED if asked.absent is None else None, used=True)


def _event(origin: Origin, fact: str, event: NegativeEvent) -> EvidenceEntry:
    """One event; where nobody tells since when, it has no day."""
    entry = origin.entry(fact, "word", event.code, used=True, dated_on=event.occurred_on, ended_on=event.ended_on)
    return replace(entry, dated_on=None, age_days=None) if event.undated else entry


def _is_other(code: str) -> bool:
    """Whether an event stands under no fact of its own."""
    return not any(code in codes for codes in EVENTS.values())


def _of_details(facts: CheckFacts, policy: Policy) -> Iterator[EvidenceEntry]:
    """What a report tells of the company beside its risk; nothing of it is judged."""
    origin, details = origin_of_report(facts, policy), _details(facts)
    yield origin.entry("sector", "text", details.sector)
    yield origin.entry("company_size", "text", details.company_size)
    yield origin.entry("group", "text", details.group)
    yield origin.entry("address_changed", "on", details.address_changed_on)
    yield origin.entry("directors_changed", "on", details.directors_changed_on)


def _of_accounts(facts: CheckFacts, read: frozenset[str], policy: Policy) -> Iterator[EvidenceEntry]:
    """The annual accounts: their dates and kind, and each figure."""
    origin, details = origin_of_accounts(facts, policy), _details(facts)
    accounts: Financials | None = told(facts.bureau, "financials")
    yield origin.entry("accounts_year_end", "on", told(accounts, "year_end_on"), used=True)
    yield origin.entry("accounts_consolidated", "flag", told(accounts, "consolidated"))
    yield origin.entry("accounts_filed", "on", details.filed_on)
    yield origin.entry("auditor", "text", details.auditor)
    reads_accounts = any(name.startswith("financials.") for name in read)
    for name in _ANNUAL:
        value = told(accounts, name)
        yield origin.entry(name, "amount", value, used=name in _CARRYING or reads_accounts, missing=f"{name}_missing")


def _of_failure_scores(facts: CheckFacts, read: frozenset[str], policy: Policy) -> Iterator[EvidenceEntry]:
    """The published failure scores of the accounts; figures too old to count give none."""
    origin = origin_of_accounts(facts, policy)
    accounts: Financials | None = told(facts.bureau, "financials")
    for each in failure_scores(accounts or Financials(facts.as_of, consolidated=False)):
        too_old = origin.why if origin.freshness == "too_old" else None
        yield origin.entry(
            each.code,
            each.unit,
            None if too_old or accounts is None else each.value,
            used=_FIGURES_OF_SCORES.get(each.code) in read,
            missing=too_old or each.why or "no_annual_figures",
            zone=each.zone,
        )


def _of_insurer(facts: CheckFacts) -> EvidenceEntry:
    """What a credit insurer covers."""
    insurance = facts.insurance
    absent = None if insurance is not None and insurance.policy_active else "not_insured"
    origin = Origin("credit_insurer", facts.as_of, None, facts.as_of, "fresh", absent)
    cover = None if insurance is None or absent else insurance.insurer_cover
    return origin.entry("insurer_cover", "amount", cover, used=True, missing="cover_not_decided")


def _details(facts: CheckFacts) -> CompanyDetails:
    """What the report tells of the company, nothing where it does not."""
    return told(facts.bureau, "details") or _NO_DETAILS
