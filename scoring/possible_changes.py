"""The changes that may make an answer better: of state, of amounts, and of how the debtor pays; none is tried here."""

from collections.abc import Iterator
from decimal import Decimal

from scoring.facts import CheckFacts
from scoring.granting import Grant
from scoring.judgement import Change
from scoring.limits import ceiling_to_step
from scoring.natural_person import is_natural_person
from scoring.payment_terms import class_term_days
from scoring.policy.document import Policy
from scoring.ruling import Ruling

_ZERO = Decimal(0)
# So many further invoices paid on time are tried, the fewest first.
_ON_TIME_COUNTS = (3, 6, 12, 24, 48)


def changes_of_state(facts: CheckFacts, policy: Policy) -> Iterator[Change]:
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


def changes_of_amount(facts: CheckFacts, ruling: Ruling, policy: Policy) -> Iterator[Change]:
    """What could be ordered, paid, insured or agreed otherwise."""
    yield from overdue_paid(facts)
    grant, asked = ruling.grant, facts.asked
    order, limit = asked.order_amount, grant.limit.amount
    # Engine 1 told of no way to free a limit that is used up.
    if order is None and policy.engine != "1":
        yield from _room_made(facts, grant, policy)
    if asked.is_application and limit and asked.requested_limit is not None and asked.requested_limit > limit:
        yield Change("requested_limit_amount", asked.requested_limit, limit)
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


def overdue_paid(facts: CheckFacts) -> Iterator[Change]:
    """All that is overdue paid, where anything is."""
    if facts.behaviour is not None and facts.behaviour.overdue_amount > 0:
        yield Change("overdue_amount", facts.behaviour.overdue_amount, _ZERO)


def _room_made(facts: CheckFacts, grant: Grant, policy: Policy) -> Iterator[Change]:
    """So much of a limit that is used up paid that one step of it is free again, where no order says how much is."""
    limit, requested = grant.limit.amount, facts.asked.requested_limit
    if not limit or grant.headroom is None or grant.headroom > 0:
        return
    # What is open above a lower limit that was asked for is the need only as long as it is open.
    bound = limit if requested is None else min(limit, requested)
    yield Change("exposure_amount", facts.exposure.amount, max(_ZERO, bound - policy.limits.rounding.of(bound)))


def changes_of_habit(facts: CheckFacts) -> Iterator[Change]:
    """How many further invoices paid on time, with nothing left overdue, the debtor might need."""
    if facts.behaviour is not None and facts.behaviour.lateness is not None:
        name = "overdue_and_on_time_count" if facts.behaviour.overdue_amount > 0 else "on_time_count"
        for count in _ON_TIME_COUNTS:
            yield Change(name, 0, count)
