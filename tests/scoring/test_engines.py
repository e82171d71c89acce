"""Old decisions replay byte by byte: stored facts and policy, judged by the engine of their time."""

import json
from pathlib import Path
from typing import Any

import pytest

from scoring.canonical import canonical_json, facts_from_document
from scoring.engines import ENGINE_VERSION, EngineUnknown, judge
from scoring.policy.document import parse_policy, shipped
from tests.scoring.companies import POLICY, company

# A judgement in these files is never edited: what changes one is a new engine version, with a file of its own.
_FILES = sorted(Path(__file__).with_name("golden").glob("engine_*.json"))
_GOLDEN: list[tuple[str, Any, Any]] = [
    (document["engine"], document["policy"], decision)
    for document in (json.loads(path.read_text("utf-8")) for path in _FILES)
    for decision in document["decisions"]
]


@pytest.mark.parametrize(
    ("engine", "policy", "decision"), _GOLDEN, ids=[f"{engine}: {decision['who']}" for engine, _, decision in _GOLDEN]
)
def test_a_stored_judgement_is_given_again_byte_by_byte(engine: str, policy: Any, decision: Any) -> None:
    again = judge(engine, facts_from_document(decision["facts"]), parse_policy(policy))
    assert canonical_json(again.document()) == canonical_json(decision["judgement"])


def test_the_present_engine_has_stored_judgements() -> None:
    assert ENGINE_VERSION in {engine for engine, _, _ in _GOLDEN}
    assert {decision["judgement"]["outcome"] for _, _, decision in _GOLDEN} == {
        "accept",
        "accept_prepayment",
        "hold_first_payment",
        "refer",
        "decline",
    }


def test_shipped_policies_name_the_present_engine() -> None:
    assert {document["engine"] for document in shipped().values()} == {ENGINE_VERSION}


def test_an_engine_that_is_not_kept_is_named_in_the_error() -> None:
    with pytest.raises(EngineUnknown, match="'0'"):
        judge("0", company(), POLICY)
