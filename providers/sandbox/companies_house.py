"""Companies House as the sandbox plays it: profile, search and insolvency of the British companies, who owe nothing."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from providers.sandbox.company import Company, companies, company_with
from providers.sandbox.falling import as_it_is, fell_at
from providers.sandbox.vendors import Vendor
from providers.sandbox.world import PASSWORD, basic_is, day

PAGE_SIZE = 20
TYPES = {"limited": "ltd"}
NOT_FOUND = {
    "profile": "company-profile-not-found",
    "insolvency": "company-insolvency-not-found",
    "charges": "company-charges-not-found",
}

routes = Blueprint("companies_house", __name__)


def problem(status: int) -> dict[str, Any]:
    """A refusal, in the form of Companies House."""
    if status in (401, 403):
        return {"error": "Invalid Authorization", "type": "ch:service"}
    words = {404: NOT_FOUND["profile"], 429: "rate-limit-exceeded"}
    return {"errors": [{"error": words.get(status, "internal-error"), "type": "ch:service"}]}


VENDOR = Vendor(routes, problem)


@routes.before_request
def sign_in() -> Response | None:
    """Demand the key, which is the user; there is no password."""
    return None if basic_is(PASSWORD, "") else _answer(problem(401), 401)


def _answer(document: Any, status: int = 200) -> Response:
    answer = jsonify(document)
    answer.status_code = status
    return answer


def _absent(what: str) -> Response:
    return _answer({"errors": [{"error": NOT_FOUND[what], "type": "ch:service"}]}, 404)


@routes.get("/search/companies")
def search() -> Response:
    """Companies by words of their name or by number."""
    text = request.args.get("q", "")
    size = request.args.get("items_per_page", PAGE_SIZE, type=int)
    start = request.args.get("start_index", 0, type=int)
    if not text:
        return _answer(problem(400), 400)
    found = [
        as_it_is(each)
        for each in companies()
        if "coh" in each.numbers and (each.numbers["coh"] == text or each.is_like(text))
    ]
    shown = [_item(each) for each in found[start : start + size]]
    paging = {"total_results": len(found), "items_per_page": size, "start_index": start, "page_number": 1}
    return _answer({"kind": "search#companies", **paging, "items": shown})


def _item(company: Company) -> dict[str, Any]:
    address = _address(company)
    return {
        "kind": "searchresults#company",
        "title": company.name.upper(),
        "company_number": company.numbers["coh"],
        "company_status": _status(company),
        "company_type": TYPES[company.legal_form],
        "date_of_creation": day(company.started).isoformat(),
        "address": address,
        "address_snippet": ", ".join(address.values()),
        "links": {"self": f"/company/{company.numbers['coh']}"},
    }


def _status(company: Company) -> str:
    if company.insolvency is not None:
        return "liquidation"
    return "active" if company.ended is None else "dissolved"


def _address(company: Company) -> dict[str, str]:
    address = company.address
    return {
        "address_line_1": f"{address.house_number} {address.street}",
        "locality": address.city,
        "postal_code": address.postcode,
        "country": "England",
    }


@routes.get("/company/<number>")
def profile(number: str) -> Response:
    """What is registered of a company."""
    company = company_with("coh", number)
    if company is None:
        return _absent("profile")
    company = as_it_is(company)
    is_insolvent = company.insolvency is not None
    ended = {} if company.ended is None else {"date_of_cessation": day(company.ended).isoformat()}
    path = f"/company/{number}"
    return _answer(
        {
            "company_name": company.name.upper(),
            "company_number": number,
            "company_status": _status(company),
            "type": TYPES[company.legal_form],
            "jurisdiction": "england-wales",
            "date_of_creation": day(company.started).isoformat(),
            **ended,
            "registered_office_address": _address(company),
            "sic_codes": [],
            "accounts": {
                "overdue": False,
                "next_due": day(75).isoformat(),
                "last_accounts": {"type": "full", "made_up_to": day(-290).isoformat()},
            },
            "confirmation_statement": {"overdue": False, "next_due": day(120).isoformat()},
            "has_insolvency_history": is_insolvent,
            "has_charges": False,
            "has_been_liquidated": is_insolvent,
            "registered_office_is_in_dispute": False,
            "undeliverable_registered_office_address": False,
            "links": {"self": path, "officers": f"{path}/officers", "filing_history": f"{path}/filing-history"},
        }
    )


@routes.get("/company/<number>/<any(insolvency, charges):what>")
def filed(number: str, what: str) -> Response:
    """The case of a company that was wound up; that there is no case and no charge is a 404, also of one there is."""
    company = company_with("coh", number)
    at = None if company is None or what != "insolvency" else fell_at(company)
    if at is None:
        return _absent("profile" if company is None else what)
    dates = [{"type": "wound-up-on", "date": at.date().isoformat()}]
    case = {"type": "compulsory-liquidation", "dates": dates, "number": "1", "notes": [], "practitioners": []}
    return _answer({"cases": [case], "status": ["liquidation"]})


@routes.get("/company/<number>/officers")
def officers(number: str) -> Response:
    """One director, who is as made up as the company."""
    company = company_with("coh", number)
    if company is None:
        return _absent("profile")
    director = {
        "name": "PRETEND, Imogen",
        "officer_role": "director",
        "appointed_on": day(company.started).isoformat(),
        "nationality": "British",
        "links": {"officer": {"appointments": "/officers/made-up/appointments"}},
    }
    counts = {"active_count": 1, "resigned_count": 0, "total_results": 1, "items_per_page": 35, "start_index": 0}
    return _answer({"kind": "officer-list", **counts, "items": [director]})
