"""What comes in: read strictly, and every fault named at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web.money import EXPONENTS, amount_answer, has_decimals_of
from tests.web_checks import assert_documented, assert_problem

JSON = "application/json"


def post(client, body: bytes | str, content_type: str | None = JSON):
    return client.post("/v1/things", data=body, content_type=content_type)


def test_what_is_right_is_taken_as_it_is(app, client_of):
    given = {
        "name": " Chair ",
        "price": {"amount": "12.5", "currency": "EUR"},
        "change": {"amount": "-0.01", "currency": "EUR"},
        "made_on": "2026-02-28",
        "parts": [{"count": 4}],
    }
    answer = client_of("finance").post("/v1/things", json=given)
    assert_documented(app, "post", "/v1/things", 201, answer.json)
    assert answer.json == {"name": "Chair", "price": {"amount": "12.50", "currency": "EUR"}}


def test_every_fault_is_named_at_once_with_its_place(app, client_of):
    given = {
        "price": {"amount": 12.5, "currency": "EURO", "x": 1},
        "made_on": "20260228",
        "parts": [{"count": 1}, {"count": "1"}, {"a/b~c": 1}, 7],
    }
    problem = assert_problem(app, client_of("finance").post("/v1/things", json=given), 422, "bad_input")
    assert {(fault["pointer"], fault["code"]) for fault in problem["errors"]} == {
        ("/name", "required"),
        ("/price/amount", "not_an_amount"),
        ("/price/currency", "not_a_choice"),
        ("/price/x", "unknown_field"),
        ("/made_on", "not_a_date"),
        ("/parts/1/count", "not_a_whole_number"),
        ("/parts/2/count", "required"),
        ("/parts/2/a~1b~0c", "unknown_field"),
        ("/parts/3", "not_an_object"),
    }


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("price", {"amount": "12.345", "currency": "EUR"}, "too_many_decimals"),
        ("price", {"amount": "1.5", "currency": "JPY"}, "too_many_decimals"),
        ("price", {"amount": "-1", "currency": "EUR"}, "negative"),
        ("price", {"amount": "1e3", "currency": "EUR"}, "not_an_amount"),
        ("price", {"amount": "NaN", "currency": "EUR"}, "not_an_amount"),
        ("price", {"amount": "1,5", "currency": "EUR"}, "not_an_amount"),
        ("price", {"amount": "٣", "currency": "EUR"}, "not_an_amount"),
        ("price", {"amount": "0" * 16, "currency": "EUR"}, "not_an_amount"),
        ("price", {"amount": "1" * 16, "currency": "EUR"}, "not_an_amount"),
        ("price", {"amount": "1", "currency": "eur"}, "not_a_choice"),
        ("price", {"amount": "1", "currency": ["EUR"]}, "not_text"),
        ("price", "1 EUR", "not_an_object"),
        ("price", None, "null"),
        ("name", "", "empty"),
        ("name", " ", "empty"),
        ("name", "x" * 21, "too_long"),
        ("name", "a\nb", "control_character"),
        ("name", 7, "not_text"),
        ("made_on", "2026-02-30", "not_a_date"),
        ("made_on", "0001-01-01", "not_a_date"),
        ("made_on", 7, "not_a_date"),
        ("parts", {}, "not_a_list"),
        ("parts", [{"count": True}], "not_a_whole_number"),
        ("parts", [{"count": 1.0}], "not_a_whole_number"),
        ("parts", [{"count": 11}], "out_of_range"),
    ],
)
def test_a_field_takes_only_its_own_kind(app, client_of, field, value, code):
    answer = client_of("finance").post("/v1/things", json={"name": "x", field: value})
    problem = assert_problem(app, answer, 422, "bad_input")
    assert [fault["code"] for fault in problem["errors"]] == [code]


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", JSON, 400, "unreadable_body"),
        (b"", JSON, 400, "unreadable_body"),
        (b'{"name": "a", "name": "b"}', JSON, 400, "unreadable_body"),
        (b'{"name": "a", "parts": [{"count": 1, "count": 1}]}', JSON, 400, "unreadable_body"),
        (b'{"name": NaN}', JSON, 400, "unreadable_body"),
        (b'{"name": -Infinity}', JSON, 400, "unreadable_body"),
        (b'{"name": "\xff"}', JSON, 400, "unreadable_body"),
        (b'\xef\xbb\xbf{"name": "a"}', JSON, 400, "unreadable_body"),
        (b"[" * 100_000, JSON, 400, "unreadable_body"),
        (b'{"name": ' + b"1" * 5000 + b"}", JSON, 400, "unreadable_body"),
        (b"[]", JSON, 422, "bad_input"),
        (b'"text"', JSON, 422, "bad_input"),
        (b"null", JSON, 422, "bad_input"),
        (b"7", JSON, 422, "bad_input"),
        (b"", None, 422, "bad_input"),
        (b'{"name": "a\\u0000b"}', JSON, 422, "bad_input"),
        (b'{"name": "\\ud800"}', JSON, 422, "bad_input"),
        (b'{"\\u0000": 1}', JSON, 422, "bad_input"),
        (b'{"name": "a"}', "text/plain", 415, "unsupported_content_type"),
        (b"name=a", "application/x-www-form-urlencoded", 415, "unsupported_content_type"),
        (b'{"name": "a"}', None, 415, "unsupported_content_type"),
    ],
)
def test_a_body_that_is_no_json_object_gets_a_clear_answer(app, client_of, body, content_type, status, code):
    assert_problem(app, post(client_of("finance"), body, content_type), status, code)


def test_escapes_of_characters_that_can_be_stored_are_taken(client_of):
    assert post(client_of("finance"), b'{"name": "\\u00e9\\ud83d\\ude00"}').json["name"] == "é😀"


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("colour=red", "/colour", "unknown_field"),
        ("limit=0", "/limit", "out_of_range"),
        ("limit=201", "/limit", "out_of_range"),
        ("limit=1.5", "/limit", "not_a_whole_number"),
        ("limit=1_0", "/limit", "not_a_whole_number"),
        ("limit=\uff11", "/limit", "not_a_whole_number"),
        ("limit=", "/limit", "not_a_whole_number"),
        ("limit=1&limit=2", "/limit", "repeated"),
        ("after=nonsense", "/after", "bad_cursor"),
    ],
)
def test_a_query_is_read_as_strictly_as_a_body(app, client_of, query, pointer, code):
    problem = assert_problem(app, client_of("finance").get(f"/v1/things?{query}"), 422, "bad_input")
    assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [(pointer, code)]


def test_a_route_that_takes_no_query_refuses_one(app, client_of):
    path = "/v1/things/00000000-0000-0000-0000-000000000000"
    problem = assert_problem(app, client_of("sales").get(f"{path}?a=1&b=2"), 422, "bad_input")
    assert [fault["pointer"] for fault in problem["errors"]] == ["/a", "/b"]


def test_nul_is_refused_in_query_and_path(app, client_of):
    admin = client_of("admin")
    assert_problem(app, client_of("sales").get("/v1/things?name=%00"), 422, "unstorable_character")
    assert_problem(app, admin.put("/v1/provider-credentials/a%00", json={}), 422, "unstorable_character")


@given(st.decimals(0, 10**15 - 1, places=4), st.sampled_from(sorted(EXPONENTS)))
def test_an_amount_goes_out_with_the_decimals_of_its_currency(amount, currency):
    written = amount_answer(amount, currency)
    assert len(written.partition(".")[2]) == EXPONENTS[currency]
    assert not has_decimals_of(amount, currency) or amount == type(amount)(written)


def test_no_currency_is_listed_twice():
    assert {len(code) for code in EXPONENTS} == {3}
    assert len(EXPONENTS) == 155
