"""Covers of Atradius as the sandbox plays them: asked, listed, changed and given back."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, request

from providers.sandbox.atradius_answers import answer, refuse, routes
from providers.sandbox.atradius_documents import cover
from providers.sandbox.company import Company, companies
from providers.sandbox.covers import OVER, Asked, Covers, Decision, covers_of
from providers.sandbox.mentions import buyer_number
from providers.sandbox.world import body, day, world

STEP = Decimal(1000)
COVERS = "/credit-insurance/cover-management/v1/covers"
NOT_IN_STEPS = "Must be positive number greater than zero and a multiple of 1000."


def company_of(number: object) -> Company | None:
    """The company that the insurer knows under a number of its own."""
    return next((each for each in companies() if each.cover and buyer_number(each) == number), None)


def companies_of(given: Any) -> list[Company]:
    """The companies that an insurance policy has a cover for. Hold `world().lock`."""
    return list({each.company.key: each.company for each in _covers().of(_policy(given))}.values())


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
    company = company_of(told.get("buyerId"))
    if company is None:
        faults.append(("buyerId", "No buyer match found"))
    if faults or company is None:
        return refuse(*faults)
    with world().lock:
        covers, today = _covers(), day(0)
        standing = [each for each in covers.of(_policy(told)) if each.company is company]
        if any(covers.decision(each, today).standing not in OVER for each in standing):
            return refuse(("buyerId", "Credit limit/credit check already exists for this buyer."))
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
    return answer({"data": [{"coverId": asked.number, "response": "Action successful"}]}, status)


@routes.put(COVERS)
def change_cover() -> Response:
    """Ask for more (`supersede`, which is decided anew), give back a part (`reduce`) or all of it (`cancel`)."""
    told = body()
    action = told.get("action")
    faults = _faults_of(told, needs_amount=action != "cancel")
    if action not in ("supersede", "reduce", "cancel"):
        faults.append(("action", "Must be supersede, reduce or cancel."))
    if faults:
        return refuse(*faults)
    with world().lock:
        covers, today = _covers(), day(0)
        asked = next((each for each in covers.of(_policy(told)) if each.number == told.get("coverId")), None)
        if asked is None or covers.decision(asked, today).standing in OVER:
            return refuse(("coverId", "No cover found."))
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
        return refuse(*missing)
    with world().lock:
        covers, today = _covers(), day(0)
        known = [(each, covers.decision(each, today)) for each in covers.of(_policy(given))]
    shown = [
        cover(asked, decision)
        for asked, decision in known
        if given.get("buyerId") in (None, str(buyer_number(asked.company))) and _is_in(which, decision)
    ]
    return answer({"data": shown})


def _is_in(which: str, decision: Decision) -> bool:
    is_past, waits = decision.standing == "cancelled", decision.standing == "pending"
    return {"historic": is_past, "applications": waits, "decisions": not is_past and not waits}.get(which, not is_past)
