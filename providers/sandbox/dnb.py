"""D&B Direct+ as the sandbox plays it: sign-in, match, search, and data blocks, of the Dutch companies."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify, request

from providers.names import best_similarity
from providers.sandbox.company import Company, companies
from providers.sandbox.dnb_documents import blocks, number_types, organization
from providers.sandbox.mentions import duns
from providers.sandbox.vendors import Vendor
from providers.sandbox.world import PASSWORD, basic_is, bearer, body, now, world

SURE, LIKELY = 10, 7  # Confidence codes: by number, and by a name alone, which no address bears out.
SAME = Decimal("0.8")
# Five digits each; not confirmed.
ERRORS = {400: "10001", 401: "00004", 403: "00041", 404: "10001", 429: "00047", 503: "00040"}

routes = Blueprint("dnb", __name__)


def problem(status: int) -> dict[str, Any]:
    """A refusal, in the form of Direct+."""
    words = {401: "Invalid Access Token.", 404: "No match found for the given criteria.", 429: "Too many requests."}
    told = {"errorCode": ERRORS.get(status, "00040"), "errorMessage": words.get(status, "Request not processed.")}
    return {"transactionDetail": _transaction(), "error": {**told, "errorDetails": []}}


VENDOR = Vendor(routes, problem)


def _transaction() -> dict[str, Any]:
    at = now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {"transactionID": "sandbox", "transactionTimestamp": at, "inLanguage": "en-US", "serviceVersion": "1"}


def _answer(document: Any, status: int = 200) -> Response:
    answer = jsonify(document)
    answer.status_code = status
    return answer


def _refuse(status: int) -> Response:
    return _answer(problem(status), status)


@routes.before_request
def signed_in() -> Response | None:
    """Demand a token of everything but the sign-in."""
    token = bearer()
    if request.endpoint == "dnb.sign_in" or (token and world().is_token("dnb", token)):
        return None
    return _refuse(401)


@routes.post("/<any(v2, v3):version>/token")
def sign_in(version: str) -> Response:
    """Give a token: v2 takes JSON, v3 a form, and they name its life differently (not confirmed)."""
    grant = body() if version == "v2" else request.form
    if not basic_is(PASSWORD, PASSWORD):
        return _refuse(401)
    if grant.get("grant_type") != "client_credentials":
        return _refuse(400)
    here = world()
    life = {"expiresIn": here.token_seconds} if version == "v2" else {"expires_in": here.token_seconds}
    return _answer({"access_token": here.new_token("dnb"), **life})


def _known() -> list[Company]:
    return [each for each in companies() if each.credit and duns(each)]


@routes.get("/v1/match/cleanseMatch")
def match() -> Response:
    """Candidates for a DUNS, an official number, or a name in a country; none is a 404."""
    asked = request.args
    if asked.get("duns"):
        found = [(SURE, each) for each in _known() if duns(each) == asked["duns"]]
    elif asked.get("registrationNumber"):
        wanted = (asked["registrationNumber"], asked.get("registrationNumberType"))
        found = [(SURE, each) for each in _known() if _has(each, *wanted)]
    elif asked.get("name") and asked.get("countryISOAlpha2Code"):
        found = [
            (LIKELY, each)
            for each in _known()
            if each.country == asked["countryISOAlpha2Code"] and best_similarity(asked["name"], each.names) >= SAME
        ]
    else:
        return _refuse(400)
    if not found:
        return _refuse(404)
    return _answer(_listed("matchCandidates", [each for _, each in found], lambda at: _quality(found[at][0])))


def _has(company: Company, number: str, kind: str | None) -> bool:
    return any(number == each and kind in (None, str(code)) for each, code in number_types(company))


def _quality(confidence: int) -> dict[str, Any]:
    grade = ("A" if confidence == SURE else "B") + "Z" * 10
    return {"matchQualityInformation": {"confidenceCode": confidence, "matchGrade": grade}}


def _listed(name: str, found: list[Company], more: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    candidates = [
        {"displaySequence": at + 1, "organization": organization(each), **more(at)} for at, each in enumerate(found)
    ]
    return {"transactionDetail": _transaction(), "candidatesMatchedQuantity": len(found), name: candidates}


@routes.post("/v1/search/companyList")
def search() -> Response:
    """Companies by words of their name; none is a 404."""
    told = body()
    if not isinstance(told.get("searchTerm"), str):
        return _refuse(400)
    country = told.get("countryISOAlpha2Code")
    found = [each for each in _known() if each.is_like(told["searchTerm"]) and country in (None, each.country)]
    return _answer(_listed("searchCandidates", found, lambda at: {})) if found else _refuse(404)


@routes.get("/v1/data/duns/<number>")
def data_blocks(number: str) -> Response:
    """The blocks that are asked for, which is what is charged."""
    asked = [each for each in request.args.get("blockIDs", "").split(",") if each]
    company = next((each for each in _known() if duns(each) == number), None)
    if not asked:
        return _refuse(400)
    if company is None or company.credit is None:
        return _refuse(404)
    document = {"transactionDetail": _transaction(), **blocks(company, company.credit, asked)}
    inquiry = {"duns": number, "blockIDs": asked, "tradeUp": request.args.get("tradeUp")}
    return _answer({**document, "inquiryDetail": inquiry})
