"""Companies a credit manager knows, one a line: what is told about each, and because of what."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from scoring.exchange import Rate
from scoring.facts import (
    Asked,
    CheckFacts,
    ConvertedFacts,
    CreditLimit,
    DebtorFacts,
    ExposureFacts,
    MatchClearance,
    RegisterStatus,
    SanctionsFacts,
    SanctionsHit,
    SanctionsMatch,
    SourceKind,
    SourceStatus,
)
from tests.scoring.companies import LATE, PROMPT, TODAY, company, counted, event, registered, scored, without_source


@dataclass(frozen=True, slots=True)
class Case:
    """One company, the outcome and class it is given, and one of the reasons."""

    who: str
    facts: CheckFacts
    outcome: str
    risk_class: str | None
    because: str


def _own(score: int = 74, **flags: Any) -> CheckFacts:
    return company(debtor=DebtorFacts("NL", "bv", **flags), bureau=scored(score))


def _registered(code: str) -> CheckFacts:
    return company(register=registered(events=(event(code),)))


def _status(status: RegisterStatus) -> CheckFacts:
    return company(register=registered(status=status))


def _listed(hit: SanctionsHit) -> CheckFacts:
    return company(sanctions=SanctionsFacts("opensanctions", TODAY, hit))


def _cleared() -> CheckFacts:
    by = MatchClearance("ann@example.com", TODAY)
    entry = SanctionsMatch("NK-1", None, Decimal("0.86"), "possible", None, ("sanction",), (), None, "digest", by)
    return company(sanctions=SanctionsFacts("opensanctions", TODAY, "none", (entry,)))


def _unanswered(kind: SourceKind, status: SourceStatus) -> CheckFacts:
    return company(register=None, sources=without_source(kind, status))


def _sole_trader(score: int, *codes: str) -> CheckFacts:
    register = registered(legal_form="eenmanszaak", events=tuple(event(code) for code in codes))
    return company(debtor=DebtorFacts("NL"), register=register, bureau=scored(score))


def _asks(**asked: Any) -> CheckFacts:
    return company(asked=Asked(**asked))


_OLD_REPORT = scored(74, age_days=366)
_YEAR_OLD_REPORT = scored(74, age_days=365)
_IN_DEFAULT = scored(0, scale="coface_dra")
_NO_FIGURES = scored(74, financials=None, recommended_limit=CreditLimit("none"))
_TOLD_BY_BUREAU = scored(74, events=(event("moratorium_final"),))
_PAST_BANKRUPT = registered(events=(event("bankruptcy", days_ago=900, ended_days_ago=400),))
_LONG_PAST_BANKRUPT = registered(events=(event("bankruptcy", days_ago=4000, ended_days_ago=2000),))
_USED_UP = company(asked=Asked(monthly_sales=Decimal(6000)), exposure=ExposureFacts(Decimal(9000)))
_NO_FORM = company(debtor=DebtorFacts("NL"), register=registered(legal_form=None), bureau=scored(5))
_FEW_INVOICES = company(bureau=None, behaviour=counted(PROMPT, 7))
_ENOUGH_INVOICES = company(bureau=None, behaviour=counted(PROMPT, 8))
_START_UP = company(register=registered(incorporated_on=date(2025, 9, 1)))

CASES = (
    Case("a sound newcomer", company(), "accept", "low", "within_policy"),
    Case("one that always pays in time", company(behaviour=PROMPT), "accept", "low", "within_policy"),
    Case("a late payer with a good score", company(behaviour=LATE), "accept", "high", "often_late"),
    Case("one with an invoice overdue", company(behaviour=LATE), "accept", "high", "items_overdue"),
    Case("a weak score", company(bureau=scored(25)), "accept", "high", "external_risk"),
    Case("a very weak score", company(bureau=scored(5)), "accept_prepayment", "high", "grade_without_credit"),
    Case("one nobody knows", company(bureau=None), "refer", None, "no_pd"),
    Case("a report of more than a year ago", company(bureau=_OLD_REPORT), "refer", None, "report_too_old"),
    Case("a report of just a year ago", company(bureau=_YEAR_OLD_REPORT), "accept", "low", "report_stale"),
    Case(
        "one the bureau calls in default",
        company(bureau=_IN_DEFAULT, behaviour=PROMPT),
        "accept_prepayment",
        "blocked",
        "bureau_in_default",
    ),
    Case("a bankrupt", _registered("bankruptcy"), "decline", "blocked", "insolvency_event"),
    Case("a moratorium told by the bureau", company(bureau=_TOLD_BY_BUREAU), "decline", "blocked", "insolvency_event"),
    Case("a bankrupt of last year", company(register=_PAST_BANKRUPT), "accept", "normal", "past_insolvency"),
    Case("a bankrupt of long ago", company(register=_LONG_PAST_BANKRUPT), "accept", "low", "within_policy"),
    Case("a dissolved company", _status("dissolved"), "decline", "low", "debtor_not_active"),
    Case("a deregistered company", _status("deregistered"), "decline", "low", "debtor_not_active"),
    Case("one on a sanctions list", _listed("confirmed"), "decline", "low", "sanctions_hit"),
    Case("one like a name on a list", _listed("possible"), "refer", "low", "sanctions_possible"),
    Case("one whose likeness was cleared", _cleared(), "accept", "low", "sanctions_cleared"),
    Case("a public restructuring", _registered("whoa_public"), "refer", "low", "held_by_procedure"),
    Case("an event nobody explained", _registered("martian_claim"), "refer", "low", "event_unknown"),
    Case("one on hold", _own(on_hold=True), "refer", "low", "account_on_hold"),
    Case("the child of a bankrupt", _own(parent_insolvent=True), "refer", "low", "parent_insolvent"),
    Case("one with a write-off", _own(unresolved_write_off=True), "accept_prepayment", "high", "unresolved_write_off"),
    Case(
        "another name than registered",
        company(register=registered(identity_mismatch=("name",))),
        "refer",
        "low",
        "identity_mismatch",
    ),
    Case("a register down", _unanswered("company_register", "unavailable"), "refer", "low", "source_unavailable"),
    Case("a list not asked", _unanswered("sanctions_list", "not_asked"), "refer", "low", "source_not_asked"),
    Case("a number nobody has", _unanswered("company_register", "not_found"), "refer", "low", "source_not_found"),
    Case(
        "dollars without a rate",
        company(exposure=ExposureFacts(Decimal(0), ("USD",))),
        "refer",
        "low",
        "currency_not_converted",
    ),
    Case(
        "dollars at a rate",
        company(
            exposure=ExposureFacts(Decimal("1000.00")),
            converted=(ConvertedFacts("exposure", "USD", Decimal("1083.20"), Decimal("1000.00")),),
            rates=(Rate("USD", Decimal("1.0832"), TODAY, "ECB"),),
        ),
        "accept",
        "low",
        "currency_converted",
    ),
    Case(
        "a first invoice unpaid",
        _own(45, first_payment_pending=True),
        "hold_first_payment",
        "normal",
        "first_payment_pending",
    ),
    Case(
        "one of class low with it unpaid",
        _own(first_payment_pending=True),
        "accept",
        "low",
        "first_payment_open",
    ),
    Case(
        "a critical debtor with it unpaid",
        _own(45, first_payment_pending=True, critical=True),
        "accept",
        "normal",
        "critical_debtor",
    ),
    Case("a few invoices and no report", _FEW_INVOICES, "refer", "low", "confidence_low"),
    Case("enough invoices and no report", _ENOUGH_INVOICES, "accept", "low", "within_policy"),
    Case("a start-up", _START_UP, "accept", "normal", "young_company"),
    Case("a sound sole trader", _sole_trader(74), "accept", "low", "within_policy"),
    Case("a very weak sole trader", _sole_trader(5), "refer", "high", "natural_person_review"),
    Case(
        "a sole trader in debt rescheduling",
        _sole_trader(74, "debt_rescheduling"),
        "refer",
        "blocked",
        "natural_person_review",
    ),
    Case("a weak one of unknown form", _NO_FORM, "refer", "high", "legal_form_unknown"),
    Case("an order above the room", _asks(order_amount=Decimal(40_000)), "accept_prepayment", "low", "limit_exceeded"),
    Case("a limit used up", _USED_UP, "accept_prepayment", "low", "limit_used_up"),
    Case("a limit asked too high", _asks(requested_limit=Decimal(90_000)), "accept", "low", "asked_above_limit"),
    Case("no figures at all", company(bureau=_NO_FIGURES), "accept_prepayment", "low", "limit_is_zero"),
)
