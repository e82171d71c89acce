"""Faults of a policy as its writer reads them: with path, line and column in YAML, with its pointer in a document."""

from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.problems import BadInput
from api.web.plain_yaml import read_placed_yaml
from scoring.policy.document import shipped, shipped_texts
from tests.web_checks import assert_documented, assert_problem

ClientOf = Callable[..., FlaskClient]
WRITTEN = shipped_texts()["default"]


@pytest.fixture
def maker(client_of: ClientOf) -> FlaskClient:
    return client_of("credit_manager", subject="maker@seller.example")


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def errors_of(app: Flask, client: FlaskClient, **sent: Any) -> list[dict[str, Any]]:
    problem = assert_problem(app, client.post("/v1/policies", json={"name": "x", **sent}), 422, "policy_invalid")
    return list(problem["errors"])


def test_faults_of_yaml_are_told_by_line_and_column_in_their_order(maker: FlaskClient, app: Flask) -> None:
    text = (
        WRITTEN.replace("credibility_k: 12", "credibility_k: twelve")
        .replace("  buffer_days: 7\n", "  buffer_days: -7\n  surprise: 1\n")
        .replace("- {at_least: 0.6, below: 0.85, points: 5}", "- {at_least: 0.6, below: 0.8, points: 5}")
        .replace("  check_valid_days: 30\n", "  check_valid_weeks: 4\n")
    )
    errors = errors_of(app, maker, yaml=text)
    gap = line_of(text, "- {at_least: 0.85, below: 1, points: 3}")
    assert [(each["pointer"], each["line"], each["column"]) for each in errors] == [
        ("/yaml/scorecards/behaviour/characteristics/2/bins/2", gap, 13),
        ("/yaml/blending/credibility_k", line_of(text, "credibility_k: twelve"), 12),
        ("/yaml/limits/buffer_days", line_of(text, "buffer_days: -7"), 3),
        ("/yaml/limits/surprise", line_of(text, "surprise: 1"), 3),
        ("/yaml/outcomes/check_valid_days", line_of(text, "outcomes:"), 1),  # Missing: told where it should be.
        ("/yaml/outcomes/check_valid_weeks", line_of(text, "check_valid_weeks"), 3),
    ]


def test_faults_of_a_document_have_a_pointer_and_no_line(maker: FlaskClient, app: Flask) -> None:
    document = {**shipped()["default"], "a/b~c": 1, "blending": {"credibility_k": 0}}
    errors = errors_of(app, maker, document=document)
    assert {"/document/a~1b~0c", "/document/blending/credibility_k"} <= {each["pointer"] for each in errors}
    assert not any("line" in each for each in errors)


def test_a_policy_of_another_currency_is_told_by_line(maker: FlaskClient, app: Flask) -> None:
    (error,) = errors_of(app, maker, yaml=WRITTEN.replace("currency: EUR", "currency: USD"))
    assert (error["code"], error["line"]) == ("other_currency", line_of(WRITTEN, "currency: EUR"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb:\n  c: 2\n  c: 3", "named twice: c in line 4, column 3"),
        ("a: 1\nb: &x [*x]", "aliases are not taken in line 2, column 8"),
        ("a: 1\nb: [1", "neither YAML nor JSON in line 2"),
        ("a:\n " + "[" * 40, "nested deeper than 20 levels in line 2"),
        ("- a list", "must be a document of sections"),
        ("", "must be a document of sections"),
    ],
)
def test_what_is_no_plain_yaml_is_told_by_line(text: str, told: str) -> None:
    from api.policies.documents import read_written

    with pytest.raises(BadInput, match="policy") as refused:
        read_written(text)
    assert told in refused.value.detail


def test_places_are_those_of_names_and_of_members_of_lists() -> None:
    placed = read_placed_yaml("a: 1\nb:\n  - {c: 2,\n     d: 3}\n  - 4\n", "policy")
    assert {path: (place.line, place.column) for path, place in placed.places.items()} == {
        "": (1, 1),
        "a": (1, 1),
        "b": (2, 1),
        "b.0": (3, 5),
        "b.0.c": (3, 6),
        "b.0.d": (4, 6),
        "b.1": (5, 5),
    }
    assert placed.place_of("b.0.e.f") == placed.places["b.0"]


def test_a_document_nested_too_deep_to_keep_is_refused(maker: FlaskClient, app: Flask) -> None:
    nested: Any = 1
    for _ in range(400):
        nested = [nested]
    errors = errors_of(app, maker, document={**shipped()["default"], "rules": nested})
    assert [each["detail"] for each in errors] == ["is nested deeper than 20 levels"]


def test_warnings_are_told_beside_the_draft_and_whenever_it_is_read(maker: FlaskClient, app: Flask) -> None:
    text = WRITTEN.replace("young_company_grade: G7", "young_company_grade: G1")
    answer = maker.post("/v1/policies", json={"name": "odd", "yaml": text})
    assert answer.status_code == 201, answer.text
    assert_documented(app, "post", "/v1/policies", 201, answer.json)
    assert [each["path"] for each in answer.json["warnings"]] == ["caps.young_company_grade"]
    shown = maker.get(f"/v1/policies/{answer.json['version']}").json
    assert_documented(app, "get", "/v1/policies/{version}", 200, shown)
    assert shown["warnings"] == answer.json["warnings"]


def test_the_schema_is_served_and_takes_the_active_policy(maker: FlaskClient) -> None:
    schema = maker.get("/v1/policies/schema").json
    jsonschema_rs.Draft202012Validator(schema).validate(maker.get("/v1/policies/1").json["document"])


def test_a_provider_that_is_none_or_answers_no_such_question_is_named_by_its_line(
    maker: FlaskClient, app: Flask
) -> None:
    text = (
        WRITTEN.replace("company_register: [kvk]", "company_register: [kvk, oracle]")
        .replace("vat_register: [vies]", "vat_register: [gleif]", 1)
        .replace("  prices: {}", "  prices: {delphi: 4.50, atradius: 1}")
        .replace("  buffer_days: 7\n", "  buffer_days: -7\n")
    )
    errors = errors_of(app, maker, yaml=text)
    asked = "/yaml/sources/plans/0/steps/0/ask"
    assert {each["pointer"]: each["line"] for each in errors} == {
        "/yaml/limits/buffer_days": line_of(text, "buffer_days: -7"),
        f"{asked}/company_register/1": line_of(text, "oracle"),
        f"{asked}/vat_register/0": line_of(text, "vat_register: [gleif]"),
        "/yaml/sources/prices/delphi": line_of(text, "delphi"),
        "/yaml/sources/prices/atradius": line_of(text, "atradius"),
    }
    assert "creditsafe, dnb, gleif, kvk" in str(errors)
