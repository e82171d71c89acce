"""Guards limits of groups: who may move debtors in and out of one, and what is told and checked when they did."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from api.gate.over_limit import tell_over_limit
from api.persons import is_decider
from api.problems import NotAllowed
from api.records import debtors, limits, waiting_orders
from api.wiring import Wiring


def refuse_regroup(session: Session, ends: Sequence[UUID], given: Wiring) -> None:
    """Raise NotAllowed for who may not take debtors from one of these parents to the other.

    Where one of them, or one above, has a limit or a hold for its group, leaving and joining pass by it.
    """
    if is_decider(given):
        return
    above = {each for end in ends for each in (end, *debtors.path_above(session, end))}
    if limits.bind_a_group(session, sorted(above), given.today):
        detail = "A limit or a hold is on that group: only a person of finance may change who belongs to it."
        raise NotAllowed(detail, code="group_is_bound")


def regrouped(session: Session, moved: Sequence[UUID], touched: Iterable[UUID], given: Wiring) -> None:
    """Have what was released to debtors who moved checked before it leaves, and tell of limits that are passed now.

    `touched` are debtors whose limits, and those above, count something else than before. All must be locked.
    """
    waiting_orders.check_again(
        session, [*moved, *(each for top in moved for each in debtors.descendants(session, top))]
    )
    policy = given.house.policies.active(session).policy
    for debtor_id in sorted({*moved, *touched}):
        tell_over_limit(session, debtor_id, policy, given)
