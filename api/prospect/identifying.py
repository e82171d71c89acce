"""Who is meant: from the names and numbers a caller gives to one debtor, new when we never heard of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from api.problems import BadInput, Conflict, Fault, Unavailable
from api.prospect.companies import CompanySearch, search_companies
from api.prospect.company_answers import kept_choice
from api.prospect.company_merging import as_number
from api.records import debtors, identities
from api.records.identities import NameTaken, OfficialNumber, Reference
from api.source_access import source_access
from api.wiring import Wiring
from providers.ports import CompanyQuery
from scoring.company_numbers import derived_numbers

LIKELY_CONFIDENCE_MIN = Decimal("0.5")  # From here on a company is named to whoever asked by a name.


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
    """Give a company that has only a name its number: as a person chose before, else from the registers.

    No transaction may be open. Raises BadInput when no register knows a company by just this name, or when several may
    be meant; Unavailable when a register that might know does not answer.
    """
    company = named.company
    if company is None or company.numbers:
        return named
    query = CompanyQuery(company.name, company.country, (), place=company.place)
    with given.transaction() as session:
        kept = kept_choice(session, query)
        if kept is not None:
            return DebtorNamed(debtor_id=kept.debtor.id)
    found = search_companies(query, given.house.catalog, source_access(given.house, given.seller))
    sure = [candidate for candidate in found.companies if candidate.is_unattended]
    if len(sure) == 1 and sure[0].identifiers:
        numbers = tuple(OfficialNumber(each.scheme, each.country, each.value) for each in sure[0].identifiers)
        return replace(named, company=replace(company, numbers=numbers, name=sure[0].name))
    if any(register.status == "unavailable" for register in found.registers):
        raise Unavailable("A company register does not answer, so a name is not enough: give a number.")
    raise _not_identified(found)


def _not_identified(found: CompanySearch) -> BadInput:
    likely = [each for each in found.companies if each.confidence >= LIKELY_CONFIDENCE_MIN]
    if not likely:
        words = "No register knows this company"
    elif len(likely) == 1:
        words = f"Only {likely[0].name} has a name like this, and it may be another company"
    else:
        words = f"{len(likely)} companies have such a name"
    detail = f"{words}: choose one with GET /v1/companies, and keep the choice with POST /v1/entity-matches."
    fault = Fault("/company/name", "company_not_identified", detail)
    return BadInput(f"{words}.", code="company_not_identified", faults=[fault])


def find(session: Session, named: DebtorNamed) -> UUID | None:
    """Find the debtor that is named, or None. Raises Conflict when its numbers are of several debtors."""
    if named.debtor_id:
        return named.debtor_id
    if named.reference:
        return identities.by_reference(session, named.reference)
    assert named.company is not None
    return only_debtor(session, named.company.numbers)


def only_debtor(session: Session, numbers: Sequence[OfficialNumber]) -> UUID | None:
    """Find the debtor that has any of these numbers, or one that they hold, or None. Raises Conflict for several."""
    held = [OfficialNumber(n.scheme, n.country, n.value) for each in numbers for n in derived_numbers(as_number(each))]
    found = identities.by_numbers(session, [*numbers, *held])
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
