"""Coface's risk assessment and credit opinion as facts of ours; a refusal is not the same as no opinion."""

from datetime import date
from decimal import Decimal

from providers.coface.opinions import Opinion, Risk, Told, told_by
from providers.coface.searching import PROVIDER
from providers.errors import NotUnderstood
from scoring.facts import NO_LIMIT_GIVEN, BureauFacts, CreditLimit, NegativeEvent

SCALE, TARGET_EVENT, HORIZON_MONTHS = "coface_dra", "insolvency", 12
NO_CREDIT, NO_OPINION = "X", "NA"
RATINGS = {"@", "@@", "@@@", "@@@@"}
# Of all that moves Coface, only what has happened to the company itself: not its figures, sector, country or group.
# BA02, a rescheduling of payments, is none of ours: `debt_rescheduling` is the insolvency of a natural person.
EVENTS = {"CA06": "bankruptcy", "CA07": "dissolved", "CA08": "dissolved", "BA06": "collection_case"}
HARMLESS = {"CA09"}
LEGAL_STATUS_CODES = "CA"  # A code of this group that is not known may tell of an insolvency.


def bureau_facts(publications: object, company_id: str | None, currency: str, retrieved_on: date) -> BureauFacts:
    """The facts; an amount not in `currency` is left out and its currency told. Raises NotUnderstood.

    `company_id` is the company that was ordered, where it has an id.
    """
    told = told_by(publications, company_id, retrieved_on)
    risk, opinion = told.risk, told.opinion
    if risk is None and opinion is None:
        raise NotUnderstood(PROVIDER, "no publication is one that was ordered")
    score = _score(risk)
    pd = None if risk is None else risk.pd
    rated = score is not None or pd is not None
    limit = _limit(opinion, currency)
    return BureauFacts(
        provider=PROVIDER,
        retrieved_on=retrieved_on,
        scored_on=_day(risk, retrieved_on) if rated else None,
        scale=None if score is None else SCALE,
        score=score,
        pd=pd,
        target_event=TARGET_EVENT if rated else None,
        horizon_months=HORIZON_MONTHS if rated else None,
        recommended_limit=limit,
        events=_events(told, retrieved_on),
        limit_currency=_other_currency(opinion, limit, currency),
    )


def _score(risk: Risk | None) -> Decimal | None:
    if risk is None or risk.value is None:
        return None
    if not 0 <= risk.value <= 10:
        raise NotUnderstood(PROVIDER, "a debtor risk assessment is outside its own scale")
    return risk.value


def _day(risk: Risk | None, retrieved_on: date) -> date | None:
    return None if risk is None or risk.released_on is None else min(risk.released_on, retrieved_on)


def _limit(opinion: Opinion | None, currency: str) -> CreditLimit:
    """No credit is a limit of zero in any currency; no opinion, or a good one without an amount, is no limit."""
    if opinion is None or opinion.rating in (None, NO_OPINION):
        return NO_LIMIT_GIVEN
    if opinion.rating == NO_CREDIT:
        return CreditLimit("amount", Decimal(0))
    if opinion.rating not in RATINGS:
        raise NotUnderstood(PROVIDER, "a credit opinion has a rating that is not known")
    if opinion.amount is None or opinion.amount <= 0 or opinion.currency != currency:
        return NO_LIMIT_GIVEN
    return CreditLimit("amount", opinion.amount)


def _other_currency(opinion: Opinion | None, limit: CreditLimit, currency: str) -> str | None:
    if opinion is None or limit != NO_LIMIT_GIVEN or opinion.rating not in RATINGS or not opinion.amount:
        return None
    return opinion.currency if opinion.currency != currency else None


def _events(told: Told, retrieved_on: date) -> tuple[NegativeEvent, ...]:
    """What is a fact, once each; Coface does not tell since when."""
    codes: list[str] = []
    for code in told.opinion.codes if told.opinion else ():
        if code in EVENTS:
            codes.append(EVENTS[code])
        elif code.startswith(LEGAL_STATUS_CODES) and code not in HARMLESS:
            raise NotUnderstood(PROVIDER, "a code about the legal status is not known")
    if told.is_closed and "bankruptcy" not in codes:
        codes.append("dissolved")
    return tuple(NegativeEvent(code, retrieved_on, undated=True) for code in sorted(set(codes)))
