"""Answers of VIES as facts of ours; an outage is an error, and never an invalid number."""

import re
from typing import NoReturn

from providers.errors import NotUnderstood, SourceBusy, SourceDown, SourceRefused
from providers.payload import Payload
from providers.ports import About, CompanyKey, CompanyQuery, Raw
from scoring.facts import VatFacts
from scoring.identifiers import compact

CHECK = "check-vat-number"
_PREFIXES = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI"
PREFIXES = frozenset(_PREFIXES.split())
NOT_TOLD = "---"
_REST = re.compile(r"[0-9A-Z+*]{2,12}", re.ASCII)

DOWN = {"SERVICE_UNAVAILABLE", "TIMEOUT", "MS_UNAVAILABLE", "VOW-ERR-1"}
BUSY = {
    "MS_MAX_CONCURRENT_REQ",
    "MS_MAX_CONCURRENT_REQ_TIME",
    "GLOBAL_MAX_CONCURRENT_REQ",
    "GLOBAL_MAX_CONCURRENT_REQ_TIME",
}
REFUSED = {"VAT_BLOCKED", "IP_BLOCKED", "INVALID_REQUESTER_INFO"}  # The last: the seller's own number is wrong.
MALFORMED = {"INVALID_INPUT", "VOW-ERR-11"}
AVAILABILITY = {"Available": True, "Unavailable": False, "Monitoring Disabled": None}


def vat_number_of(company: CompanyKey | CompanyQuery) -> str | None:
    """The company's VAT number as VIES knows it; None without one."""
    numbers = (known_number(each.value) for each in company.identifiers if each.scheme == "vat")
    return next((number for number in numbers if number is not None), None)


def known_number(text: str) -> str | None:
    """A VAT number with the prefix that VIES knows it by; None where it is none of the union.

    Greece's prefix is EL and not its country; numbers of Great Britain are not in VIES any more.
    """
    number = compact(text).replace(".", "")
    if number.startswith("GR"):
        number = f"EL{number[2:]}"
    return number if number[:2] in PREFIXES and _REST.fullmatch(number[2:]) else None


def check_answer(provider: str, document: object) -> None:
    """Raise the SourceError that an answer tells of, whatever status it came with; do nothing for a good one."""
    answer = Payload(provider, document)
    errors = _errors(answer)
    if errors:
        _fail(provider, errors)
    if answer.flag("valid") is None:
        raise answer.not_understood("valid", "is missing")


def _errors(answer: Payload) -> set[str]:
    """The codes of what went wrong, the empty text for one without code; empty where all went well."""
    errors = {each.text("error") or "" for each in answer.items("errorWrappers")}
    if answer.flag("actionSucceed") is False and not errors:
        errors.add("")
    # The older form of the service tells errors so, beside `valid: false`.
    word = answer.text("userError")
    if word not in (None, "VALID", "INVALID"):
        errors.add(word or "")
    return errors


def _fail(provider: str, codes: set[str]) -> NoReturn:
    told = ", ".join(sorted(codes & (DOWN | BUSY | REFUSED | MALFORMED))) or "an error that we do not know"
    if codes & REFUSED:
        raise SourceRefused(provider, told)
    if codes & BUSY:
        raise SourceBusy(provider, told)
    if codes & DOWN:
        raise SourceDown(provider, told)
    raise NotUnderstood(provider, told)


def vat_facts(provider: str, raw: Raw, about: About) -> VatFacts:
    """What the answer says of the number that was asked. Raises NotUnderstood."""
    answer = Payload(provider, raw).section(CHECK)
    asked = vat_number_of(about.company)
    country, number = answer.text("countryCode"), answer.text("vatNumber")
    if asked is None or (country is not None and number is not None and compact(country + number) != asked):
        raise answer.not_understood("vatNumber", "is not the number that was asked")
    valid = answer.flag("valid")
    if valid is None or _errors(answer):
        raise answer.not_understood("valid", "is missing")
    return VatFacts(
        provider=provider,
        retrieved_on=about.retrieved_on,
        number=asked,
        valid=valid,
        name=_told(answer, "name"),
        address=_told(answer, "address"),
        consultation=_told(answer, "requestIdentifier"),
    )


def availability(provider: str, document: object) -> dict[str, bool | None]:
    """Whether each member state answers, by VAT prefix; none does where VIES itself does not. Raises NotUnderstood."""
    status = Payload(provider, document)
    is_up = status.section("vow").flag("available")
    if is_up is None:
        raise status.not_understood("vow.available", "is missing")
    states: dict[str, bool | None] = {}
    for each in status.items("countries"):
        prefix, word = each.text("countryCode"), each.text("availability")
        if prefix is None or word not in AVAILABILITY:
            raise each.not_understood("availability", "is no word that we know")
        states[prefix] = AVAILABILITY[word] if is_up else False
    return states


def _told(answer: Payload, name: str) -> str | None:
    """A text in one line; None where the member state does not tell it."""
    text = answer.text(name)
    return None if text is None or set(text) <= set(NOT_TOLD) else text
