"""Gathers what a credit check is judged on: the debtor, what the sources say, and how it paid us."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from api import fresh_report
from api.exchange import convert
from api.fresh_report import Source
from api.policy_shelf import Rules
from api.prospect.asking import Question
from api.records import debtor_days, debtors, reports
from api.records.checks import CheckedDebtor
from scoring.facts import BehaviourFacts, CheckFacts, ConvertedFacts, DebtorFacts, ExposureFacts, NegativeEvent
from scoring.money import Money
from scoring.policy import Policy


@dataclass(frozen=True, slots=True)
class Judged:
    """What one check is about."""

    debtor: CheckedDebtor
    question: Question
    rules: Rules
    sources: Sequence[Source]


def gather(session: Session, judged: Judged, as_of: date) -> CheckFacts:
    """Give the facts of one check, with behaviour and exposure as they are in this transaction."""
    policy = judged.rules.policy
    told = {source.kind: source.facts for source in judged.sources}
    ledger = debtor_days.behaviour(session, judged.debtor.id, policy.currency, as_of, policy.evidence)
    owed = {currency: amount for currency, amount in ledger.exposure.items() if amount}
    own_amount, question = owed.pop(policy.currency, Decimal(0)), judged.question
    elsewhere = [Money(amount, currency) for currency, amount in sorted(owed.items())]
    found = convert(session, elsewhere, policy.currency, as_of, policy.evidence.rate_usable_days)
    return CheckFacts(
        as_of=as_of,
        currency=policy.currency,
        asked=question.asked,
        debtor=_debtor_facts(session, judged.debtor, policy, ledger.behaviour, as_of),
        exposure=ExposureFacts(own_amount + found.total, tuple(each.currency for each in found.left)),
        register=told.get("company_register"),
        bureau=told.get("credit_bureau"),
        sanctions=told.get("sanctions_list"),
        behaviour=ledger.behaviour,
        insurance=None,
        sources=tuple(source.as_facts() for source in judged.sources),
        converted=(*question.converted, *(_converted(*pair) for pair in found.pairs)),
        rates=tuple(sorted({*question.rates, *found.rates}, key=lambda rate: rate.currency)),
    )


def _converted(before: Money, after: Money) -> ConvertedFacts:
    return ConvertedFacts("exposure", before.currency, before.amount, after.amount)


def _debtor_facts(
    session: Session, debtor: CheckedDebtor, policy: Policy, behaviour: BehaviourFacts, as_of: date
) -> DebtorFacts:
    return DebtorFacts(
        country=debtor.country,
        legal_form=debtor.legal_form,
        is_natural_person=debtor.is_natural_person,
        related_party=debtor.related_party,
        critical=debtor.critical,
        # Invoiced, and never yet paid: whether that holds the next order is the policy's to say.
        first_payment_pending=behaviour.first_settled_on is None and behaviour.open_amount > 0,
        parent_insolvent=debtor.parent_id is not None and _has_insolvent_ancestor(session, debtor.id, policy, as_of),
    )


def _has_insolvent_ancestor(session: Session, debtor_id: UUID, policy: Policy, as_of: date) -> bool:
    above = debtors.ancestors(session, debtor_id)
    facts = [fresh_report.facts_of(report) for report in reports.latest(session, above) if report.facts]
    events: list[NegativeEvent] = [event for each in facts for event in getattr(each, "events", ())]
    return any(
        policy.evidence.events.get(event.code) == "insolvency" and (event.ended_on is None or event.ended_on > as_of)
        for event in events
    )
