"""How sure we are that a company is the one meant, and whether it may be taken without a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal

from api.identity.company_merging import as_number, identifiers_of
from providers.names import begins_words
from providers.ports import Candidate, CompanyQuery, Identifier
from scoring.company_numbers import CompanyNumber, contradict, derived_numbers
from scoring.facts import RegisterStatus
from scoring.names.comparing import Comparison
from scoring.names.matching import NameMatch, best_match, match_names

OTHER_PLACE_FACTOR = Decimal("0.5")
OTHER_NAME_MAX = Decimal("0.5")  # Where a name is given beside a number and is unlikelier than this, a person looks.


@dataclass(frozen=True, slots=True)
class FoundCompany:
    """One company as all registers together offer it; `confidence`, 0 to 1, that it is the one meant.

    `is_unattended`: it may be taken without a person. `status` None: no register told it.
    """

    name: str
    trade_names: tuple[str, ...]
    country: str
    identifiers: tuple[Identifier, ...]
    address: str | None
    legal_form: str | None
    status: RegisterStatus | None
    parent: Identifier | None
    sources: tuple[str, ...]
    confidence: Decimal
    is_unattended: bool


def ranked(groups: Sequence[Sequence[Candidate]], query: CompanyQuery, *, all_answered: bool) -> list[FoundCompany]:
    """The companies of the groups, the likeliest first. Silence of a register leaves open whether a name is unique."""
    found = [_company(group, query) for group in groups]
    by_number = bool(query.identifiers)
    alike = [company for company, is_alike in found if is_alike]
    may_take = len(alike) == 1 and (by_number or all_answered)
    companies = [replace(company, is_unattended=may_take and company.is_unattended) for company, _ in found]
    return sorted(
        companies, key=lambda each: (-each.confidence, not each.is_unattended, each.name, str(each.identifiers))
    )


def _company(group: Sequence[Candidate], query: CompanyQuery) -> tuple[FoundCompany, bool]:
    """The company, and whether it rivals any other for being the one: the number is its, or such a name."""
    first = group[0]
    names = tuple(dict.fromkeys(name for each in group for name in (each.name, *each.trade_names)))
    identifiers = identifiers_of(group)
    company = FoundCompany(
        name=first.name,
        trade_names=names[1:],
        country=first.country,
        identifiers=identifiers,
        address=next((each.address for each in group if each.address), None),
        legal_form=next((each.legal_form for each in group if each.legal_form), None),
        status=_status(group),
        parent=next((each.parent for each in group if each.parent), None),
        sources=tuple(dict.fromkeys(each.provider for each in group)),
        confidence=Decimal(0),
        is_unattended=False,
    )
    match = best_match(query.text, names) if query.text else None
    agreement = _agreement(identifiers, query)
    if agreement is not None:
        is_other_name = match is not None and match.confidence < OTHER_NAME_MAX
        is_sure = agreement == 1 and not is_other_name
        return replace(company, confidence=agreement, is_unattended=is_sure), agreement == 1
    return _by_name(company, match, query)


def _status(group: Sequence[Candidate]) -> RegisterStatus | None:
    """When registers disagree, the one that says it ended must be seen; None where none tells."""
    told = [each.status for each in group if each.status is not None]
    return next((each for each in told if each != "active"), told[0] if told else None)


def _by_name(company: FoundCompany, match: NameMatch | None, query: CompanyQuery) -> tuple[FoundCompany, bool]:
    """Less sure when it is known to be elsewhere. A trade name alone, or a company that ended, takes a person."""
    if match is None or query.text is None:
        return company, False
    place, address = query.place, company.address
    is_abroad = query.country not in (None, company.country)
    is_elsewhere = is_abroad or bool(place and address and not begins_words(place, address))
    factor = OTHER_PLACE_FACTOR if is_elsewhere else Decimal(1)
    confidence = (match.confidence * factor).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    # With a number that no register here knows, a name is no proof of it.
    is_sure = (
        not query.identifiers
        and not is_elsewhere
        and company.status == "active"
        and match_names(query.text, company.name).is_unattended
    )
    is_rival = (
        not is_elsewhere
        and not query.identifiers
        and any(
            _has_the_same_words(match_names(query.text, name).comparison)
            for name in (company.name, *company.trade_names)
        )
    )
    return replace(company, confidence=confidence, is_unattended=is_sure), is_rival


def _has_the_same_words(names: Comparison) -> bool:
    """Whether nothing but a legal form that one of them leaves out tells names apart."""
    differs = names.slips or names.replaced or names.added or names.numbers_differ or names.forms_contradict
    return names.is_written_alike or (names.is_comparable and not differs)


def _agreement(identifiers: Sequence[Identifier], query: CompanyQuery) -> Decimal | None:
    """The share of the numbers asked for that agree, of those the company has; None when it has none of them.

    A number that is held by another one can agree, but not contradict: a fiscal unity's VAT number is no member's RSIN.
    """
    has = [as_number(each) for each in identifiers]
    agreements = []
    for asked in map(as_number, query.identifiers):
        if _held(asked) & {number for each in has for number in _held(each)}:
            agreements.append(True)
        elif any(contradict(asked, each) for each in has):
            agreements.append(False)
    return (Decimal(sum(agreements)) / len(agreements)).quantize(Decimal("0.01")) if agreements else None


def _held(number: CompanyNumber) -> set[CompanyNumber]:
    return {number, *derived_numbers(number)}
