"""Guards groups: who may move debtors in and out of one, and what is told and checked when they did."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from api.check_facts import any_insolvent
from api.gate.over_limit import tell_over_limit
from api.persons import is_decider
from api.problems import NotAllowed
from api.records import debtors, limits, looks, waiting_orders
from api.wiring import Wiring


def refuse_regroup(session: Session, from_id: UUID | None, to_id: UUID | None, given: Wiring) -> None:
    """Raise NotAllowed for who may not take debtors from one parent to another; None: to or from no parent.

    Where one of them, or one above, has a limit or a hold for its group, leaving and joining pass by it. Who leaves an
    insolvent parent leaves the hold behind that this puts on its orders: that takes a person.
    """
    if is_decider(given):
        return
    above_from, above_to = (_upwards(session, each) for each in (from_id, to_id))
    if limits.bind_a_group(session, sorted({*above_from, *above_to}), given.today):
        detail = "A limit or a hold is on that group: only a person of finance may change who belongs to it."
        raise NotAllowed(detail, code="group_is_bound")
    policy = given.house.policies.active(session).policy
    leaves = any_insolvent(session, above_from, policy, given.today)
    if leaves and not any_insolvent(session, above_to, policy, given.today):
        detail = "A parent in that group is insolvent: only a person of finance or a credit manager may take it out."
        raise NotAllowed(detail, code="group_is_bound")


def _upwards(session: Session, debtor_id: UUID | None) -> list[UUID]:
    """Give a debtor and all above it; nobody for None."""
    return [] if debtor_id is None else [debtor_id, *debtors.path_above(session, debtor_id)]


def regrouped(session: Session, moved: Sequence[UUID], touched: Iterable[UUID], given: Wiring) -> None:
    """Have what was released to debtors who moved checked before it leaves, and tell of limits that are passed now.

    `touched` are debtors whose limits, and those above, count something else than before. All must be locked.
    """
    members = [*moved, *(each for top in moved for each in debtors.descendants(session, top))]
    waiting_orders.check_again(session, members)
    ends = {*touched}
    # Who stands above and below whom is told of insolvencies: all above both ends have other kin than before.
    looks.mark(session, {*ends, *(each for end in ends for each in debtors.ancestors(session, end)), *members})
    policy = given.house.policies.active(session).policy
    for debtor_id in sorted({*moved, *ends}):
        tell_over_limit(session, debtor_id, policy, given)
