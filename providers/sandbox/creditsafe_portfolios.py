"""Creditsafe's monitoring as the sandbox plays it: portfolios, and the companies that are watched in them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Response, request

from providers.sandbox.company import company_of_connect_id
from providers.sandbox.creditsafe_answers import answer, refuse, routes
from providers.sandbox.creditsafe_documents import CORRELATION_ID, summary
from providers.sandbox.world import body, now, world

PORTFOLIOS = "creditsafe portfolios"
FIRST_NUMBER = 131_318
PAGE_SIZE, PAGE_SIZE_MAX = 50, 1000


@dataclass(slots=True)
class Portfolio:
    """Companies that are watched together: when each was added, by connect id, and the rules that are on."""

    number: int
    name: str
    added: dict[str, datetime] = field(default_factory=dict)
    rules: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Portfolios:
    """All portfolios, how many were ever made, and since when a company was ever watched, by its connect id.

    Everything holds the world's lock.
    """

    made: int = 0
    known: dict[int, Portfolio] = field(default_factory=dict)
    first_added: dict[str, datetime] = field(default_factory=dict)


def portfolios() -> Portfolios:
    """The portfolios of this sandbox."""
    kept: Portfolios = world().kept.setdefault(PORTFOLIOS, Portfolios())
    return kept


def paged(items: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    """The page that was asked for, of pages that begin at 0, and what stands beside it."""
    size = min(request.args.get("pageSize", PAGE_SIZE, type=int), PAGE_SIZE_MAX)
    page, last = request.args.get("page", 0, type=int), max(0, -(-len(items) // max(size, 1)) - 1)
    paging = {
        "size": size,
        "prev": page - 1 if page else None,
        "next": page + 1 if page < last else None,
        "last": last,
    }
    shown = items[page * size : (page + 1) * size]
    return shown, {"correlationId": CORRELATION_ID, "totalCount": len(items), "paging": paging}


@routes.get("/monitoring/portfolios")
def list_portfolios() -> Response:
    """All portfolios, or those with words in their name."""
    wanted = request.args.get("searchQuery", "").casefold()
    with world().lock:
        found = [each for each in portfolios().known.values() if wanted in each.name.casefold()]
        shown, beside = paged(found)
        listed = [
            {"portfolioId": each.number, "name": each.name, "isDefault": False, "emails": [], "isSharedPortfolio": 0}
            for each in shown
        ]
    return answer({**beside, "data": {"portfolios": listed, "sharedPortfolios": []}})


@routes.post("/monitoring/portfolios")
def add_portfolio() -> Response:
    """Make a portfolio; a new one has no rule on, so that it tells of nothing."""
    name = body().get("name")
    if not isinstance(name, str) or not name:
        return refuse(400, "name is required")
    with world().lock:
        kept = portfolios()
        made = Portfolio(FIRST_NUMBER + kept.made, name)
        kept.made += 1
        kept.known[made.number] = made
    return answer({"correlationId": CORRELATION_ID, "portfolioId": made.number, "name": name, "isDefault": False})


@routes.route("/monitoring/portfolios/<int:portfolio_id>", methods=["GET", "DELETE"])
def one_portfolio(portfolio_id: int) -> Response:
    """Show or remove a portfolio."""
    with world().lock:
        kept = portfolios().known
        found = kept.get(portfolio_id)
        if found is None:
            return refuse(404)
        if request.method == "DELETE":
            del kept[portfolio_id]
            return answer({"message": "Portfolio removed and service usage will be updated shortly"})
    return answer(
        {"correlationId": CORRELATION_ID, "portfolioId": found.number, "name": found.name, "isDefault": False}
    )


@routes.route("/monitoring/portfolios/<int:portfolio_id>/companies", methods=["GET", "POST"])
def watched_companies(portfolio_id: int) -> Response:
    """List the companies of a portfolio, or add one; one that is there already is a 409."""
    with world().lock:
        found = portfolios().known.get(portfolio_id)
        if found is None:
            return refuse(404)
        if request.method == "POST":
            return _add(found, body())
        shown, beside = paged(list(found.added.items()))
    return answer({**beside, "data": [_watched(found, connect_id, at) for connect_id, at in shown]})


def _add(portfolio: Portfolio, told: dict[str, Any]) -> Response:
    missing = {"id", "personalReference", "freeText", "personalLimit"} - told.keys()
    company = company_of_connect_id(str(told.get("id")))
    if missing or company is None or company.credit is None:
        return refuse(400 if missing else 404, ", ".join(sorted(missing)))
    connect_id = company.credit.connect_id
    if connect_id in portfolio.added:
        taken = {"correlationId": CORRELATION_ID, "message": f"Company  {connect_id} already in portfolio"}
        return answer(taken, 409)
    portfolio.added[connect_id] = now()
    portfolios().first_added.setdefault(connect_id, now())
    return answer({"correlationId": CORRELATION_ID, "message": "Company Added"})


def _watched(portfolio: Portfolio, connect_id: str, added_at: datetime) -> dict[str, Any]:
    company = company_of_connect_id(connect_id)
    assert company is not None
    assert company.credit is not None
    limit, told = company.credit.limit, summary(company)
    return {
        "id": connect_id,
        "safeNumber": told["safeNo"],
        "name": company.name,
        "address": told["address"]["simpleValue"],
        "countryCode": company.country,
        "portfolioId": portfolio.number,
        "creditLimit": limit if isinstance(limit, int) else None,
        "dateLastEvent": None,
        "freeText": None,
        "personalLimit": None,
        "personalReference": None,
        "ratingCommon": company.credit.band,
        "ratingLocal": str(company.credit.rating or "Not rated"),
        "companyStatus": company.credit.status,
        "dateAdded": local_time(added_at),
        "dateModified": local_time(added_at),
    }


@routes.route("/monitoring/portfolios/<int:portfolio_id>/companies/<connect_id>", methods=["GET", "DELETE"])
def one_watched(portfolio_id: int, connect_id: str) -> Response:
    """Show or remove a company of a portfolio."""
    with world().lock:
        found = portfolios().known.get(portfolio_id)
        if found is None or connect_id not in found.added:
            return refuse(404)
        if request.method == "DELETE":
            del found.added[connect_id]
            return answer({"correlationId": CORRELATION_ID, "message": "Company removed"})
        return answer({"correlationId": CORRELATION_ID, "data": _watched(found, connect_id, found.added[connect_id])})


def local_time(at: datetime) -> str:
    """A time without a zone, as they write it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S")
