"""Finding a company in Creditsafe's answers: by which number it is asked, and which of those found is the one meant."""

import re
from collections.abc import Mapping

from providers.errors import SourceDown, SourceError, SourceRefused
from providers.names import may_be_named
from providers.payload import Payload
from providers.ports import CompanyKey, Identifier

PROVIDER = "creditsafe"
CONNECT_ID, SAFE_NUMBER = "creditsafe-connect-id", "creditsafe-safe-no"
MAIN_OFFICES = {"headOffice", "registered", "singleOffice"}
DUTCH_REGISTRATION = re.compile(r"([0-9]{8})(0000)?", re.ASCII)  # The last four tell branches apart; 0000 is the main.
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
        case "kbo":
            asked = {"vatNo": f"BE{number.value}"}  # A Belgian VAT number is the enterprise number.
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


def contradicts(company: Payload, asked: CompanyKey) -> bool:
    """Whether the company found has another registration number than we know: a VAT number may be that of several."""
    registration = company.text("regNo")
    if registration is None:
        return False
    kvk, coh = asked.number("kvk"), asked.number("coh")
    dutch = DUTCH_REGISTRATION.fullmatch(registration)
    if kvk is not None and dutch is not None and company.text("country") == "NL":
        return dutch[1] != kvk
    is_british = coh is not None and company.text("country") == "GB"
    return is_british and plain_number(registration, "GB") != plain_number(coh or "", "GB")


def is_named_so(company: Payload, number: Identifier, name: str | None) -> bool:
    """Whether its name is ours, which counts only where it does not tell the VAT number that it was found by."""
    told = company.text("name")
    if number.scheme not in ("vat", "rsin", "kbo") or vat_numbers(company) or name is None or told is None:
        return True
    return may_be_named(name, (told,))


def connect_id(company: Payload) -> str:
    """Creditsafe's own number of a company. Raises NotUnderstood without one."""
    found = company.text("id")
    if found is None:
        raise company.not_understood("id", "is missing")
    return found


def vat_numbers(company: Payload) -> list[str]:
    """The VAT numbers of a company: one text, or several in the Netherlands."""
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
        case "vat" | "rsin" | "kbo":
            told = vat_numbers(company)
            return company.text("country") == number.country and (
                not told
                or any(
                    plain_number(each, number.country) == plain_number(number.value, number.country) for each in told
                )
            )
        case _:
            registration = company.text("regNo") or ""
            return plain_number(registration, number.country) == plain_number(number.value, number.country)


def _bare_vat(value: str) -> str:
    """A Dutch VAT number as Creditsafe takes it: nine digits, without NL and B01."""
    return value.upper().removeprefix("NL").split("B")[0]


def plain_number(value: str, country: str) -> str:
    """A number as it is compared, however it is written."""
    if country == "NL":
        return _bare_vat(value)
    letters = "".join(each for each in value.upper() if each.isalnum())
    return letters.removeprefix(country).lstrip("0")
