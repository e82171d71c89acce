"""A version of a limit as callers see it, and which one is in force on a day."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, get_args
from uuid import UUID

from sqlalchemy.orm import Session

from api.acceptance.limit_fields import limit_shown
from api.decision_answer import SEE_EVERYTHING
from api.records import decisions
from api.records.limits import CreditLimitRecord
from scoring.acceptance import LimitOnDay, LimitVersion, limit_on
from scoring.facts import CreditLimit
from scoring.policy.grading import RiskClass

CLASSES = get_args(RiskClass)


def limit_answer(record: CreditLimitRecord, role: str) -> dict[str, Any]:
    """Give a version; on which grounds it was decided is for those who decide."""
    names = (
        *("id", "debtor_id", "scope", "is_temporary", "risk_class", "valid_from", "valid_until", "next_review_on"),
        *("decided_by", "decision_id", "verdict_id", "known_at"),
    )
    shown = {name: getattr(record, name) for name in names}
    shown["limit"] = limit_shown(record.limit_kind, record.limit_amount, record.currency)
    return shown | ({"grounds": record.grounds} if role in SEE_EVERYTHING else {})


def in_force_on(versions: Sequence[CreditLimitRecord], day: date) -> tuple[LimitOnDay, CreditLimitRecord | None]:
    """Say how a limit stands on a day, and by which of its versions, which are given oldest first."""
    found = limit_on((_as_version(each, order) for order, each in enumerate(versions)), day)
    return found, None if found.version is None else versions[found.version.order]


def _as_version(record: CreditLimitRecord, order: int) -> LimitVersion:
    limit = as_limit(record.limit_kind, record.limit_amount)
    return LimitVersion(limit, record.valid_from, record.valid_until, order, record.is_temporary)


def as_limit(kind: str, amount: Decimal | None) -> CreditLimit:
    """Give a stored limit."""
    if kind == "amount":
        return CreditLimit("amount", amount)
    return CreditLimit("unlimited" if kind == "unlimited" else "none")


def known_class(told: str | None) -> RiskClass | None:
    """Give a stored class as one of the ladder."""
    return next((each for each in CLASSES if each == told), None)


def class_to_weigh(session: Session, debtor_id: UUID) -> RiskClass | None:
    """Give the class by which a person's authority over a debtor is weighed; None where it is not known.

    That a decision of monitoring puts the debtor in a better class than the last answer gives nobody more authority;
    a worse one gives less.
    """
    classes = [known_class(each) for each in decisions.known_classes(session, debtor_id)]
    return max(classes, key=lambda each: len(CLASSES) if each is None else CLASSES.index(each))


def gives_credit(limit: CreditLimit) -> bool:
    """Whether a limit lets anything go out on account."""
    return limit.kind == "unlimited" or (limit.amount is not None and limit.amount > 0)


def in_force_from(versions: Sequence[CreditLimitRecord], day: date) -> list[tuple[CreditLimit, str]]:
    """Give each limit, with its currency, that is in force on a day or will be later by what is decided already."""
    days = {day}
    for each in versions:
        days |= {each.valid_from} | ({each.valid_until + timedelta(days=1)} if each.valid_until else set())
    found = (in_force_on(versions, each) for each in sorted(days) if each >= day)
    return [(on_day.limit, version.currency) for on_day, version in found if version is not None]
