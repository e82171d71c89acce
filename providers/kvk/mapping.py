"""KVK's base profile and open data of a company, as facts of ours."""

import calendar
from datetime import date

from providers.names import may_be_named
from providers.payload import Payload
from providers.ports import CompanyKey, Identifier
from scoring.facts import IdentityField, NegativeEvent, RegisterFacts, RegisterStatus
from scoring.identifiers import is_kvk_number, is_rsin

# The documents of an answer; the open data are None where they have nothing of the company.
BASE_PROFILE = "basisprofiel"
OPEN_DATA_DOCUMENT = "basisbedrijfsgegevens"
ESTABLISHMENT_PROFILE = "vestigingsprofiel"

LEGAL_FORMS = {
    "besloten vennootschap": "bv",
    "naamloze vennootschap": "nv",
    "eenmanszaak": "eenmanszaak",
    "vennootschap onder firma": "vof",
    "commanditaire vennootschap": "cv",
    "maatschap": "maatschap",
    "stichting": "stichting",
    "vereniging": "vereniging",
    "vereniging van eigenaars": "vereniging",
    "cooperatie": "cooperatie",
    "onderlinge waarborgmaatschappij": "onderlinge_waarborgmaatschappij",
    "publiekrechtelijke rechtspersoon": "publiekrechtelijk",
    "private limited company": "limited",
}
INSOLVENCY_CODES = {"FAIL": "bankruptcy", "SURS": "moratorium_provisional", "SSAN": "debt_rescheduling"}
NOT_LEGAL_PERSONS = {"eenmanszaak", "vof", "cv", "maatschap"}
IN_OPEN_DATA = {"bv", "nv"}
ACTIVE_WORDS = {"J", "N", None}


def register_facts(provider: str, raw: object, company: CompanyKey, retrieved_on: date) -> RegisterFacts:
    """The facts, and where they differ from what we were told in `company`. Raises NotUnderstood."""
    answer = Payload(provider, raw)
    profile = answer.section(BASE_PROFILE)
    legal_form = _legal_form(profile)
    status = _status(answer, legal_form, retrieved_on)
    # Who is over cannot be insolvent; any other BV or NV is in the open data.
    if legal_form in IN_OPEN_DATA and status == "active" and not answer.section(OPEN_DATA_DOCUMENT).names():
        raise answer.not_understood(OPEN_DATA_DOCUMENT, "are missing, so insolvency is not known")
    started_on = _day(profile.section("materieleRegistratie"), "datumAanvang", retrieved_on)
    return RegisterFacts(
        provider=provider,
        retrieved_on=retrieved_on,
        status=status,
        legal_form=legal_form,
        incorporated_on=started_on,
        identity_mismatch=_mismatches(profile, legal_form, company),
        events=_events(answer.section(OPEN_DATA_DOCUMENT), retrieved_on),
        name=_names(profile)[0],
    )


def numbers_told(provider: str, raw: object, company: CompanyKey) -> tuple[Identifier, ...]:
    """The numbers of the company that the profile is of: its RSIN too where it is a legal person's for sure.

    That of a sole trader is the citizen number, which nobody may keep.
    """
    profile = Payload(provider, raw).section(BASE_PROFILE)
    number, legal_form = profile.text("kvkNummer"), _legal_form(profile)
    rsin = profile.section("_embedded", "eigenaar").text("rsin")
    is_legal_person = legal_form is not None and legal_form not in NOT_LEGAL_PERSONS
    told = [Identifier("kvk", "NL", number)] if number is not None and is_kvk_number(number) else []
    if told and is_legal_person and rsin is not None and is_rsin(rsin):
        told.append(Identifier("rsin", "NL", rsin))
    return tuple(told)


def is_in_open_data(provider: str, profile: object) -> bool:
    """Whether the open data may know the company: they have BV and NV alone. Raises NotUnderstood."""
    legal_form = _legal_form(Payload(provider, profile))
    return legal_form is None or legal_form in IN_OPEN_DATA


def _names(profile: Payload) -> tuple[str, ...]:
    """The name first, then every other name the company trades under. Raises NotUnderstood where it has no name."""
    name = profile.text("naam")
    if name is None:
        raise profile.not_understood("naam", "is missing")
    trade_names = [each.text("naam") for each in profile.items("handelsnamen")]
    return tuple(dict.fromkeys([name, *(each for each in [profile.text("statutaireNaam"), *trade_names] if each)]))


def _legal_form(profile: Payload) -> str | None:
    words = profile.section("_embedded", "eigenaar").text("rechtsvorm")
    # Not `normalised` names: there a legal form is what is left out.
    return LEGAL_FORMS.get(words.casefold().replace("ö", "o")) if words else None


def _status(answer: Payload, legal_form: str | None, on: date) -> RegisterStatus:
    """Active until an end is registered, whenever that is; a legal person ends dissolved, any other struck off."""
    registration = answer.section(BASE_PROFILE, "materieleRegistratie")
    ended_on = _day(registration, "datumEinde", on)
    if ended_on is None and registration.text("datumEinde") is not None:
        raise registration.not_understood("datumEinde", "tells no part of the day")
    open_data = answer.section(OPEN_DATA_DOCUMENT)
    active = open_data.text("actief")
    # A document that does not even say this is another one, which must not pass for that of a solvent company.
    is_told = answer.document.get(OPEN_DATA_DOCUMENT) is not None
    if active not in ACTIVE_WORDS or (is_told and active is None):
        raise open_data.not_understood("actief", "is neither J nor N")
    if ended_on is None and active != "N":
        return "active"
    return "deregistered" if legal_form in NOT_LEGAL_PERSONS else "dissolved"


def _day(registration: Payload, name: str, latest_on: date) -> date | None:
    """A day as `yyyymmdd`; with unknown parts (00) the last day it can be, so that no company looks too old."""
    text = registration.text(name)
    if text is None or text == "00000000":
        return None
    try:
        year, month, day = int(text[:4]), int(text[4:6]) or 12, int(text[6:8])
        known = date(year, month, day or calendar.monthrange(year, month)[1])
    except ValueError as unreadable:
        raise registration.not_understood(name, "is not a date") from unreadable
    return min(known, latest_on)


def _mismatches(profile: Payload, legal_form: str | None, company: CompanyKey) -> tuple[IdentityField, ...]:
    told = {each.scheme: each.value for each in company.identifiers if each.country == "NL"}
    found: list[IdentityField] = []
    number, rsin = profile.text("kvkNummer"), profile.section("_embedded", "eigenaar").text("rsin")
    if number is None:
        raise profile.not_understood("kvkNummer", "is missing")
    if told.get("kvk", number) != number or (rsin is not None and told.get("rsin", rsin) != rsin):
        found.append("number")
    if company.name is not None and not may_be_named(company.name, _names(profile)):
        found.append("name")
    # The VAT number of a legal person is made of its RSIN; that of any other cannot be derived.
    if rsin is not None and legal_form not in NOT_LEGAL_PERSONS and told.get("vat", f"NL{rsin}B01")[2:11] != rsin:
        found.append("vat")
    return tuple(found)


def _events(open_data: Payload, retrieved_on: date) -> tuple[NegativeEvent, ...]:
    """The open data tells that a procedure runs, not since when: the day we were told is the day we know of."""
    words = open_data.text("insolventieCode")
    if words is None:
        return ()
    if words not in INSOLVENCY_CODES:
        raise open_data.not_understood("insolventieCode", "is a code we do not know")
    return (NegativeEvent(INSOLVENCY_CODES[words], retrieved_on, undated=True),)
