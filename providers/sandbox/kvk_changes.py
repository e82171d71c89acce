"""KVK's Mutatieservice as the sandbox plays it: one subscription to all companies, and the signals of what happens."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import Blueprint, Response, jsonify, request

from providers.sandbox.company import companies
from providers.sandbox.falling import fell_at
from providers.sandbox.vendors import Vendor
from providers.sandbox.world import PASSWORD, now

SUBSCRIPTION = "5d2b6f0e-0000-4000-8000-000000000001"
PAGE_SIZE, PAGE_SIZE_MIN, PAGE_SIZE_MAX = 100, 10, 500
STRANGER = "90000099"  # A subscription is to a whole population: each day it tells of somebody whom nobody knows.
REMEMBERED = timedelta(days=30)
CHANGED = "SignaalGewijzigdeInschrijving"

routes = Blueprint("kvk_changes", __name__)


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal: when it was made, about whom, and which part of the registration has changed."""

    at: datetime
    number: str
    part: dict[str, Any]

    @property
    def id(self) -> str:
        """Its id, the same whenever it is asked for."""
        return str(uuid5(NAMESPACE_URL, f"{self.number} {self.at.isoformat()}"))


def problem(status: int) -> dict[str, Any]:
    """A refusal, in the form of this service."""
    return {"type": "about:blank", "title": "Fout", "status": status, "detail": "Het verzoek kan niet worden verwerkt."}


VENDOR = Vendor(routes, problem, base_path="/api")


@routes.before_request
def sign_in() -> Response | None:
    """Demand the key."""
    return None if request.headers.get("apikey") == PASSWORD else _answer(problem(401), 401)


def _answer(document: Any, status: int = 200) -> Response:
    answer = jsonify(document)
    answer.status_code = status
    return answer


@routes.get("/v1/abonnementen")
def subscriptions() -> Response:
    """The one subscription."""
    one = {"id": SUBSCRIPTION, "contract": {"id": "sandbox"}, "startDatum": "2024-01-01T00:00:00Z", "actief": True}
    return _answer({"klantId": "sandbox", "abonnementen": [one]})


@routes.get("/v1/abonnementen/<subscription>")
def signals(subscription: str) -> Response:
    """The signals between two times, page by page."""
    given = request.args
    page, size = given.get("pagina", 1, type=int), given.get("aantal", PAGE_SIZE, type=int)
    try:
        begin, end = (datetime.fromisoformat(given[name]) if name in given else None for name in ("vanaf", "tot"))
    except ValueError:
        return _answer(problem(400), 400)
    if subscription != SUBSCRIPTION:
        return _answer(problem(404), 404)
    if page < 1 or not PAGE_SIZE_MIN <= size <= PAGE_SIZE_MAX:
        return _answer(problem(400), 400)
    told = [each for each in _signals() if (begin is None or each.at >= begin) and (end is None or each.at <= end)]
    shown = [_listed(each) for each in told[(page - 1) * size : page * size]]
    pages = -(-len(told) // size)
    counts = {"pagina": page, "aantal": len(shown), "totaal": len(told), "totaalPaginas": pages}
    return _answer({**counts, "signalen": shown})


@routes.get("/v1/abonnementen/<subscription>/signalen/<signal_id>")
def signal(subscription: str, signal_id: str) -> Response:
    """One signal, with the part of the registration that has changed and not what has become of it."""
    found = next((each for each in _signals() if each.id == signal_id), None)
    if subscription != SUBSCRIPTION or found is None:
        return _answer(problem(404), 404)
    told = {
        "berichtId": found.id,
        "signaalType": CHANGED,
        "registratieId": found.id,
        "registratieTijdstip": _text(found.at),
        "heeftBetrekkingOp": {"kvkNummer": found.number, "nonMailing": True, "totaalWerkzamePersonen": 1},
        "heeftGewijzigdeGegevens": found.part,
    }
    return _answer({"signaal": told})


def _signals() -> list[Signal]:
    """What has happened by now, the oldest first."""
    told = [
        Signal(at, company.numbers["kvk"], {"eigenaar": {"bijzondererechtstoestand": True, "rechtspersoon": False}})
        for company in companies()
        if "kvk" in company.numbers and (at := fell_at(company)) is not None
    ]
    midnight = now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = (midnight - timedelta(days=age) for age in range(REMEMBERED.days))
    told += [Signal(each, STRANGER, {"maOnderneming": {"algemeen": True}}) for each in days]
    return sorted(told, key=lambda each: each.at)


def _listed(signal: Signal) -> dict[str, Any]:
    return {"id": signal.id, "timestamp": _text(signal.at), "kvknummer": signal.number, "signaalType": CHANGED}


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
