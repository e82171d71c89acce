"""Judges every debtor of a seller on today's facts by a version and by the active one, without any effect."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from api.check_facts import NOTHING_ASKED, Judged, gather_many
from api.fresh_report import stored
from api.fresh_report.planning import Subject, planned
from api.policies.trying.rescoring_tally import Tally, changed_item
from api.policy_shelf import Rules
from api.records import checks
from api.records.checks import BookDebtor
from api.records.sellers import Seller
from api.wiring import House
from scoring.company_numbers import CompanyNumber
from scoring.engines import judge
from scoring.facts import CheckFacts

BATCH_COUNT = 500

Keep = Callable[[Session, Tally, int], None]


@dataclass(frozen=True, slots=True)
class Rescoring:
    """Which two versions are held beside each other, and on the facts of which day."""

    active: Rules
    version: Rules
    as_of: date
    now: datetime

    @property
    def facts_are_shared(self) -> bool:
        """Whether both are judged on the very same facts: what each gathers by is the same."""
        one, other = self.active.policy, self.version.policy
        return bool(one.evidence == other.evidence and one.sources == other.sources)


def rescore(house: House, seller: Seller, ordered: Rescoring, tally: Tally, keep: Keep) -> Tally:
    """Go on with a tally until it has every debtor; `keep` is called with it, and with how many there are in all.

    Reads a batch in one transaction, judges with none open, and keeps in another: nobody waits for it.
    """
    with house.sessions.of(seller.id) as session:
        total = checks.count_book(session)
    while True:
        with house.sessions.of(seller.id) as session:
            batch = checks.book_page(session, tally.after, BATCH_COUNT)
            if not batch:
                return tally
            active = gathered(session, batch, ordered.active, ordered)
            version = active
            if not ordered.facts_are_shared:
                version = gathered(session, batch, ordered.version, ordered)
        _add_all(tally, batch, active, version, ordered)
        with house.sessions.of(seller.id) as session:
            keep(session, tally, max(total, tally.done_count))


def gathered(session: Session, batch: Sequence[BookDebtor], rules: Rules, ordered: Rescoring) -> list[CheckFacts]:
    """Give the facts that a check of each debtor without an order would gather, if no source were asked."""
    policy, judged = rules.policy.sources, []
    for each in batch:
        numbers = tuple(CompanyNumber(number.scheme, number.country, number.value) for number in each.numbers)
        subject = Subject(each.debtor.country, frozenset(number.scheme for number in numbers), numbers=numbers)
        plan = planned(subject, policy, rules.policy.currency)
        sources = stored.read(each.reports, plan.questions, policy.fresh_days, ordered.now)
        judged.append(Judged(each.debtor, NOTHING_ASKED, rules, sources, each.numbers))
    return gather_many(session, judged, rules, ordered.as_of)


def _add_all(
    tally: Tally,
    batch: Sequence[BookDebtor],
    active: Sequence[CheckFacts],
    version: Sequence[CheckFacts],
    ordered: Rescoring,
) -> None:
    """Judge a batch by both; a debtor that one of them cannot judge is counted as failed, and stops no other."""
    one, other = ordered.active.policy, ordered.version.policy
    changed: list[dict[str, Any]] = []
    for each, active_facts, version_facts in zip(batch, active, version, strict=True):
        try:
            before, after = judge(one.engine, active_facts, one), judge(other.engine, version_facts, other)
            item = changed_item(each.debtor.id, before, after, (one, other))
            tally.add(before, after, active_facts.exposure.amount)
        except Exception as error:
            tally.failures[type(error).__name__] += 1
            continue
        if item is not None:
            changed.append(item)
    tally.keep_most_changed(changed)
    tally.after, tally.done_count = batch[-1].debtor.id, tally.done_count + len(batch)
