"""Keeps which company a person says is meant, and gives the debtor, new or known, its numbers."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from api import onboarding
from api.identity.company_merging import as_number
from api.identity.debtors import get_debtor, locked_debtor
from api.identity.number_owners import only_debtor
from api.identity.shown_numbers import is_sole_trader, shown_identifiers
from api.problems import Conflict
from api.prospect.debtors import name_debtor, name_taken
from api.records import debtors, entity_matches, identities
from api.records.debtors import DebtorRecord
from api.records.entity_matches import Asked
from api.records.identities import NameTaken, OfficialNumber
from api.web.permissions import is_allowed, require
from api.wiring import Wiring, answer_bytes
from scoring.company_numbers import contradict


@dataclass(frozen=True, slots=True)
class Choice:
    """A company that a person chose: for what was searched, for a debtor of ours, or both."""

    asked: Asked | None
    debtor_id: UUID | None
    country: str
    name: str | None
    numbers: tuple[OfficialNumber, ...]


def choose_company(choice: Choice, given: Wiring) -> bytes:
    """Keep the choice, and give the answer as it is sent.

    Raises NotFound for an unknown debtor, Conflict where a number is another debtor's or contradicts one it has, and
    NotAllowed for who names a debtor that he may not change.
    """
    with given.transaction() as session:
        given.once.claim(session)
        debtor, is_new = _debtor(session, choice, given)
        caller = given.caller
        record = entity_matches.add(
            session,
            debtor.id,
            choice.asked,
            choice.country,
            choice.numbers,
            chosen_by=caller.name,
            actor=caller.actor,
            now=given.now,
        )
        if debtor.onboarding_missing:
            onboarding.recount(session, locked_debtor(session, debtor.id), given.house.policies, given.now)
        answer = answer_bytes(
            {
                "id": record.id,
                "debtor_id": debtor.id,
                "is_new_debtor": is_new,
                "search": {"q": record.asked_name, "place": choice.asked.place} if choice.asked else None,
                "country": record.country,
                "identifiers": shown_identifiers(choice.numbers, is_personal=is_sole_trader(debtor)),
                "chosen_by": record.chosen_by,
                "actor": record.actor,
                "chosen_at": record.chosen_at,
            }
        )
        given.once.keep(session, 201, answer)
        return answer


def _debtor(session: Session, choice: Choice, given: Wiring) -> tuple[DebtorRecord, bool]:
    """The debtor that the choice is, with the chosen numbers, and whether it is new."""
    known_id = choice.debtor_id or only_debtor(session, choice.numbers)
    if known_id is None:
        values = {"name": choice.name or (choice.asked.name if choice.asked else None), "country": choice.country}
        try:
            return debtors.add(session, values, phase="prospect", names=choice.numbers, now=given.now), True
        except NameTaken as taken:  # A twin of this request was a moment earlier.
            known_id = taken.debtor_id
    debtor = get_debtor(session, known_id)
    _refuse_contradiction(session, debtor, choice.numbers)
    # Who may not change a debtor still says which one is meant; what was chosen stands in the choice itself.
    if choice.debtor_id is None and not is_allowed(given.caller.role, "debtor.write"):
        return debtor, False
    require(given.caller, "debtor.write")
    if not set(choice.numbers) - set(identities.numbers_of(session, debtor.id)):
        return debtor, False
    try:
        return name_debtor(session, debtor.id, choice.numbers, given), False
    except NameTaken as taken:
        raise name_taken(taken) from taken


def _refuse_contradiction(session: Session, debtor: DebtorRecord, numbers: tuple[OfficialNumber, ...]) -> None:
    for had in identities.numbers_of(session, debtor.id):
        for chosen in numbers:
            if contradict(as_number(had), as_number(chosen)):
                raise Conflict(
                    f"Debtor {debtor.id} has another {had.scheme} number, so it is another company.",
                    code="contradicting_number",
                )
