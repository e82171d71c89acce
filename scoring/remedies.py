"""The nearest changes that would make the answer better, each tried by ruling again on the changed facts."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from scoring.changes import changed
from scoring.facts import CheckFacts
from scoring.judgement import Change, Outcome, Remedy
from scoring.limits import ceiling_to_step
from scoring.natural_person import is_natural_person
from scoring.payment_terms import class_term_days
from scoring.policy.document import Policy
from scoring.ruling import Ruling, rule

_ZERO = Decimal(0)
# So many further invoices paid on time are tried, the fewest first.
_ON_TIME_COUNTS = (3, 6, 12, 24, 48)


def nearest_remedies(facts: CheckFacts, ruling: Ruling, policy: Policy) -> tuple[Remedy, ...]:
    """Single changes that lead to a better outcome, the best outcome first."""
    if _is_final(ruling):
        return ()
    found = []
    for change in (*_changes_of_state(facts, policy), *_changes_of_amount(facts, ruling, policy)):
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
        """All changes of state, then one of an amount or some invoices paid on time, that together are accepted."""
        changes = tuple(_changes_of_state(self._facts, self._policy))
        after, now = self._facts, ruling
        if changes:
            after = _all_applied(self._facts, changes)
            now = self._ruled(after) or ruling
            if now.outcome is Outcome.ACCEPT:
                return changes
        last = self._first_accepted(after, _changes_of_amount(after, now, self._policy))
        if last is None and self._first_accepted(after, tuple(_changes_of_habit(after))[-1:]):
            # Where the most invoices paid on time would do, fewer may.
            last = self._first_accepted(after, _changes_of_habit(after))
        return () if last is None else (*changes, last)

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


def _changes_of_state(facts: CheckFacts, policy: Policy) -> Iterator[Change]:
    """What could be settled with the debtor or by finance, whatever the amounts."""
    debtor, register, sanctions = facts.debtor, facts.register, facts.sanctions
    for name in ("on_hold", "first_payment_pending", "unresolved_write_off"):
        if getattr(debtor, name):
            yield Change(name, True, False)
    if is_natural_person(facts, policy) is None:
        yield Change("is_natural_person", None, False)
    if register is not None and register.identity_mismatch:
        yield Change("identity_mismatch", register.identity_mismatch, ())
    if sanctions is not None and sanctions.hit == "possible":
        yield Change("sanctions_hit", sanctions.hit, "none")


def _changes_of_amount(facts: CheckFacts, ruling: Ruling, policy: Policy) -> Iterator[Change]:
    """What could be ordered, paid, insured or agreed otherwise."""
    if facts.behaviour is not None and facts.behaviour.overdue_amount > 0:
        yield Change("overdue_amount", facts.behaviour.overdue_amount, _ZERO)
    grant, asked = ruling.grant, facts.asked
    order, limit = asked.order_amount, grant.limit.amount
    if order is None or limit is None or grant.headroom is None or not grant.prepayment_required:
        return
    if grant.headroom > 0:
        yield Change("order_amount", order, grant.headroom)
        yield Change("prepayment", _ZERO, grant.prepayment_required)
    if limit >= order and facts.exposure.amount > limit - order:
        yield Change("exposure_amount", facts.exposure.amount, limit - order)
    if grant.binding == "insurance" and facts.insurance is not None and ruling.grading.grade is not None:
        own_risk = policy.limits.own_risk[ruling.grading.grade]
        wanted = ceiling_to_step(order + facts.exposure.amount, policy.limits.rounding)
        yield Change("insurer_cover", facts.insurance.insurer_cover, wanted - own_risk)
    class_days = class_term_days(ruling.evidence, ruling.grading, policy)
    if grant.binding == "need" and asked.payment_term_days is not None and class_days is not None:
        yield Change("payment_term_days", asked.payment_term_days, class_days)


def _changes_of_habit(facts: CheckFacts) -> Iterator[Change]:
    """How many further invoices paid on time, with nothing overdue, the debtor might need."""
    if facts.behaviour is not None and facts.behaviour.lateness is not None:
        for count in _ON_TIME_COUNTS:
            yield Change("on_time_count", 0, count)
