"""The sanctions list as the sandbox plays it: the match and search calls of yente, with the hosted service's key."""

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify, request

from providers.names import best_similarity
from providers.sandbox.company import Company, companies, company_with
from providers.sandbox.fates import Listing
from providers.sandbox.vendors import Vendor
from providers.sandbox.world import PASSWORD, body, day

THRESHOLD, LIMIT, LIMIT_MAX, QUERIES_MAX = 0.70, 5, 500, 100
DATASETS = ("default", "sanctions", "sandbox_list")
NUMBERS = {"registrationNumber": "kvk", "vatCode": "vat", "leiCode": "lei"}
SAME_NAME_MIN = Decimal("0.7")  # Names less alike do not find each other.
OPEN_PATHS = ("/healthz", "/readyz")

routes = Blueprint("opensanctions", __name__)


def problem(status: int) -> dict[str, Any]:
    """A refusal, in yente's form."""
    words = {401: "No API key provided.", 404: "Not Found", 429: "Monthly quota exceeded.", 503: "Search is not ready."}
    return {"detail": words.get(status, "Bad request")}


VENDOR = Vendor(routes, problem)


@routes.before_request
def sign_in() -> Response | None:
    """Demand the key of the hosted service, except of who asks whether it lives."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if request.path.endswith(OPEN_PATHS) or (scheme.lower() == "apikey" and key == PASSWORD):
        return None
    return _detail("Invalid API key." if key else "No API key provided.", 401)


def _detail(words: str, status: int) -> Response:
    answer = jsonify({"detail": words})
    answer.status_code = status
    return answer


@routes.get("/healthz")
@routes.get("/readyz")
def health() -> Response:
    """Say that it lives."""
    return jsonify({"status": "ok"})


@routes.post("/match/<dataset>")
def match(dataset: str) -> Response:
    """Screen up to a hundred queries at once."""
    queries = body().get("queries")
    if dataset not in DATASETS:
        return _detail("No such dataset.", 404)
    if not isinstance(queries, dict) or not all(isinstance(each, dict) for each in queries.values()):
        return _invalid("body", "queries")
    if not 0 < len(queries) <= QUERIES_MAX:
        return _detail("No queries provided." if not queries else "Too many queries in one batch.", 400)
    limit, threshold = _number("limit", LIMIT), _number("threshold", THRESHOLD)
    if limit is None or threshold is None or not 0 < limit <= LIMIT_MAX:
        return _invalid("query", "limit" if threshold is not None else "threshold")
    responses = {}
    for name, query in queries.items():
        if not isinstance(query.get("properties"), dict) or not isinstance(query.get("schema"), str):
            return _invalid("body", "queries", name)
        results = _results(query["properties"], threshold)
        responses[name] = {
            "status": 200,
            "results": results[: int(limit)],
            "total": {"value": sum(each["match"] for each in results), "relation": "eq"},
            "query": {"id": query.get("id"), "schema": query["schema"], "properties": query["properties"]},
        }
    answer = jsonify({"responses": responses, "limit": int(limit)})
    answer.headers["x-batch-size"] = str(len(queries))
    return answer


@routes.get("/catalog")
def catalog() -> Response:
    """The lists there are, a new version of each on every day."""
    version = day(0).strftime("%Y%m%d-sandbox")
    lists = [
        {
            "name": each,
            "title": each.title(),
            "version": version,
            "index_version": version,
            "index_current": True,
            "load": True,
        }
        for each in DATASETS
    ]
    return jsonify({"datasets": lists, "current": list(DATASETS), "outdated": [], "index_stale": False})


@routes.get("/entities/<entity_id>")
def entity(entity_id: str) -> Response:
    """One entry of the list, whole."""
    for company in companies():
        for listing in company.sanctions:
            if listing.id == entity_id:
                return jsonify(_entity(company, listing))
    return _detail("No such entity!", 404)


def _number(name: str, default: float) -> float | None:
    return request.args.get(name, default, type=float) if _is_float(request.args.get(name, "0")) else None


def _is_float(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _invalid(*place: str) -> Response:
    answer = jsonify({"detail": [{"loc": place, "msg": "Input should be valid", "type": "value_error"}]})
    answer.status_code = 422
    return answer


def _results(asked: dict[str, Any], threshold: float) -> list[dict[str, Any]]:
    """What resembles a query, the most alike first."""
    told = {name: [str(each) for each in values] for name, values in asked.items() if isinstance(values, list)}
    scored = [
        (min(listing.score, likeness), company, listing)
        for company, likeness in _meant(told)
        for listing in company.sanctions
    ]
    return [
        {
            **_entity(company, listing),
            "score": score,
            "explanations": {"name_match": {"detail": f"{listing.name!r} resembles the query", "score": score}},
            "match": score >= threshold,
        }
        for score, company, listing in sorted(scored, key=lambda each: -each[0])
    ]


def _meant(asked: dict[str, list[str]]) -> list[tuple[Company, float]]:
    """The companies that a query could mean, and how sure that is: by a number wholly, by name as far as it goes."""
    for name, scheme in NUMBERS.items():
        company = next((each for number in asked.get(name, []) if (each := company_with(scheme, number))), None)
        if company is not None:
            return [(company, 1.0)]
    alike = [
        (company, max((best_similarity(name, company.names) for name in asked.get("name", [])), default=Decimal(0)))
        for company in companies()
    ]
    return [(company, float(likeness)) for company, likeness in alike if likeness >= SAME_NAME_MIN]


def _entity(company: Company, listing: Listing) -> dict[str, Any]:
    return {
        "id": listing.id,
        "caption": listing.name,
        "schema": listing.schema,
        "properties": {
            "name": [listing.name],
            "country": [company.country.lower() if listing.name == company.name else "zz"],
            "topics": list(listing.topics),
        },
        "datasets": [DATASETS[-1]],
        "referents": [],
        "target": True,
        "first_seen": _time(-800),
        "last_seen": _time(-1),
        "last_change": _time(-90),
    }


def _time(age: int) -> str:
    return datetime.combine(day(age), time(tzinfo=UTC)).strftime("%Y-%m-%dT%H:%M:%S")
