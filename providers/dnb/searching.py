"""Finding a company in D&B's answers: which candidate is sure enough to be taken without a person looking."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from providers.names import may_be_named
from providers.payload import Payload
from providers.ports import LEI_COUNTRY, Candidate, CompanyKey, Identifier
from scoring.facts import RegisterStatus
from scoring.identifiers import is_rsin

PROVIDER = "dnb"
DUNS = "duns"
DUNS_COUNTRY = LEI_COUNTRY  # It is issued for the whole world too.
# D&B's confidence code runs from 1 to 10. Not confirmed: that 8 and more is what is usually taken without a look.
CONFIDENCE_MIN = 8
ACTIVE, OUT_OF_BUSINESS = 9074, 128
NUMBER_TYPES = {"kvk": 6256, "rsin": 23097, "kvk_vestiging": 23096}
VAT_TYPES = {
    **{"NL": 6273, "BE": 99, "LU": 480, "IT": 481, "DK": 521, "FI": 552, "CZ": 1351, "HU": 1361, "AT": 1423},
    **{"BG": 1425, "EE": 1428, "LV": 1431, "LT": 1433, "PL": 1435, "SK": 1438, "CH": 1440, "SE": 1861, "FR": 2080},
    **{"PT": 2432, "ES": 2472, "IE": 2530, "GB": 2550, "DE": 6867, "HR": 14257, "GR": 14259, "CY": 17283},
    **{"MT": 9336, "SI": 37716, "NO": 42066, "RO": 42083},
}
NUMBER = "registrationNumber"
_PART_OF_DATE = re.compile(r"[0-9]{4}(-[0-9]{2})?", re.ASCII)
_SCHEMES = {number_type: scheme for scheme, number_type in NUMBER_TYPES.items()}
_VAT_COUNTRIES = {number_type: country for country, number_type in VAT_TYPES.items()}


def criteria(number: Identifier) -> Mapping[str, Any] | None:
    """What a match asks to find a number; None for a number that D&B does not know companies by."""
    if number.scheme == DUNS:
        return {"duns": number.value}
    number_type = VAT_TYPES.get(number.country) if number.scheme == "vat" else NUMBER_TYPES.get(number.scheme)
    if number_type is None:
        return None
    return {
        "registrationNumber": number.value,
        "registrationNumberType": number_type,
        "countryISOAlpha2Code": number.country,
    }


def the_one(document: object, company: CompanyKey) -> str | None:
    """The DUNS of the one candidate that is sure enough; None without any. Raises NotUnderstood where several are.

    A candidate with another number or another name than we were told of is not taken, however sure D&B is of it.
    """
    answer = Payload(PROVIDER, document)
    sure: dict[str, int] = {}
    for candidate in answer.items("matchCandidates"):
        confidence = candidate.section("matchQualityInformation").number("confidenceCode")
        organization = candidate.section("organization")
        if confidence is None or confidence < CONFIDENCE_MIN or not _agrees(organization, company):
            continue
        found = duns_of(organization)
        sure[found] = max(int(confidence), sure.get(found, 0))
    if not sure:
        return None
    best = [duns for duns, confidence in sure.items() if confidence == max(sure.values())]
    if len(best) > 1:
        raise answer.not_understood("matchCandidates", "has more than one company that is as sure")
    return best[0]


def _agrees(organization: Payload, company: CompanyKey) -> bool:
    asked = [each for each in company.identifiers if criteria(each) is not None]
    told = {each.scheme: each.value for each in identifiers(organization)}
    if any(told.get(each.scheme, each.value) != each.value for each in asked):
        return False
    if not asked and not _states_one_of(organization, company):
        return False
    name = organization.text("primaryName")
    if any(each.scheme in told for each in asked) or company.name is None or name is None:
        return bool(asked)
    names = (name, *(text for each in organization.items("tradeStyleNames") if (text := each.text("name"))))
    return may_be_named(company.name, names)


def _states_one_of(organization: Payload, company: CompanyKey) -> bool:
    """Whether a number of ours is among its own, of whatever type: many companies have one name. Also without any."""
    stated = {_plain(text) for each in organization.items("registrationNumbers") if (text := each.words(NUMBER))}
    return not company.identifiers or any(_plain(each.value) in stated for each in company.identifiers)


def _plain(number: str) -> str:
    return "".join(each for each in number.upper() if each.isalnum()).lstrip("0")


def whole_day(part: Payload, name: str) -> date | None:
    """The day of a date; None also where D&B tells a year or a month only. Raises NotUnderstood."""
    return None if _PART_OF_DATE.fullmatch(part.text(name) or "") else part.day(name)


def duns_of(organization: Payload) -> str:
    """The DUNS number. Raises NotUnderstood without one of digits."""
    duns = organization.text("duns")
    if duns is None or not (duns.isascii() and duns.isdigit()):
        raise organization.not_understood("duns", "is no DUNS number")
    return duns


def candidates(document: object) -> tuple[Candidate, ...]:
    """Companies as a search offers them; those without a name or a country are left out."""
    found = [_candidate(each.section("organization")) for each in Payload(PROVIDER, document).items("searchCandidates")]
    return tuple(each for each in found if each is not None)


def match_candidates(document: object) -> tuple[Candidate, ...]:
    """Companies as a match offers them, whatever its confidence: a person chooses."""
    found = [_candidate(each.section("organization")) for each in Payload(PROVIDER, document).items("matchCandidates")]
    return tuple(each for each in found if each is not None)


def _candidate(organization: Payload) -> Candidate | None:
    address = organization.section("primaryAddress")
    name = organization.text("primaryName")
    country = address.section("addressCountry").text("isoAlpha2Code")
    if name is None or country is None:
        return None
    duns = Identifier(DUNS, DUNS_COUNTRY, duns_of(organization))
    trade_names = (each.text("name") for each in organization.items("tradeStyleNames"))
    lines = (address.section("streetAddress").text("line1"), address.text("postalCode"))
    town = address.section("addressLocality").text("name")
    parent = organization.section("corporateLinkage", "parent").text("duns")
    return Candidate(
        provider=PROVIDER,
        identifiers=(*identifiers(organization), duns),
        name=name,
        trade_names=tuple(each for each in trade_names if each),
        country=country,
        address=", ".join(each for each in (*lines, town) if each) or None,
        legal_form=None,
        status=status_of(organization),
        parent=None if parent is None else Identifier(DUNS, DUNS_COUNTRY, parent),
    )


def status_of(organization: Payload) -> RegisterStatus | None:
    """Whether it still does business; None where that is not told, or told in a code that is not known."""
    control = organization.section("dunsControlStatus")
    code = control.section("operatingStatus").number("dnbCode")
    gone = control.flag("isOutOfBusiness")
    if gone or code == OUT_OF_BUSINESS:
        return "dissolved"
    return "active" if gone is False or code == ACTIVE else None


def identifiers(organization: Payload) -> tuple[Identifier, ...]:
    """Official numbers of kinds that we know, the preferred one first."""
    told = organization.items("registrationNumbers")
    told.sort(key=lambda each: each.flag("isPreferredRegistrationNumber") is not True)
    found = []
    for each in told:
        number, kind = each.text("registrationNumber"), each.number("typeDnBCode")
        if number is None or kind is None or kind != int(kind):
            continue
        scheme, country = _SCHEMES.get(int(kind)), _VAT_COUNTRIES.get(int(kind))
        # A citizen number may stand where the number of a legal person belongs, and must not be kept as one.
        if scheme is not None and (scheme != "rsin" or is_rsin(number)):
            found.append(Identifier(scheme, "NL", number))
        elif country is not None:
            found.append(Identifier("vat", country, number if number.startswith(country) else f"{country}{number}"))
    return tuple(found)
