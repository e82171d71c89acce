"""What the tests of shadow and rescoring share: people, credit checks, and versions beside the active one."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.records import policies
from api.records.policies import PolicyRecord
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.wiring import House
from scoring.canonical import canonical_json, digest
from scoring.policy.document import shipped

ClientOf = Callable[..., FlaskClient]
NewVersion = Callable[..., int]
Check = Callable[..., dict[str, Any]]


def stricter(**sections: Any) -> dict[str, Any]:
    """The shipped policy with no credit for any grade."""
    document: dict[str, Any] = {**shipped()["default"]}
    document["limits"] = {**document["limits"], "capacity": {}}
    return document | sections


@pytest.fixture
def new_version(sessions: Sessions, seller: Seller, house: House, client_of: ClientOf) -> NewVersion:
    """Adds a version to the test's seller: a draft, or in shadow from now on, as a credit manager puts it there."""
    manager = client_of("credit_manager", subject="shadows@seller.example")

    def make(document: Mapping[str, Any], *, in_shadow: bool = True) -> int:
        now = house.clock.now(seller)
        with sessions.of(seller.id) as session:
            text = canonical_json(document).decode()
            record = policies.add(session, name="x", document=text, digest=digest(document), made_by="test", now=now)
            version = record.version
        if in_shadow:
            assert manager.post(f"/v1/policies/{version}/shadows").status_code == 201
        return version

    return make


@pytest.fixture
def version_of(sessions: Sessions, seller: Seller) -> Callable[[int], PolicyRecord]:
    def get(version: int) -> PolicyRecord:
        with sessions.of(seller.id) as session:
            record = policies.get(session, version)
        assert record is not None
        return record

    return get


@pytest.fixture
def check(client_of: ClientOf) -> Check:
    """Asks a credit check as finance does; `check("90000002", order="2500.00")`."""
    client = client_of("finance")

    def ask(kvk_number: str = "90000002", *, order: str | None = "2500.00", **options: Any) -> dict[str, Any]:
        body: dict[str, Any] = {
            "company": {"country": "NL", "kvk_number": kvk_number},
            "purpose": "credit_assessment",
            "relation": "prospect",
            **options,
        }
        if order is not None:
            body["order_amount"] = {"amount": order, "currency": "EUR"}
        answer = client.post("/v1/credit-checks", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    return ask
