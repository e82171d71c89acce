"""VIES, the European Commission's service for VAT numbers: one number checked, and which member states answer."""

from typing import Any

from providers.errors import NothingToAskBy, SourceRefused
from providers.http import Line, Request
from providers.ports import About, CompanyKey, Raw
from providers.settings import SourceSettings
from providers.vies.mapping import CHECK, PREFIXES, availability, check_answer, known_number, vat_facts, vat_number_of
from scoring.facts import VatFacts
from scoring.vat_numbers import read_vat_number

REQUESTER = "requester_vat_number"


def credential_fault(_name: str, text: str) -> str | None:
    """What is wrong with the requester's number as it is handed in: VIES refuses every question with a wrong one."""
    if known_number(text) is None or read_vat_number(text) is None:
        return "Must be a VAT number of a member state or Northern Ireland, with its prefix, such as NL899000009B01."
    return None


# Northern Ireland's companies have the country GB and numbers with the prefix XI.
COUNTRIES = (PREFIXES - {"EL"}) | {"GR", "GB"}
SETTINGS = SourceSettings(
    provider="vies",
    address="https://ec.europa.eu/taxation_customs/vies/rest-api",
    countries=COUNTRIES,
    optional_credentials=(REQUESTER,),
    credential_fault=credential_fault,
    at_once=2,  # Member states refuse many questions at once.
)
HANDLED = (200, 400)  # Errors come with 200 as well; the body tells.


class VatRegister:
    """Whether a VAT number is valid, and whose it is where the member state tells."""

    def ask(self, company: CompanyKey, line: Line) -> Raw | None:
        """The answer about the company's VAT number. Raises SourceError.

        With the seller's own VAT number among its credentials, the answer has a number that proves the question.
        """
        number = vat_number_of(company)
        if number is None:
            raise NothingToAskBy(line.provider)
        question: dict[str, Any] = {"countryCode": number[:2], "vatNumber": number[2:]}
        requester = _requester(line)
        if requester is not None:
            question |= {"requesterMemberStateCode": requester[:2], "requesterNumber": requester[2:]}
        reply = line.send(
            Request("check-vat-number", "/check-vat-number", method="POST", json=question, expect=HANDLED)
        )
        check_answer(line.provider, reply.document)
        return {CHECK: reply.document}

    def facts(self, raw: Raw, about: About) -> VatFacts:
        """The facts; pure. Raises NotUnderstood."""
        return vat_facts(SETTINGS.provider, raw, about)


def _requester(line: Line) -> str | None:
    told = line.credentials.get(REQUESTER)
    if not told:
        return None
    number = known_number(told)
    if number is None:
        raise SourceRefused(line.provider, "the requester's own number is no VAT number of the union")
    return number


def available_states(line: Line) -> dict[str, bool | None]:
    """Whether each member state's register answers, by VAT prefix; None where nobody watches. Raises SourceError."""
    reply = line.send(Request("check-status", "/check-status"))
    return availability(line.provider, reply.document)
