"""Keeps the versions of a policy, and replays decisions by the version that made them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from api.persons import require_person
from api.policies.documents import CheckedPolicy, check
from api.policies.explanation.pack import Explained, PolicyNamed, explanation
from api.policies.provider_warnings import all_warnings
from api.policy_shelf import PolicyShelf
from api.problems import Gone, NotFound
from api.records import debtors, decisions, identities, policies
from api.records.decisions import Decision
from api.records.policies import PolicyRecord
from api.web.plain_yaml import PlacedDocument
from api.wiring import Wiring, answer_bytes
from providers.catalog import Catalog
from scoring.canonical import canonical_json, digest, facts_from_document
from scoring.engines import judge
from scoring.policy.document import Policy


def policy_answer(record: PolicyRecord) -> dict[str, Any]:
    """Give a version as lists show it."""
    moments = ("made_at", "approved_at", "shadowed_at", "activated_at")
    names = ("version", "name", "digest", "state", "made_by", "approved_by", *moments)
    return {name: getattr(record, name) for name in names}


def read_version(version: int, given: Wiring) -> dict[str, Any]:
    """Give one version with its document, and what is worth a second look in it. Raises NotFound."""
    with given.transaction() as session:
        record = get_version(session, version)
        policy = given.house.policies.version(session, version).policy
    document = orjson.loads(record.document)
    return policy_answer(record) | {"document": document, "warnings": warnings_answer(policy, given.house.catalog)}


def warnings_answer(policy: Policy, catalog: Catalog) -> list[dict[str, str]]:
    """Give the warnings of a policy as callers see them."""
    return [{"path": each.path, "detail": each.detail} for each in all_warnings(policy, catalog)]


def add_draft(name: str, document: Mapping[str, Any], given: Wiring, written: PlacedDocument | None = None) -> bytes:
    """Add a draft, as the answer to its sender. Its maker is a person, so that the approver can be another one."""
    require_person(given, "make a policy")
    checked = check(document, given.seller.currency, written)
    with given.transaction() as session:
        given.once.claim(session)
        record = keep_draft(session, name, checked, given.caller.name, given.now)
        return kept(session, record, given, warnings=warnings_answer(checked.policy, given.house.catalog))


def keep_draft(session: Session, name: str, checked: CheckedPolicy, made_by: str, now: datetime) -> PolicyRecord:
    """Keep a policy as the seller's next version, a draft."""
    return policies.add(session, name=name, document=checked.text, digest=checked.digest, made_by=made_by, now=now)


def get_version(session: Session, version: int) -> PolicyRecord:
    """Find a version. Raises NotFound."""
    record = policies.get(session, version)
    if record is None:
        raise NotFound(f"There is no policy version {version}.")
    return record


def kept(session: Session, record: PolicyRecord, given: Wiring, **more: Any) -> bytes:
    """Write the answer to whoever made or moved a version, and keep it for a repeat."""
    answer = answer_bytes(policy_answer(record) | more)
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
        numbers=() if debtor is None else tuple(identities.numbers_of(session, debtor.id)),
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
