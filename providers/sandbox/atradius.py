"""Atradius as the sandbox plays it: sign-in, buyers, and covers asked, listed, changed and given back."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify, request

from providers.sandbox.atradius_documents import buyer, cover, policy_details
from providers.sandbox.company import Company, companies
from providers.sandbox.covers import OVER, Asked, Covers, Decision, covers_of
from providers.sandbox.mentions import buyer_number
from providers.sandbox.vendors import Vendor
from providers.sandbox.world import PASSWORD, basic_is, bearer, body, day, world

STEP = Decimal(1000)
BUYERS = "/credit-insurance/organisation-management/v1/buyers"
COVERS = "/credit-insurance/cover-management/v1/covers"
POLICIES = "/credit-insurance/policy-management/v1/policies/details"
UID_TYPES = {"NRN": "kvk", "VAT": "vat", "CR": "kvk"}
NOT_IN_STEPS = "Must be positive number greater than zero and a multiple of 1000."

routes = Blueprint("atradius", __name__)


def problem(status: int) -> dict[str, Any]:
    """A refusal, in the form of Atradius; its gateway has a form of its own (not confirmed)."""
    if status in (401, 403, 429, 503):
        words = {401: "Invalid access token", 403: "Forbidden", 429: "Spike arrest violation"}
        return {"fault": {"faultstring": words.get(status, "The Service is temporarily unavailable")}}
    return {"errors": [{"detail": "Bad request", "source": {"parameter": ""}}]}


VENDOR = Vendor(routes, problem, unknown_path=403)


def _answer(document: Any, status: int = 200) -> Response:
    answer = jsonify(document)
    answer.status_code = status
    return answer


def _refuse(*faults: tuple[str, str]) -> Response:
    """Say everything that is wrong with a request, as (parameter, words)."""
    return _answer({"errors": [{"detail": words, "source": {"parameter": name}} for name, words in faults]}, 400)


@routes.before_request
def signed_in() -> Response | None:
    """Demand the app's key and a correlation id of every call, and a token of all but the sign-in."""
    if request.headers.get("Atradius-App-Key") != PASSWORD:
        return _answer(problem(401), 401)
    if not request.headers.get("Atradius-Correlation-Id"):
        return _refuse(("Atradius-Correlation-Id", "Is required."))
    token = bearer()
    if request.endpoint == "atradius.sign_in" or (token and world().is_token("atradius", token)):
        return None
    return _answer(problem(401), 401)


@routes.post("/authenticate/v2/tokens")
def sign_in() -> Response:
    """Give a token."""
    if not basic_is(PASSWORD, PASSWORD):
        return _answer(problem(401), 401)
    here = world()
    token = {"access_token": here.new_token("atradius"), "token_type": "Bearer", "expires_in": here.token_seconds}
    return _answer({"data": token})


@routes.get(BUYERS)
def find_buyers() -> Response:
    """Find a buyer by one of its numbers."""
    given = request.args
    missing = [(name, "Is required.") for name in ("country", "uid", "uidType") if not given.get(name)]
    if missing:
        return _refuse(*missing)
    scheme, number = UID_TYPES.get(given["uidType"]), given["uid"]
    found = [
        each
        for each in companies()
        if each.cover and given["country"] == "NLD" and scheme and number in _forms(each, scheme)
    ]
    return _answer({"data": [buyer(each) for each in found]}) if found else _refuse(("uid", "No buyer match found"))


def _forms(company: Company, scheme: str) -> tuple[str, ...]:
    number = company.numbers.get(scheme, "")
    return (number, number[2:]) if scheme == "vat" else (number,)


@routes.get(f"{BUYERS}/<int:number>")
def one_buyer(number: int) -> Response:
    """One buyer by the insurer's own number."""
    company = _company(number)
    return _refuse(("buyerId", "No buyer match found")) if company is None else _answer({"data": [buyer(company)]})


def _company(number: object) -> Company | None:
    return next((each for each in companies() if each.cover and buyer_number(each) == number), None)


@routes.get(f"{BUYERS}/my-buyers")
def my_buyers() -> Response:
    """The buyers that there is a cover for."""
    with world().lock:
        found = {each.company.key: each.company for each in _covers().of(_policy(request.args))}
    return _answer({"data": [buyer(each) for each in found.values()]})


@routes.get(POLICIES)
def policy() -> Response:
    """The insurance policy: any number is one, in euro."""
    number = request.args.get("policyId")
    return _refuse(("policyId", "Is required.")) if not number else _answer({"data": [policy_details(number)]})


def _covers() -> Covers:
    return covers_of("atradius", lambda amount: amount // STEP * STEP)


def _policy(given: Any) -> tuple[str, ...]:
    return (str(given.get("customerId", "")), str(given.get("policyId", "")))


def _faults_of(told: dict[str, Any], *, needs_amount: bool) -> list[tuple[str, str]]:
    faults = [(name, "Is required.") for name in ("customerId", "policyId", "buyerId") if not told.get(name)]
    amount = told.get("creditLimitAmount")
    if needs_amount and not (isinstance(amount, int) and amount > 0 and amount % STEP == 0):
        faults.append(("creditLimitAmount", NOT_IN_STEPS))
    if needs_amount and told.get("currencyCode") != "EUR":
        faults.append(("currencyCode", "Must be the currency of the policy."))
    if told.get("effectFromDate") is not None and _date(told["effectFromDate"]) is None:
        faults.append(("effectFromDate", "Must be a date."))
    return faults


def _date(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


@routes.post(COVERS)
def ask_cover() -> Response:
    """Ask for a credit limit: 201 when it is decided at once, 202 when somebody has to look."""
    told = body()
    faults = _faults_of(told, needs_amount=True)
    company = _company(told.get("buyerId"))
    if company is None:
        faults.append(("buyerId", "No buyer match found"))
    if faults or company is None:
        return _refuse(*faults)
    with world().lock:
        covers, today = _covers(), day(0)
        standing = [each for each in covers.of(_policy(told)) if each.company is company]
        if any(covers.decision(each, today).standing not in OVER for each in standing):
            return _refuse(("buyerId", "Credit limit/credit check already exists for this buyer."))
        asked = covers.ask(
            policy=_policy(told),
            company=company,
            amount=Decimal(told["creditLimitAmount"]),
            currency=told["currencyCode"],
            reference=told.get("customerRefNumber"),
            starts_on=_date(told.get("effectFromDate")) or today,
            asked_on=today,
        )
        return _done(asked, covers.decision(asked, today))


def _done(asked: Asked, decision: Decision) -> Response:
    status = 202 if decision.standing == "pending" else 201
    return _answer({"data": [{"coverId": asked.number, "response": "Action successful"}]}, status)


@routes.put(COVERS)
def change_cover() -> Response:
    """Ask for more (`supersede`, which is decided anew), give back a part (`reduce`) or all of it (`cancel`)."""
    told = body()
    action = told.get("action")
    faults = _faults_of(told, needs_amount=action != "cancel")
    if action not in ("supersede", "reduce", "cancel"):
        faults.append(("action", "Must be supersede, reduce or cancel."))
    if faults:
        return _refuse(*faults)
    with world().lock:
        covers, today = _covers(), day(0)
        asked = next((each for each in covers.of(_policy(told)) if each.number == told.get("coverId")), None)
        if asked is None or covers.decision(asked, today).standing in OVER:
            return _refuse(("coverId", "No cover found."))
        if action == "cancel":
            asked = covers.change(asked, cancelled_on=today)
        elif action == "reduce":
            asked = covers.change(asked, lowered_to=Decimal(told["creditLimitAmount"]))
        else:
            amount, reference = Decimal(told["creditLimitAmount"]), told.get("customerRefNumber", asked.reference)
            asked = covers.change(asked, amount=amount, asked_on=today, lowered_to=None, reference=reference)
        return _done(asked, covers.decision(asked, today))


@routes.get(COVERS, defaults={"which": ""})
@routes.get(f"{COVERS}/<any(decisions, applications, historic):which>")
def list_covers(which: str) -> Response:
    """The covers of a policy: all that stand or wait, those decided, those that wait, or those of the past."""
    given = request.args
    missing = [(name, "Is required.") for name in ("customerId", "policyId") if not given.get(name)]
    if missing:
        return _refuse(*missing)
    with world().lock:
        covers, today = _covers(), day(0)
        known = [(each, covers.decision(each, today)) for each in covers.of(_policy(given))]
    shown = [
        cover(asked, decision)
        for asked, decision in known
        if given.get("buyerId") in (None, str(buyer_number(asked.company))) and _is_in(which, decision)
    ]
    return _answer({"data": shown})


def _is_in(which: str, decision: Decision) -> bool:
    is_past, waits = decision.standing == "cancelled", decision.standing == "pending"
    return {"historic": is_past, "applications": waits, "decisions": not is_past and not waits}.get(which, not is_past)
