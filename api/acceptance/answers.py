"""An application as callers see it: what was asked, what the machine said, what persons did, and what is missing."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from api import onboarding
from api.acceptance.finding import decision_of
from api.acceptance.limit_answers import in_force_on, known_class, limit_answer
from api.acceptance.limit_fields import limit_shown
from api.decision_answer import SEE_EVERYTHING, Language, decision_answer
from api.overruling import granted_on, overruled
from api.records import applications, limits, verdicts
from api.records.applications import AgreedTermsRecord, ApplicationRecord
from api.records.debtors import DebtorRecord
from api.records.verdicts import Verdict
from api.web.money import money_or_none
from api.wiring import Wiring
from scoring.acceptance import roles_within
from scoring.applications import ON_LIMIT_IN_FORCE
from scoring.policy.document import Policy
from scoring.reasons import render


def application_answer(session: Session, application: ApplicationRecord, given: Wiring) -> dict[str, Any]:
    """Give an application for the caller's role."""
    said = verdicts.of_application(session, application.id)
    debtor = session.get_one(DebtorRecord, (given.seller.id, application.debtor_id))
    decision = decision_of(session, application)
    policy, role = given.house.policies.active(session).policy, given.caller.role
    in_force = [each for each in said if each.in_force]
    return {
        **application_row(application),
        "requested_terms": application.requested_terms,
        "monthly_sales": money_or_none(application.monthly_sales, application.monthly_sales_currency or ""),
        "insurance_policy_id": application.insurance_policy_id,
        "taken_at": application.taken_at,
        "because": because_answer(application, given.language),
        "decision": decision_answer(
            decision, given.seller, role, given.language, overruled(session, [decision]).get(decision.id)
        ),
        "decided_by": _decided_by(application, in_force),
        "terms": granted_on(decision.judgement, application, in_force[-1].record if in_force else None),
        "limit": _limit(session, application, in_force, given),
        "verdicts": [verdict_answer(each, role, policy) | _waits_no_more(application, each, role) for each in said],
        "withdrawal": _withdrawal(application),
        "agreed_terms": _agreed(applications.newest_terms(session, application.debtor_id)),
        "checklist": checklist(session, debtor, policy),
    }


def _waits_no_more(application: ApplicationRecord, verdict: Verdict, role: str) -> dict[str, Any]:
    """A verdict on an application that was withdrawn waits for no second person any more."""
    if application.state != "withdrawn" or not verdict.waiting:
        return {}
    return {"waiting": False} | ({"may_second": []} if role in SEE_EVERYTHING else {})


def _withdrawal(application: ApplicationRecord) -> dict[str, Any] | None:
    """Who withdrew it and why; None where nobody did, or a newer one replaced it."""
    if application.withdrawn_at is None:
        return None
    return {
        "withdrawn_by": application.withdrawn_by,
        "reason": application.withdrawal_reason,
        "withdrawn_at": application.withdrawn_at,
    }


def application_row(application: ApplicationRecord) -> dict[str, Any]:
    """Give what a list tells of an application."""
    return {
        "id": application.id,
        "debtor_id": application.debtor_id,
        "decision_id": application.decision_id,
        "state": application.state,
        "scope": application.scope,
        "requested_limit": limit_shown(application.requested_kind, application.requested_amount, application.currency),
        "owner": application.owner,
        "due_at": application.due_at,
        "applied_by": application.applied_by,
        "actor": application.actor,
        "applied_at": application.applied_at,
        "changed_at": application.changed_at,
    }


def verdict_answer(verdict: Verdict, role: str, policy: Policy) -> dict[str, Any]:
    """Give a verdict; who does not decide sees what was decided and whom to ask, not on which grounds."""
    record, approval = verdict.record, verdict.approval
    answer: dict[str, Any] = {
        "id": record.id,
        "application_id": record.application_id,
        "verdict": record.verdict,
        "limit": None
        if record.limit_kind == "none"
        else limit_shown(record.limit_kind, record.limit_amount, record.currency),
        "valid_until": record.valid_until,
        "terms": record.terms,
        "given_by": record.given_by,
        "given_at": record.given_at,
        "needs_second": record.needs_second,
        "in_force": verdict.in_force,
        "waiting": verdict.waiting,
    }
    if role not in SEE_EVERYTHING:
        return answer
    amount = None if record.limit_kind == "unlimited" else record.authority_amount
    return answer | {
        "grounds": record.grounds,
        "campari": record.campari,
        "role": record.role,
        "authority_amount": money_or_none(record.authority_amount, policy.currency),
        "may_second": list(roles_within(amount, known_class(record.risk_class), policy)) or ["credit_manager"]
        if verdict.waiting
        else [],
        "approval": approval
        and {
            "approved": approval.approved,
            "grounds": approval.grounds,
            "given_by": approval.given_by,
            "role": approval.role,
            "given_at": approval.given_at,
        },
    }


def checklist(session: Session, debtor: DebtorRecord, policy: Policy) -> list[dict[str, Any]]:
    """Give the policy's checklist as it stands for a debtor, with whose turn each missing item is."""
    lacking = set(onboarding.missing(session, debtor, policy))
    owners = {"sales": debtor.account_owner, "finance": debtor.credit_owner}
    return [
        {
            "item": item,
            "done": item not in lacking,
            "acted_by": onboarding.ACTED_BY[item] if item in lacking else None,
            "owner": owners[onboarding.ACTED_BY[item]] if item in lacking else None,
        }
        for item in policy.onboarding.checklist
    ]


def granted_terms(session: Session, application: ApplicationRecord) -> dict[str, Any]:
    """Give the terms granted on an application: the days to pay (None: none) and how."""
    verdict = verdicts.in_force(session, [application.id]).get(application.id)
    return granted_on(decision_of(session, application).judgement, application, verdict)


def terms_answer(record: AgreedTermsRecord) -> dict[str, Any]:
    """Give terms that were agreed in writing."""
    names = (
        *("id", "debtor_id", "application_id", "document_id", "document_sha256", "terms_version"),
        *("payment_term_days", "expressly_agreed", "debtor_size", "accepted_by", "accepted_on", "channel"),
        *("recorded_by", "known_at"),
    )
    # A hash alone shows which text it was to whoever has the text, and nothing to who has not.
    evidence = "hash_only" if record.document_id is None else "document"
    return {name: getattr(record, name) for name in names} | {"evidence": evidence}


def _agreed(record: AgreedTermsRecord | None) -> dict[str, Any] | None:
    return None if record is None else terms_answer(record)


def _decided_by(application: ApplicationRecord, in_force: Sequence[Verdict]) -> str | None:
    """Who decided: the person of the verdict in force, else the machine; None while somebody must."""
    if in_force:
        return in_force[-1].record.given_by
    return None if application.state in applications.WAITING else "machine"


def _limit(
    session: Session, application: ApplicationRecord, in_force: Sequence[Verdict], given: Wiring
) -> dict[str, Any] | None:
    """The version of the limit that the application led to, or on which it was accepted; None where there is none."""
    written = limits.of_verdicts(session, [each.record.id for each in in_force])
    version = written[-1] if written else limits.of_decision(session, application.decision_id)
    if version is None and application.because == ON_LIMIT_IN_FORCE:
        standing = limits.versions(session, application.debtor_id, application.scope)
        version = in_force_on(standing, given.today)[1]
    return None if version is None else limit_answer(version, given.caller.role)


def because_answer(application: ApplicationRecord, language: Language) -> dict[str, str] | None:
    """Give why an application is not as the machine answered it; None where it is, or a verdict tells."""
    code = application.because
    return None if code is None else {"code": code, "text": render(code, {}, language)}
