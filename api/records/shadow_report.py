"""The sums of a shadow report, in one statement: 100,000 decisions become some hundreds of groups."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records.policies import PolicyRecord
from scoring.comparison import Group, Side, Sums

# The same sums as `scoring.comparison.sums_of` makes of a single pair; the amount of an order is what is at risk.
GROUPS = text("""
SELECT d.outcome, d.risk_class, d.grade, s.decided_binding, s.outcome, s.risk_class, s.grade, s.binding,
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
FROM shadow_decision s JOIN decision d ON d.id = s.decision_id
WHERE s.policy_version = :version AND s.state = 'judged' AND d.decided_at >= :shadowed_at
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
""")
STATES = text("""
SELECT s.state, count(*) FROM shadow_decision s JOIN decision d ON d.id = s.decision_id
WHERE s.policy_version = :version AND d.decided_at >= :shadowed_at GROUP BY 1
""")


def groups(session: Session, record: PolicyRecord) -> list[Group]:
    """Give what a version said since it went into shadow beside what was decided, summed by how both came out."""
    values = {"version": record.version, "shadowed_at": record.shadowed_at}
    return [Group(Side(*row[:4]), Side(*row[4:8]), Sums(*row[8:])) for row in session.execute(GROUPS, values)]


def states(session: Session, record: PolicyRecord) -> dict[str, int]:
    """Count the decisions since a version went into shadow by what became of them: judged, erased, failed."""
    values = {"version": record.version, "shadowed_at": record.shadowed_at}
    return {row[0]: row[1] for row in session.execute(STATES, values)}
