"""The sandbox as a web application: each vendor's protocol below its name, and a few routes of its own."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from providers.http import NOW_HEADER
from providers.sandbox import (
    atradius,
    companies_house,
    companies_house_stream,
    creditsafe,
    dnb,
    gleif,
    kvk,
    kvk_changes,
    opensanctions,
    vies,
)
from providers.sandbox.company import companies
from providers.sandbox.faults import errors_in
from providers.sandbox.mentions import mentioned
from providers.sandbox.spoiling import begin_fault, spoil
from providers.sandbox.vendors import Vendor
from providers.sandbox.world import TOKEN_SECONDS, World, now, put_in, world

VENDORS: dict[str, Vendor] = {
    each.provider: each
    for each in (
        kvk.VENDOR,
        kvk.OPEN_DATA,
        kvk_changes.VENDOR,
        companies_house.VENDOR,
        companies_house_stream.VENDOR,
        creditsafe.VENDOR,
        dnb.VENDOR,
        opensanctions.VENDOR,
        vies.VENDOR,
        gleif.VENDOR,
        atradius.VENDOR,
    )
}


def make_app(real_now: Callable[[], datetime], *, token_seconds: int = TOKEN_SECONDS) -> Flask:
    """Make a sandbox that remembers nothing yet; `real_now` gives the machine's time in UTC."""
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    put_in(app, World(real_now, token_seconds))
    for vendor in VENDORS.values():
        app.register_blueprint(vendor.routes, url_prefix=f"/{vendor.provider}")
    _add_own_routes(app)
    app.before_request(_begin)
    app.after_request(spoil)
    app.register_error_handler(HTTPException, _vendors_own)
    app.wsgi_app = _WithoutBasePath(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _vendor() -> Vendor | None:
    return VENDORS.get(request.path.split("/")[1])


def _begin() -> Response | None:
    """Count the call, refuse an unreadable time, and begin the fault that waits for this call, if one does."""
    vendor = _vendor()
    if vendor is None:
        return None
    text = f"{request.full_path}\n{request.get_data(as_text=True)}"
    company = mentioned(text)
    operation = (request.endpoint or "unknown_path").rpartition(".")[2]
    world().calls.note(vendor.provider, operation, company)
    try:
        now()
    except ValueError:
        return _answer({"errors": [f"{NOW_HEADER}: must be an ISO 8601 time with a zone"]}, 400)
    return begin_fault(vendor, text, company)


def _vendors_own(error: HTTPException) -> Response:
    """What is not there, in the words of the vendor below whose name it was looked for."""
    vendor, status = _vendor(), error.code or 500
    if vendor is None:
        return _answer({"errors": [error.description]}, status)
    status = vendor.unknown_path if status == 404 else status
    return _answer(vendor.problem(status), status)


def _answer(document: Any, status: int = 200) -> Response:
    answer = jsonify(document)
    answer.status_code = status
    return answer


def _add_own_routes(app: Flask) -> None:
    @app.get("/")
    def index() -> Response:
        """What is played here."""
        return _answer({"providers": sorted(VENDORS), "see": ["/companies", "/faults", "/calls"]})

    @app.get("/companies")
    def list_companies() -> Response:
        return _answer(
            {"companies": [{"name": each.name, "numbers": each.numbers, "fate": each.fate} for each in companies()]}
        )

    @app.get("/faults")
    def list_faults() -> Response:
        return _answer({"faults": world().faults.waiting()})

    @app.post("/faults")
    def add_fault() -> Response:
        told = request.get_json(silent=True)
        errors = errors_in(told, VENDORS)
        if errors:
            return _answer({"errors": errors}, 400)
        assert isinstance(told, dict)
        return _answer({"id": world().faults.add(told).id}, 201)

    @app.delete("/faults")
    def remove_faults() -> Response:
        world().faults.remove()
        return Response(status=204)

    @app.delete("/faults/<int:fault_id>")
    def remove_fault(fault_id: int) -> Response:
        world().faults.remove(fault_id)
        return Response(status=204)

    @app.get("/calls")
    def list_calls() -> Response:
        return _answer({"calls": world().calls.counted()})

    @app.delete("/calls")
    def clear_calls() -> Response:
        world().calls.clear()
        return Response(status=204)


class _WithoutBasePath:
    """Lets `/creditsafe/v1/companies` be `/creditsafe/companies`: the path below the real host may stay."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        _, provider, *rest = environ["PATH_INFO"].split("/", 2)
        vendor = VENDORS.get(provider)
        if vendor is not None and vendor.base_path and rest and f"/{rest[0]}".startswith(f"{vendor.base_path}/"):
            environ["PATH_INFO"] = f"/{provider}/{rest[0][len(vendor.base_path) :]}"
        return self._app(environ, start_response)
