"""VIES as the sandbox plays it: VAT numbers checked; most of what goes wrong is told with status 200."""

import hashlib
from typing import Any

from flask import Blueprint, Response, jsonify

from providers.sandbox.company import Company, company_with
from providers.sandbox.vendors import Vendor
from providers.sandbox.world import body, now

NOT_TOLD = "---"
_PREFIXES = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI"
PREFIXES = _PREFIXES.split()
# Not confirmed: which error each number above 200 of the test service stands for.
TEST_NUMBERS = {
    "201": "INVALID_INPUT",
    "202": "INVALID_REQUESTER_INFO",
    "300": "SERVICE_UNAVAILABLE",
    "301": "MS_UNAVAILABLE",
    "302": "TIMEOUT",
    "400": "VAT_BLOCKED",
    "401": "IP_BLOCKED",
    "500": "GLOBAL_MAX_CONCURRENT_REQ",
    "501": "GLOBAL_MAX_CONCURRENT_REQ_TIME",
    "600": "MS_MAX_CONCURRENT_REQ",
    "601": "MS_MAX_CONCURRENT_REQ_TIME",
}

routes = Blueprint("vies", __name__)


def problem(status: int) -> dict[str, Any]:
    """A refusal, in the form of VIES."""
    codes = {400: "VOW-ERR-11", 401: "IP_BLOCKED", 429: "GLOBAL_MAX_CONCURRENT_REQ", 503: "SERVICE_UNAVAILABLE"}
    return {"actionSucceed": False, "errorWrappers": [{"error": codes.get(status, "VOW-ERR-1")}]}


VENDOR = Vendor(routes, problem, base_path="/taxation_customs/vies/rest-api")


def _error(code: str, message: str | None = None, status: int = 200) -> Response:
    told = {"error": code} if message is None else {"error": code, "message": message}
    answer = jsonify({"actionSucceed": False, "errorWrappers": [told]})
    answer.status_code = status
    return answer


def _missing(asked: dict[str, Any]) -> Response | None:
    for name in ("countryCode", "vatNumber"):
        if not isinstance(asked.get(name), str) or not asked[name]:
            return _error("VOW-ERR-11", f"[{name}] is required", 400)
    return None


@routes.post("/check-vat-number")
def check() -> Response:
    """Check a number against the member state's register."""
    asked = body()
    missing = _missing(asked)
    if missing is not None:
        return missing
    country, number = asked["countryCode"], asked["vatNumber"]
    if country not in PREFIXES or not number.isalnum():
        return _error("INVALID_INPUT")
    requester = str(asked.get("requesterMemberStateCode", "")) + str(asked.get("requesterNumber", ""))
    if requester and requester[:2] not in PREFIXES:
        return _error("INVALID_REQUESTER_INFO")
    company = company_with("vat", country + number)
    if company is not None and company.vat == "member_state_down":
        return _error("MS_UNAVAILABLE")
    valid = company is not None and company.vat == "valid"
    return jsonify(_told(asked, company if valid else None, valid=valid, requester=requester))


@routes.post("/check-vat-test-service")
def check_test() -> Response:
    """The service's own test numbers, for any country."""
    asked = body()
    missing = _missing(asked)
    if missing is not None:
        return missing
    number = asked["vatNumber"]
    if number not in ("100", "200"):
        return _error(TEST_NUMBERS.get(number, "INVALID_INPUT"))
    told = _told(asked, None, valid=number == "100", requester="")
    if number == "100":
        told |= {"name": "John Doe", "address": "123 Main St, Anytown, UK"}
    return jsonify(told)


@routes.get("/check-status")
def status() -> Response:
    """Which member states answer: all, since here only single companies have one that does not."""
    return jsonify(
        {
            "vow": {"available": True},
            "countries": [{"countryCode": each, "availability": "Available"} for each in PREFIXES],
        }
    )


def _told(asked: dict[str, Any], company: Company | None, *, valid: bool, requester: str) -> dict[str, Any]:
    at = now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
    question = f"{asked['countryCode']}{asked['vatNumber']} {requester} {at}"
    proof = f"WAPIAAAA{hashlib.sha256(question.encode()).hexdigest()[:8].upper()}" if requester else ""
    return {
        "countryCode": asked["countryCode"],
        "vatNumber": asked["vatNumber"],
        "requestDate": at,
        "valid": valid,
        "requestIdentifier": proof,
        "name": company.name if company else NOT_TOLD,
        "address": _address(company) if company else NOT_TOLD,
        **{f"trader{part}": NOT_TOLD for part in ("Name", "Street", "PostalCode", "City", "CompanyType")},
        **{f"trader{part}Match": "NOT_PROCESSED" for part in ("Name", "Street", "PostalCode", "City", "CompanyType")},
    }


def _address(company: Company) -> str:
    address = company.address
    return f"\n{address.street} {address.house_number}\n{address.postcode} {address.city}\n"
