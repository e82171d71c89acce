"""GLEIF's register of legal entity identifiers as the sandbox plays it: records, lists, completions and groups."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, json, request

from providers.sandbox.company import Company, children_of, companies, company_with
from providers.sandbox.gleif_documents import exception, golden_copy, record, relationship
from providers.sandbox.vendors import Vendor

PAGE_SIZE, PAGE_SIZE_MAX = 15, 200
NO_SUCH = "Not found"

routes = Blueprint("gleif", __name__)


def problem(status: int) -> dict[str, Any]:
    """A refusal, in the form of JSON:API."""
    titles = {400: "Bad Request", 404: NO_SUCH, 429: "Too Many Requests", 503: "Service Unavailable"}
    return {"errors": [{"status": str(status), "title": titles.get(status, "Error"), "detail": ""}]}


VENDOR = Vendor(routes, problem, base_path="/api/v1")


def _answer(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document), status, mimetype="application/vnd.api+json")


def _refuse(status: int) -> Response:
    return _answer(problem(status), status)


def _with_lei() -> list[Company]:
    return [each for each in companies() if "lei" in each.numbers]


@routes.get("/lei-records/<lei>")
def one(lei: str) -> Response:
    """One record."""
    company = company_with("lei", lei)
    return _refuse(404) if company is None else _answer({"meta": golden_copy(), "data": record(company)})


def _entity_has(*path: str) -> Callable[[Company, str], bool]:
    def test(company: Company, value: str) -> bool:
        part: Any = record(company)["attributes"]["entity"]
        for name in path:
            part = part[name]
        return bool(part == value)

    return test


def _has_words(company: Company, text: str) -> bool:
    held = " ".join([*company.names, *company.numbers.values(), company.address.city]).casefold()
    return all(word in held for word in text.casefold().split())


FILTERS: dict[str, Callable[[Company, str], bool]] = {
    "lei": lambda company, value: company.numbers["lei"] in value.split(","),
    "fulltext": _has_words,
    "entity.legalName": lambda company, value: company.name.casefold() == value.casefold(),
    "entity.names": lambda company, value: company.is_like(value),
    "entity.registeredAs": _entity_has("registeredAs"),
    "entity.registeredAt": _entity_has("registeredAt", "id"),
    "entity.jurisdiction": _entity_has("jurisdiction"),
    "entity.legalAddress.country": _entity_has("legalAddress", "country"),
    "entity.addresses.country": _entity_has("legalAddress", "country"),
    "entity.status": _entity_has("status"),
}


@routes.get("/lei-records")
def many() -> Response:
    """Records that pass all filters."""
    filters = {name[7:-1]: value for name, value in request.args.items() if name.startswith("filter[")}
    if not filters.keys() <= FILTERS.keys():
        return _refuse(400)
    return _page([each for each in _with_lei() if all(FILTERS[name](each, told) for name, told in filters.items())])


def _page(found: list[Company]) -> Response:
    size, number = request.args.get("page[size]", PAGE_SIZE, type=int), request.args.get("page[number]", 1, type=int)
    if not 1 <= size <= PAGE_SIZE_MAX or number < 1:
        return _refuse(400)
    begin = (number - 1) * size
    shown, last = found[begin : begin + size], max(1, -(-len(found) // size))
    pagination = {
        "currentPage": number,
        "perPage": size,
        "from": begin + 1 if shown else None,
        "to": begin + len(shown) if shown else None,
        "total": len(found),
        "lastPage": last,
    }
    links = {"first": request.base_url, "last": request.base_url}
    meta = {**golden_copy(), "pagination": pagination}
    return _answer({"meta": meta, "links": links, "data": [record(each) for each in shown]})


@routes.get("/fuzzycompletions", defaults={"kind": "fuzzycompletions"})
@routes.get("/autocompletions", defaults={"kind": "autocompletions"})
def complete(kind: str) -> Response:
    """Names that resemble or begin like what was typed."""
    text = request.args.get("q", "")
    if not text or not request.args.get("field"):
        return _refuse(400)
    found = [each for each in _with_lei() if each.is_like(text)]
    return _answer(
        {
            "data": [
                {
                    "type": kind,
                    "attributes": {"value": each.name},
                    "relationships": {
                        "lei-records": {
                            "data": {"type": "lei-records", "id": each.numbers["lei"]},
                            "links": {"related": f"{request.host_url}gleif/lei-records/{each.numbers['lei']}"},
                        }
                    },
                }
                for each in found
            ]
        }
    )


@routes.get("/lei-records/<lei>/<any('direct-parent','ultimate-parent'):which>")
def parent(lei: str, which: str) -> Response:
    """The parent's record; here every group has two storeys, so that both parents are one."""
    company = company_with("lei", lei)
    above = company_with("kvk", company.parent) if company else None
    return _refuse(404) if above is None else _answer({"meta": golden_copy(), "data": record(above)})


@routes.get("/lei-records/<lei>/<any('direct-parent-relationship','ultimate-parent-relationship'):which>")
def parent_relationship(lei: str, which: str) -> Response:
    """What binds the two."""
    company = company_with("lei", lei)
    above = company_with("kvk", company.parent) if company else None
    if company is None or above is None:
        return _refuse(404)
    return _answer({"meta": golden_copy(), "data": relationship(company, above, which.split("-", 1)[0])})


@routes.get("/lei-records/<lei>/<any('direct-parent-reporting-exception','ultimate-parent-reporting-exception'):which>")
def parent_exception(lei: str, which: str) -> Response:
    """Why no parent is named."""
    company = company_with("lei", lei)
    if company is None or company.parent is not None:
        return _refuse(404)
    return _answer({"meta": golden_copy(), "data": exception(company, which.split("-", 1)[0])})


@routes.get("/lei-records/<lei>/<any('direct-children','ultimate-children'):which>")
def children(lei: str, which: str) -> Response:
    """The companies below, those with an LEI."""
    company = company_with("lei", lei)
    return _refuse(404) if company is None else _page([each for each in children_of(company) if "lei" in each.numbers])
