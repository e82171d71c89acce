"""Atradius as the sandbox plays it: buyers and the insurance policy; the covers are beside it."""

from flask import Response, request

from providers.sandbox.atradius_answers import answer, problem, refuse, routes
from providers.sandbox.atradius_covers import companies_of, company_of
from providers.sandbox.atradius_documents import buyer, policy_details
from providers.sandbox.company import Company, companies
from providers.sandbox.vendors import Vendor
from providers.sandbox.world import world

BUYERS = "/credit-insurance/organisation-management/v1/buyers"
POLICIES = "/credit-insurance/policy-management/v1/policies/details"
UID_TYPES = {"NRN": "kvk", "VAT": "vat", "CR": "kvk"}

VENDOR = Vendor(routes, problem, unknown_path=403)


@routes.get(BUYERS)
def find_buyers() -> Response:
    """Find a buyer by one of its numbers."""
    given = request.args
    missing = [(name, "Is required.") for name in ("country", "uid", "uidType") if not given.get(name)]
    if missing:
        return refuse(*missing)
    scheme, number = UID_TYPES.get(given["uidType"]), given["uid"]
    found = [
        each
        for each in companies()
        if each.cover and given["country"] == "NLD" and scheme and number in _forms(each, scheme)
    ]
    return answer({"data": [buyer(each) for each in found]}) if found else refuse(("uid", "No buyer match found"))


def _forms(company: Company, scheme: str) -> tuple[str, ...]:
    number = company.numbers.get(scheme, "")
    return (number, number[2:]) if scheme == "vat" else (number,)


@routes.get(f"{BUYERS}/<int:number>")
def one_buyer(number: int) -> Response:
    """One buyer by the insurer's own number."""
    company = company_of(number)
    return refuse(("buyerId", "No buyer match found")) if company is None else answer({"data": [buyer(company)]})


@routes.get(f"{BUYERS}/my-buyers")
def my_buyers() -> Response:
    """The buyers that there is a cover for."""
    with world().lock:
        found = companies_of(request.args)
    return answer({"data": [buyer(each) for each in found]})


@routes.get(POLICIES)
def policy() -> Response:
    """The insurance policy: any number is one, in euro."""
    number = request.args.get("policyId")
    return refuse(("policyId", "Is required.")) if not number else answer({"data": [policy_details(number)]})
