"""Companies of North Data as facts and candidates of ours."""

import re
from datetime import date

from providers.names import may_be_named
from providers.payload import Payload
from providers.ports import LEI_COUNTRY, About, Candidate, CompanyKey, Identifier, Raw
from scoring.facts import IdentityField, NegativeEvent, RegisterFacts, RegisterStatus
from scoring.identifiers import is_lei

COMPANY = "company"
SCHEME = "north_data"  # The register's unique key, which alone stays the same; their company id does not.

LEGAL_FORMS = {
    "B.V.": "bv",
    "N.V.": "nv",
    "Ltd.": "limited",
    "plc": "plc",
    "LLP": "llp",
    "GmbH": "gmbh",
    "gGmbH": "gmbh",
    "UG": "gmbh",
    "AG": "ag",
    "e. K.": "eenmanszaak",
    "Inh.": "eenmanszaak",
    "OHG": "vof",
    "KG": "cv",
    "GbR": "maatschap",
}
NOT_LEGAL_PERSONS = {"eenmanszaak", "vof", "cv", "maatschap"}
# Not confirmed: registers whose number is in the VAT number, written as in the samples of the user guide.
VAT_TO_REGISTER = {
    "BE": (re.compile(r"BE(\d{4})(\d{3})(\d{3})", re.ASCII), r"KBO \1.\2.\3"),
    "CZ": (re.compile(r"CZ(\d{8})", re.ASCII), r"ICO \1"),
    "DK": (re.compile(r"DK(\d{8})", re.ASCII), r"CVR \1"),
    "FI": (re.compile(r"FI(\d{7})(\d)", re.ASCII), r"PRH \1-\2"),
    "FR": (re.compile(r"FR[0-9A-Z]{2}(\d{9})", re.ASCII), r"Siren \1"),
    "PT": (re.compile(r"PT(\d{9})", re.ASCII), r"PT \1"),
    "SE": (re.compile(r"SE(\d{10})01", re.ASCII), r"ON \1"),
}


def question_about(company: CompanyKey) -> dict[str, str] | None:
    """The parameters that name exactly this company; None where we have no number of it that would."""
    key = company.number(SCHEME)
    if key is not None:
        return {"registerKey": key}
    register_id = _register_id(company)
    return None if register_id is None else {"registerId": register_id}


def _register_id(company: CompanyKey) -> str | None:
    pattern, form = VAT_TO_REGISTER.get(company.country, (None, ""))
    number = company.number("vat")
    match = pattern.fullmatch(number) if pattern is not None and number is not None else None
    return None if match is None else match.expand(form)


def register_facts(provider: str, raw: Raw, about: About) -> RegisterFacts:
    """The facts, and where they differ from what we were told. Raises NotUnderstood."""
    company = Payload(provider, raw).section(COMPANY)
    legal_form = _legal_form(company)
    return RegisterFacts(
        provider=provider,
        retrieved_on=about.retrieved_on,
        status=_status(company, legal_form),
        legal_form=legal_form,
        incorporated_on=_registered_on(company, about.retrieved_on),
        identity_mismatch=_mismatches(company, about.company),
        events=_events(company, about.retrieved_on),
        name=_name(company),
    )


def _name(company: Payload) -> str:
    name = company.section("name").text("name")
    if name is None:
        raise company.not_understood("name.name", "is missing")
    return name


def _legal_form(company: Payload) -> str | None:
    return LEGAL_FORMS.get(company.section("name").text("legalForm") or "")


def _state(company: Payload) -> str:
    """`active`, `liquidation` or `terminated`, also by the flag alone. Raises NotUnderstood where neither tells."""
    word = (company.text("status") or "").lower()
    if company.flag("terminated"):
        return "terminated"
    if word not in ("active", "liquidation", "terminated"):
        raise company.not_understood("status", "is no status that we know")
    return word


def _status(company: Payload, legal_form: str | None) -> RegisterStatus:
    """Liquidation does not end a company yet: what it means is told by an event."""
    if _state(company) != "terminated":
        return "active"
    return "deregistered" if legal_form in NOT_LEGAL_PERSONS else "dissolved"


def _days(company: Payload, kind: str, on: date) -> list[tuple[date, bool]]:
    """(day, whether it is told) of all events of a kind, the first before the later ones."""
    found = [each.day("date") for each in company.section("events").items("items") if each.text("type") == kind]
    return sorted((min(day or on, on), day is not None) for day in found)


def _registered_on(company: Payload, on: date) -> date | None:
    """The first registration that is known: never earlier than it was, so that no company looks too old."""
    return next((day for day, is_told in _days(company, "NewCompany", on) if is_told), None)


def _events(company: Payload, on: date) -> tuple[NegativeEvent, ...]:
    """Insolvency as long as no continuation was told since; a liquidation without it may be solvent or not."""
    continued = [day for day, is_told in _days(company, "Continuation", on) if is_told]
    events = []
    for day, is_told in _days(company, "Insolvency", on):
        ended_on = next((each for each in continued if each > day), None) if is_told else None
        events.append(NegativeEvent("bankruptcy", day, ended_on, undated=None if is_told else True))
    if _state(company) == "liquidation" and not any(each.in_force(on) for each in events):
        day, is_told = next(reversed(_days(company, "Liquidation", on)), (on, False))
        events.append(NegativeEvent("liquidation", day, undated=None if is_told else True))
    return tuple(events)


def _mismatches(company: Payload, told: CompanyKey) -> tuple[IdentityField, ...]:
    found: list[IdentityField] = []
    register = company.section("register")
    pairs = (
        (told.number("lei"), company.text("lei")),
        (told.number(SCHEME), register.text("uniqueKey")),
        (_register_id(told) if told.number(SCHEME) is None else None, register.text("id")),
    )
    if any(one and other and _signs(one) != _signs(other) for one, other in pairs):
        found.append("number")
    if told.name is not None and not may_be_named(told.name, (_name(company),)):
        found.append("name")
    return tuple(found)


def _signs(number: str) -> str:
    """Digits alone, since the name of the register is written in many ways; a LEI as it is."""
    return number if is_lei(number) else "".join(each for each in number if each.isdigit())


def candidates(provider: str, found: object) -> tuple[Candidate, ...]:
    """The companies of a search. Raises NotUnderstood."""
    page = Payload(provider, found)
    if "results" not in page.names() and page.number("total") != 0 and not _is_empty(found):
        raise page.not_understood("results", "are missing")
    companies = [each.section("company") for each in page.items("results") if "company" in each.names()]
    return tuple(_candidate(provider, each) for each in companies)


def _is_empty(found: object) -> bool:
    return isinstance(found, dict) and found.get("results") == []


def _candidate(provider: str, company: Payload) -> Candidate:
    address, register = company.section("address"), company.section("register")
    country = address.text("country") or register.text("country")
    if country is None:
        raise company.not_understood("address.country", "is missing")
    key, lei, eu_id = register.text("uniqueKey"), company.text("lei"), company.text("euId")
    legal_form = _legal_form(company)
    town = " ".join(filter(None, [address.text("postalCode"), address.text("city")]))
    return Candidate(
        provider=provider,
        identifiers=(
            *((Identifier("lei", LEI_COUNTRY, lei),) if lei is not None and is_lei(lei) else ()),
            *((Identifier("euid", country, eu_id),) if eu_id else ()),
            *((Identifier(SCHEME, country, key),) if key else ()),
        ),
        name=_name(company),
        trade_names=(),
        country=country,
        address=", ".join(filter(None, [address.text("street"), town])) or None,
        legal_form=legal_form,
        status=_status(company, legal_form),
    )
