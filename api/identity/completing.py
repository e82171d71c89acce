"""Gives a company that is named by other numbers than its own register's that number, so that it is one debtor."""

from collections.abc import Sequence
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace
from itertools import combinations
from time import monotonic

from api.identity.companies import DEADLINE_SECONDS, GRACE_SECONDS, CompanySearch, search_companies
from api.identity.company_merging import as_number
from api.identity.company_ranking import FoundCompany
from api.identity.naming import CompanyNamed
from api.identity.number_owners import CONTRADICTING, owners_of, words
from api.problems import Conflict, Fault
from api.records.identities import OfficialNumber
from api.source_access import source_access
from api.wiring import Wiring
from providers.ports import CompanyQuery, Identifier
from scoring.company_numbers import (
    CompanyNumber,
    InvalidNumber,
    contradict,
    derived_numbers,
    read_number,
    register_scheme,
)
from scoring.company_numbers import is_of_one_company as is_of_one


def completed(company: CompanyNamed, given: Wiring) -> CompanyNamed:
    """Add what registers tell of a company that nobody knows and that has no number of its own register.

    No transaction may be open. Where registers are silent, or several companies may be meant, it stays as it is.
    Raises Conflict where its numbers are found to be of several companies.
    """
    scheme = register_scheme(company.country)
    if scheme is None or any(each.scheme == scheme for each in _with_held(company.numbers)):
        return company
    with given.transaction() as session:
        if owners_of(session, company.numbers):
            return company
    identifiers = tuple(Identifier(each.scheme, each.country, each.value) for each in company.numbers)
    found = _searched(CompanyQuery(None, company.country, identifiers), given)
    likely = [] if found is None else [each for each in found.companies if each.confidence > 0]
    _refuse_several(company.numbers, likely)
    if len(likely) != 1 or not likely[0].is_unattended or likely[0].country != company.country:
        return company
    return replace(company, found=tuple(n for each in likely[0].identifiers if (n := _certain(each)) is not None))


def _searched(query: CompanyQuery, given: Wiring) -> CompanySearch | None:
    """Search; all who look for the same company at the same moment share one search. None where it is late."""
    access = source_access(given.house, given.seller)
    work, _ = given.house.shared_work.begin_or_join(
        ("company_search", given.seller.id, query),
        monotonic() + DEADLINE_SECONDS + GRACE_SECONDS,
        lambda: search_companies(query, given.house.catalog, access),
    )
    try:
        found: CompanySearch = work.future.result(timeout=max(0.0, work.deadline - monotonic()))
    except NotYet:
        return None
    return found


def _refuse_several(numbers: Sequence[OfficialNumber], likely: Sequence[FoundCompany]) -> None:
    """Raise Conflict where each of two companies has one of the numbers that the other lacks, and they are not one."""
    held = {each.name: (_agreed(numbers, each), each) for each in likely}
    for (own, one), (others, other) in combinations(held.values(), 2):
        is_contradiction = any(
            contradict(as_number(a), as_number(b)) for a in one.identifiers for b in other.identifiers
        )
        if is_contradiction and own - others and others - own:
            faults = [
                Fault("/company", CONTRADICTING, f"{words(number)} is of {name}.")
                for name, (agreed, _) in held.items()
                for number in sorted(agreed, key=words)
            ]
            raise Conflict("These numbers are not of one company.", code=CONTRADICTING, faults=faults)


def _agreed(numbers: Sequence[OfficialNumber], company: FoundCompany) -> set[OfficialNumber]:
    has = _with_held(company.identifiers)
    return {each for each in numbers if _with_held([each]) & has}


def _with_held(numbers: Sequence[OfficialNumber] | Sequence[Identifier]) -> set[CompanyNumber]:
    plain = [as_number(each) for each in numbers]
    return {*plain, *(held for each in plain for held in derived_numbers(each))}


def _certain(identifier: Identifier) -> OfficialNumber | None:
    """A number of which a company has one, in our form; a vendor's own keys and what cannot be read are left out."""
    try:
        number = read_number(identifier.scheme, identifier.country, identifier.value)
    except InvalidNumber:
        return None
    return OfficialNumber(number.scheme, number.country, number.value) if is_of_one(number) else None
