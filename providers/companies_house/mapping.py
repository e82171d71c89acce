"""Profiles and search results of Companies House as facts and candidates of ours."""

import re
from datetime import date

from providers.companies_house.insolvency import insolvency_events
from providers.names import may_be_named
from providers.payload import Payload
from providers.ports import About, Candidate, CompanyKey, CompanyQuery, Identifier, Raw
from scoring.facts import IdentityField, NegativeEvent, RegisterFacts, RegisterStatus

# The documents of an answer; all but the first are None where there is none of the kind.
PROFILE, INSOLVENCY, CHARGES, OFFICERS = "profile", "insolvency", "charges", "officers"

LEGAL_FORMS = {
    "ltd": "limited",
    "private-limited-guarant-nsc": "limited",
    "private-limited-guarant-nsc-limited-exemption": "limited",
    "private-limited-shares-section-30-exemption": "limited",
    "plc": "plc",
    "old-public-company": "plc",
    "llp": "llp",
}
# A procedure does not end a company: what it means is told by its events.
STATUSES: dict[str, RegisterStatus] = {
    "active": "active",
    "open": "active",
    "registered": "active",
    "liquidation": "active",
    "receivership": "active",
    "administration": "active",
    "voluntary-arrangement": "active",
    "insolvency-proceedings": "active",
    "dissolved": "dissolved",
    "converted-closed": "deregistered",
    "closed": "deregistered",
    "removed": "deregistered",
}
# What is created then is a branch in the country, and not the company.
BRANCHES = frozenset({"oversea-company", "uk-establishment"})
STRIKE_OFF = "active-proposal-to-strike-off"
_NUMBER = re.compile(r"[A-Z0-9]{2}[0-9]{5}[0-9A-Z]", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,8}", re.ASCII)


def padded(number: str) -> str | None:
    """A company number in its eight characters; None where it is none."""
    text = number.strip().upper()
    text = text.zfill(8) if _DIGITS.fullmatch(text) else text
    return text if _NUMBER.fullmatch(text) else None


def company_number_of(company: CompanyKey | CompanyQuery) -> str | None:
    """The number of a company or query; None without."""
    return next((padded(each.value) for each in company.identifiers if each.scheme == "coh"), None)


def register_facts(provider: str, raw: Raw, about: About) -> RegisterFacts:
    """The facts, and where they differ from what we were told. Raises NotUnderstood."""
    answer = Payload(provider, raw)
    profile = answer.section(PROFILE)
    if INSOLVENCY not in raw or (raw[INSOLVENCY] is not None and not answer.section(INSOLVENCY).items("cases")):
        raise answer.not_understood(INSOLVENCY, "was not asked for, or holds no case")
    kind = profile.text("type")
    created_on = None if kind in BRANCHES else profile.day("date_of_creation")
    return RegisterFacts(
        provider=provider,
        retrieved_on=about.retrieved_on,
        status=_status(profile),
        legal_form=LEGAL_FORMS.get(kind or ""),
        incorporated_on=None if created_on is None else min(created_on, about.retrieved_on),
        identity_mismatch=_mismatches(profile, about.company),
        events=(
            *insolvency_events(profile, answer.section(INSOLVENCY), about.retrieved_on),
            *_filing_events(profile, about.retrieved_on),
        ),
        name=_name(profile, "company_name"),
    )


def _name(profile: Payload, field: str) -> str:
    name = profile.text(field)
    if name is None:
        raise profile.not_understood(field, "is missing")
    return name


def _status(profile: Payload) -> RegisterStatus:
    word = profile.text("company_status")
    if word not in STATUSES:
        raise profile.not_understood("company_status", "is no status that we know")
    return STATUSES[word]


def _mismatches(profile: Payload, company: CompanyKey) -> tuple[IdentityField, ...]:
    """A former name is a name of the same company: who still calls it so is not mistaken."""
    found: list[IdentityField] = []
    told, number = company_number_of(company), padded(profile.text("company_number") or "")
    if number is None:
        raise profile.not_understood("company_number", "is no number of a company")
    if told is not None and told != number:
        found.append("number")
    former = [each.text("name") for each in profile.items("previous_company_names")]
    names = tuple(each for each in [profile.text("company_name"), *former] if each)
    if company.name is not None and not may_be_named(company.name, names):
        found.append("name")
    return tuple(found)


def _filing_events(profile: Payload, on: date) -> list[NegativeEvent]:
    """Accounts that are overdue, and a company that is about to be struck off."""
    events = []
    accounts = profile.section("accounts")
    if accounts.flag("overdue") or accounts.section("next_accounts").flag("overdue"):
        due_on = accounts.day("next_due") or accounts.section("next_accounts").day("due_on")
        events.append(NegativeEvent("filing_overdue", min(due_on or on, on), undated=None if due_on else True))
    if profile.text("company_status_detail") == STRIKE_OFF:
        events.append(NegativeEvent("strike_off_proposed", on, undated=True))
    return events


def candidates(provider: str, found: object) -> tuple[Candidate, ...]:
    """What a search offers. Raises NotUnderstood."""
    page = Payload(provider, found)
    items = page.items("items")
    if not items and page.number("total_results") != 0:
        raise page.not_understood("items", "are missing")
    return tuple(
        _candidate(provider, each, "title", each.text("company_type"), each.text("address_snippet")) for each in items
    )


def profile_candidate(provider: str, document: object) -> Candidate:
    """A company by its profile. Raises NotUnderstood."""
    profile = Payload(provider, document)
    address = profile.section("registered_office_address")
    names = ("premises", "address_line_1", "address_line_2", "locality", "postal_code")
    line = ", ".join(filter(None, (address.text(name) for name in names))) or None
    return _candidate(provider, profile, "company_name", profile.text("type"), line)


def _candidate(provider: str, company: Payload, name: str, kind: str | None, address: str | None) -> Candidate:
    number = padded(company.text("company_number") or "")
    if number is None:
        raise company.not_understood("company_number", "is no number of a company")
    return Candidate(
        provider=provider,
        identifiers=(Identifier("coh", "GB", number),),
        name=_name(company, name),
        trade_names=(),
        country="GB",
        address=address,
        legal_form=LEGAL_FORMS.get(kind or ""),
        status=STATUSES.get(company.text("company_status") or ""),
    )
