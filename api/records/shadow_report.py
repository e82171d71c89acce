"""The sums of a shadow report, in one statement: 100,000 decisions become some hundreds of groups."""

from collections import Counter

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records.policies import PolicyRecord
from scoring.comparison import Group, Side, Sums

# The same sums as `scoring.comparison.sums_of` makes of a single pair; the amount of an order is what is at risk.
GROUPS = text("""
SELECT d.outcome, d.risk_class, d.grade, s.decided_binding, s.outcome, s.risk_class, s.grade, s.binding, s.state,
    count(*),
    count(*) FILTER (WHERE s.limit_amount > d.limit_amount
        OR (s.limit_kind = 'unlimited' AND d.limit_kind = 'amount')),
    count(*) FILTER (WHERE s.limit_amount < d.limit_amount
        OR (s.limit_kind = 'amount' AND d.limit_kind = 'unlimited')),
    count(*) FILTER (WHERE s.limit_amount = d.limit_amount
        OR (s.limit_kind = 'unlimited' AND d.limit_kind = 'unlimited')),
    count(*) FILTER (WHERE s.limit_amount IS NOT NULL AND d.limit_amount IS NOT NULL),
    coalesce(sum(d.limit_amount) FILTER (WHERE s.limit_amount IS NOT NULL), 0),
    coalesce(sum(s.limit_amount) FILTER (WHERE d.limit_amount IS NOT NULL), 0),
    count(s.order_amount),
    coalesce(sum(s.order_amount), 0),
    count(s.order_amount) FILTER (WHERE s.pd IS NOT NULL AND d.pd IS NOT NULL),
    coalesce(sum(s.order_amount) FILTER (WHERE s.pd IS NOT NULL AND d.pd IS NOT NULL), 0),
    coalesce(sum(d.pd * s.order_amount) FILTER (WHERE s.pd IS NOT NULL), 0),
    coalesce(sum(s.pd * s.order_amount) FILTER (WHERE d.pd IS NOT NULL), 0)
FROM shadow_decision s JOIN decision d ON d.seller_id = s.seller_id AND d.id = s.decision_id
WHERE s.policy_version = :version AND d.decided_at >= :shadowed_at
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
""")

# All of both are wanted. While the rows are new and not yet counted, the planner would look each up by itself.
WHOLE, AS_USUAL = text("SET LOCAL enable_nestloop = off"), text("SET LOCAL enable_nestloop = on")


def groups(session: Session, record: PolicyRecord) -> tuple[Counter[str], list[Group]]:
    """Give what a version said since it went into shadow beside what was decided, summed by how both came out.

    Before it stands how many decisions were judged, erased or failed; only judged ones are in the groups.
    """
    values = {"version": record.version, "shadowed_at": record.shadowed_at}
    states: Counter[str] = Counter()
    found = []
    session.execute(WHOLE)
    rows = session.execute(GROUPS, values).all()
    session.execute(AS_USUAL)
    for row in rows:
        states[row[8]] += row[9]
        if row[8] == "judged":
            found.append(Group(Side(*row[:4]), Side(*row[4:8]), Sums(*row[9:])))
    return states, found
