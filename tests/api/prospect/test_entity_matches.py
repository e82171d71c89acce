"""What a person chose is kept: the debtor gets its numbers, and the same name finds it again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from api.app import create_app
from api.clock import Clock
from api.config import Config
from api.identity.identifying import identified
from api.identity.naming import CompanyNamed, DebtorNamed
from api.problems import BadInput, Unavailable
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.wiring import Caller, Wiring
from providers.catalog import Catalog, Source
from providers.errors import SourceDown
from providers.http import Line
from providers.ports import Candidate, CompanyQuery, Identifier
from providers.settings import SourceSettings
from tests.web_checks import assert_documented, assert_problem

GOOSE = Candidate(
    provider="register",
    identifiers=(Identifier("kvk", "NL", "90000060"), Identifier("rsin", "NL", "899000009")),
    name="Gouden Gans B.V.",
    trade_names=("De Gans",),
    country="NL",
    address="Ganzenweg 1 9950ZZ Verzinstad",
    legal_form="bv",
    status="active",
    parent=Identifier("lei", "ZZ", "213800KUD8LAJWSQ9D15"),
)
HOLDING = replace(
    GOOSE, identifiers=(Identifier("kvk", "NL", "90000061"),), name="Gouden Gans Holding B.V.", parent=None
)
TRADER = Candidate(
    "register",
    (Identifier("kvk", "NL", "90000062"), Identifier("vat", "NL", "NL899000010B01")),
    "Kwekerij Klaver",
    (),
    "NL",
    None,
    "eenmanszaak",
    "active",
)


class Register:
    """Offers every company whose name or number has to do with the query, unless it is down."""

    def __init__(self) -> None:
        self.offers: list[Candidate] = [GOOSE, HOLDING, TRADER]
        self.is_down = False

    def search(self, query: CompanyQuery, line: Line) -> tuple[Candidate, ...]:
        if self.is_down:
            raise SourceDown("register", "down")
        words = set((query.text or "").casefold().split())
        return tuple(
            each
            for each in self.offers
            if set(query.identifiers) & set(each.identifiers) or words & set(each.name.casefold().split())
        )


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def app(config: Config, sessions: Sessions, register: Register) -> Flask:
    source = Source(SourceSettings("register", "https://register.example"), in_sandbox=True, search=register)
    catalog = Catalog((source,), sandbox_address="http://127.0.0.1:9")
    return create_app(config, sessions=sessions, clock=Clock(), catalog=catalog)


@pytest.fixture
def client(client_of: Callable[..., FlaskClient]) -> FlaskClient:
    return client_of("finance", subject="anna@example.com")


def choose(client: FlaskClient, **values: Any) -> Any:
    return client.post("/v1/entity-matches", json=values)


def chosen(client: FlaskClient, name: str, number: str, **search: Any) -> str:
    company = {"country": "NL", "kvk_number": number}
    answer = choose(client, search={"q": name, **search}, company=company)
    assert answer.status_code == 201, answer.text
    return str(answer.json["debtor_id"])


def found(client: FlaskClient, **query: str) -> list[dict[str, Any]]:
    answer = client.get("/v1/companies", query_string=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json["items"])


def test_a_search_tells_who_it_is_who_it_belongs_to_and_whether_it_is_ours(client: FlaskClient, app: Flask) -> None:
    debtor = client.post("/v1/debtors", json={"country": "NL", "kvk_number": "90000060"}).json["id"]
    answer = client.get("/v1/companies?q=gouden gans b.v.&country=NL")
    assert_documented(app, "get", "/v1/companies", 200, answer.json)
    first, second = answer.json["items"]
    assert (first["name"], first["debtor_id"], first["unattended"]) == ("Gouden Gans B.V.", debtor, True)
    assert first["parent"] == {"scheme": "lei", "country": "ZZ", "value": "213800KUD8LAJWSQ9D15"}
    assert (second["name"], second["debtor_id"], second["unattended"]) == ("Gouden Gans Holding B.V.", None, False)
    assert answer.json["sources"] == [{"kind": "company_register", "provider": "register", "status": "fresh"}]


def test_a_choice_makes_a_debtor_and_the_same_name_finds_it_first(
    client: FlaskClient, app: Flask, register: Register
) -> None:
    company = {
        "country": "NL",
        "name": "Gouden Gans Holding B.V.",
        "kvk_number": "90000061",
        "identifiers": [{"scheme": "duns", "value": "40-780-9623"}],
    }
    answer = choose(client, search={"q": "Gouden Gans BV", "place": "Verzinstad"}, company=company)
    assert answer.status_code == 201, answer.text
    assert_documented(app, "post", "/v1/entity-matches", 201, answer.json)
    assert (answer.json["is_new_debtor"], answer.json["chosen_by"]) == (True, "anna@example.com")
    debtor = client.get(f"/v1/debtors/{answer.json['debtor_id']}").json
    assert (debtor["name"], debtor["phase"]) == ("Gouden Gans Holding B.V.", "prospect")
    assert debtor["identifiers"] == [
        {"scheme": "duns", "country": "ZZ", "value": "407809623"},
        {"scheme": "kvk", "country": "NL", "value": "90000061"},
    ]

    first = found(client, q="GOUDEN GANS B.V.", place="verzinstad")[0]
    assert (first["debtor_id"], first["unattended"]) == (answer.json["debtor_id"], True)
    assert first["chosen"] == {"by": "anna@example.com", "at": answer.json["chosen_at"]}
    assert all(each["chosen"] is None for each in found(client, q="Gouden Gans B.V."))  # Of another place.
    register.is_down = True
    (own,) = found(client, q="gouden gans bv", place="Verzinstad")
    assert (own["debtor_id"], own["status"], own["sources"]) == (answer.json["debtor_id"], None, [])


def test_the_last_choice_counts_and_every_one_stays(client: FlaskClient, sessions: Sessions, seller: Seller) -> None:
    first = chosen(client, "De Gans", "90000060")
    second = chosen(client, "de gans", "90000061")
    assert first != second
    assert found(client, q="De Gans")[0]["debtor_id"] == second
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM entity_match")) == 2
    for change in ("UPDATE entity_match SET chosen_by = 'x'", "DELETE FROM entity_match"):
        with pytest.raises(ProgrammingError), sessions.of(seller.id) as session:
            session.execute(text(change))


def test_a_known_debtor_gets_the_numbers_it_lacks(client: FlaskClient) -> None:
    debtor = client.post("/v1/debtors", json={"country": "NL", "name": "Gans"}).json["id"]
    company = {"country": "NL", "kvk_number": "90000060", "vat_number": "NL899000009B01"}
    answer = choose(client, debtor_id=debtor, company=company)
    assert (answer.json["debtor_id"], answer.json["is_new_debtor"]) == (debtor, False)
    assert {each["scheme"] for each in client.get(f"/v1/debtors/{debtor}").json["identifiers"]} == {"kvk", "vat"}
    # Found by one of them, it gets further ones.
    further = {**company, "lei": "213800KUD8LAJWSQ9D15"}
    assert choose(client, search={"q": "gans"}, company=further).json["debtor_id"] == debtor
    assert len(client.get(f"/v1/debtors/{debtor}").json["identifiers"]) == 3


def test_an_rsin_finds_who_is_known_by_the_vat_number_made_of_it(client: FlaskClient) -> None:
    rsin = {"country": "NL", "identifiers": [{"scheme": "rsin", "value": "899000009"}]}
    debtor = client.post("/v1/debtors", json=rsin).json["id"]
    answer = choose(client, search={"q": "gans"}, company={"country": "NL", "vat_number": "NL899000009B01"})
    assert answer.json["debtor_id"] == debtor


def test_what_contradicts_itself_is_refused(client: FlaskClient, app: Flask) -> None:
    debtor = client.post("/v1/debtors", json={"country": "NL", "kvk_number": "90000060"}).json["id"]
    other = client.post("/v1/debtors", json={"country": "NL", "lei": "213800KUD8LAJWSQ9D15"}).json["id"]
    company = {"country": "NL", "kvk_number": "90000061"}
    assert_problem(app, choose(client, debtor_id=debtor, company=company), 409, "contradicting_number")
    taken = {"country": "NL", "kvk_number": "90000060"}
    assert_problem(app, choose(client, debtor_id=other, company=taken), 409, "reference_taken")
    both = {**taken, "lei": "213800KUD8LAJWSQ9D15"}
    assert_problem(app, choose(client, search={"q": "gans"}, company=both), 409, "several_debtors")
    assert_problem(app, choose(client, debtor_id=str(uuid4()), company=company), 404, "debtor_not_found")


@pytest.mark.parametrize(
    ("values", "pointers"),
    [
        ({}, {"/company"}),
        ({"company": {"country": "NL", "kvk_number": "90000060"}}, {""}),
        ({"search": {"q": "gans"}, "company": {"country": "NL"}}, {"/company"}),
        ({"search": {"q": "gans"}, "company": {"country": "NL", "kvk_number": "1", "lei": "x"}},
         {"/company/kvk_number", "/company/lei"}),
        ({"search": {}, "debtor_id": "x", "company": {"country": "UK", "kvk_number": "90000060"}},
         {"/search/q", "/debtor_id", "/company/country"}),
    ],
)  # fmt: skip
def test_every_fault_of_a_choice_is_named(
    client: FlaskClient, app: Flask, values: dict[str, Any], pointers: set[str]
) -> None:
    problem = assert_problem(app, choose(client, **values), 422, "bad_input")
    assert {fault["pointer"] for fault in problem["errors"]} == pointers


def test_sales_say_who_is_meant_but_change_no_debtor(client_of: Callable[..., FlaskClient], app: Flask) -> None:
    sales, finance = client_of("sales", subject="bob@example.com"), client_of("finance")
    debtor = finance.post("/v1/debtors", json={"country": "NL", "kvk_number": "90000060"}).json["id"]
    company = {"country": "NL", "kvk_number": "90000060", "lei": "213800KUD8LAJWSQ9D15"}
    assert_problem(app, choose(sales, debtor_id=debtor, company=company), 403, "not_allowed")
    assert choose(sales, search={"q": "gans"}, company=company).json["debtor_id"] == debtor
    assert len(finance.get(f"/v1/debtors/{debtor}").json["identifiers"]) == 1
    assert_problem(app, choose(client_of("insurer"), search={"q": "gans"}, company=company), 403, "not_allowed")


def test_a_choice_sent_twice_is_made_once(client: FlaskClient, sessions: Sessions, seller: Seller) -> None:
    body = {"search": {"q": "gans"}, "company": {"country": "NL", "kvk_number": "90000060"}}
    key = {"Idempotency-Key": str(uuid4())}
    first, again = (client.post("/v1/entity-matches", json=body, headers=key) for _ in range(2))
    assert first.json == again.json
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM entity_match")) == 1


def test_a_choice_follows_its_debtor_into_another(client: FlaskClient) -> None:
    merged = chosen(client, "De Gans", "90000060")
    into = client.post("/v1/debtors", json={"country": "NL", "kvk_number": "90000061"}).json["id"]
    client.post(f"/v1/debtors/{into}/merges", json={"merged_debtor_id": merged})
    assert found(client, q="De Gans")[0]["debtor_id"] == into


def test_a_seller_sees_no_choices_of_another(
    client: FlaskClient, client_of: Callable[..., FlaskClient], new_seller: Callable[..., Seller]
) -> None:
    chosen(client, "De Gans", "90000060")
    assert all(each["chosen"] is None for each in found(client_of("finance", seller=new_seller()), q="De Gans"))


def test_the_citizen_number_in_a_sole_traders_vat_number_is_masked(client: FlaskClient) -> None:
    (trader,) = found(client, q="Kwekerij Klaver")
    assert [each["value"] for each in trader["identifiers"]] == ["90000062", "NL*******10B01"]
    body = {"country": "NL", "vat_number": "NL899000010B01", "legal_form": "eenmanszaak"}
    debtor = client.post("/v1/debtors", json=body).json
    assert debtor["identifiers"] == [{"scheme": "vat", "country": "NL", "value": "NL*******10B01"}]


class NoTwin:
    """A request that is sent once."""

    def claim(self, session: Any) -> None: ...

    def keep(self, session: Any, status: int, answer: bytes) -> None: ...


@pytest.fixture
def wiring(app: Flask, seller: Seller) -> Wiring:
    caller = Caller(seller, uuid4(), "finance", "anna@example.com")
    return Wiring(app.extensions["creditgate"], caller, NoTwin(), "en")


def named(name: str, place: str | None = None) -> DebtorNamed:
    return DebtorNamed(company=CompanyNamed("NL", name=name, place=place))


def test_a_check_by_name_takes_the_one_company_that_is_written_so(wiring: Wiring) -> None:
    company = identified(named("GOUDEN GANS BV"), wiring).company
    assert company is not None
    assert (company.name, company.numbers[0].value) == ("Gouden Gans B.V.", "90000060")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Gouden Gans", "2 companies have such a name"),
        ("Gouden Gans NV", "2 companies have such a name"),
        ("Kwekerij Klaverblad", "No register knows this company"),
        ("Gouden Gans Holdings BV", "2 companies have such a name"),
    ],
)
def test_a_check_by_a_name_that_is_not_quite_it_is_answered_with_who_it_might_be(
    wiring: Wiring, name: str, words: str
) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        identified(named(name), wiring)
    assert caught.value.code == "company_not_identified"


def test_two_companies_of_one_name_are_never_taken_by_it(wiring: Wiring, register: Register) -> None:
    register.offers.append(replace(GOOSE, identifiers=(Identifier("kvk", "NL", "90000063"),)))
    with pytest.raises(BadInput, match="companies have such a name"):
        identified(named("Gouden Gans B.V."), wiring)


def test_a_check_by_a_name_that_was_chosen_before_asks_no_register(
    wiring: Wiring, client: FlaskClient, register: Register
) -> None:
    debtor = chosen(client, "Gans", "90000061")
    register.is_down = True
    assert identified(named("GANS"), wiring) == DebtorNamed(debtor_id=UUID(debtor))
    with pytest.raises(Unavailable):
        identified(named("Gouden Gans B.V."), wiring)
