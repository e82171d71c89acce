"""Buys what is known of changed debtors anew, where a plan of the policy is for that, and within its budget."""

from collections.abc import Collection, Sequence
from datetime import datetime
from time import monotonic
from uuid import UUID

from api.fresh_report import stored
from api.fresh_report.inquiry import Budget, Inquiry
from api.fresh_report.planning import Planned, Sellers, Subject, agreed_prices, planned
from api.fresh_report.running import run
from api.records import checks
from api.records.checks import BookDebtor
from api.records.source_changes import SourceChangeRecord
from api.source_access import source_access
from api.wiring import Wiring
from providers.ports import CompanyKey, Identifier
from scoring.company_numbers import CompanyNumber
from scoring.policy.document import Policy

PURPOSE, RELATION = "credit_review", "customer"


def renew(given: Wiring, policy: Policy, changes: Sequence[SourceChangeRecord]) -> int:
    """Ask sources anew about the debtors of these changes; gives about how many they were asked. Safe to repeat.

    Only by a plan that names the purpose `credit_review`; a report that came after the change is not bought again. A
    source that fails is no failure here: the change is told all the same, and what is stored is judged.
    """
    known_at = {each.debtor_id: each.known_at for each in changes}
    with given.transaction() as session:
        book = checks.of_book(session, known_at)
    reviewed = [each for each in book if policy.sources.review_plan(each.debtor.country) is not None]
    for debtor in reviewed:
        told_by = {each.provider for each in changes if each.debtor_id == debtor.debtor.id}
        _renew_one(given, policy, debtor, _stale_kinds(given, told_by), known_at)
    return len(reviewed)


def _stale_kinds(given: Wiring, providers: Collection[str]) -> frozenset[str]:
    """Give the kinds of reports that a change makes old: those that its source writes."""
    return frozenset(kind for each in providers for kind in given.house.catalog.source(each).reports)


def _renew_one(
    given: Wiring, policy: Policy, debtor: BookDebtor, kinds: Collection[str], known_at: dict[UUID, datetime]
) -> None:
    access = source_access(
        given.house,
        given.seller,
        debtor_id=debtor.debtor.id,
        prices=agreed_prices(policy.sources, policy.currency),
    )
    plan = _plan(policy, debtor, Sellers(given.house.catalog, access))
    since = known_at[debtor.debtor.id]
    old = [each for each in debtor.reports if each.kind in kinds and each.retrieved_at < since]
    used = [each for each in debtor.reports if each not in old]
    sources = stored.read(used, plan.questions, policy.sources.fresh_days, given.now)
    inquiry = Inquiry(
        house=given.house,
        seller=given.seller,
        debtor_id=debtor.debtor.id,
        company=CompanyKey(
            debtor.debtor.name,
            debtor.debtor.country,
            tuple(Identifier(each.scheme, each.country, each.value) for each in debtor.numbers),
        ),
        policy=policy,
        access=access,
        budget=Budget(plan.cost_max, policy.currency),
        deadline=monotonic() + plan.deadline_seconds,
        purpose=PURPOSE,
        relation=RELATION,
        not_used=frozenset(each.id for each in old),
    )
    # No transaction is open while we wait; what comes is stored before it is read.
    run(plan, sources, inquiry, given.today)


def _plan(policy: Policy, debtor: BookDebtor, sellers: Sellers) -> Planned:
    numbers = tuple(CompanyNumber(each.scheme, each.country, each.value) for each in debtor.numbers)
    subject = Subject(debtor.debtor.country, frozenset(each.scheme for each in numbers), PURPOSE, numbers)
    return planned(subject, policy.sources, policy.currency, sellers)
