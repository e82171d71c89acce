"""Who is meant: from the names and numbers a caller gives to one debtor, new when we never heard of it."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from api.identity.companies import CompanySearch, search_companies
from api.identity.completing import completed
from api.identity.kept_choices import kept_choice
from api.identity.naming import CompanyNamed, DebtorNamed
from api.identity.number_owners import only_debtor, owners_of, refuse_contradictions, refuse_two_of_a_scheme, with_held
from api.problems import BadInput, Fault, Unavailable
from api.records import debtors, identities
from api.records.identities import NameTaken, OfficialNumber
from api.source_access import source_access
from api.wiring import Wiring
from providers.ports import CompanyQuery
from scoring.company_numbers import register_scheme

LIKELY_CONFIDENCE_MIN = Decimal("0.5")  # From here on a company is named to whoever asked by a name.


def identified(named: DebtorNamed, given: Wiring) -> DebtorNamed:
    """Give a company that has only a name its number: as a person chose before, else from the registers.

    One with numbers that are not its own register's gets that number too. No transaction may be open. Raises BadInput
    when no register knows a company by just this name, or when several may be meant; Conflict when its numbers are
    found to be of several; Unavailable when a register that might know does not answer.
    """
    company = named.company
    if company is None:
        return named
    if company.numbers:
        return replace(named, company=completed(company, given))
    query = CompanyQuery(company.name, company.country, (), place=company.place)
    with given.transaction() as session:
        kept = kept_choice(session, query)
        if kept is not None:
            return DebtorNamed(debtor_id=kept.debtor.id)
    found = search_companies(query, given.house.catalog, source_access(given.house, given.seller))
    sure = [candidate for candidate in found.companies if candidate.is_unattended]
    if len(sure) == 1 and sure[0].identifiers:
        numbers = tuple(OfficialNumber(each.scheme, each.country, each.value) for each in sure[0].identifiers)
        return replace(named, company=replace(company, numbers=numbers, found=numbers, name=sure[0].name))
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
    """Find the debtor that is named, or None. Raises Conflict when its numbers are of several companies."""
    if named.debtor_id:
        return named.debtor_id
    if named.reference:
        return identities.by_reference(session, named.reference)
    assert named.company is not None
    debtor_id = only_debtor(session, named.company.numbers)
    if debtor_id is None and named.company.found:
        debtor_id = _found_debtor(session, named.company)
    return debtor_id


def _found_debtor(session: Session, company: CompanyNamed) -> UUID | None:
    """Find the debtor by what registers told: by the number of its own register before all others."""
    owners = owners_of(session, company.found)
    scheme = register_scheme(company.country)
    first = sorted(owners, key=lambda number: number.scheme != scheme)
    if not first:
        return None
    refuse_contradictions(session, owners[first[0]], company.numbers)
    return owners[first[0]]


def find_or_add(session: Session, named: DebtorNamed, given: Wiring) -> UUID | None:
    """Find the debtor that is named; a company nobody has heard of becomes a debtor in phase prospect.

    It is known by the number of its own register, where that is given or was found: what else was given is kept when
    the check has borne it out. An id is given as it is, an unknown reference gives None.
    """
    debtor_id = find(session, named)
    company = named.company
    if debtor_id is not None or company is None:
        return debtor_id
    refuse_two_of_a_scheme(company.numbers)
    values = {"name": company.name, "country": company.country}
    try:
        return debtors.add(session, values, phase="prospect", names=_first_numbers(company), now=given.now).id
    except NameTaken:  # A twin of this request was a moment earlier.
        return find(session, named)


def _first_numbers(company: CompanyNamed) -> list[OfficialNumber]:
    """The number of its own register, also where another one holds it, with what registers told; else all given."""
    scheme = register_scheme(company.country)
    told = [*company.numbers, *company.found]
    own = [each for number in told for each in with_held(number) if each.scheme == scheme]
    holding = [number for number in told if any(each.scheme == scheme for each in with_held(number))]
    return list(dict.fromkeys((*own, *holding, *company.found) if own else company.numbers))
