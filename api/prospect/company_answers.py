"""The company search as it is answered: with the debtor that is ours already, and what was chosen before."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.identity.companies import RESULTS_MAX, CompanySearch, search_companies
from api.identity.company_ranking import FoundCompany
from api.identity.kept_choices import KeptChoice, kept_choice
from api.identity.shown_numbers import is_sole_trader, shown_identifiers
from api.records import identities
from api.records.identities import OfficialNumber
from api.source_access import source_access
from api.wiring import Wiring
from providers.ports import CompanyQuery, Identifier
from scoring.company_numbers import SOLE_TRADERS
from scoring.names.matching import match_names


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
