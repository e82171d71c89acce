"""Keeps the versions of a policy, and replays decisions by the version that made them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from api.policies.explanation import Explained, PolicyNamed, explanation
from api.policy_shelf import PolicyShelf
from api.problems import BadInput, Conflict, Fault, Gone, NotAllowed, NotFound
from api.records import debtors, decisions, policies
from api.records.decisions import Decision
from api.records.policies import PolicyRecord
from api.web.plain_yaml import read_plain_yaml
from api.wiring import Wiring, answer_bytes
from scoring.canonical import canonical_json, digest, facts_from_document
from scoring.engines import judge
from scoring.policy import Policy, PolicyInvalid, parse_policy


def read_document(text: str | bytes) -> dict[str, Any]:
    """Read a policy written as YAML or JSON. Raises BadInput when it cannot be read."""
    document = read_plain_yaml(text, "policy")
    if not isinstance(document, dict):
        raise BadInput("The policy must be a document of sections.", code="policy_unreadable")
    return document


def draft(session: Session, name: str, document: Mapping[str, Any], given: Wiring) -> PolicyRecord:
    """Add a version as a draft. Raises BadInput naming every fault of the document with its place."""
    currency = given.seller.currency
    try:
        text = canonical_json(document).decode()
        # What is stored is what must be readable later: so that is what is checked.
        _check_fits(parse_policy(orjson.loads(text)), currency)
    except PolicyInvalid as invalid:
        faults = [
            Fault(f"/document/{each.path.replace('.', '/')}", "policy_invalid", each.detail) for each in invalid.faults
        ]
        raise BadInput("The policy cannot be used.", code="policy_invalid", faults=faults) from invalid
    except (TypeError, ValueError) as error:
        raise BadInput(f"The policy cannot be kept: {error}.", code="policy_invalid") from error
    return policies.add(
        session, name=name, document=text, digest=digest(document), made_by=given.caller.name, now=given.now
    )


def _check_fits(policy: Policy, currency: str) -> None:
    """Refuse a policy in another currency than the seller's."""
    if policy.currency != currency:
        fault = Fault("/document/currency", "other_currency", f"Must be {currency}, the seller's currency.")
        raise BadInput("The policy cannot be used.", code="policy_invalid", faults=[fault])


def policy_answer(record: PolicyRecord, *, with_document: bool = False) -> dict[str, Any]:
    """Give a version as callers see it."""
    names = ("version", "name", "digest", "state", "made_by", "made_at", "approved_by", "approved_at", "activated_at")
    answer: dict[str, Any] = {name: getattr(record, name) for name in names}
    return answer | {"document": orjson.loads(record.document)} if with_document else answer


def add_draft(name: str, document: Mapping[str, Any], given: Wiring) -> bytes:
    """Add a draft, as the answer to its sender. Its maker is a person, so that the approver can be another one."""
    _require_person(given, "make")
    with given.transaction() as session:
        given.once.claim(session)
        record = draft(session, name, document, given)
        return _kept(session, record, given)


def approve(version: int, given: Wiring) -> bytes:
    """Approve a draft: by a person, and by another one than its maker."""
    with given.transaction() as session:
        given.once.claim(session)
        policies.one_at_a_time(session)
        record = get_version(session, version)
        _require_person(given, "approve")
        if given.caller.subject == record.made_by:
            raise NotAllowed("Who made a policy may not approve it.", code="second_approver_needed")
        if record.state != "draft" or record.approved_by is not None:
            raise Conflict("Only a draft that is not approved yet can be approved.", code="wrong_state")
        record.approved_by, record.approved_at = given.caller.subject, given.now
        return _kept(session, record, given)


def activate(version: int, given: Wiring) -> bytes:
    """Make an approved version the one that decisions are made by; a retired one may come back."""
    with given.transaction() as session:
        given.once.claim(session)
        policies.one_at_a_time(session)
        record = get_version(session, version)
        _require_person(given, "activate")
        if record.state == "draft" and record.approved_by is None:
            raise Conflict("A second person must approve it first.", code="not_approved")
        if record.state == "active":
            raise Conflict("It is active already.", code="wrong_state")
        policies.activate(session, record, given.now)
        policies.tell_activated(session, record, given.now)
        return _kept(session, record, given)


def _require_person(given: Wiring, act: str) -> None:
    if given.caller.subject is None:
        raise NotAllowed(f"Only a person may {act} a policy, and this credential is a machine's.")


def get_version(session: Session, version: int) -> PolicyRecord:
    """Find a version. Raises NotFound."""
    record = policies.get(session, version)
    if record is None:
        raise NotFound(f"There is no policy version {version}.")
    return record


def _kept(session: Session, record: PolicyRecord, given: Wiring) -> bytes:
    answer = answer_bytes(policy_answer(record))
    given.once.keep(session, 201, answer)
    return answer


def get_decision(session: Session, decision_id: UUID) -> Decision:
    """Find a decision. Raises NotFound."""
    decision = decisions.get(session, decision_id)
    if decision is None:
        raise NotFound("There is no such decision.")
    return decision


def explain(session: Session, decision_id: UUID, given: Wiring) -> dict[str, Any]:
    """Give what explains a decision to the caller's role, from its facts while they are kept. Raises NotFound."""
    decision = get_decision(session, decision_id)
    stored = decisions.to_replay(session, decision_id)
    facts = stored[1] if stored else None
    record = get_version(session, decision.policy_version)
    rules = given.house.policies.version(session, decision.policy_version)
    debtor = debtors.get(session, decision.debtor_id)
    explained = Explained(
        decision=decision,
        facts=None if facts is None else facts_from_document(orjson.loads(facts)),
        rules=PolicyNamed(rules.policy, rules.version, record.name, record.made_by, record.approved_by),
        seller=given.seller,
        debtor_name=None if debtor is None else debtor.name,
        credit_owner=None if debtor is None else debtor.credit_owner,
    )
    return explanation(explained, given.caller.role, given.language)


def replay(session: Session, decision_id: UUID, shelf: PolicyShelf) -> dict[str, Any]:
    """Judge the kept facts again by the kept policy and engine, and compare byte by byte. Raises NotFound and Gone."""
    decision = get_decision(session, decision_id)
    stored = decisions.to_replay(session, decision_id)
    assert stored is not None
    judgement, facts = stored
    if facts is None:
        raise Gone("The facts of this decision were erased, so it cannot be replayed.", code="facts_erased")
    rules = shelf.version(session, decision.policy_version)
    again = judge(decision.engine_version, facts_from_document(orjson.loads(facts)), rules.policy).document()
    replayed = canonical_json(again).decode()
    before, after = orjson.loads(judgement), orjson.loads(replayed)
    differences = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return {
        "identical": replayed == judgement and rules.digest == decision.policy_digest,
        "decision_id": decision.id,
        "policy_version": decision.policy_version,
        "policy_digest": decision.policy_digest,
        "engine_version": decision.engine_version,
        "as_of": decision.as_of,
        "judgement_digest": digest(before),
        "differences": differences,
    }
