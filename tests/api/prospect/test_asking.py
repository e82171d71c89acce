"""What a credit check asks, over HTTP, PostgreSQL and the real clients; whoever answers them is the sandbox."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.app import create_app
from api.records import policies
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.wiring import House
from providers.catalog import Catalog
from providers.errors import SourceDown
from scoring.canonical import canonical_json, digest
from tests.api.conftest import Client
from tests.api.fresh_report.fakes import GOOD, VAT, Fake, catalog_of, good, plan, policy_document
from tests.sandbox_control import SandboxControl, serving
from tests.web_checks import assert_documented

ClientOf = Callable[..., FlaskClient]
WHY = {"purpose": "credit_assessment", "relation": "prospect"}
GANS = {
    "country": "NL",
    "name": "Gouden Gans Groothandel B.V.",
    "kvk_number": "90000001",
    "vat_number": "NL899000009B01",
    "lei": "SANDBOX0000000000177",
}
MIDDENMAAT = {
    "country": "NL",
    "name": "Middenmaat Meubelen B.V.",
    "kvk_number": "90000002",
    "vat_number": "NL899000010B01",
}
PROVIDERS = {
    "company_register": "kvk",
    "credit_bureau": "creditsafe",
    "sanctions_list": "opensanctions",
    "vat_register": "vies",
    "entity_register": "gleif",
}


def ask(client: FlaskClient, company: Any, **asked: Any) -> Any:
    answer = client.post("/v1/credit-checks", json={"company": company, **WHY, **asked})
    assert answer.status_code == 201, answer.text
    return answer.json


def by_kind(answer: Any) -> dict[str, Any]:
    return {source["kind"]: source for source in answer["sources"]}


def told(answer: Any) -> dict[str, Any]:
    return {kind: (source["status"], source["why"]) for kind, source in by_kind(answer).items()}


@pytest.fixture
def activated(sessions: Sessions, seller: Seller, house: House) -> Callable[..., None]:
    """Activates a policy with these plans for the test's seller."""

    def activate(*plans: Any, **sources: Any) -> None:
        document, now = policy_document(*plans, **sources), house.clock.now(seller)
        with sessions.of(seller.id) as session:
            record = policies.add(
                session,
                name="x",
                document=canonical_json(document).decode(),
                digest=digest(document),
                made_by="test",
                now=now,
            )
            session.execute(text("UPDATE policy SET state = 'retired' WHERE state = 'active'"))
            session.execute(text("UPDATE policy SET state = 'active' WHERE version = :v"), {"v": record.version})

    return activate


@pytest.fixture
def client_with(house: House, new_key: Callable[..., Any]) -> Callable[..., FlaskClient]:
    """Makes a client of finance whose app asks these sources."""

    def make(catalog: Catalog) -> FlaskClient:
        other = create_app(house.config, sessions=house.sessions, clock=house.clock, catalog=catalog)
        other.test_client_class = Client
        client = other.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {new_key('finance').text}"
        return client

    return make


@pytest.fixture
def sandbox_apart() -> Iterator[SandboxControl]:
    """A sandbox of one's own: what hangs there makes no other test wait."""
    with serving() as control:
        yield control


@pytest.fixture
def slow(sandbox: SandboxControl) -> Iterator[None]:
    """Every source of the sandbox takes its time, each another one."""
    faults = [
        sandbox.fault("slow", provider=name, seconds=seconds)
        for name, seconds in (("kvk", 0.6), ("creditsafe", 1), ("opensanctions", 1.5), ("vies", 2), ("gleif", 0.5))
    ]
    for each in faults:
        each.__enter__()
    yield
    for each in faults:
        each.__exit__(None, None, None)


@pytest.mark.usefixtures("slow")
def test_a_check_of_five_sources_takes_as_long_as_the_slowest(client_of: ClientOf, app: Flask) -> None:
    client = client_of("finance")
    begun = monotonic()
    answer = ask(client, GANS)
    whole = monotonic() - begun
    assert_documented(app, "post", "/v1/credit-checks", 201, answer)
    assert {kind: source["provider"] for kind, source in by_kind(answer).items()} == PROVIDERS
    assert told(answer) == dict.fromkeys(PROVIDERS, ("fresh", None))
    slowest = max(source["took_seconds"] for source in answer["sources"])
    assert slowest >= 2
    assert whole <= slowest * 1.1


def test_a_dead_source_costs_its_deadline_once_and_nothing_while_it_is_left_alone(
    client_with: Callable[..., FlaskClient], activated: Callable[..., None], sandbox_apart: SandboxControl
) -> None:
    activated(plan({kind: [name] for kind, name in PROVIDERS.items()}, deadline_seconds=3))
    client = client_with(Catalog(sandbox_address=sandbox_apart.address))
    with sandbox_apart.fault("slow", provider="creditsafe", match="companies/NL-X-900000010000", seconds=7):
        first = ask(client, GANS)
        second = ask(client, MIDDENMAAT)
    late, alone = by_kind(first)["credit_bureau"], by_kind(second)["credit_bureau"]
    assert (late["status"], late["why"]) == ("unavailable", "late")
    assert (alone["status"], alone["why"]) == ("unavailable", "breaker")
    assert late["took_seconds"] >= 3 > 10 * alone["took_seconds"]
    assert first["outcome"] == second["outcome"] == "refer"
    assert "source_unavailable" in {reason["code"] for reason in first["reasons"]}
    assert {kind: status for kind, (status, _) in told(first).items() if kind != "credit_bureau"} == dict.fromkeys(
        set(PROVIDERS) - {"credit_bureau"}, "fresh"
    )
    # It was not dead, only very slow: what was bought there is kept when it comes.
    while by_kind(third := ask(client, GANS))["credit_bureau"]["status"] == "unavailable":
        assert by_kind(third)["credit_bureau"]["why"] == "late"
        sleep(0.3)
    assert told(third)["credit_bureau"] == ("cached", None)
    assert told(ask(client, MIDDENMAAT))["credit_bureau"] == ("unavailable", "breaker")


def test_a_bureau_that_is_slow_is_followed_by_the_next_within_the_time(
    client_with: Callable[..., FlaskClient], activated: Callable[..., None], sandbox_apart: SandboxControl
) -> None:
    activated(plan({"credit_bureau": ["creditsafe", "dnb"]}, deadline_seconds=6))
    client = client_with(Catalog(sandbox_address=sandbox_apart.address))
    with sandbox_apart.fault("slow", provider="creditsafe", seconds=7):
        found = by_kind(ask(client, GANS))["credit_bureau"]
    assert (found["status"], found["provider"]) == ("fresh", "dnb")


@pytest.mark.parametrize("match", ["authenticate", "companies", "companies/NL-X-900000010000"])
def test_a_bureau_in_maintenance_has_sold_nothing_and_is_asked_again(
    client_with: Callable[..., FlaskClient],
    activated: Callable[..., None],
    sandbox_apart: SandboxControl,
    match: str,
) -> None:
    activated(plan({"credit_bureau": ["creditsafe"]}), prices={"creditsafe": "4.50"})
    client = client_with(Catalog(sandbox_address=sandbox_apart.address))
    with sandbox_apart.fault("maintenance", provider="creditsafe", match=match):
        down = by_kind(ask(client, GANS))["credit_bureau"]
    assert (down["status"], down["why"], down["cost"]) == ("unavailable", "down", None)
    sleep(1.1)  # A failure is shared for a second.
    again = by_kind(ask(client, GANS))["credit_bureau"]
    assert (again["status"], again["cost"]) == ("fresh", {"amount": "4.50", "currency": "EUR"})


@pytest.mark.parametrize(
    ("fault", "why"), [("huge", "not_understood"), ("cut", "down"), ("broken_json", "not_understood")]
)
def test_a_report_that_was_charged_and_never_read_is_bought_once_and_told_by_the_next(
    client_with: Callable[..., FlaskClient],
    activated: Callable[..., None],
    sandbox_apart: SandboxControl,
    fault: str,
    why: str,
) -> None:
    activated(plan({"credit_bureau": ["creditsafe", "dnb"]}), prices={"creditsafe": "6.50", "dnb": "7.00"})
    client = client_with(Catalog(sandbox_address=sandbox_apart.address))
    with (
        sandbox_apart.fault(fault, provider="creditsafe", match="companies/NL-X-900000010000"),
        sandbox_apart.fault("error", provider="dnb", times=6),
    ):
        answers = [_after_a_second(client), _after_a_second(client), _after_a_second(client)]
    first, *others = [by_kind(each)["credit_bureau"] for each in answers]
    paid = {"amount": "6.50", "currency": "EUR"}
    assert (first["provider"], first["why"], first["cost"]) == ("creditsafe", why, paid)
    assert [each["provider"] for each in first["tried"]] == ["dnb"]
    second, third = others
    assert (second["provider"], second["cost"]) == ("creditsafe", None)
    assert (third["provider"], third["status"], third["cost"]["amount"]) == ("dnb", "fresh", "7.00")
    left_alone = "not_understood" if fault == "broken_json" else "lost"
    assert third["tried"] == [{"provider": "creditsafe", "why": left_alone, "cost": None}]
    assert sandbox_apart.calls("creditsafe", "company_report") == 1
    costs = client.get("/v1/source-costs?provider=creditsafe").json["items"]
    assert [each["cost"]["amount"] for each in costs if each["cost"]] == ["6.50"]


def _after_a_second(client: FlaskClient) -> Any:
    answer = ask(client, GANS)
    sleep(1.1)  # A failure is shared for a second.
    return answer


def test_whoever_sees_no_costs_sees_none_of_those_who_were_tried(
    client_of: ClientOf, client_with: Callable[..., FlaskClient], activated: Callable[..., None]
) -> None:
    activated(plan({"credit_bureau": []}))
    lost = SourceDown("a", "was cut")
    lost.charged = (Decimal("6.50"), "EUR")
    client = client_with(catalog_of(Fake("a", "credit_bureau", lost), good("b", "credit_bureau")))
    answer = ask(client, NUMBERED)
    (tried,) = by_kind(answer)["credit_bureau"]["tried"]
    assert tried == {"provider": "a", "why": "down", "cost": {"amount": "6.50", "currency": "EUR"}}
    seen = client_of("sales").get(f"/v1/decisions/{answer['id']}").json
    assert by_kind(seen)["credit_bureau"]["tried"] == [{"provider": "a", "why": "down"}]


def test_finance_can_have_everything_asked_again(
    client_with: Callable[..., FlaskClient], activated: Callable[..., None]
) -> None:
    activated()
    fakes = [good(f"a_{kind}", kind) for kind in GOOD]
    client = client_with(catalog_of(*fakes))
    company = {**NUMBERED, "name": "Somebody"}
    ask(client, company)
    again = ask(client, company, ask_again=True)
    assert told(again) == dict.fromkeys(GOOD, ("fresh", None))
    assert [len(each.asked) for each in fakes] == [2] * 5
    assert told(ask(client, company, ask_again=False)) == dict.fromkeys(GOOD, ("cached", None))


def test_who_asks_again_in_vain_is_not_told_the_old_but_the_next_check_is(
    client_with: Callable[..., FlaskClient], activated: Callable[..., None]
) -> None:
    activated()
    fakes = [good(f"a_{kind}", kind) for kind in GOOD]
    client = client_with(catalog_of(*fakes))
    company = {**NUMBERED, "name": "Somebody"}
    ask(client, company)
    for each in fakes:
        each.says = SourceDown(each.provider, "no connection")
    assert set(told(ask(client, company, ask_again=True)).values()) == {("unavailable", "down")}
    assert told(ask(client, company)) == dict.fromkeys(GOOD, ("cached", None))


@pytest.mark.parametrize(
    ("role", "asked", "status"),
    [
        ("sales", WHY, 403),
        ("finance", WHY, 201),
        ("credit_manager", WHY, 201),
        ("finance", {"purpose": WHY["purpose"]}, 422),
        ("finance", {}, 422),
    ],
)
def test_who_may_ask_again_and_what_must_be_said(client_of: ClientOf, role: str, asked: Any, status: int) -> None:
    body = {"company": GANS, "ask_again": True, **asked}
    client = client_of(role)
    answer = client.post("/v1/credit-checks", json=body)
    assert answer.status_code == status, answer.text
    if status == 422:
        lacking = {f"/{each}" for each in set(WHY) - set(asked)}
        assert {(each["pointer"], each["code"]) for each in answer.json["errors"]} == {
            (at, "required") for at in lacking
        }
    batch = client.post("/v1/credit-checks/batches", json={"items": [body]})
    assert batch.status_code == {201: 202}.get(status, status), batch.text


def test_what_a_decision_cost_is_told_by_that_decision_alone(
    client_of: ClientOf, sessions: Sessions, seller: Seller, activated: Callable[..., None]
) -> None:
    activated(
        plan({kind: [] for kind in PROVIDERS}, cost_max=10), prices={"creditsafe": "4.50", "opensanctions": "0.10"}
    )
    client = client_of("finance")
    first, again = ask(client, GANS), ask(client, GANS)
    costs = {kind: source["cost"] and source["cost"]["amount"] for kind, source in by_kind(first).items()}
    assert (costs["credit_bureau"], costs["sanctions_list"], costs["vat_register"]) == ("4.50", "0.10", "0.00")
    assert {source["cost"] for source in again["sources"]} == {None}
    assert {source["took_seconds"] for source in again["sources"]} == {None}
    with sessions.of(seller.id) as session:
        query = "SELECT decision_id, sum(cost_amount) FROM source_call WHERE provider = 'creditsafe' GROUP BY 1"
        ((decision_id, cost),) = session.execute(text(query)).all()
    assert (decision_id, float(cost)) == (UUID(first["id"]), 4.5)


@pytest.mark.parametrize(("kvk_number", "asked"), [("90000006", 0), ("90000007", 0), ("90000009", 0), ("90000002", 1)])
def test_nobody_buys_a_report_about_who_has_ended_is_bankrupt_or_sanctioned(
    client_of: ClientOf, sandbox: SandboxControl, activated: Callable[..., None], kvk_number: str, asked: int
) -> None:
    first_step = {
        "ask": {"company_register": ["kvk"], "sanctions_list": []},
        "stop_when": ["ended", "insolvent", "sanctioned"],
    }
    activated(plan(first_step, {"credit_bureau": ["creditsafe"]}))
    before = sandbox.calls("creditsafe")
    answer = ask(client_of("finance"), {"country": "NL", "kvk_number": kvk_number})
    assert (sandbox.calls("creditsafe") > before) == bool(asked)
    assert told(answer)["credit_bureau"] == (("fresh", None) if asked else ("not_asked", "stopped"))
    assert answer["outcome"] == ("decline" if not asked else answer["outcome"])


def test_no_report_is_bought_of_a_british_company_while_its_register_is_down(
    client_of: ClientOf, sandbox: SandboxControl
) -> None:
    company = {"country": "GB", "identifiers": [{"scheme": "coh", "country": "GB", "value": "99000024"}]}
    before = sandbox.calls("creditsafe", "company_report")
    with sandbox.fault("maintenance", provider="companies_house"):
        down = ask(client_of("finance"), {**company, "name": "Imaginary Kettles Ltd"})
    assert told(down)["company_register"] == ("unavailable", "down")
    assert (told(down)["credit_bureau"], down["outcome"]) == (("not_asked", "stopped"), "refer")
    assert sandbox.calls("creditsafe", "company_report") == before
    sleep(1.1)  # A failure is shared for a second.
    up = ask(client_of("finance"), {**company, "name": "Imaginary Kettles Ltd"})
    assert told(up)["company_register"] == told(up)["credit_bureau"] == ("fresh", None)


def test_a_vat_number_that_is_not_valid_puts_the_identity_in_doubt(client_of: ClientOf) -> None:
    company = {"country": "NL", "kvk_number": "90000023", "vat_number": "NL899000204B01"}
    answer = ask(client_of("finance"), company)
    assert told(answer)["vat_register"] == ("fresh", None)
    reasons = {reason["code"]: reason["params"] for reason in answer["reasons"]}
    assert (answer["outcome"], reasons["identity_mismatch"]) == ("refer", {"fields": ["vat"]})


def test_an_outage_of_the_vat_register_is_never_invalid(client_of: ClientOf) -> None:
    company = {"country": "NL", "kvk_number": "90000024", "vat_number": "NL899000216B01"}
    answer = ask(client_of("finance"), company)
    assert told(answer)["vat_register"][0] == "unavailable"
    assert "identity_mismatch" not in {reason["code"] for reason in answer["reasons"]}


NUMBERED = {"country": "NL", "kvk_number": "90000001", "vat_number": VAT.value}


def test_an_entity_that_has_ended_is_left_to_a_person(client_with: Any, activated: Callable[..., None]) -> None:
    activated()
    fakes = [good(f"a_{kind}", kind) for kind in GOOD if kind != "entity_register"]
    client = client_with(
        catalog_of(*fakes, Fake("an_entity_register", "entity_register", {"document": {"active": False}}))
    )
    answer = ask(client, {**NUMBERED, "name": "Somebody"})
    reasons = {reason["code"]: reason["params"] for reason in answer["reasons"]}
    assert reasons["event_unknown"]["event"] == "entity_inactive"
    assert answer["outcome"] == "refer"


def test_kinds_that_do_not_apply_are_no_reason(client_with: Any, activated: Callable[..., None]) -> None:
    activated()
    fakes = [good(f"a_{kind}", kind) for kind in GOOD if kind != "entity_register"]
    client = client_with(catalog_of(*fakes, Fake("an_entity_register", "entity_register", None)))
    answer = ask(client, {"country": "NL", "kvk_number": "90000001", "name": "Somebody"})
    assert told(answer)["entity_register"] == ("not_found", None)
    assert "vat_register" not in told(answer)
    assert not [each for each in answer["reasons"] if each["code"].startswith("source_")]


def test_a_needed_source_over_the_maximum_is_not_asked_and_leads_to_refer(
    client_with: Any, activated: Callable[..., None]
) -> None:
    activated(plan({kind: [] for kind in GOOD}, cost_max=1))
    bureau = good("a_bureau", "credit_bureau", price=None)
    client = client_with(catalog_of(bureau, *[good(f"a_{kind}", kind) for kind in GOOD if kind != "credit_bureau"]))
    answer = ask(client, {**NUMBERED, "name": "Somebody"})
    assert (told(answer)["credit_bureau"], bureau.asked) == (("not_asked", "price_unknown"), [])
    assert answer["outcome"] == "refer"
    assert "source_not_asked" in {reason["code"] for reason in answer["reasons"]}


def test_nothing_is_bought_without_purpose_and_relation_and_nothing_remembered(
    client_with: Any, activated: Callable[..., None], sessions: Sessions, seller: Seller
) -> None:
    activated()
    fakes = [good(f"a_{kind}", kind) for kind in GOOD]
    client = client_with(catalog_of(*fakes))
    answer = client.post("/v1/credit-checks", json={"company": {**NUMBERED, "name": "Somebody"}})
    assert (answer.status_code, {each["pointer"] for each in answer.json["errors"]}) == (422, {"/purpose", "/relation"})
    assert [each.asked for each in fakes] == [[]] * 5
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM debtor")) == 0


def test_what_costs_nothing_is_asked_without_a_purpose(client_with: Any, activated: Callable[..., None]) -> None:
    activated(plan({"company_register": [], "sanctions_list": []}))
    client = client_with(catalog_of(*[good(f"a_{kind}", kind) for kind in GOOD]))
    answer = client.post("/v1/credit-checks", json={"company": {**NUMBERED, "name": "Somebody"}})
    assert answer.status_code == 201
    assert told(answer.json)["company_register"] == ("fresh", None)


def test_wrong_credentials_sign_in_once_and_somebody_is_told_until_they_are_mended(
    client_of: ClientOf, sandbox: SandboxControl, activated: Callable[..., None]
) -> None:
    activated(plan({"credit_bureau": ["creditsafe"]}), needed=["credit_bureau"])
    admin, finance = client_of("admin"), client_of("finance")
    wrong = {"values": {"username": "wrong", "password": "wrong"}}
    right = {"values": {"username": "sandbox", "password": "sandbox"}}
    assert admin.put("/v1/provider-credentials/creditsafe", json=wrong).status_code == 200
    before = sandbox.calls("creditsafe")
    companies = [{"country": "NL", "kvk_number": f"9000000{number}"} for number in range(1, 7)]
    answers = [ask(finance, company) for company in companies]
    assert sandbox.calls("creditsafe") == before + 1
    assert {told(each)["credit_bureau"] for each in answers} == {("unavailable", "refused")}
    opened = finance.get("/v1/alerts?kind=source_refused&open=true").json["items"]
    assert [(each["subject"], each["severity"]) for each in opened] == [("creditsafe", "warning")]
    assert admin.put("/v1/provider-credentials/creditsafe", json=right).status_code == 200
    assert told(ask(finance, {"country": "NL", "kvk_number": "90000010"}))["credit_bureau"] == ("fresh", None)
    assert finance.get("/v1/alerts?kind=source_refused&open=true").json["items"] == []
