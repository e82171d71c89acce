"""The nearest changes that would make the answer better, each tried by ruling again on the changed facts."""

from collections.abc import Iterable
from decimal import Decimal

from scoring.changes import changed
from scoring.facts import CheckFacts
from scoring.judgement import Change, Outcome, Remedy
from scoring.policy.document import Policy
from scoring.possible_changes import changes_of_amount, changes_of_habit, changes_of_state, overdue_paid
from scoring.ruling import Ruling, rule

_ZERO = Decimal(0)


def nearest_remedies(facts: CheckFacts, ruling: Ruling, policy: Policy) -> tuple[Remedy, ...]:
    """Single changes that lead to a better outcome, the best outcome first."""
    if _is_final(ruling):
        return ()
    found = []
    for change in (*changes_of_state(facts, policy), *changes_of_amount(facts, ruling, policy)):
        outcome = rule(_applied(facts, change), policy).outcome
        if outcome.rank < ruling.outcome.rank:
            found.append(Remedy(change.change, change.from_value, change.to_value, outcome))
    return tuple(sorted(found, key=_rank_given))


def needed_to_accept(
    facts: CheckFacts, ruling: Ruling, remedies: tuple[Remedy, ...], policy: Policy
) -> tuple[Change, ...]:
    """The fewest changes found that together lead to `accept`: what it would take to say yes.

    One of `remedies` where one suffices; else all that could be settled is taken together, then each that is not
    needed is left out again. Nothing where no such changes are found within `explanation.tries_max` tries, or where the
    policy does not ask for it.
    """
    if policy.explanation is None or _is_final(ruling):
        return ()
    for remedy in remedies:
        if remedy.gives_outcome is Outcome.ACCEPT:
            return (Change(remedy.change, remedy.from_value, remedy.to_value),)
    search = _Search(facts, policy, policy.explanation.tries_max)
    changes = search.combined(ruling)
    needed = search.without_needless(changes) if changes else ()
    return needed if len(needed) <= policy.explanation.changes_max else ()


class _Search:
    """Tries changes out, at most so many times: what is not found by then is not told."""

    def __init__(self, facts: CheckFacts, policy: Policy, tries_max: int) -> None:
        """Search from the facts as they are."""
        self._facts, self._policy, self._tries_left = facts, policy, tries_max

    def combined(self, ruling: Ruling) -> tuple[Change, ...]:
        """Changes that together are accepted: all of state, then of amounts, or else some invoices paid on time."""
        changes = tuple(changes_of_state(self._facts, self._policy))
        after, now = self._facts, ruling
        if changes:
            after = _all_applied(self._facts, changes)
            now = self._ruled(after) or ruling
            if now.outcome is Outcome.ACCEPT:
                return changes
        last = self._of_amounts(after, now) or self._of_habit(after)
        return (*changes, *last) if last else ()

    def _of_amounts(self, facts: CheckFacts, now: Ruling) -> tuple[Change, ...]:
        """The fewest changes of amounts that are accepted: one, or one after what is overdue or open is paid."""
        last = self._of_order(facts, now)
        if last is not None:
            return (last,)
        overdue, ruled = next(overdue_paid(facts), None), None
        if overdue is not None:
            after = _applied(facts, overdue)
            ruled = self._ruled(after)
            if ruled is not None and ruled.outcome is Outcome.ACCEPT:
                return (overdue,)
            last = None if ruled is None else self._of_order(after, ruled)
            if last is not None:
                return (overdue, last)
        found = self._after_all_is_paid(facts, now)
        if not found and overdue is not None and ruled is not None:
            paid = self._after_all_is_paid(after, ruled)
            found = (overdue, *paid) if paid else ()
        return found

    def _of_order(self, facts: CheckFacts, now: Ruling) -> Change | None:
        """The first change of an amount that by itself is accepted, apart from what is overdue."""
        changes = changes_of_amount(facts, now, self._policy)
        # A prepayment leaves the same order on account as a lower order does, so it is accepted where that is.
        return self._first_accepted(
            facts, (each for each in changes if each.change not in ("overdue_amount", "prepayment"))
        )

    def _after_all_is_paid(self, facts: CheckFacts, now: Ruling) -> tuple[Change, ...]:
        """All that is open paid, and the order then as large as the whole limit allows; nothing where it fits."""
        if not now.grant.prepayment_required or not now.grant.limit.amount or facts.exposure.amount <= 0:
            return ()
        paid = Change("exposure_amount", facts.exposure.amount, _ZERO)
        after = _applied(facts, paid)
        ruled = self._ruled(after)
        if ruled is None or ruled.outcome is Outcome.ACCEPT:
            return () if ruled is None else (paid,)
        last = self._of_order(after, ruled)
        return () if last is None else (paid, last)

    def _of_habit(self, facts: CheckFacts) -> tuple[Change, ...]:
        """The fewest invoices paid on time that are accepted, tried only where the most would do."""
        if self._first_accepted(facts, tuple(changes_of_habit(facts))[-1:]) is None:
            return ()
        fewest = self._first_accepted(facts, changes_of_habit(facts))
        return () if fewest is None else (fewest,)

    def _first_accepted(self, facts: CheckFacts, changes: Iterable[Change]) -> Change | None:
        """The first of some changes that by itself is accepted."""
        for change in changes:
            tried = self._ruled(_applied(facts, change))
            if tried is not None and tried.outcome is Outcome.ACCEPT:
                return change
        return None

    def without_needless(self, changes: tuple[Change, ...]) -> tuple[Change, ...]:
        """The changes without each that is not needed for the same answer."""
        for change in changes:
            fewer = tuple(each for each in changes if each is not change)
            tried = self._ruled(_all_applied(self._facts, fewer))
            if fewer and tried is not None and tried.outcome is Outcome.ACCEPT:
                changes = fewer
        return changes

    def _ruled(self, facts: CheckFacts) -> Ruling | None:
        """The ruling on changed facts; None once all tries are used up."""
        if self._tries_left <= 0:
            return None
        self._tries_left -= 1
        return rule(facts, self._policy)


def apply_remedy(facts: CheckFacts, remedy: Remedy | Change) -> CheckFacts:
    """The facts after a remedy: judged again they give the outcome it promises."""
    return changed(facts, remedy.change, remedy.to_value)


def _is_final(ruling: Ruling) -> bool:
    """Whether no change of ours makes it better: it is accepted, or declined for a fact about the world."""
    return ruling.outcome is Outcome.ACCEPT or ruling.proposed is Outcome.DECLINE


def _applied(facts: CheckFacts, change: Change) -> CheckFacts:
    """The facts after a change."""
    return changed(facts, change.change, change.to_value)


def _all_applied(facts: CheckFacts, changes: tuple[Change, ...]) -> CheckFacts:
    """The facts after changes, one after the other."""
    for change in changes:
        facts = _applied(facts, change)
    return facts


def _rank_given(remedy: Remedy) -> int:
    """What remedies are ordered by: the outcome they lead to."""
    return remedy.gives_outcome.rank
