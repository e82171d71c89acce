"""Finding a company in Creditsafe's answers: by which number it is asked, and which of those found is the one meant."""

import re
from collections.abc import Mapping
from datetime import date

from providers.errors import SourceDown, SourceError, SourceRefused
from providers.names import SAME_NAME_MIN, best_similarity
from providers.payload import Payload
from providers.ports import Candidate, CompanyKey, Identifier
from scoring.facts import IdentityField, RegisterFacts, RegisterStatus
from scoring.identifiers import is_rsin

PROVIDER = "creditsafe"
CONNECT_ID, SAFE_NUMBER = "creditsafe-connect-id", "creditsafe-safe-no"
MAIN_OFFICES = {"headOffice", "registered", "singleOffice"}
LEGAL_FORMS = {
    "besloten vennootschap": "bv",
    "besloten vennootschap met beperkte aansprakelijkheid": "bv",
    "naamloze vennootschap": "nv",
    "private limited company": "limited",
    "private limited with share capital": "limited",
}
_DUTCH_REGISTRATION = re.compile(r"([0-9]{8})(0000)?", re.ASCII)  # The last four tell branches apart; 0000 is the main.
_NO_PERMISSION = {"InvalidCredentials", "AccessRestricted", "ReportUnavailableDueToLegal", "EndpointShutdown"}
_NOT_NOW = {
    *("TemporarySystemProblem", "UnexpectedInternalError"),
    *("DataServiceAccessProblems", "DataServiceInvalidResponse"),
}


def criteria(number: Identifier) -> Mapping[str, str] | None:
    """What a search asks to find a number: alone, since the Netherlands refuse a unique number with anything beside it.

    None for a number that Creditsafe does not know companies by.
    """
    match number.scheme:
        case "creditsafe-connect-id":
            asked = {"id": number.value}
        case "creditsafe-safe-no":
            asked = {"safeNo": number.value}
        case "kvk" if number.country == "NL":
            asked = {"id": f"NL-X-{number.value}0000"}
        case "vat" | "rsin":
            asked = {"vatNo": _bare_vat(number.value) if number.country == "NL" else number.value}
        case "coh":
            asked = {"regNo": number.value}
        case _:
            return None
    return {"countries": number.country, **asked}


def companies(document: object) -> list[Payload]:
    """The companies of a search or match answer; empty when there are none. Raises SourceError.

    An answer without companies that gives another reason than that there are none is a failure, not an absence.
    """
    answer = Payload(PROVIDER, document)
    found = "matchedCompanies" if "matchedCompanies" in answer.names() else "companies"
    if found in answer.names():
        return answer.items(found)
    for message in answer.items("messages"):
        if (failure := _failure(message.text("code"))) is not None:
            raise failure
    if answer.number("totalSize") is None and answer.number("totalMatches") is None:
        raise answer.not_understood("totalSize", "is missing")
    return []


def _failure(code: str | None) -> SourceError | None:
    if code in _NOT_NOW:
        return SourceDown(PROVIDER, f"search: {code}")
    if code in _NO_PERMISSION:
        return SourceRefused(PROVIDER, f"search: {code}")
    return None


def the_one(document: object, number: Identifier) -> Payload | None:
    """The company of a number among those found; None where none has it. Raises NotUnderstood where several have."""
    having = [each for each in companies(document) if _has(each, number)]
    if len(having) > 1:
        having = [each for each in having if each.text("officeType") in MAIN_OFFICES]
        if len(having) != 1:
            raise Payload(PROVIDER, document).not_understood("companies", "has more than one company of a number")
    return having[0] if having else None


def connect_id(company: Payload) -> str:
    """Creditsafe's own number of a company. Raises NotUnderstood without one."""
    found = company.text("id")
    if found is None:
        raise company.not_understood("id", "is missing")
    return found


def candidates(document: object) -> tuple[Candidate, ...]:
    """Companies as a search offers them, in its order; those that are neither active nor ended are left out."""
    offered = [_candidate(each) for each in companies(document)]
    return tuple(each for each in offered if each is not None)


def _candidate(company: Payload) -> Candidate | None:
    name, country, status = company.text("name"), company.text("country"), _status(company)
    if name is None or country is None or status is None:
        return None
    return Candidate(
        provider=PROVIDER,
        identifiers=_identifiers(company, country),
        name=name,
        trade_names=(),
        country=country,
        address=company.section("address").text("simpleValue"),
        legal_form=_legal_form(company),
        status=status,
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
    if country == "NL" and (dutch := _DUTCH_REGISTRATION.fullmatch(registration)):
        found.insert(0, Identifier("kvk", "NL", dutch[1]))
    elif country == "GB" and registration:
        found.insert(0, Identifier("coh", "GB", registration))
    for number in _vat_numbers(company):
        # Of a Dutch sole trader it may be made of the citizen number, which must not be kept as an RSIN.
        if country == "NL" and company.text("type") == "Ltd" and is_rsin(number):
            found.append(Identifier("rsin", "NL", number))
        elif number.upper().startswith(country):
            found.append(Identifier("vat", country, number))
    return tuple(found)


def _vat_numbers(company: Payload) -> list[str]:
    """One text, or several in the Netherlands."""
    if company.is_list("vatNo"):
        return [each for each in company.texts("vatNo") if each]
    number = company.text("vatNo")
    return [number] if number else []


def _has(company: Payload, number: Identifier) -> bool:
    match number.scheme:
        case "creditsafe-connect-id":
            return company.text("id") == number.value
        case "creditsafe-safe-no":
            return company.text("safeNo") == number.value
        case "kvk":
            return company.text("id") == f"NL-X-{number.value}0000"
        case "vat" | "rsin":
            told = _vat_numbers(company)
            return company.text("country") == number.country and (
                not told or any(_plain(each, number.country) == _plain(number.value, number.country) for each in told)
            )
        case _:
            registration = company.text("regNo") or ""
            return _plain(registration, number.country) == _plain(number.value, number.country)


def _mismatches(company: Payload, asked: CompanyKey) -> tuple[IdentityField, ...]:
    """Where the company found is not the one we were told of."""
    found: list[IdentityField] = []
    kvk, registration = asked.number("kvk"), _DUTCH_REGISTRATION.fullmatch(company.text("regNo") or "")
    if kvk is not None and registration is not None and registration[1] != kvk:
        found.append("number")
    name = company.text("name")
    if asked.name is not None and name is not None and best_similarity(asked.name, (name,)) < SAME_NAME_MIN:
        found.append("name")
    told = next((each for each in asked.identifiers if each.scheme == "vat"), None)
    numbers = _vat_numbers(company)
    if told is not None and numbers:
        known = {_plain(each, told.country) for each in numbers}
        if _plain(told.value, told.country) not in known:
            found.append("vat")
    return tuple(found)


def _bare_vat(value: str) -> str:
    """A Dutch VAT number as Creditsafe takes it: nine digits, without NL and B01."""
    return value.upper().removeprefix("NL").split("B")[0]


def _plain(value: str, country: str) -> str:
    """A number as it is compared, however it is written."""
    if country == "NL":
        return _bare_vat(value)
    letters = "".join(each for each in value.upper() if each.isalnum())
    return letters.removeprefix(country).lstrip("0")
