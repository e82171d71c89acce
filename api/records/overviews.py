"""What stands about one debtor in all the records, in one statement that no long history makes longer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records import returnables

SHOWN_MAX = 20
RETURNABLE = "returnable"  # Stands among the stages: it counts, and lies in none of them.
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Overview:
    """What the records tell of a debtor, by the names of their columns; amounts, days and times are text.

    `limits` are the versions that were asked for. `decision` is the newest of any kind, `terms` those agreed last.
    `applications` and `promises` are those still open, the newest SHOWN_MAX; `alerts` the newest SHOWN_MAX of
    `alerts_count`. `stages` is exposure by stage and currency, `overdue` what of undisputed invoices is past its due
    day, by currency.
    """

    limits: Sequence[Row]
    terms: Row | None
    decision: Row | None
    applications: Sequence[Row]
    holds: Sequence[Row]
    securities: Sequence[Row]
    stages: Sequence[Row]
    overdue: Sequence[Row]
    held: Row
    alerts_count: int
    alerts: Sequence[Row]
    promises: Sequence[Row]
    names: Mapping[str, str | None]


# Each part is found by an index of its own, and those that may be long are counted or cut.
READ = text(f"""
SELECT
    (SELECT json_agg(l) FROM (SELECT id, debtor_id, scope, is_temporary, limit_kind, limit_amount::text, currency,
            valid_from, valid_until, next_review_on, decided_by, grounds, decision_id, verdict_id, known_at
        FROM credit_limit WHERE id = ANY(CAST(:limit_ids AS uuid[])) ORDER BY id) l) AS limits,
    (SELECT row_to_json(t) FROM (SELECT terms_version, payment_term_days, accepted_by, accepted_on, channel,
            document_id, document_sha256, application_id,
            CASE WHEN document_id IS NULL THEN 'hash_only' ELSE 'document' END AS evidence
        FROM agreed_terms WHERE debtor_id = :debtor_id ORDER BY id DESC LIMIT 1) t) AS terms,
    (SELECT row_to_json(d) FROM (SELECT id, kind, outcome, risk_class, grade, pd::text, decided_at, limit_kind,
            limit_amount::text, currency, policy_version
        FROM decision WHERE debtor_id = :debtor_id AND (kind <> 'monitoring' OR :all_decisions)
        ORDER BY id DESC LIMIT 1) d) AS decision,
    (SELECT json_agg(a) FROM (SELECT id, state, requested_kind, requested_amount::text, currency, owner, due_at,
            applied_by, applied_at
        FROM application WHERE debtor_id = :debtor_id
            AND state IN ('referred', 'seconding', 'approved', 'prepayment_offered')
        ORDER BY id DESC LIMIT {SHOWN_MAX}) a) AS applications,
    (SELECT json_agg(h) FROM (SELECT id, debtor_id, kind, scope, grounds, placed_by, placed_at, ends_on FROM hold
        WHERE debtor_id = ANY(CAST(:path AS uuid[])) AND ended_at IS NULL AND (ends_on IS NULL OR ends_on >= :today)
            AND (debtor_id = :debtor_id OR scope = 'group') ORDER BY id) h) AS holds,
    (SELECT json_agg(s) FROM (SELECT id, kind, amount::text, currency, raises_limit, guarantor_id, guarantor_name,
            document_id, valid_from, valid_until
        FROM security WHERE debtor_id = :debtor_id AND ended_at IS NULL
            AND valid_from <= :today AND (valid_until IS NULL OR valid_until >= :today) ORDER BY id) s) AS securities,
    (SELECT json_agg(e) FROM (SELECT stage, currency, amount::text FROM exposure_balance
        WHERE debtor_id = :debtor_id AND amount <> 0
        UNION ALL SELECT '{RETURNABLE}', currency, sum(amount)::text FROM returnable_day
        WHERE {returnables.counting(":debtor_id", ":today")} GROUP BY currency HAVING sum(amount) <> 0
        ORDER BY stage, currency) e) AS stages,
    (SELECT json_agg(o) FROM (SELECT currency, min(day) AS oldest_due_on, sum(due_open_amount)::text AS amount
        FROM debtor_day WHERE debtor_id = :debtor_id AND due_open_count <> 0 AND due_open_amount > 0 AND day < :today
        GROUP BY currency ORDER BY currency) o) AS overdue,
    (SELECT row_to_json(w) FROM (SELECT count(*) AS count, min(placed_at) AS oldest_placed_at
        FROM sales_order WHERE debtor_id = :debtor_id AND state = 'held') w) AS held,
    (SELECT count(*) FROM alert WHERE debtor_id = :debtor_id AND ended_at IS NULL) AS alerts_count,
    (SELECT json_agg(a) FROM (SELECT id, kind, severity, opened_at FROM alert
        WHERE debtor_id = :debtor_id AND ended_at IS NULL ORDER BY id DESC LIMIT {SHOWN_MAX}) a) AS alerts,
    (SELECT json_agg(p) FROM (SELECT id, amount::text, currency, promised_on, last_on, made_by FROM promise
        WHERE debtor_id = :debtor_id AND coalesce((
            SELECT state FROM promise_step WHERE promise_id = promise.id ORDER BY id DESC LIMIT 1), 'open') = 'open'
        ORDER BY id DESC LIMIT {SHOWN_MAX}) p) AS promises,
    (SELECT json_object_agg(id, name) FROM debtor WHERE id = ANY(CAST(:path AS uuid[]))) AS names
""")  # noqa: S608


def read(
    session: Session, path: Sequence[UUID], limit_ids: Sequence[UUID], today: date, *, all_decisions: bool
) -> Overview:
    """Read what stands about the first debtor of a path to the top of its group, on a day.

    Without `all_decisions` the newest decision is that which answered somebody, and none of monitoring.
    """
    values = {"debtor_id": path[0], "path": list(path), "limit_ids": list(limit_ids), "today": today}
    values["all_decisions"] = all_decisions
    row = session.execute(READ, values).one()
    return Overview(
        limits=row.limits or (),
        terms=row.terms,
        decision=row.decision,
        applications=row.applications or (),
        holds=row.holds or (),
        securities=row.securities or (),
        stages=row.stages or (),
        overdue=row.overdue or (),
        held=row.held,
        alerts_count=row.alerts_count,
        alerts=row.alerts or (),
        promises=row.promises or (),
        names=row.names or {},
    )
