"""Tells all that one needs to decide about a debtor, as the gate would find it, to each role what it may see."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api import onboarding
from api.behaviour_answer import behaviour_figures
from api.debtor_answer import debtor_answer
from api.decision_answer import SEE_EVERYTHING, reasons_answer
from api.gate.entering import Entered, look
from api.gate.facts import Gate, first_payment, order_facts
from api.overruling import overruled
from api.overview.covered import cover_answer
from api.overview.limits import own_limits, use_answer
from api.overview.owed import owed_answer, security_answers
from api.records import debtor_days, debtors, decisions, overviews
from api.records.debtors import DebtorRecord
from api.records.overviews import Overview, Row
from api.web.money import money_or_none
from api.wiring import Wiring
from scoring.canonical import plain
from scoring.engines import judge_order
from scoring.limit_use import limit_use
from scoring.money import exponent_of
from scoring.order_stages import OrderProgress
from scoring.orders import OrderFacts
from scoring.policy.document import Policy

# What is owed is the book's business: sales sees what it may promise, and whom to ask.
SEE_BOOK = frozenset({"finance", "credit_manager", "integration"})


def show_debtor(debtor_id: UUID, given: Wiring) -> tuple[dict[str, Any], int]:
    """Give a debtor with how it stands, and its version; all of it of one moment. Raises NotFound."""
    return look(given, debtor_id, lambda session, entered: _told(session, entered, given))


def _told(session: Session, entered: Entered, given: Wiring) -> tuple[dict[str, Any], int]:
    found, policy = entered.gate, entered.rules.policy
    role = given.caller.role
    debtor = debtors.get(session, found.way.debtor_id)
    assert debtor is not None
    limit_ids = [each.id for each in found.view.limits]
    told = overviews.read(session, found.way.path, limit_ids, found.today, all_decisions=role in SEE_EVERYTHING)
    facts = order_facts(session, found, _smallest(policy.currency), policy.currency, Decimal(0), is_first=False)
    answer = {
        **debtor_answer(session, debtor, found.today),
        "mode": given.seller.mode,
        "as_of": found.today,
        "policy_version": entered.rules.version,
        **own_limits(found, told, in_full=role in SEE_EVERYTHING),
        "terms": told.terms,
        "first_payment": _first_payment(found),
        "onboarding_missing": _lacking(session, debtor, told, policy),
        "gate": _gate(facts, entered, given),
        "newest_decision": _decision(session, told, full=role in SEE_EVERYTHING),
        "applications": [_application(each) for each in told.applications],
        "holds": [_hold(each, full=role in SEE_EVERYTHING) for each in told.holds],
        "held_orders": {"count": told.held["count"], "oldest_placed_at": _time(told.held["oldest_placed_at"])},
        "promises": [_promise(each) for each in told.promises],
    }
    if role in SEE_BOOK:
        use = limit_use(facts)
        answer |= use_answer(use, facts, told)
        answer |= owed_answer(session, facts, told, policy)
        answer |= {
            "cover": cover_answer(session, debtor, facts, use, policy),
            "securities": security_answers(told.securities),
            "open_alerts": {"count": told.alerts_count, "newest": [_alert(each) for each in told.alerts]},
            "payment_behaviour": _behaviour(session, entered),
        }
    if role in SEE_EVERYTHING:
        decided = told.decision or {"grade": None, "pd": None}
        answer |= {"grade": decided["grade"], "pd": decided["pd"]}
    return answer, debtor.version


def _lacking(session: Session, debtor: DebtorRecord, told: Overview, policy: Policy) -> Sequence[str]:
    """Give what a debtor's file lacks: as it was noted, and of one that applies what it will be asked for."""
    if debtor.onboarding_missing is not None:
        return debtor.onboarding_missing
    return onboarding.missing(session, debtor, policy) if told.applications else ()


def _smallest(currency: str) -> OrderProgress:
    """The smallest order there is: what stands against it stands against every order."""
    return OrderProgress(Decimal(1).scaleb(-exponent_of(currency)))


def _gate(facts: OrderFacts, entered: Entered, given: Wiring) -> dict[str, Any]:
    policy = entered.rules.policy
    judged = judge_order(policy.engine, facts, policy)
    reasons = judged.document()["reasons"]
    return {
        "outcome": judged.outcome.value,
        "reasons": reasons_answer(reasons, given.caller.role, given.language),
    }


def _first_payment(found: Gate) -> dict[str, Any] | None:
    """Give how far the first payment is, and its day: paid on, or due on; None where the rule does not bear on it."""
    state = first_payment(found)
    if state is None:
        return None
    invoices = found.view.first_invoices
    unpaid = [each.due_on for each in invoices if each.settled_on is None]
    if not invoices and state.startswith("first_invoice"):
        unpaid = [found.view.first_due_on] if found.view.first_due_on else []
    paid = [each.settled_on for each in invoices if each.settled_on is not None]
    return {
        "state": state,
        "due_on": min(unpaid, default=None),
        "paid_on": max(paid) if paid and not unpaid else None,
    }


def _decision(session: Session, told: Overview, *, full: bool) -> dict[str, Any] | None:
    """Give the newest decision; who may not read all of it reads what a person decided instead."""
    if told.decision is None:
        return None
    said = told.decision
    answer = {
        **{name: said[name] for name in ("id", "kind", "outcome", "risk_class", "policy_version")},
        "decided_at": _time(said["decided_at"]),
        "credit_limit": _limit(said["limit_kind"], said["limit_amount"], said["currency"]),
    }
    if full:
        return answer | {name: said[name] for name in ("grade", "pd")}
    decision = decisions.get(session, UUID(said["id"])) if said["kind"] == "application" else None
    instead = None if decision is None else overruled(session, [decision]).get(decision.id)
    if instead is None:
        return answer
    limit = {"kind": instead.limit.kind, "amount": money_or_none(instead.limit.amount, instead.currency)}
    return answer | {"outcome": instead.outcome, "credit_limit": limit}


def _application(row: Row) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("id", "state", "owner", "applied_by")},
        "requested_limit": _limit(row["requested_kind"], row["requested_amount"], row["currency"]),
        "due_at": _time(row["due_at"]),
        "applied_at": _time(row["applied_at"]),
    }


def _hold(row: Row, *, full: bool) -> dict[str, Any]:
    shown = {name: row[name] for name in ("id", "debtor_id", "kind", "scope", "ends_on")}
    shown |= {"placed_at": _time(row["placed_at"])}
    return shown | {name: row[name] for name in ("grounds", "placed_by") if full}


def _promise(row: Row) -> dict[str, Any]:
    shown = {name: row[name] for name in ("id", "promised_on", "last_on", "made_by")}
    return shown | {"amount": money_or_none(Decimal(row["amount"]), row["currency"])}


def _alert(row: Row) -> dict[str, Any]:
    return {"id": row["id"], "kind": row["kind"], "severity": row["severity"], "opened_at": _time(row["opened_at"])}


def _behaviour(session: Session, entered: Entered) -> dict[str, Any]:
    policy, found = entered.rules.policy, entered.gate
    view = debtor_days.behaviour(session, found.way.debtor_id, policy.currency, found.today, policy.evidence)
    return behaviour_figures(plain(view.behaviour), policy.currency)


def _limit(kind: str, amount: str | None, currency: str) -> dict[str, Any]:
    return {"kind": kind, "amount": money_or_none(None if amount is None else Decimal(amount), currency)}


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
