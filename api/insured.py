"""What credit insurance says of a debtor, as a judgement of credit looks at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from api.records import cover_facts
from api.records.checks import CheckedDebtor
from api.records.cover_facts import Contract
from scoring.cover import CoverVersion, cover_on
from scoring.exchange import Rate, RateMissing, converted
from scoring.facts import ConvertedFacts, InsuranceFacts
from scoring.money import Money


@dataclass(frozen=True, slots=True)
class InsuredDebtor:
    """How a debtor is insured: `cover` None while the insurer has not decided, or nothing of it is in effect."""

    cover: Money | None
    is_withdrawn: bool


def read(session: Session, debtors: Sequence[CheckedDebtor], day: date) -> list[InsuredDebtor | None]:
    """Give how each debtor is insured on a day, None where no contract bears on it.

    Costs one statement, and none for a seller that has no contract at all.
    """
    if not any(each.is_insurable for each in debtors):
        return [None] * len(debtors)
    contracts = cover_facts.contracts(session, [each.id for each in debtors], day)
    return [_insured(contracts, each, day) for each in debtors]


def _insured(contracts: Sequence[Contract], debtor: CheckedDebtor, day: date) -> InsuredDebtor | None:
    # That a related company is not covered is told by a reason of its own, so it is no matter of who bears on it.
    contract = cover_facts.bearing(
        contracts, debtor.id, debtor.country, is_natural_person=debtor.is_natural_person, related=False
    )
    if contract is None:
        return None
    versions = contract.versions(debtor.id)
    amount = cover_on(versions, day, contract.terms).counted_amount
    return InsuredDebtor(None if amount is None else Money(amount, contract.currency), _is_withdrawn(versions))


def _is_withdrawn(versions: Sequence[CoverVersion]) -> bool:
    """Whether the insurer's newest decision takes its cover back, also from a day to come: it knows something."""
    of_insurer = [(each.decided_on, order) for order, each in enumerate(versions) if each.source == "insurer"]
    return bool(of_insurer) and versions[max(of_insurer)[1]].state == "withdrawn"


def as_facts(
    insured: InsuredDebtor | None, currency: str, rates: dict[str, Rate]
) -> tuple[InsuranceFacts | None, ConvertedFacts | None, tuple[Rate, ...]]:
    """Give the facts in a currency, what was converted and by which rates; without a rate nothing is counted on."""
    if insured is None:
        return None, None, ()
    if insured.cover is None:
        return InsuranceFacts(True, None, insured.is_withdrawn), None, ()
    try:
        became = converted(insured.cover, currency, rates)
    except RateMissing:
        return InsuranceFacts(True, None, insured.is_withdrawn), None, ()
    facts = InsuranceFacts(True, became.money.amount, insured.is_withdrawn)
    if insured.cover.currency == currency:
        return facts, None, ()
    told = ConvertedFacts("insurer_cover", insured.cover.currency, insured.cover.amount, became.money.amount)
    return facts, told, became.rates
