"""Creditsafe's event rules and events as the sandbox plays them: what happens some days after a company is watched."""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, request

from providers.sandbox.company import Company, companies, company_of_connect_id
from providers.sandbox.creditsafe_answers import answer, refuse, routes
from providers.sandbox.creditsafe_documents import summary
from providers.sandbox.creditsafe_portfolios import Portfolio, local_time, paged, portfolios
from providers.sandbox.fates import Change
from providers.sandbox.world import now, world

ALL_COUNTRIES = "XX"
# Rule 101 is of the contract; which codes other rules have is not confirmed.
RULES = {
    101: "International Rating | Reduce by {0} Band(s)",
    102: "Local Rating",
    103: "Credit Limit",
    104: "Insolvency",
    105: "Address",
}
_EVENTS_OF_ONE = 100  # Numbers of events are that of the company, then two digits.


@routes.get("/monitoring/eventRules/<country>")
@routes.route("/monitoring/portfolios/<int:portfolio_id>/eventRules/<country>", methods=["GET", "PUT"])
def rules(country: str, portfolio_id: int | None = None) -> Response:
    """The rules there are, or those of a portfolio with what is on; or switch them on and off."""
    with world().lock:
        found = None if portfolio_id is None else portfolios().known.get(portfolio_id)
        if portfolio_id is not None and found is None:
            return refuse(404)
        if request.method == "PUT" and found is not None:
            return _switch(found, request.get_json(silent=True))
        on = found.rules if found else set()
        return answer([_rule(code, name, is_on=code in on) for code, name in RULES.items()] if _known(country) else [])


def _known(country: str) -> bool:
    return country == ALL_COUNTRIES or any(each.country == country for each in companies())


def _switch(portfolio: Portfolio, told: object) -> Response:
    if not isinstance(told, list) or not all(
        isinstance(each, dict) and each.get("ruleCode") in [*RULES] for each in told
    ):
        return refuse(400, "unknown rules")
    for each in told:
        (portfolio.rules.add if each.get("isActive") else portfolio.rules.discard)(each["ruleCode"])
    return Response(status=204)


def _rule(code: int, name: str, *, is_on: bool) -> dict[str, Any]:
    told = {"isActive": is_on, "ruleCode": code, "ruleCountryCode": ALL_COUNTRIES, "ruleType": 4}
    return {**told, "ruleTypeName": "Change", "name": name, "param0": "1"}


@routes.get("/monitoring/notificationEvents")
@routes.get("/monitoring/portfolios/<int:portfolio_id>/notificationEvents")
def events(portfolio_id: int | None = None) -> Response:
    """What has happened by now to the companies of one portfolio or of all, in the order of `sortDir`."""
    begin, end = (_asked_time(name) for name in ("startDate", "endDate"))
    with world().lock:
        known = portfolios().known
        if portfolio_id is not None and portfolio_id not in known:
            return refuse(404)
        of = known.values() if portfolio_id is None else [known[portfolio_id]]
        happened = [each for portfolio in of for each in _happened(portfolio)]
    found = [
        each for each in happened if (not begin or each["eventDate"] >= begin) and (not end or each["eventDate"] <= end)
    ]
    found.sort(key=lambda each: each["eventDate"], reverse=request.args.get("sortDir") == "desc")
    shown, beside = paged(found)
    return answer({**beside, "data": shown})


def _happened(portfolio: Portfolio) -> list[dict[str, Any]]:
    found = []
    for connect_id, added_at in portfolio.added.items():
        company = company_of_connect_id(connect_id)
        assert company is not None
        for at, change in enumerate(company.changes):
            on = added_at + timedelta(days=change.after_days)
            if on <= now() and change.rule in portfolio.rules:
                found.append(_event(portfolio, company, at, change, on))
    return found


def _event(portfolio: Portfolio, company: Company, at: int, change: Change, on: datetime) -> dict[str, Any]:
    number = companies().index(company) * _EVENTS_OF_ONE + at
    told = summary(company)
    return {
        "company": {
            "id": told["id"],
            "safeNumber": told["safeNo"],
            "name": company.name,
            "countryCode": company.country,
            "portfolioId": portfolio.number,
            "portfolioName": portfolio.name,
        },
        "eventId": number,
        "eventDate": local_time(on),
        "newValue": change.new,
        "oldValue": change.old,
        "notificationEventId": portfolio.number * 100_000 + number,
        "notificationId": None,
        "processedDate": None,
        "ruleCode": change.rule,
        "ruleName": change.rule_name,
        "summary": f"{change.rule_name} changed",
        "ruleText": f"{change.rule_name} changed",
        "localEventCode": None,
        "isProcessed": False,
    }


def _asked_time(name: str) -> str | None:
    return request.args[name][:19] if name in request.args else None
