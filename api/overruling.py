"""What came of an application beside the machine's decision: by a person's verdict, or by what a person decided before.

The decision stays what it is; who may not read all of it is told what holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.records import applications, verdicts
from api.records.applications import WAITING, ApplicationRecord
from api.records.decisions import Decision
from api.records.verdicts import VerdictRecord
from scoring.applications import BY_VERDICT, ON_LIMIT_IN_FORCE
from scoring.facts import NO_LIMIT_GIVEN, CreditLimit
from scoring.judgement import Outcome
from scoring.terms import STATUTORY_DAYS


@dataclass(frozen=True, slots=True)
class Overruled:
    """What holds instead of a decision, by the reason `code`; `limit` is what it granted, in `currency`."""

    outcome: str
    code: str
    limit: CreditLimit
    currency: str
    payment_term_days: int | None
    mode: str | None

    @property
    def sales_note(self) -> dict[str, Any]:
        """The line for sales, as a judgement's document has it."""
        days = STATUTORY_DAYS if self.payment_term_days is None else self.payment_term_days
        if self.outcome != Outcome.ACCEPT.value:
            codes = {"decline": "do_not_sell", "refer": "finance_decides", "accept_prepayment": "offer_prepaid"}
            return {"code": codes[self.outcome], "params": {}}
        if self.limit.amount is None:
            return {"code": "offer_on_account_unlimited", "params": {"term_days": days}}
        params = {"limit_amount": self.limit.amount, "term_days": days, "currency": self.currency}
        return {"code": "sell_within_limit", "params": params}


def overruled(session: Session, decided: Sequence[Decision]) -> dict[UUID, Overruled]:
    """Give what holds instead of decisions, by their ids; nothing of those that hold themselves."""
    of_applications = [each for each in decided if each.kind == "application"]
    if not of_applications:
        return {}
    made = applications.of_decisions(session, [each.id for each in of_applications])
    said = verdicts.in_force(session, [each.id for each in made.values()])
    found = (
        (each.id, _instead(each.judgement, made[each.id], said.get(made[each.id].id)))
        for each in of_applications
        if each.id in made
    )
    return {decision_id: instead for decision_id, instead in found if instead is not None}


def granted_terms(said: Mapping[str, Any], verdict: VerdictRecord | None) -> dict[str, Any]:
    """Give the terms granted: the machine's, or those of the verdict over what the machine would have given."""
    if verdict is None:
        return {"payment_term_days": said["terms"]["payment_term_days"], "mode": said["terms"]["mode"]}
    if verdict.verdict == "decline":
        return {"payment_term_days": None, "mode": None}
    named = verdict.terms or {}
    proposed = said["terms"] if said["proposal"] is None else said["proposal"]["terms"]
    mode = "prepayment" if verdict.verdict == "accept_prepayment" else proposed["mode"]
    if verdict.verdict == "accept" and mode in (None, "prepayment"):
        mode = "open_account"
    days = proposed["payment_term_days"]
    return {"payment_term_days": named.get("payment_term_days", days), "mode": named.get("mode", mode)}


def granted_on(
    said: Mapping[str, Any], application: ApplicationRecord, verdict: VerdictRecord | None
) -> dict[str, Any]:
    """Give the terms granted on an application; none while a person must decide on what the machine would accept."""
    if verdict is None and application.because is not None and application.state in WAITING:
        return {"payment_term_days": None, "mode": None}
    terms = granted_terms(said, verdict)
    if verdict is None and application.because == ON_LIMIT_IN_FORCE and terms["mode"] is None:
        return granted_terms({"terms": said["proposal"]["terms"]}, None) if said["proposal"] else terms
    return terms


def _instead(
    said: Mapping[str, Any], application: ApplicationRecord, verdict: VerdictRecord | None
) -> Overruled | None:
    terms = granted_on(said, application, verdict)
    if verdict is not None:
        kind, amount = verdict.limit_kind, verdict.limit_amount
        limit = CreditLimit(kind, amount) if kind != "none" else CreditLimit("amount", Decimal(0))  # type: ignore[arg-type]  # A column of text.
        return Overruled(verdict.verdict, BY_VERDICT[verdict.verdict], limit, verdict.currency, **terms)
    if application.because is None:
        return None
    if application.because != ON_LIMIT_IN_FORCE:
        return Overruled(Outcome.REFER.value, application.because, NO_LIMIT_GIVEN, application.currency, **terms)
    # What was asked fits in the limit in force, and that much was accepted on it.
    asked = CreditLimit(application.requested_kind, application.requested_amount)  # type: ignore[arg-type]  # A column of text.
    return Overruled(Outcome.ACCEPT.value, ON_LIMIT_IN_FORCE, asked, application.currency, **terms)
