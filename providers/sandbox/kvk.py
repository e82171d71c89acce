"""The Dutch company register as the sandbox plays it: Zoeken v2, Basisprofiel, Vestigingsprofiel, and the open data."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from providers.sandbox.company import Company, companies, company_with
from providers.sandbox.falling import as_it_is
from providers.sandbox.kvk_documents import (
    establishment,
    establishment_number,
    found,
    main_establishment,
    open_data,
    owner,
    profile,
)
from providers.sandbox.vendors import Vendor
from providers.sandbox.world import PASSWORD

API_KEY_HEADER = "apikey"
PAGE_SIZE, PAGE_SIZE_MAX, RESULTS_MAX = 10, 100, 1000
TYPES = ("hoofdvestiging", "nevenvestiging", "rechtspersoon")
FAULTS = {
    "IPD0004": (400, "Het KVK-nummer {} is niet valide."),
    "IPD0005": (404, "Op basis van het KVK-nummer {} kan het product niet worden geleverd."),
    "IPD0006": (400, "Het vestigingsnummer {} is niet valide."),
    "IPD0007": (404, "Op basis van het vestigingsnummer {} kan het product niet worden geleverd."),
    "IPD0010": (400, "Het RSIN {} is niet valide."),
    "IPD0015": (404, "Voor het KVK-nummer {} zijn geen open data beschikbaar."),
    "IPD1999": (400, "Er is een fout opgetreden in parameter {}."),
    "IPD5200": (404, "Er zijn geen gegevens gevonden die voldoen aan de opgegeven zoekparameters."),
    "IPD5203": (400, "Het type {} is niet valide."),
}

routes = Blueprint("kvk", __name__)
open_routes = Blueprint("kvk_open_data", __name__)


@routes.before_request
def sign_in() -> Response | None:
    """Demand the key."""
    if request.headers.get(API_KEY_HEADER) == PASSWORD:
        return None
    return _answer(problem(401), 401)


def problem(status: int) -> dict[str, Any]:
    """A refusal, in the register's form."""
    if status in (401, 403):
        return {"fault": {"faultstring": "Invalid ApiKey", "detail": {"errorcode": "oauth.v2.InvalidApiKey"}}}
    codes = {404: "IPD5200", 400: "IPD1999", 429: "IPD9999", 503: "IPD1002"}
    words = "Het systeem is tijdelijk niet beschikbaar."
    return {"fout": [{"code": codes.get(status, "IPD9999"), "omschrijving": words}]}


VENDOR = Vendor(routes, problem, base_path="/api")
OPEN_DATA = Vendor(open_routes, problem, base_path="/api")


def _fault(code: str, value: str = "") -> Response:
    status, words = FAULTS[code]
    return _answer({"fout": [{"code": code, "omschrijving": words.format(value)}]}, status)


def _answer(document: Any, status: int = 200) -> Response:
    answer = jsonify(document)
    answer.status_code = status
    if status == 200:
        answer.mimetype = "application/hal+json"
    return answer


@routes.get("/v2/zoeken")
def search() -> Response:
    """Find companies by number or by name; nothing found is a 404."""
    given = request.args
    for name, length, code in (
        ("kvkNummer", 8, "IPD0004"),
        ("rsin", 9, "IPD0010"),
        ("vestigingsnummer", 12, "IPD0006"),
    ):
        if name in given and not (given[name].isdigit() and len(given[name]) == length):
            return _fault(code, given[name])
    kinds = given.getlist("type") or TYPES
    for kind in kinds:
        if kind not in TYPES:
            return _fault("IPD5203", kind)
    page, size = given.get("pagina", 1, type=int), given.get("resultatenPerPagina", PAGE_SIZE, type=int)
    if page < 1 or not 1 <= size <= PAGE_SIZE_MAX:
        return _fault("IPD1999", "resultatenPerPagina" if page >= 1 else "pagina")
    with_ended = given.get("inclusiefInactieveRegistraties", "false").lower() == "true"
    hits = [
        hit
        for company in companies()
        if "kvk" in company.numbers and _is_meant(company) and (with_ended or company.ended is None)
        for hit in found(company)
        if hit["type"] in kinds
    ][:RESULTS_MAX]
    shown = hits[(page - 1) * size : page * size]
    if not shown:
        return _fault("IPD5200")
    document = {"pagina": page, "resultatenPerPagina": size, "totaal": len(hits), "resultaten": shown}
    links = {"self": {"href": request.url}}
    if page * size < len(hits):
        links["volgende"] = {"href": request.url.replace(f"pagina={page}", f"pagina={page + 1}")}
    return _answer({**document, "_links": links})


def _is_meant(company: Company) -> bool:
    """Whether all that was asked for is true of the company, and something was."""
    address = company.address
    held = {
        "kvkNummer": company.numbers.get("kvk"),
        "rsin": company.rsin,
        "vestigingsnummer": establishment_number(company),
        "straatnaam": address.street,
        "huisnummer": str(address.house_number),
        "postcode": address.postcode,
        "plaats": address.city,
    }
    asked = {name: value for name, value in request.args.items() if name in held or name == "naam"}
    return bool(asked) and all(
        company.is_like(value) if name == "naam" else str(held[name]).casefold() == value.casefold()
        for name, value in asked.items()
    )


def _company(number: str) -> Company | Response:
    if not (number.isdigit() and len(number) == 8):
        return _fault("IPD0004", number)
    return company_with("kvk", number) or _fault("IPD0005", number)


@routes.get("/v1/basisprofielen/<number>")
def basic_profile(number: str) -> Response:
    """All about a company."""
    company = _company(number)
    return company if isinstance(company, Response) else _answer(profile(company))


@routes.get("/v1/basisprofielen/<number>/eigenaar")
def basic_profile_owner(number: str) -> Response:
    """The legal person, or who stands for the business."""
    company = _company(number)
    return company if isinstance(company, Response) else _answer(owner(company))


@routes.get("/v1/basisprofielen/<number>/hoofdvestiging")
def basic_profile_main_establishment(number: str) -> Response:
    """The main establishment."""
    company = _company(number)
    return company if isinstance(company, Response) else _answer(main_establishment(company))


@routes.get("/v1/vestigingsprofielen/<number>")
def establishment_profile(number: str) -> Response:
    """One establishment."""
    if not (number.isdigit() and len(number) == 12):
        return _fault("IPD0006", number)
    company = next((each for each in companies() if establishment_number(each) == number), None)
    return _fault("IPD0007", number) if company is None else _answer(establishment(company))


@open_routes.get("/v1/hvds/basisbedrijfsgegevens/kvknummer/<number>")
def basic_company_data(number: str) -> Response:
    """The open data set, which alone tells of insolvency; it knows only companies with shares."""
    if not (number.isdigit() and len(number) == 8):
        return _fault("IPD0004", number)
    company = company_with("kvk", number)
    if company is None or company.legal_form not in ("bv", "nv"):
        return _fault("IPD0015", number)
    return jsonify(open_data(as_it_is(company)))
