"""Creditsafe Connect as the sandbox plays it: sign-in, search and match, the report, and the quota."""

from flask import Response, request

from providers.names import best_similarity
from providers.sandbox import creditsafe_events, creditsafe_portfolios  # noqa: F401 - for their routes.
from providers.sandbox.company import Company, companies, company_of_connect_id
from providers.sandbox.creditsafe_answers import answer, problem, refuse, routes
from providers.sandbox.creditsafe_documents import CORRELATION_ID, report, summary
from providers.sandbox.falling import as_it_is
from providers.sandbox.vendors import Vendor
from providers.sandbox.world import PASSWORD, body, day, world

UNIQUE = ("id", "safeNo", "regNo", "vatNo")
PAGE_SIZE = 50
GOOD_NAME = 898  # The score of a match by name alone; the address adds to it.
REPORTS_PAID = 1000  # How many reports the contract of the sandbox has.
REPORTS_USED = "creditsafe reports"
VENDOR = Vendor(routes, problem, base_path="/v1")


@routes.post("/authenticate")
def authenticate() -> Response:
    """Give a token, for an hour unless the sandbox was told otherwise."""
    if body() != {"username": PASSWORD, "password": PASSWORD}:
        return answer({"message": "Access denied - Invalid username or password"}, 401)
    return answer({"token": world().new_token("creditsafe")})


@routes.get("/companies")
def search() -> Response:
    """Find companies of named countries by one number or by name; nothing found is an empty list."""
    given = request.args
    countries = given.get("countries", "").upper().split(",")
    unique = [name for name in UNIQUE if given.get(name)]
    if not given.get("countries"):
        return refuse(400, "countries is required")
    if len(unique) > 1 or (unique and given.get("name") and "NL" in countries):
        return refuse(400, "Combination of parameters is not supported for the requested country")
    if not unique and not given.get("name"):
        return refuse(400, "No search criteria provided")
    page, size = given.get("page", 1, type=int), given.get("pageSize", PAGE_SIZE, type=int)
    if page < 1 or size < 1:
        return refuse(400, "page and pageSize start at 1")
    found = [
        company
        for company in companies()
        if company.credit
        and company.country in countries
        and (_has(company, unique[0], given[unique[0]]) if unique else _is_named(company))
    ]
    shown = found[(page - 1) * size : page * size]
    document = {
        "correlationId": CORRELATION_ID,
        "totalSize": len(found),
        "companies": [summary(each) for each in shown],
    }
    if not found:
        nothing = {"type": "Information", "code": "NoResults", "text": "No results have been returned"}
        document = {"correlationId": CORRELATION_ID, "messages": [nothing], "totalSize": 0, "companies": []}
    return answer(document)


def _has(company: Company, name: str, value: str) -> bool:
    told = summary(company)
    if name == "regNo":
        return value in (told["regNo"], *company.numbers.values())
    held = told.get(name)
    return value in held if isinstance(held, list) else value == held


def _is_named(company: Company) -> bool:
    name = request.args["name"]
    return name in company.names if request.args.get("exact") == "true" else company.is_like(name)


@routes.get("/companies/match")
def match() -> Response:
    """Match a name and an address in one country, with a score of how sure it is."""
    given = request.args
    if not given.get("country") or not given.get("matchThreshold") or not given.get("name"):
        return refuse(400, "country, matchThreshold and name are required")
    scored = [
        (_score(company), company) for company in companies() if company.credit and company.country == given["country"]
    ]
    found = [
        {**summary(company), "matchScoreConfidence": score}
        for score, company in sorted(scored, key=lambda each: -each[0])
        if score >= given.get("matchThreshold", GOOD_NAME, type=int)
    ]
    return answer({"correlationId": CORRELATION_ID, "totalMatches": len(found), "matchedCompanies": found})


def _score(company: Company) -> int:
    if float(best_similarity(request.args["name"], company.names)) < 0.9:
        return 0
    told = {"street": company.address.street, "city": company.address.city, "postCode": company.address.postcode}
    return GOOD_NAME + sum(
        50 for name, value in told.items() if request.args.get(name, "").casefold() == value.casefold()
    )


@routes.get("/companies/<connect_id>")
def company_report(connect_id: str) -> Response:
    """The report, which is what is charged."""
    company = company_of_connect_id(connect_id)
    company = None if company is None else as_it_is(company)
    if company is None or company.credit is None:
        return refuse(404)
    if company.country == "DE" and "de_reason_code::" not in request.args.get("customData", ""):
        return refuse(400, "A reason code is required")
    with world().lock:
        used = world().kept.setdefault(REPORTS_USED, {})
        used[company.country] = used.get(company.country, 0) + 1
    return answer(report(company, company.credit))


@routes.get("/access")
def access() -> Response:
    """What the contract gives, and how much of it is used."""
    with world().lock:
        used = dict(world().kept.get(REPORTS_USED, {}))
    reports = [
        {
            "countryName": country,
            "templateName": "full",
            "countryIso2": country,
            "startDate": f"{day(-100).isoformat()}T00:00:00Z",
            "expireDate": f"{day(265).isoformat()}T00:00:00Z",
            "paid": REPORTS_PAID,
            "used": used.get(country, 0),
        }
        for country in sorted({each.country for each in companies()})
    ]
    return answer({"correlationId": CORRELATION_ID, "countryAccess": {"creditsafeConnectOnlineReports": reports}})
