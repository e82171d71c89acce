"""Clearing by a person: the matches of a debtor's last screening, which of them are cleared, and the moves."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api import onboarding
from api.identity.debtors import get_debtor, locked_debtor
from api.persons import require_person
from api.problems import BadInput, Conflict, Fault
from api.prospect.sanctions_alerts import follow_hit, open_now
from api.records import debtors, held_orders, reports, sanctions_clearances
from api.records.debtors import DebtorRecord
from api.records.reports import Report
from api.records.sanctions_clearances import CLEARED, WITHDRAWN, Entry, Mover, SanctionsClearanceRecord
from api.sanctions_clearing import cleared, digest_of
from api.wiring import Wiring, answer_bytes
from providers.stored_facts import from_document
from scoring.facts import SanctionsFacts, SanctionsMatch, SourceKind
from scoring.sanctions import may_clear

KIND: SourceKind = "sanctions_list"


@dataclass(frozen=True, slots=True)
class Screening:
    """A debtor's last screening, as it came and with what was cleared of it."""

    debtor: DebtorRecord
    report: Report
    told: SanctionsFacts
    found: SanctionsFacts


def matches_answer(debtor_id: UUID, given: Wiring) -> dict[str, Any]:
    """Give the matches of the last screening as they are shown. Raises NotFound for an unknown debtor."""
    with given.transaction() as session:
        debtor = get_debtor(session, debtor_id)
        screening = _screening(session, debtor)
        return _answer(session, debtor, screening)


def clear(debtor_id: UUID, entity_id: str, reason: str, given: Wiring) -> bytes:
    """Note that an entry is not the debtor. Raises Problems: a confirmed hit is not for a person to clear."""
    require_person(given, "clear an entry of a sanctions list")
    with given.transaction() as session:
        given.once.claim(session)
        debtor = locked_debtor(session, debtor_id)
        screening, match = _match(session, debtor, entity_id)
        if not may_clear(match):
            raise Conflict("This is a hit, and no likeness: nobody here can clear it.", code="sanctions_hit_confirmed")
        if match.clearance is not None:
            raise Conflict("This entry was cleared before.", code="cleared_before")
        return _move(session, screening, match, CLEARED, reason, given)


def withdraw(debtor_id: UUID, entity_id: str, reason: str, given: Wiring) -> bytes:
    """Take a clearance back, which holds no more from now on. Raises Problems."""
    require_person(given, "take back a clearance")
    with given.transaction() as session:
        given.once.claim(session)
        debtor = locked_debtor(session, debtor_id)
        screening, match = _match(session, debtor, entity_id)
        if match.clearance is None:
            raise Conflict("This entry is not cleared.", code="not_cleared")
        return _move(session, screening, match, WITHDRAWN, reason, given)


def _move(
    session: Session, screening: Screening, match: SanctionsMatch, move: str, reason: str, given: Wiring
) -> bytes:
    debtor = screening.debtor
    entry = Entry(screening.told.provider, match.entity_id, match.entry_digest, digest_of(session, debtor))
    sanctions_clearances.add(session, debtor.id, move, entry, Mover(given.caller.name, reason, given.now, given.today))
    told = {"entity_id": match.entity_id, "by": given.caller.name}
    debtors.tell(session, f"debtor.sanctions_match_{move}.v1", debtor.id, told, given.now)
    found = cleared(session, debtor, screening.told)
    assert found is not None
    follow_hit(session, debtor.id, found, open_now(session, [debtor.id]), given.now)
    onboarding.recount(session, debtor, given.house.policies, given.now)
    held_orders.look_again(session, [debtor.id])
    answer = answer_bytes(_answer(session, debtor, Screening(debtor, screening.report, screening.told, found)))
    given.once.keep(session, 201, answer)
    return answer


def _match(session: Session, debtor: DebtorRecord, entity_id: str) -> tuple[Screening, SanctionsMatch]:
    screening = _screening(session, debtor)
    matches = () if screening is None else screening.found.matches
    match = next((each for each in matches if each.entity_id == entity_id), None)
    if screening is None or match is None:
        detail = "The debtor's last screening has no such entry."
        raise BadInput(detail, faults=[Fault("/entity_id", "no_such_match", detail)])
    return screening, match


def _screening(session: Session, debtor: DebtorRecord) -> Screening | None:
    kept = [each for each in reports.latest(session, [debtor.id]) if each.kind == KIND and each.facts is not None]
    report = max(kept, key=lambda each: each.retrieved_at, default=None)
    if report is None:
        return None
    told = from_document(KIND, report.facts or {})
    assert isinstance(told, SanctionsFacts)
    found = cleared(session, debtor, told)
    assert found is not None
    return Screening(debtor, report, told, found)


def _answer(session: Session, debtor: DebtorRecord, screening: Screening | None) -> dict[str, Any]:
    if screening is None:
        nothing = dict.fromkeys(("provider", "retrieved_at", "list_version", "hit"))
        return {"debtor_id": debtor.id, **nothing, "left_out_count": 0, "items": []}
    found = screening.found
    kept = {each.entity_id: each for each in sanctions_clearances.standing(session, debtor.id, found.provider)}
    return {
        "debtor_id": debtor.id,
        "provider": found.provider,
        "retrieved_at": screening.report.retrieved_at,
        "list_version": found.list_version,
        "hit": found.hit,
        "left_out_count": found.left_out_count or 0,
        "items": [_item(each, kept.get(each.entity_id)) for each in found.matches],
    }


def _item(match: SanctionsMatch, kept: SanctionsClearanceRecord | None) -> dict[str, Any]:
    names = ("entity_id", "caption", "hit", "schema", "last_change_on")
    clearance = None
    if kept is not None:
        # One that held of an earlier entry or debtor is shown too: who looks again sees what was found then.
        holds = match.clearance is not None
        clearance = {"cleared_by": kept.moved_by, "cleared_at": kept.moved_at, "reason": kept.reason, "holds": holds}
    return {
        **{name: getattr(match, name) for name in names},
        "score": str(match.score),
        "topics": list(match.topics),
        "lists": list(match.lists),
        "clearance": clearance,
    }
