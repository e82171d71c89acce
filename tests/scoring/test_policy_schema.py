"""The JSON Schema of a policy: takes every policy that comes with the program, and refuses nothing that is one."""

import copy
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.figures import FIGURES
from scoring.policy.document import PolicyInvalid, parse_policy, shipped
from scoring.policy.schema import policy_schema

SCHEMA = policy_schema()
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)
SHIPPED = shipped()
RULE = {
    "name": "late",
    "when": {"all": [{"field": "behaviour.lateness", "operator": "above", "value": 0.5}]},
    "then": {"outcome": "refer", "limit_at_most": 5000},
    "text": {"en": "Pays late", "nl": "Betaalt laat"},
}


def test_it_is_a_schema_of_the_draft_it_names() -> None:
    jsonschema_rs.meta.validate(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_policy_is_taken(name: str) -> None:
    VALIDATOR.validate(SHIPPED[name])


def test_an_editor_is_told_every_figure_operator_and_what_a_section_means() -> None:
    condition = SCHEMA["$defs"]["Condition"]["properties"]
    assert {*condition["field"]["enum"]} == {*FIGURES, None}
    assert "at_least" in condition["operator"]["anyOf"][0]["enum"]
    assert all(section["description"] for section in SCHEMA["$defs"].values())


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything in a document."""
    found = [path]
    for name, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        found += places(value, (*path, name))
    return found


WHOLE = {**SHIPPED["default"], "rules": [RULE]}
PLACES = places(WHOLE)[1:]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 10**13),
    st.floats(-1, 2, allow_nan=False),
    st.sampled_from(
        ["", "G1", "low", "NL", "0.5", "5e-1", "+1", "1_0", " 1", "refer", "behaviour.lateness", "x" * 1001]
    ),
)
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.text(max_size=3), SCALARS, max_size=2))


def changed(path: tuple[Any, ...], value: Any) -> Any:
    document: Any = copy.deepcopy(WHOLE)
    node = document
    for name in path[:-1]:
        node = node[name]
    node[path[-1]] = value
    return document


@given(path=st.sampled_from(PLACES), value=VALUES)
def test_what_the_schema_refuses_is_refused_as_a_policy(path: tuple[Any, ...], value: Any) -> None:
    document = changed(path, value)
    assume(not VALIDATOR.is_valid(document))
    with pytest.raises(PolicyInvalid):
        parse_policy(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("engine",), "3"),
        (("surprise",), 1),
        (("evidence", "confidence_min"), 1.5),
        (("evidence", "report_fresh_days"), -1),
        (("evidence", "events", "bankruptcy"), "bad luck"),
        (("limits", "domestic_country"), "Holland"),
        (("limits", "valid_months", "average"), 3),
        (("scorecards", "behaviour", "characteristics", 0, "figure"), "result.pd"),
        (("rules", 0, "when", "all", 0, "field"), "luck"),
        (("rules", 0, "when", "all", 0, "operator"), "matches"),
        (("rules", 0, "then", "outcome"), "accept"),
        (("rules", 0, "text"), {"fr": "en retard"}),
    ],
)
def test_the_schema_refuses(path: tuple[Any, ...], value: Any) -> None:
    assert not VALIDATOR.is_valid(changed(path, value))
