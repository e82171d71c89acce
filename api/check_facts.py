"""Gathers what a credit check is judged on, of one debtor or of many: the debtor, its reports, and how it paid us."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.exchange import convert_by, rates_on
from api.fresh_report.source import Source
from api.fresh_report.stored import facts_of
from api.insured import InsuredDebtor, as_facts, read
from api.policy_shelf import Rules
from api.records import debtor_days, debtors, holds, reports
from api.records.behaviour_rows import LedgerView
from api.records.checks import CheckedDebtor
from api.records.identities import OfficialNumber
from api.sanctions_clearing import cleared
from scoring.company_numbers import CompanyNumber
from scoring.exchange import Rate
from scoring.facts import Asked, BehaviourFacts, CheckFacts, ConvertedFacts, DebtorFacts, ExposureFacts, NegativeEvent
from scoring.money import Money
from scoring.policy.document import Policy
from scoring.registers import register_beside, report_beside


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in the policy's currency; `converted` tells what was in another one, `rates` how it was taken."""

    asked: Asked
    converted: tuple[ConvertedFacts, ...] = ()
    rates: tuple[Rate, ...] = ()


NOTHING_ASKED = Question(Asked())


@dataclass(frozen=True, slots=True)
class Judged:
    """What one check is about."""

    debtor: CheckedDebtor
    question: Question
    rules: Rules
    sources: Sequence[Source]
    numbers: Sequence[OfficialNumber] = ()


def gather(session: Session, judged: Judged, as_of: date) -> CheckFacts:
    """Give the facts of one check, with behaviour and exposure as they are in this transaction."""
    policy = judged.rules.policy
    ledger = debtor_days.behaviour(session, judged.debtor.id, policy.currency, as_of, policy.evidence)
    insured = read(session, [judged.debtor], as_of)
    rates = _rates(session, [ledger], insured, policy, as_of)
    return _facts(session, judged, _OfDebtor(ledger, insured[0]), rates, as_of)


def gather_many(session: Session, many: Sequence[Judged], rules: Rules, as_of: date) -> list[CheckFacts]:
    """Give what `gather` gives for each of many checks by the same rules, in few statements."""
    policy = rules.policy
    ids = [each.debtor.id for each in many]
    ledgers = debtor_days.behaviours(session, ids, policy.currency, as_of, policy.evidence)
    insured = read(session, [each.debtor for each in many], as_of)
    rates = _rates(session, ledgers.values(), insured, policy, as_of)
    return [
        _facts(session, each, _OfDebtor(ledgers[each.debtor.id], cover), rates, as_of)
        for each, cover in zip(many, insured, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _OfDebtor:
    """What stands in our own books of one debtor: its ledger, and how it is insured."""

    ledger: LedgerView
    insured: InsuredDebtor | None


def _rates(
    session: Session,
    ledgers: Iterable[LedgerView],
    insured: Iterable[InsuredDebtor | None],
    policy: Policy,
    as_of: date,
) -> dict[str, Rate]:
    covers = [each.cover for each in insured if each is not None and each.cover is not None]
    owed = [Money(amount, currency) for ledger in ledgers for currency, amount in ledger.exposure.items() if amount]
    return rates_on(session, [*owed, *covers], policy.currency, as_of, policy.evidence.rate_usable_days)


def _facts(session: Session, judged: Judged, own: _OfDebtor, rates: dict[str, Rate], as_of: date) -> CheckFacts:
    policy, question, ledger = judged.rules.policy, judged.question, own.ledger
    insurance, cover, cover_rates = as_facts(own.insured, policy.currency, rates)
    told: dict[str, Any] = {source.kind: source.facts for source in judged.sources}
    vat_numbers = [number.value for number in judged.numbers if number.scheme == "vat"]
    numbers = [CompanyNumber(each.scheme, each.country, each.value) for each in judged.numbers]
    entity = told.get("entity_register")
    owed = {currency: amount for currency, amount in ledger.exposure.items() if amount}
    own_amount = owed.pop(policy.currency, Decimal(0))
    elsewhere = [Money(amount, currency) for currency, amount in sorted(owed.items())]
    found = convert_by(rates, elsewhere, policy.currency)
    return CheckFacts(
        as_of=as_of,
        currency=policy.currency,
        asked=question.asked,
        debtor=_debtor_facts(session, judged.debtor, policy, ledger.behaviour, as_of),
        exposure=ExposureFacts(own_amount + found.total, tuple(each.currency for each in found.left)),
        register=register_beside(told.get("company_register"), told.get("vat_register"), entity, vat_numbers, numbers),
        bureau=report_beside(told.get("credit_bureau"), entity),
        sanctions=cleared(session, judged.debtor, told.get("sanctions_list")),
        behaviour=ledger.behaviour,
        insurance=insurance,
        sources=tuple(filter(None, (source.as_facts() for source in judged.sources))),
        converted=(*question.converted, *(_converted(*pair) for pair in found.pairs), *filter(None, (cover,))),
        rates=tuple(sorted({*question.rates, *found.rates, *cover_rates}, key=lambda rate: rate.currency)),
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
        on_hold=debtor.is_on_hold(as_of) or (debtor.parent_id is not None and _group_on_hold(session, debtor, as_of)),
        # Invoiced, and never yet paid: whether that holds the next order is the policy's to say.
        first_payment_pending=behaviour.first_settled_on is None and behaviour.open_amount > 0,
        parent_insolvent=debtor.parent_id is not None and has_insolvent_ancestor(session, debtor.id, policy, as_of),
    )


def _group_on_hold(session: Session, debtor: CheckedDebtor, as_of: date) -> bool:
    """Whether a debtor above this one is on hold with all below it."""
    return holds.is_group_on_hold(session, debtors.ancestors(session, debtor.id), as_of)


def has_insolvent_ancestor(session: Session, debtor_id: UUID, policy: Policy, as_of: date) -> bool:
    """Whether any debtor above this one is insolvent on a day, by its newest stored reports."""
    return any_insolvent(session, debtors.ancestors(session, debtor_id), policy, as_of)


def any_insolvent(session: Session, debtor_ids: Sequence[UUID], policy: Policy, as_of: date) -> bool:
    """Whether any of these debtors is insolvent on a day, by its newest stored reports."""
    facts = [facts_of(report) for report in reports.latest(session, debtor_ids) if report.facts]
    events: list[NegativeEvent] = [event for each in facts for event in getattr(each, "events", ())]
    return any(
        policy.evidence.events.get(event.code) == "insolvency" and (event.ended_on is None or event.ended_on > as_of)
        for event in events
    )
