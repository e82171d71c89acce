"""A company of the sandbox in the shapes of GLEIF."""

from typing import Any

from flask import request

from providers.sandbox.company import Company, children_of
from providers.sandbox.world import day

AUTHORITIES = {"NL": ("RA000463", "kvk"), "GB": ("RA000585", "coh"), "BE": ("RA000025", "vat")}
LEGAL_FORMS = {("NL", "bv"): "54M6", ("NL", "nv"): "B5PM", ("GB", "limited"): "H0PO"}
OTHER_FORM = "8888"  # The code for a form that has none of its own in the list.
ISSUER = "SANDBOX0000000000080"


def golden_copy() -> dict[str, Any]:
    """Which day's data this is."""
    return {"goldenCopy": {"publishDate": _time(0)}}


def _time(age: int) -> str:
    return f"{day(age).isoformat()}T00:00:00Z"


def record(company: Company) -> dict[str, Any]:
    """The record of a company that has an LEI."""
    lei = company.numbers["lei"]
    return {
        "type": "lei-records",
        "id": lei,
        "attributes": {
            "lei": lei,
            "entity": _entity(company),
            "registration": _registration(company),
            "bic": None,
            "mic": None,
            "ocid": None,
            "qcc": None,
            "spglobal": [],
            "conformityFlag": "CONFORMING",
        },
        "relationships": _relationships(company),
        "links": {"self": _link(lei)},
    }


def _link(lei: str, part: str = "") -> str:
    return f"{request.host_url}gleif/lei-records/{lei}{part}"


def _entity(company: Company) -> dict[str, Any]:
    authority, scheme = AUTHORITIES[company.country]
    number, address = company.numbers[scheme], _address(company)
    return {
        "legalName": {"name": company.name, "language": "en" if company.country == "GB" else "nl"},
        "otherNames": [{"name": each, "language": "nl", "type": "TRADING_NAME"} for each in company.trade_names],
        "transliteratedOtherNames": [],
        "legalAddress": address,
        "headquartersAddress": address,
        "registeredAt": {"id": authority, "other": None},
        "registeredAs": number[2:] if scheme == "vat" else number,
        "jurisdiction": company.country,
        "category": "GENERAL" if company.is_legal_person else "SOLE_PROPRIETOR",
        "legalForm": {"id": LEGAL_FORMS.get((company.country, company.legal_form), OTHER_FORM), "other": None},
        "associatedEntity": {"lei": None, "name": None},
        "status": "ACTIVE" if company.ended is None else "INACTIVE",
        "expiration": {"date": None if company.ended is None else _time(company.ended), "reason": None},
        "successorEntity": {"lei": None, "name": None},
        "successorEntities": [],
        "creationDate": _time(company.started),
        "subCategory": None,
        "otherAddresses": [],
        "eventGroups": [],
    }


def _address(company: Company) -> dict[str, Any]:
    address = company.address
    return {
        "language": "nl",
        "addressLines": [f"{address.street} {address.house_number}"],
        "addressNumber": None,
        "addressNumberWithinBuilding": None,
        "mailRouting": None,
        "city": address.city,
        "region": None,
        "country": company.country,
        "postalCode": address.postcode,
    }


def _registration(company: Company) -> dict[str, Any]:
    authority, scheme = AUTHORITIES[company.country]
    return {
        "initialRegistrationDate": _time(max(company.started, -900)),
        "lastUpdateDate": _time(-100),
        "status": "ISSUED",
        "nextRenewalDate": _time(265),
        "managingLou": ISSUER,
        "corroborationLevel": "FULLY_CORROBORATED",
        "validatedAt": {"id": authority, "other": None},
        "validatedAs": company.numbers[scheme],
        "otherValidationAuthorities": [],
    }


def _relationships(company: Company) -> dict[str, Any]:
    lei = company.numbers["lei"]
    links: dict[str, Any] = {}
    for which in ("direct", "ultimate"):
        if company.parent is None:
            part = {"reporting-exception": _link(lei, f"/{which}-parent-reporting-exception")}
        else:
            part = {
                "relationship-record": _link(lei, f"/{which}-parent-relationship"),
                "lei-record": _link(lei, f"/{which}-parent"),
            }
        links[f"{which}-parent"] = {"links": part}
        if any("lei" in each.numbers for each in children_of(company)):
            links[f"{which}-children"] = {"links": {"related": _link(lei, f"/{which}-children")}}
    return links


def relationship(company: Company, above: Company, which: str) -> dict[str, Any]:
    """That one company is consolidated by another, directly or ultimately."""
    lei, parent_lei = company.numbers["lei"], above.numbers["lei"]
    kind = {"direct": "IS_DIRECTLY_CONSOLIDATED_BY", "ultimate": "IS_ULTIMATELY_CONSOLIDATED_BY"}[which]
    return {
        "type": "relationship-records",
        "id": f"{lei}|LEI|{kind}|14|",
        "attributes": {
            "validFrom": _time(-700),
            "validTo": None,
            "relationship": {
                "startNode": {"id": lei, "type": "LEI"},
                "endNode": {"id": parent_lei, "type": "LEI"},
                "type": kind,
                "status": "ACTIVE",
                "periods": [{"startDate": _time(company.started), "type": "RELATIONSHIP_PERIOD"}],
            },
        },
        "relationships": {
            "start-node": {"links": {"related": _link(lei)}},
            "end-node": {"links": {"related": _link(parent_lei)}},
        },
    }


def exception(company: Company, which: str) -> dict[str, Any]:
    """Why a company names no parent: here because persons own it."""
    lei, category = company.numbers["lei"], f"{which.upper()}_ACCOUNTING_CONSOLIDATION_PARENT"
    return {
        "type": "reporting-exceptions",
        "id": f"{lei}|0||{category}|",
        "attributes": {
            "validFrom": None,
            "validTo": None,
            "lei": lei,
            "category": category,
            "reason": "NATURAL_PERSONS",  # Not confirmed as a value; one more than the sample has.
            "reference": None,
        },
        "relationships": {"lei-record": {"links": {"related": _link(lei)}}},
    }
