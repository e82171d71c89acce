"""Coface's published lists and shapes: every documented code is read, and every documented error has its meaning."""

from datetime import date
from typing import Any

import jsonschema_rs
import orjson
import pytest
import responses

from providers.coface.client import SETTINGS, Assessments
from providers.coface.mapping import bureau_facts
from providers.errors import NotUnderstood, SourceBusy, SourceDown, SourceError, SourceLate, SourceRefused
from providers.ports import CompanyKey, Identifier
from tests.providers.register_contracts import SPECS
from tests.providers.wires import NOW, line_to, payload

BASE = f"{SETTINGS.address}/bi/icon-data/v1"
TODAY = date(2026, 3, 1)
COMPANY = CompanyKey(None, "PL", (Identifier("coface-icon", "PL", "5606280"),))
ORDER = {"id": "1", "orderDate": NOW.isoformat(), "publications": [{"id": "2"}]}
MEANINGS: dict[int, type[SourceError]] = {
    **{400: NotUnderstood, 403: SourceRefused, 404: NotUnderstood, 429: SourceBusy, 500: SourceDown},
    **{202: SourceLate, 205: NotUnderstood},  # Unfinished is late, cancelled will not come.
}


def spec(name: str) -> Any:
    return orjson.loads((SPECS / f"coface-{name}.json").read_bytes())


@pytest.mark.parametrize("code", sorted(spec("opinion-motivation-codes")))
def test_every_documented_motivation_is_read(code: str) -> None:
    opinion = {"assessmentSlug": "credit-opinion", "rating": "@", "decisionDetails": [{"code": code}]}
    found = bureau_facts([[opinion]], None, "EUR", TODAY)
    assert bool(found.events) is (code in {"CA06", "CA07", "CA08", "BA06"})


def test_the_stored_assessments_have_the_published_shape() -> None:
    risks = payload("coface/Score_Assessment_Package_DemoCompany.json")
    jsonschema_rs.validator_for(spec("score-assessment-package.schema")).validate(risks)
    # The opinion's sample leaves out what its schema requires, so that nothing but the rating may be relied on.
    (opinion,) = payload("coface/CO_DemoCompany.json")
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validator_for(spec("credit-opinion.schema")).validate(opinion)
    jsonschema_rs.validator_for(spec("credit-opinion.schema")).validate(
        {**opinion, "decisionDetails": [], "isCurrent": True}
    )


CALLS = {
    "GET /companies": ("GET", f"{BASE}/companies"),
    "GET /publications/orders": ("GET", f"{BASE}/publications/orders"),
    "POST /publications/orders": ("POST", f"{BASE}/publications/orders"),
    "GET /publications": ("GET", f"{BASE}/publications"),
}
ERRORS = [(endpoint, each["status"], each["code"]) for each in spec("error-codes") for endpoint in each["endpoints"]]


@pytest.mark.parametrize(("endpoint", "status", "code"), sorted(set(ERRORS), key=str))
def test_every_documented_error_has_its_meaning(
    endpoint: str, status: int, code: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.coface.orders.POLL_SECONDS", 0.0)
    line = line_to(SETTINGS, username="us", password="open sesame", api_key="k")
    good: dict[str, Any] = {
        "GET /companies": [{"id": "1"}],
        "GET /publications/orders": [] if endpoint == "POST /publications/orders" else [ORDER],
        "POST /publications/orders": ORDER,
        "GET /publications": payload("coface/CO_DemoCompany.json"),
    }
    with responses.RequestsMock(assert_all_requests_are_fired=False) as vendor:
        vendor.post(f"{SETTINGS.address}/authentication/v1/token", json={"idToken": "t"})
        for name, (method, address) in CALLS.items():
            fails = name == endpoint
            body = {"message": "?", "code": code} if fails else good[name]
            vendor.add(method, address, json=body, status=status if fails else 200)
        if (endpoint, status) in (("GET /companies", 404), ("GET /publications/orders", 404)):
            known = Assessments().ask(COMPANY, line)
            assert (known is None) is (endpoint == "GET /companies")
        else:
            is_of_contract = endpoint.startswith("POST") and code in {"error-subscription", "wrong_product"}
            with pytest.raises(SourceRefused if is_of_contract else MEANINGS[status]):
                Assessments().ask(COMPANY, line)
