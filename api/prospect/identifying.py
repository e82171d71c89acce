"""Who is meant: from the names and numbers a caller gives to one debtor, new when we never heard of it."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from api.problems import BadInput, Conflict, Fault, Unavailable
from api.prospect.companies import search_companies
from api.records import debtors, identities
from api.records.identities import NameTaken, OfficialNumber, Reference
from api.wiring import Wiring
from providers.ports import CompanyQuery


@dataclass(frozen=True, slots=True)
class CompanyNamed:
    """A company as a caller names it: by numbers, or by name and country (and place, where names are alike)."""

    country: str
    numbers: tuple[OfficialNumber, ...] = ()
    name: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class DebtorNamed:
    """A debtor as a caller names it, in exactly one of three ways."""

    debtor_id: UUID | None = None
    reference: Reference | None = None
    company: CompanyNamed | None = None


def identified(named: DebtorNamed, given: Wiring) -> DebtorNamed:
    """Give a company that has only a name its number, from the registers. No transaction may be open.

    Raises BadInput when no register knows the name, or when it could be several companies; Unavailable when a register
    that might know does not answer.
    """
    company = named.company
    if company is None or company.numbers:
        return named
    query = CompanyQuery(company.name, company.country, (), place=company.place)
    found = search_companies(query, catalog=given.house.catalog, mode=given.seller.mode, now=given.now)
    with given.transaction() as session:
        confidence_min = given.house.policies.active(session).policy.alerts.name_similarity_min
    sure = [candidate for candidate in found.companies if candidate.confidence >= confidence_min]
    if not sure and any(register.status == "unavailable" for register in found.registers):
        raise Unavailable("A company register does not answer, so a name is not enough: give a number.")
    if len(sure) != 1:
        words = "No register knows this company" if not sure else f"{len(sure)} companies have such a name"
        fault = Fault("/company/name", "company_not_identified", f"{words}: choose one with GET /v1/companies.")
        raise BadInput(f"{words}.", code="company_not_identified", faults=[fault])
    numbers = tuple(OfficialNumber(each.scheme, each.country, each.value) for each in sure[0].identifiers)
    return replace(named, company=replace(company, numbers=numbers, name=sure[0].name))


def find(session: Session, named: DebtorNamed) -> UUID | None:
    """Find the debtor that is named, or None. Raises Conflict when its numbers are of several debtors."""
    if named.debtor_id:
        return named.debtor_id
    if named.reference:
        return identities.by_reference(session, named.reference)
    assert named.company is not None
    found = identities.by_numbers(session, named.company.numbers)
    if len(found) > 1:
        ids = ", ".join(str(each) for each in found)
        raise Conflict(f"These numbers are of several debtors: {ids}. Merge them first.", code="several_debtors")
    return found[0] if found else None


def find_or_add(session: Session, named: DebtorNamed, given: Wiring) -> UUID | None:
    """Find the debtor that is named; a company nobody has heard of becomes a debtor in phase prospect.

    An id is given as it is, an unknown reference gives None.
    """
    debtor_id = find(session, named)
    company = named.company
    if debtor_id is not None or company is None:
        return debtor_id
    values = {"name": company.name, "country": company.country}
    try:
        return debtors.add(session, values, phase="prospect", names=company.numbers, now=given.now).id
    except NameTaken:  # A twin of this request was a moment earlier.
        return find(session, named)
