"""The company search as it is answered: with the debtor that is ours already, and what was chosen before."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.prospect.companies import RESULTS_MAX, CompanySearch, search_companies
from api.prospect.company_merging import SOLE_TRADERS, Number, as_number
from api.prospect.company_ranking import FoundCompany
from api.records import debtors, entity_matches, identities
from api.records.debtors import DebtorRecord
from api.records.entity_matches import EntityMatchRecord
from api.records.identities import OfficialNumber
from api.source_access import source_access
from api.wiring import Wiring
from providers.ports import CompanyQuery, Identifier
from scoring.company_numbers import masked
from scoring.names.matching import match_names, name_key


@dataclass(frozen=True, slots=True)
class KeptChoice:
    """What a person chose for a name, and the debtor it is now."""

    record: EntityMatchRecord
    debtor: DebtorRecord


def find_companies(query: CompanyQuery, given: Wiring) -> dict[str, Any]:
    """Search, and answer as `CompanySearchAnswer` documents it. No transaction may be open."""
    found = search_companies(query, given.house.catalog, source_access(given.house, given.seller))
    with given.transaction() as session:
        kept = kept_choice(session, query)
        owned = _owned(session, found.companies)
        if kept is not None and kept.debtor.id not in owned:
            own = _own_company(session, kept, query)
            found = CompanySearch((own, *found.companies), found.registers)
            owned = [kept.debtor.id, *owned]
    items = [_item(*each, kept) for each in zip(found.companies, owned, strict=True)]  # Chosen ones before all others.
    items.sort(key=lambda item: item["chosen"] is None)
    return {
        "mode": given.seller.mode,
        "items": items[:RESULTS_MAX],
        "sources": [
            {"kind": "company_register", "provider": register.provider, "status": register.status}
            for register in found.registers
        ],
    }


def kept_choice(session: Session, query: CompanyQuery) -> KeptChoice | None:
    """What was chosen when this name was asked before; a number in the query says more than any choice."""
    key = name_key(query.text) if query.text and not query.identifiers else ""
    record = entity_matches.last(session, key, query.country, query.place) if key else None
    debtor = debtors.get(session, record.debtor_id) if record else None
    return KeptChoice(record, debtor) if record and debtor else None


def shown_identifiers(identifiers: Iterable[Number], *, is_personal: bool) -> list[dict[str, str]]:
    """Numbers as they are sent: a sole trader's VAT number of before 2020 holds the citizen number, so it is masked."""
    numbers = [as_number(each) for each in identifiers]
    shown = [masked(each) if is_personal else each for each in numbers]
    return [{"scheme": each.scheme, "country": each.country, "value": each.value} for each in shown]


def is_sole_trader(debtor: DebtorRecord) -> bool:
    """Whether a debtor's numbers may hold the citizen number."""
    return debtor.is_natural_person is True or debtor.legal_form in SOLE_TRADERS


def _owned(session: Session, companies: Iterable[FoundCompany]) -> list[UUID | None]:
    """The debtor of ours that each company is, by the first of its numbers that one has."""
    numbers = [[_official(each) for each in company.identifiers] for company in companies]
    owners = identities.owners(session, {number for each in numbers for number in each})
    return [next((owners[number] for number in each if number in owners), None) for each in numbers]


def _official(identifier: Identifier) -> OfficialNumber:
    return OfficialNumber(identifier.scheme, identifier.country, identifier.value)


def _own_company(session: Session, kept: KeptChoice, query: CompanyQuery) -> FoundCompany:
    """The chosen company as we know it ourselves, where no register offers it now."""
    debtor = kept.debtor
    numbers = identities.numbers_of(session, debtor.id)
    name = debtor.name or kept.record.asked_name or ""
    return FoundCompany(
        name=name,
        trade_names=(),
        country=debtor.country,
        identifiers=tuple(Identifier(each.scheme, each.country, each.value) for each in numbers),
        address=None,
        legal_form=debtor.legal_form,
        status=None,
        parent=None,
        sources=(),
        confidence=match_names(query.text, name).confidence if query.text else Decimal(0),
        is_unattended=False,
    )


def _item(company: FoundCompany, debtor_id: UUID | None, kept: KeptChoice | None) -> dict[str, Any]:
    chosen = kept.record if kept and debtor_id == kept.debtor.id else None
    is_personal = company.legal_form in SOLE_TRADERS or (
        kept is not None and chosen is not None and is_sole_trader(kept.debtor)
    )
    return {
        "name": company.name,
        "trade_names": list(company.trade_names),
        "country": company.country,
        "identifiers": shown_identifiers(company.identifiers, is_personal=is_personal),
        "address": company.address,
        "legal_form": company.legal_form,
        "status": company.status,
        "parent": shown_identifiers([company.parent], is_personal=False)[0] if company.parent else None,
        "sources": list(company.sources),
        "debtor_id": debtor_id,
        "confidence": str(company.confidence),
        # Whom a person chose needs no second look.
        "unattended": chosen is not None or company.is_unattended,
        "chosen": {"by": chosen.chosen_by, "at": chosen.chosen_at} if chosen else None,
    }
