"""What the signals of debtors are judged from, of many in one statement that no long history makes longer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from api.records import returnables
from api.records.cover_facts import bearing_terms_of, max_extension_days_of
from scoring.policy.grading import EvidencePolicy
from scoring.watching import INSOLVENCY_KINDS

ORDERS_MAX = 500
# How a version of a limit begins its grounds that only puts it up for review: it decides nothing anew.
REVIEW_GROUNDS = "For review because of an alert: "
PAID = """json_build_array(coalesce(sum(settled_count) FILTER (WHERE {period}), 0),
    (coalesce(sum(settled_amount) FILTER (WHERE {period}), 0))::text,
    (coalesce(sum(settled_days_amount) FILTER (WHERE {period}), 0))::text,
    (coalesce(sum({late}) FILTER (WHERE {period}), 0))::text)"""
# Of which kinds the reports are that tell of insolvencies.
TELLING = "('company_register', 'credit_bureau')"
# What the register told last of a debtor's legal form; `debtor` is SQL.
REGISTERED_FORM = """(SELECT c.facts ->> 'legal_form' FROM credit_report c
    WHERE c.debtor_id = {debtor} AND c.facts IS NOT NULL AND c.kind = 'company_register'
    ORDER BY c.retrieved_at DESC, c.id DESC LIMIT 1)"""
# Whether anything of the invoice `i` was not paid before it came.
ON_ACCOUNT = """i.amount > (SELECT coalesce(sum(a.amount), 0) FROM allocation a
    WHERE a.invoice_id = i.id AND a.rule = 'prepayment')"""
# The day on which the first report came that tells of an insolvency that lasts, or on which it was told of.
KNOWN_ON = """(SELECT (min(known_at) AT TIME ZONE :time_zone)::date FROM (
        SELECT c.retrieved_at AS known_at FROM credit_report c
        CROSS JOIN LATERAL jsonb_array_elements(coalesce(c.facts -> 'events', '[]')) e
        WHERE c.debtor_id = d.id AND c.facts IS NOT NULL AND c.kind IN ('company_register', 'credit_bureau')
            AND e ->> 'code' = ANY(:codes) AND coalesce(CAST(e ->> 'ended_on' AS date) > :day, true)
        UNION ALL SELECT opened_at FROM alert
        WHERE debtor_id = d.id AND kind = 'insolvency_event' AND ended_at IS NULL) known)"""
# The next day on which a limit, what secures it, or cover begins, or is over: all of them by days alone.
CHANGES_ON = """(SELECT min(CASE WHEN valid_from > :day THEN valid_from ELSE valid_until + 1 END) FROM (
        SELECT valid_from, valid_until FROM credit_limit WHERE debtor_id = d.id AND scope = 'own'
        UNION ALL SELECT valid_from, valid_until FROM security
        WHERE debtor_id = d.id AND raises_limit AND ended_at IS NULL
        UNION ALL SELECT valid_from, valid_until FROM cover_decision
        WHERE debtor_id = d.id AND due.oldest_unpaid_on IS NOT NULL
        UNION ALL SELECT valid_from, valid_until FROM insurance_policy WHERE due.oldest_unpaid_on IS NOT NULL
        UNION ALL SELECT valid_from, NULL FROM insurance_terms WHERE due.oldest_unpaid_on IS NOT NULL) dated
    WHERE valid_from > :day OR valid_until >= :day)"""
READ = """
SELECT d.id, d.legal_form, d.is_natural_person, {registered_form} AS registered_form,
    -- Of the first order that the gate knows of; else those that sales was told of, or of who was accepted before
    -- anything was invoiced the one that was paid first lately, or that is open. A prepaid one is no first payment.
    (SELECT json_agg(json_build_array(i.id, i.due_on, i.settled_on, i.paid_amount > 0) ORDER BY i.due_on, i.id)
        FROM invoice i WHERE i.id = ANY(CASE
            WHEN first_order.id IS NOT NULL
                THEN ARRAY(SELECT invoice_id FROM order_invoice WHERE order_id = first_order.id)
            WHEN told.ids IS NOT NULL THEN told.ids
            WHEN accepted.since IS NULL OR EXISTS (
                SELECT FROM debtor_day
                WHERE debtor_id = d.id AND invoiced_amount <> 0 AND day < accepted.since) OR EXISTS (
                SELECT FROM invoice i WHERE debtor_id = d.id AND settled_on < :told_from AND paid_amount > 0
                    AND {on_account}) THEN '{{}}'
            ELSE ARRAY(SELECT i.id FROM invoice i
                WHERE debtor_id = d.id AND (open_amount <> 0 OR paid_amount > 0) AND {on_account}
                ORDER BY settled_on, due_on, id LIMIT 1)
            END)) AS first_invoices,
    CASE WHEN own.id IS NULL THEN NULL ELSE json_build_array(own.id, own.limit_kind, own.limit_amount::text,
        own.currency, own.risk_class, (own.known_at AT TIME ZONE :time_zone)::date, own.valid_until) END AS own_limit,
    limited.since AS limited_since,
    (SELECT json_agg(json_build_array(currency, amount)) FROM (
        SELECT currency, sum(amount)::text AS amount FROM (
            SELECT currency, amount FROM exposure_balance WHERE debtor_id = d.id AND stage <> 'scheduled'
            UNION ALL SELECT currency, amount FROM returnable_day WHERE {returnable}) sides
        GROUP BY currency HAVING sum(amount) <> 0) x) AS used,
    (SELECT json_agg(json_build_array(currency, amount)) FROM (
        SELECT currency, sum(amount)::text AS amount FROM security
        WHERE debtor_id = d.id AND raises_limit AND ended_at IS NULL
            AND valid_from <= :day AND (valid_until IS NULL OR valid_until >= :day) GROUP BY currency) x) AS secured,
    (SELECT json_build_array(c.id, (c.decided_at AT TIME ZONE :time_zone)::date, c.outcome, c.risk_class)
        FROM (SELECT * FROM decision WHERE debtor_id = d.id ORDER BY id DESC LIMIT 1) c
        WHERE c.decided_at > (SELECT max(l.known_at) FROM credit_limit l
            WHERE l.debtor_id = d.id AND l.scope = 'own' AND NOT starts_with(l.grounds, :review_grounds))) AS decision,
    agreed.since IS NOT NULL AS terms_agreed,
    paid.lately, paid.earlier, due.oldest_overdue_on, due.oldest_unpaid_on,
    CASE WHEN due.oldest_unpaid_on IS NOT NULL THEN {max_extension_days} END AS max_extension_days,
    CASE WHEN due.oldest_unpaid_on IS NOT NULL THEN {bearing_terms} END AS insurance_terms,
    CASE WHEN due.oldest_unpaid_on IS NOT NULL THEN {known_on} END AS insolvency_known_on,
    {changes_on} AS changes_on,
    (SELECT json_agg(json_build_array(x.id, x.delivered_on)) FROM (
        -- What was delivered first is invoiced first.
        SELECT o.id, waits.delivered_on FROM sales_order o CROSS JOIN LATERAL (
            SELECT min(delivered_on) FROM (
                SELECT delivered_on, sum(amount) OVER (ORDER BY delivered_on, id) AS delivered_amount
                FROM order_delivery WHERE order_id = o.id) v
            WHERE v.delivered_amount > o.invoiced_amount) waits (delivered_on)
        WHERE o.debtor_id = d.id AND o.to_invoice_amount > 0 AND waits.delivered_on IS NOT NULL
        ORDER BY delivered_on, o.id LIMIT {orders_max}) x) AS not_invoiced,
    (SELECT json_agg(json_build_array(e ->> 'code', e ->> 'occurred_on', e ->> 'ended_on', r.id, r.provider))
        FROM (SELECT DISTINCT ON (c.kind, c.provider) c.id, c.provider, c.facts FROM credit_report c
            WHERE c.debtor_id = d.id AND c.facts IS NOT NULL AND c.kind IN {telling}
            ORDER BY c.kind, c.provider, c.retrieved_at DESC, c.id DESC) r
        CROSS JOIN LATERAL jsonb_array_elements(coalesce(r.facts -> 'events', '[]')) e
        WHERE e ->> 'code' = ANY(:codes)) AS insolvencies,
    -- What was told of one that was merged into this one is told of this one.
    (SELECT json_agg(json_build_array(c.id, c.provider, c.kind, c.old_value, c.new_value, c.changed_at))
        FROM source_change c WHERE c.debtor_id = ANY(ARRAY(WITH RECURSIVE same AS (
                SELECT d.id AS id UNION SELECT m.id FROM same JOIN debtor m ON m.merged_into_id = same.id)
                SELECT id FROM same))
            AND c.kind = ANY(:insolvency_kinds) AND NOT EXISTS (SELECT FROM credit_report r
                WHERE r.debtor_id = d.id AND r.kind IN {telling} AND r.provider = c.provider
                    AND r.facts IS NOT NULL AND r.retrieved_at >= c.known_at)) AS changes,
    (SELECT json_agg(DISTINCT a.debtor_id) FROM alert a
        WHERE a.debtor_id = ANY(kin.ids) AND a.kind = 'insolvency_event' AND a.ended_at IS NULL) AS insolvent_kin
FROM unnest(CAST(:debtor_ids AS uuid[])) AS asked (id)
JOIN debtor d ON d.id = asked.id AND d.merged_into_id IS NULL
LEFT JOIN LATERAL (SELECT id FROM sales_order WHERE debtor_id = d.id AND is_first) first_order ON true
LEFT JOIN LATERAL (
    SELECT ARRAY(SELECT each::uuid FROM jsonb_array_elements_text(a.data -> 'invoice_ids') each) AS ids FROM alert a
    WHERE a.debtor_id = d.id AND a.ended_at IS NULL AND a.kind = ANY(:first_kinds) ORDER BY a.id LIMIT 1) told ON true
CROSS JOIN LATERAL (
    SELECT (min(known_at) AT TIME ZONE :time_zone)::date AS since FROM agreed_terms WHERE debtor_id = d.id) agreed
CROSS JOIN LATERAL (
    SELECT (min(known_at) AT TIME ZONE :time_zone)::date AS since FROM credit_limit
    WHERE debtor_id = d.id AND scope = 'own' AND (limit_kind = 'unlimited' OR limit_amount > 0)) limited
CROSS JOIN LATERAL (SELECT least(agreed.since, limited.since) AS since) accepted
LEFT JOIN LATERAL (
    SELECT newest.* FROM (VALUES (false), (true)) AS s (is_temporary) CROSS JOIN LATERAL (
        SELECT * FROM credit_limit c WHERE c.debtor_id = d.id AND c.scope = 'own' AND c.is_temporary = s.is_temporary
            AND c.valid_from <= :day AND (NOT c.is_temporary OR c.valid_until >= :day)
        ORDER BY c.id DESC LIMIT 1) newest
    ORDER BY newest.id DESC LIMIT 1) own ON true
CROSS JOIN LATERAL (
    SELECT {lately} AS lately, {earlier} AS earlier FROM debtor_day
    WHERE debtor_id = d.id AND currency = :currency AND day > :window_from AND day <= :day) paid
CROSS JOIN LATERAL (
    SELECT min(day) FILTER (WHERE due_open_amount > 0) AS oldest_overdue_on, min(day) AS oldest_unpaid_on
    FROM debtor_day WHERE debtor_id = d.id AND due_open_count <> 0) due
CROSS JOIN LATERAL (
    SELECT ARRAY(WITH RECURSIVE up AS (
        SELECT d.id AS id, d.parent_id UNION SELECT p.id, p.parent_id FROM up JOIN debtor p ON p.id = up.parent_id),
        down AS (SELECT d.id AS id UNION SELECT b.id FROM down JOIN debtor b ON b.parent_id = down.id)
        (SELECT id FROM up UNION SELECT id FROM down) EXCEPT SELECT d.id) AS ids) kin
"""
FIRST_KINDS = ["first_payment_due", "first_payment_overdue", "first_payment_received"]


@cache
def _statement(late_days: int) -> TextClause:
    late = f"late_over_{late_days}_amount"
    return text(
        READ.format(
            returnable=returnables.counting("d.id", ":day"),
            max_extension_days=max_extension_days_of("d"),
            bearing_terms=bearing_terms_of("d"),
            known_on=KNOWN_ON,
            changes_on=CHANGES_ON,
            on_account=ON_ACCOUNT,
            orders_max=ORDERS_MAX,
            telling=TELLING,
            registered_form=REGISTERED_FORM.format(debtor="d.id"),
            lately=PAID.format(period="day > :recent_from", late=late),
            earlier=PAID.format(period="day <= :recent_from", late=late),
        )
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Of what day and in which currency behaviour is read, which events are an insolvency, and more of the policy.

    `time_zone` is that of the seller's days; a first payment of before `first_told_from` is told no more.
    """

    day: date
    currency: str
    insolvency_codes: Sequence[str]
    time_zone: str
    first_told_from: date


def read(session: Session, debtor_ids: Sequence[UUID], asked: Asked, evidence: EvidencePolicy) -> Sequence[Any]:
    """Read what the signals of debtors are judged from: a row for each that is there and was not merged away.

    Amounts are text with their currency, lists are as the statement builds them.
    """
    values = {
        "debtor_ids": list(debtor_ids),
        "day": asked.day,
        "currency": asked.currency,
        "codes": list(asked.insolvency_codes),
        "insolvency_kinds": list(INSOLVENCY_KINDS),
        "first_kinds": FIRST_KINDS,
        "time_zone": asked.time_zone,
        "told_from": asked.first_told_from,
        "review_grounds": REVIEW_GROUNDS,
        "recent_from": asked.day - timedelta(days=evidence.behaviour_recent_days),
        "window_from": asked.day - timedelta(days=evidence.behaviour_window_days),
    }
    return session.execute(_statement(evidence.late_days), values).all()


FORM = text(f"SELECT {REGISTERED_FORM.format(debtor=':debtor_id')}")


def registered_form(session: Session, debtor_id: UUID) -> str | None:
    """Give the legal form that the register told last of a debtor, a code of the policy; None where it told none."""
    found: str | None = session.scalar(FORM, {"debtor_id": debtor_id})
    return found


LOOKING = text("SELECT pg_advisory_xact_lock(hashtextextended('looking ' || :seller_id, 0))")


def look_alone(session: Session) -> None:
    """Let nobody else judge signals of this seller until the transaction ends.

    Whoever looks later then sees more: nobody opens what another has ended by newer facts. No debtor is locked.
    """
    session.execute(LOOKING, {"seller_id": str(session.info["seller_id"])})
