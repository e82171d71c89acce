"""Coface as it is called. An order costs money: it is looked for before it is placed, and placed once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
import requests
import responses
from responses import matchers

from providers.coface import orders
from providers.coface.client import SETTINGS, Assessments
from providers.coface.signing import sign_in
from providers.errors import NothingToAskBy, NotUnderstood, SourceBusy, SourceDown, SourceLate, SourceRefused
from providers.http import Line
from providers.ports import About, CompanyKey, Identifier
from providers.settings import Price
from tests.providers.wires import NOW, Kept, line_to, payload

BASE = f"{SETTINGS.address}/bi/icon-data/v1"
TOKEN = f"{SETTINGS.address}/authentication/v1/token"
EASY = "00000414980824"
COMPANY = CompanyKey("Grupa Polskie", "PL", (Identifier("coface-easy", "PL", EASY),))
DEMO = "b0dbc487-7b21-3bad-b568-8536410cf2c9"
COMPANIES = [
    {
        "id": DEMO,
        "name": "Grupa Polskie",
        "externalIds": [{"repositorySlug": "icon", "id": 5606280}, {"repositorySlug": "easy", "id": EASY}],
    }
]
RISKS = payload("coface/Score_Assessment_Package_DemoCompany.json")
OPINION = payload("coface/CO_DemoCompany.json")
ORDER = {
    "id": "80b72744",
    "orderDate": NOW.isoformat(),
    "status": "in-preparation",
    "publications": [{"id": "risk-1"}, {"id": "opinion-1"}],
}
ASKED = {"externalId": "icon#5606280", "countryCode": "PL", "customerReference": "creditgate"}


@pytest.fixture
def line() -> Line:
    return line_to(SETTINGS, username="us", password="open sesame", api_key="our-key")


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[responses.RequestsMock]:
    monkeypatch.setattr(orders, "POLL_SECONDS", 0.0)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(TOKEN, json={"idToken": "id", "accessToken": "no", "refreshToken": "no", "expiresIn": 3600})
        mock.get(
            f"{BASE}/companies",
            json=COMPANIES,
            match=[matchers.query_param_matcher({"countryCode": "PL", "externalId": f"easy#{EASY}"})],
        )
        yield mock


def placed(vendor: responses.RequestsMock, *found: dict[str, Any], status: int = 200, **within: str) -> None:
    wanted = [matchers.query_param_matcher({**ASKED, **within})]
    vendor.get(f"{BASE}/publications/orders", json=list(found), status=status, match=wanted)


def ordering(vendor: responses.RequestsMock, answer: Any = ORDER, status: int = 201) -> responses.BaseResponse:
    return vendor.post(f"{BASE}/publications/orders", json=answer, status=status)


def published(vendor: responses.RequestsMock, publication: str, body: Any, status: int = 200) -> None:
    wanted = [matchers.query_param_matcher({"format": "json", "id": publication})]
    vendor.get(f"{BASE}/publications", json=body, status=status, match=wanted)


UNFINISHED = {"message": "Order is not yet finished", "code": "order_not_finished"}


def test_the_token_that_says_who_we_are_is_used_beside_the_key(vendor: responses.RequestsMock, line: Line) -> None:
    token = sign_in(line)
    assert (token.text, token.ends_at) == ("id", NOW + timedelta(hours=1))
    sent = vendor.calls[0].request
    assert sent.headers["x-api-key"] == "our-key"
    assert orjson.loads(sent.body) == {"username": "us", "password": "open sesame", "grantType": "password"}


def test_what_is_ordered_is_found_first_and_read_when_it_is_finished(
    vendor: responses.RequestsMock, line: Line
) -> None:
    vendor.get(f"{BASE}/publications/orders", json={"code": "resource_not_found"}, status=404)
    order = ordering(vendor)
    published(vendor, "risk-1", RISKS)
    published(vendor, "opinion-1", OPINION)
    raw = Assessments().ask(COMPANY, line)
    assert raw == {"companies": COMPANIES, "company_id": DEMO, "order": ORDER, "publications": [RISKS, OPINION]}
    facts = Assessments().facts(raw, About(COMPANY, "EUR", date(2026, 3, 1)))
    assert (facts.score, facts.recommended_limit.amount) == (1, 0)
    assert orjson.loads(order.calls[0].request.body) == {
        **ASKED,
        "assessments": [
            {"slug": "debtor-risk-assessment", "currency": "EUR", "language": "en"},
            {"slug": "credit-opinion", "currency": "EUR", "language": "en"},
        ],
    }
    headers = vendor.calls[-1].request.headers
    assert (headers["authorization"], headers["x-api-key"]) == ("id", "our-key")
    assert "externalId=easy%2300000414980824" in next(
        c.request.url for c in vendor.calls if "/companies" in c.request.url
    )


def test_an_unfinished_order_is_late_and_the_next_question_reads_it(vendor: responses.RequestsMock, line: Line) -> None:
    placed(vendor)
    order = ordering(vendor)
    published(vendor, "risk-1", UNFINISHED, 202)
    with pytest.raises(SourceLate, match="80b72744"):
        Assessments().ask(COMPANY, line)
    vendor.remove(responses.GET, f"{BASE}/publications/orders")
    vendor.remove(responses.GET, f"{BASE}/publications")
    placed(vendor, {**ORDER, "customerReference": "creditgate"})
    published(vendor, "risk-1", RISKS)
    published(vendor, "opinion-1", OPINION)
    raw = Assessments().ask(COMPANY, line)
    assert raw is not None
    assert raw["publications"] == [RISKS, OPINION]
    assert len(order.calls) == 1


def test_an_order_whose_answer_was_lost_is_found_and_not_placed_again(
    vendor: responses.RequestsMock, line: Line
) -> None:
    placed(vendor)
    lost = vendor.post(f"{BASE}/publications/orders", body=requests.ReadTimeout())
    with pytest.raises(SourceDown):
        Assessments().ask(COMPANY, line)
    assert len(lost.calls) == 1
    vendor.remove(responses.GET, f"{BASE}/publications/orders")
    placed(vendor, ORDER)
    published(vendor, "risk-1", RISKS)
    published(vendor, "opinion-1", OPINION)
    assert Assessments().ask(COMPANY, line) is not None
    assert len(lost.calls) == 1


def test_an_order_is_charged_when_it_is_placed_and_not_when_it_is_read(vendor: responses.RequestsMock) -> None:
    memory = Kept()
    line = line_to(SETTINGS, memory, username="us", password="open sesame", api_key="our-key")
    line = replace(line, agreed_price=Price(Decimal("7.50"), "EUR"))
    placed(vendor)
    ordering(vendor)
    published(vendor, "risk-1", RISKS)
    published(vendor, "opinion-1", OPINION)
    assert Assessments().ask(COMPANY, line) is not None
    assert [(each.operation, each.cost) for each in memory.calls if each.cost] == [("order", (Decimal("7.50"), "EUR"))]
    memory.calls.clear()
    vendor.remove(responses.GET, f"{BASE}/publications/orders")
    placed(vendor, ORDER)
    assert Assessments().ask(COMPANY, line) is not None
    assert not any(each.cost for each in memory.calls)


def test_a_finished_part_waits_for_the_other(vendor: responses.RequestsMock, line: Line) -> None:
    placed(vendor, ORDER)
    published(vendor, "risk-1", RISKS)
    published(vendor, "opinion-1", UNFINISHED, 202)
    with pytest.raises(SourceLate):
        Assessments().ask(COMPANY, line)


@pytest.mark.parametrize(
    ("known", "orders_placed"),
    [
        ({**ORDER, "orderDate": (NOW - timedelta(days=13)).isoformat()}, 0),
        ({**ORDER, "orderDate": (NOW - timedelta(days=15)).isoformat()}, 1),
        ({**ORDER, "customerReference": "somebody else's"}, 1),
        ({**ORDER, "publications": [{"id": "x", "assessmentSlug": "late-payment-index"}]}, 1),
        (
            {
                **ORDER,
                "publications": [
                    {"id": "risk-1", "assessmentSlug": "debtor-risk-assessment"},
                    {"id": "opinion-1", "assessmentSlug": "credit-opinion"},
                ],
            },
            0,
        ),
    ],
)
def test_only_an_order_of_ours_of_the_last_days_is_read(
    vendor: responses.RequestsMock, line: Line, known: dict[str, Any], orders_placed: int
) -> None:
    placed(vendor, known)
    order = ordering(vendor)
    published(vendor, "risk-1", RISKS)
    published(vendor, "opinion-1", OPINION)
    assert Assessments().ask(COMPANY, line) is not None
    assert len(order.calls) == orders_placed


def test_orders_are_looked_for_on_every_page(vendor: responses.RequestsMock, line: Line) -> None:
    old = {**ORDER, "id": "old", "orderDate": (NOW - timedelta(days=200)).isoformat()}
    placed(vendor, old, {**old, "id": "older"}, status=206)
    placed(vendor, ORDER, status=200, range="2-3")
    order = ordering(vendor)
    published(vendor, "risk-1", RISKS)
    published(vendor, "opinion-1", OPINION)
    raw = Assessments().ask(COMPANY, line)
    assert raw is not None
    assert (raw["order"]["id"], len(order.calls)) == ("80b72744", 0)


@pytest.mark.parametrize("listed", [[{**ORDER, "orderDate": "soon"}], [{"id": "1"}], {"message": "?"}, ["<html>"]])
def test_nothing_is_ordered_while_it_is_not_known_what_was(
    vendor: responses.RequestsMock, line: Line, listed: Any
) -> None:
    vendor.get(f"{BASE}/publications/orders", json=listed)
    order = ordering(vendor)
    with pytest.raises(NotUnderstood):
        Assessments().ask(COMPANY, line)
    assert len(order.calls) == 0


@pytest.mark.parametrize("path", ["/companies", "/publications/orders"])
def test_an_empty_answer_is_no_list_in_which_there_is_nothing(
    vendor: responses.RequestsMock, line: Line, path: str
) -> None:
    if path == "/companies":
        vendor.remove(responses.GET, f"{BASE}/companies")
    vendor.get(f"{BASE}{path}", body="")
    order = ordering(vendor)
    with pytest.raises(NotUnderstood):
        Assessments().ask(COMPANY, line)
    assert len(order.calls) == 0


@pytest.mark.parametrize("body", [None, [], {"message": "no Route matched"}, {"code": "forbiden"}])
@pytest.mark.parametrize("path", ["/companies", "/publications/orders"])
def test_a_404_that_is_not_cofaces_says_nothing_of_companies_and_orders(
    vendor: responses.RequestsMock, line: Line, path: str, body: Any
) -> None:
    if path == "/companies":
        vendor.remove(responses.GET, f"{BASE}/companies")
    vendor.get(f"{BASE}{path}", json=body, status=404)
    order = ordering(vendor)
    with pytest.raises(NotUnderstood):
        Assessments().ask(COMPANY, line)
    assert len(order.calls) == 0


def test_a_cancelled_order_is_no_report_and_is_not_placed_again_by_itself(
    vendor: responses.RequestsMock, line: Line
) -> None:
    placed(vendor, ORDER)
    order = ordering(vendor)
    published(vendor, "risk-1", {"message": "Order is cancelled", "code": "order_cancelled"}, 205)
    with pytest.raises(NotUnderstood, match="80b72744 was cancelled"):
        Assessments().ask(COMPANY, line)
    assert len(order.calls) == 0


@pytest.mark.parametrize(
    "answer", [{}, {"id": "1", "publications": []}, {"id": "1", "publications": [{"id": None}]}, []]
)
def test_an_order_that_cannot_be_asked_for_is_not_understood(
    vendor: responses.RequestsMock, line: Line, answer: Any
) -> None:
    placed(vendor)
    ordering(vendor, answer)
    with pytest.raises(NotUnderstood):
        Assessments().ask(COMPANY, line)


@pytest.mark.parametrize(
    ("status", "error"), [(400, NotUnderstood), (403, SourceRefused), (429, SourceBusy), (500, SourceDown)]
)
def test_a_refused_order_is_placed_no_second_time(
    vendor: responses.RequestsMock, line: Line, status: int, error: type[Exception]
) -> None:
    placed(vendor)
    order = ordering(vendor, {"message": "no"}, status)
    with pytest.raises(error):
        Assessments().ask(COMPANY, line)
    assert len(order.calls) == 1


def test_germany_is_told_a_reason(vendor: responses.RequestsMock, line: Line) -> None:
    vendor.get(f"{BASE}/companies", json=[{"id": "de", "externalIds": []}])
    vendor.get(f"{BASE}/publications/orders", json=[])
    order = ordering(vendor)
    published(vendor, "risk-1", RISKS)
    published(vendor, "opinion-1", OPINION)
    assert Assessments().ask(CompanyKey(None, "DE", (Identifier("vat", "DE", "DE123456789"),)), line) is not None
    sent = orjson.loads(order.calls[0].request.body)
    assert (sent["externalId"], sent["legitimateInterest"]) == ("vat-number#123456789", "102")


@pytest.mark.parametrize(
    ("number", "status", "answer"),
    [
        (Identifier("kvk", "NL", "12345678"), 404, {"code": "resource_not_found"}),
        (Identifier("kvk", "NL", "12345678"), 200, []),
        (
            Identifier("kvk", "NL", "12345678"),
            200,
            [{"id": "1", "externalIds": [{"repositorySlug": "registration-number", "id": "87654321"}]}],
        ),
    ],
)
def test_nothing_is_ordered_of_whom_coface_does_not_know(
    vendor: responses.RequestsMock, line: Line, number: Identifier, status: int, answer: Any
) -> None:
    vendor.get(f"{BASE}/companies", json=answer, status=status)
    order = ordering(vendor)
    assert Assessments().ask(CompanyKey("Iemand", "NL", (number,)), line) is None
    assert len(order.calls) == 0


def test_a_company_without_a_number_that_coface_knows_is_not_looked_for(
    vendor: responses.RequestsMock, line: Line
) -> None:
    lei = Identifier("lei", "ZZ", "5493001KJTIIGC8Y1R12")
    with pytest.raises(NothingToAskBy):
        Assessments().ask(CompanyKey("Iemand", "NL", (lei,)), line)
    assert not any("/companies" in call.request.url for call in vendor.calls)


def test_two_companies_of_one_number_are_nobody(vendor: responses.RequestsMock, line: Line) -> None:
    vendor.get(f"{BASE}/companies", json=[{"id": "1"}, {"id": "2"}])
    with pytest.raises(NotUnderstood, match="more than one"):
        Assessments().ask(CompanyKey(None, "NL", (Identifier("kvk", "NL", "12345678"),)), line)
