"""What a search of Creditsafe tells of a company: as a candidate to choose from, and as its registration."""

from datetime import date

from providers.creditsafe.searching import (
    CONNECT_ID,
    DUTCH_REGISTRATION,
    PROVIDER,
    SAFE_NUMBER,
    companies,
    connect_id,
    plain_number,
    vat_numbers,
)
from providers.names import may_be_named
from providers.numbers import official
from providers.payload import Payload
from providers.ports import Candidate, CompanyKey, Identifier
from scoring.facts import IdentityField, RegisterFacts, RegisterStatus
from scoring.identifiers import is_rsin

LEGAL_FORMS = {
    "besloten vennootschap": "bv",
    "besloten vennootschap met beperkte aansprakelijkheid": "bv",
    "naamloze vennootschap": "nv",
    "private limited company": "limited",
    "private limited with share capital": "limited",
}


def candidates(document: object) -> tuple[Candidate, ...]:
    """Companies as a search offers them, in its order; those without a name are left out."""
    offered = [_candidate(each) for each in companies(document)]
    return tuple(each for each in offered if each is not None)


def _candidate(company: Payload) -> Candidate | None:
    name, country = company.text("name"), company.text("country")
    if name is None or country is None:
        return None
    return Candidate(
        provider=PROVIDER,
        identifiers=_identifiers(company, country),
        name=name,
        trade_names=(),
        country=country,
        address=company.section("address").text("simpleValue"),
        legal_form=_legal_form(company),
        status=_status(company),
    )


def register_facts(company: Payload, asked: CompanyKey, retrieved_on: date) -> RegisterFacts:
    """What a search tells that a register would; nothing here is charged. Raises NotUnderstood without a status."""
    status = _status(company)
    if status is None:
        raise company.not_understood("status", "is neither active nor ended")
    return RegisterFacts(
        provider=PROVIDER,
        retrieved_on=retrieved_on,
        status=status,
        legal_form=_legal_form(company),
        identity_mismatch=_mismatches(company, asked),
        name=company.text("name"),
    )


def _status(company: Payload) -> RegisterStatus | None:
    status = company.text("status")
    if status == "Active":
        return "active"
    if status == "NonActive":
        return "dissolved" if company.text("type") == "Ltd" else "deregistered"
    return None


def _legal_form(company: Payload) -> str | None:
    words = company.text("legalForm")
    return LEGAL_FORMS.get(words.casefold()) if words else None


def _identifiers(company: Payload, country: str) -> tuple[Identifier, ...]:
    found = [Identifier(CONNECT_ID, country, connect_id(company))]
    if safe_number := company.text("safeNo"):
        found.append(Identifier(SAFE_NUMBER, country, safe_number))
    registration = company.text("regNo") or ""
    if country == "NL" and (dutch := DUTCH_REGISTRATION.fullmatch(registration)):
        found.insert(0, Identifier("kvk", "NL", dutch[1]))
    elif country == "GB" and (british := official("coh", "GB", registration)):
        found.insert(0, british)
    for number in vat_numbers(company):
        # Of a Dutch sole trader it may be made of the citizen number, which must not be kept as an RSIN.
        if country == "NL" and company.text("type") == "Ltd" and is_rsin(number):
            found.append(Identifier("rsin", "NL", number))
        elif number.upper().startswith(country):
            found.append(Identifier("vat", country, number))
    return tuple(found)


def _mismatches(company: Payload, asked: CompanyKey) -> tuple[IdentityField, ...]:
    """Where the company found is not the one we were told of."""
    found: list[IdentityField] = []
    kvk, registration = asked.number("kvk"), DUTCH_REGISTRATION.fullmatch(company.text("regNo") or "")
    if kvk is not None and registration is not None and registration[1] != kvk:
        found.append("number")
    name = company.text("name")
    if asked.name is not None and name is not None and not may_be_named(asked.name, (name,)):
        found.append("name")
    told = next((each for each in asked.identifiers if each.scheme == "vat"), None)
    numbers = vat_numbers(company)
    if told is not None and numbers:
        known = {plain_number(each, told.country) for each in numbers}
        if plain_number(told.value, told.country) not in known:
            found.append("vat")
    return tuple(found)
