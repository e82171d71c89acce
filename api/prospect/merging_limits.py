"""Limits of a debtor that is merged away: they end, and where no other one stands a person is asked to decide."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from sqlalchemy.orm import Session

from api.limit_writing import NOT_TAKEN_OVER, NewLimit, alert_subject, write_limit
from api.records import alerts, limits
from api.records.debtors import DebtorRecord
from api.records.limits import SCOPES, CreditLimitRecord
from api.web.money import money_or_none
from api.wiring import Wiring
from scoring.facts import CreditLimit
from scoring.facts.outside import LimitKind


def end_limits(session: Session, merged: DebtorRecord, into: DebtorRecord, given: Wiring) -> None:
    """End the limits of a debtor that is merged into another one, whose own stand; both must be locked.

    A limit was decided on the facts of one debtor number: it never becomes another's by itself, and two are never added
    up. Where the other has none of the scope, an alert is open until somebody decides. A limit of a group bounds those
    below and gives nobody credit: till then it is kept, so that no merge takes a ceiling away.
    """
    for scope in SCOPES:
        ending = counting(limits.versions(session, merged.id, scope), scope, given.today)
        if not ending:
            continue
        newest = ending[-1]
        taken_back = NewLimit(
            scope=scope,
            limit=CreditLimit("none", None),
            currency=newest.currency,
            risk_class=newest.risk_class,
            valid_from=given.today,
            valid_until=None,
            next_review_on=None,
            decided_by=given.caller.name,
            grounds=f"Merged into debtor {into.id}, whose own limits count.",
        )
        write_limit(session, merged, taken_back, given.now)
        if counting(limits.versions(session, into.id, scope), scope, given.today):
            continue
        if scope == "group":
            _keep_ceiling(session, into, newest, given)
        _ask(session, into, newest, given)


def counting(versions: Sequence[CreditLimitRecord], scope: str, on: date) -> list[CreditLimitRecord]:
    """Give the versions of one scope, oldest first, that give or bound credit on a day, or will on a later one.

    That of a group bounds it past its last day as well: nothing goes out on account until somebody decides anew.
    """
    begun = [each for each in versions if not each.is_temporary and each.valid_from <= on]
    newest = begun[-1] if begun else None
    stand = [each for each in versions if (newest is None or each.id >= newest.id) and each.limit_kind != "none"]
    lapsed_counts = scope == "group"
    return [
        each
        for each in stand
        if each.valid_until is None or each.valid_until >= on or (lapsed_counts and each is newest)
    ]


def _keep_ceiling(session: Session, into: DebtorRecord, ended: CreditLimitRecord, given: Wiring) -> None:
    is_over = ended.valid_until is not None and ended.valid_until < given.today
    kept = NewLimit(
        scope=ended.scope,
        limit=CreditLimit(cast(LimitKind, ended.limit_kind), ended.limit_amount),
        currency=ended.currency,
        risk_class=ended.risk_class,
        valid_from=ended.valid_from if is_over else max(ended.valid_from, given.today),
        valid_until=ended.valid_until,
        next_review_on=ended.next_review_on,
        decided_by=given.caller.name,
        grounds=f"Of debtor {ended.debtor_id}, merged into this one: it bounds the group until somebody decides anew.",
        is_temporary=ended.is_temporary,
    )
    write_limit(session, into, kept, given.now)


def _ask(session: Session, into: DebtorRecord, ended: CreditLimitRecord, given: Wiring) -> None:
    """Have finance decide whether the debtor gets a limit such as the one that ended."""
    data = {
        "scope": ended.scope,
        "merged_debtor_id": str(ended.debtor_id),
        "limit_id": str(ended.id),
        "limit": {"kind": ended.limit_kind, "amount": money_or_none(ended.limit_amount, ended.currency)},
        "valid_until": None if ended.valid_until is None else str(ended.valid_until),
    }
    subject = alert_subject(into.id, ended.scope)
    alerts.open_alert(session, NOT_TAKEN_OVER, subject, "warning", data, debtor_id=into.id, now=given.now)
