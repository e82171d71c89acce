"""Whose the numbers are that a caller gives: one debtor's or nobody's; what contradicts itself is refused."""

from collections.abc import Sequence
from itertools import combinations
from uuid import UUID

from sqlalchemy.orm import Session

from api.identity.company_merging import Number, as_number
from api.identity.shown_numbers import is_sole_trader
from api.problems import BadInput, Conflict, Fault
from api.records import debtors, identities
from api.records.identities import OfficialNumber
from scoring.company_numbers import contradict, contradictions, derived_numbers, masked

CONTRADICTING, SEVERAL = "contradicting_number", "several_debtors"


def only_debtor(session: Session, numbers: Sequence[OfficialNumber]) -> UUID | None:
    """Find the debtor that has any of these numbers, or one that they hold; None where nobody does.

    Raises Conflict when they are of several debtors, or when one contradicts what the debtor has.
    """
    owners = owners_of(session, numbers)
    ids = list(dict.fromkeys(owners.values()))
    if len(ids) > 1:
        faults = [Fault("/company", SEVERAL, f"{words(number)} is of debtor {owners[number]}.") for number in owners]
        raise Conflict(
            "These numbers are of several debtors. Give those of one; if it is one company, merge them first.",
            code=SEVERAL,
            faults=faults,
        )
    if not ids:
        return None
    if any(number not in owners for number in numbers):  # What is its own, or holds its own, contradicts nothing.
        refuse_contradictions(session, ids[0], numbers)
    return ids[0]


def owners_of(session: Session, numbers: Sequence[OfficialNumber]) -> dict[OfficialNumber, UUID]:
    """The debtor of each of these numbers that one has, or whose number it holds."""
    owners = dict(identities.owners(session, numbers))
    held = {each: number for number in numbers if number not in owners for each in with_held(number)[1:]}
    by_held = identities.owners(session, held) if held else {}
    return owners | {held[each]: debtor_id for each, debtor_id in by_held.items()}


def with_held(number: OfficialNumber) -> tuple[OfficialNumber, ...]:
    """A number and those that it holds."""
    held = derived_numbers(as_number(number))
    return (number, *(OfficialNumber(each.scheme, each.country, each.value) for each in held))


def refuse_contradictions(session: Session, debtor_id: UUID, numbers: Sequence[Number]) -> None:
    """Raise Conflict, naming each of the numbers that no company can have beside those of the debtor."""
    had = [as_number(each) for each in identities.numbers_of(session, debtor_id)]
    found = contradictions(had, [as_number(each) for each in numbers])
    if not found:
        return
    debtor = debtors.get(session, debtor_id)
    hides = debtor is not None and is_sole_trader(debtor)
    faults = [
        Fault(
            "/company",
            CONTRADICTING,
            f"Debtor {debtor_id} has {words(old, hides=hides)}, and {words(new)} is of another company.",
        )
        for old, new in found
    ]
    raise Conflict("These numbers are not of one company.", code=CONTRADICTING, faults=faults)


def refuse_two_of_a_scheme(numbers: Sequence[Number]) -> None:
    """Raise BadInput, naming the numbers, where no company can have all of them as they are stated."""
    plain = [as_number(each) for each in numbers]
    faults = [
        Fault("/company", CONTRADICTING, f"{words(one)} and {words(other)} are of two companies.")
        for one, other in combinations(plain, 2)
        if contradict(one, other)
    ]
    if faults:
        raise BadInput("These numbers are not of one company.", code=CONTRADICTING, faults=faults)


def words(number: Number, *, hides: bool = True) -> str:
    """A number as an error names it: scheme and number, without a citizen number that may be in it."""
    plain = as_number(number)
    shown = masked(plain) if hides else plain
    return f"{shown.scheme} {shown.value}"
