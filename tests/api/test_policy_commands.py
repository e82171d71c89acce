"""`creditgate policy`: faults by line, drafts added for a second person to approve, and what comes with the program."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from api.cli import main
from api.records.sellers import Seller
from scoring.policy.document import shipped, shipped_texts
from tests.web_checks import assert_problem

WRITTEN = shipped_texts()["default"]
BAD = WRITTEN.replace("credibility_k: 12", "credibility_k: -1").replace("  buffer_days: 7\n", "  odd: 1\n")
ODD = WRITTEN.replace("young_company_grade: G7", "young_company_grade: G1")


@pytest.fixture
def called(database_urls: tuple[str, str]) -> Callable[..., Result]:
    def run(*arguments: str, given: str | bytes | None = None) -> Result:
        settings = {"CREDITGATE_DATABASE_URL": database_urls[1], "CREDITGATE_OWNER_DATABASE_URL": None}
        return CliRunner().invoke(main, ["policy", *arguments], env=settings, input=given)

    return run


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        path = tmp_path / "policy.yaml"
        path.write_text(text, "utf-8")
        return str(path)

    return write


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_every_fault_is_told_with_its_line_and_the_command_fails(called: Any, written: Any) -> None:
    path = written(BAD)
    result = called("check", path)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{path}:{line_of(BAD, 'credibility_k')}:12: blending.credibility_k: is below zero",
        f"{path}:{line_of(BAD, 'limits:')}:1: limits.buffer_days: is missing",
        f"{path}:{line_of(BAD, 'odd: 1')}:3: limits.odd: is not known here",
    ]


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_policy_is_printed_as_written_and_has_nothing_to_tell(called: Any, name: str) -> None:
    text = called("shipped", name).output
    assert yaml.safe_load(text) == shipped()[name]
    assert "# " in text
    result = called("check", "-", given=text)
    assert (result.exit_code, "warning" in result.output) == (0, False)
    assert result.output.startswith("-: can be used: engine 2, EUR")


def test_a_warning_is_told_and_does_not_fail(called: Any, written: Any) -> None:
    path = written(ODD)
    result = called("check", path)
    assert result.exit_code == 0
    line = line_of(ODD, "young_company_grade")
    assert f"{path}:{line}:3: warning: caps.young_company_grade: G1 is the best grade there is" in result.output


@pytest.mark.parametrize("given", ["", "- a list", "a: [1", "a: &x [*x]", b"\xff\xfe\x00", "x" * 200_001])
def test_what_is_no_policy_is_told_in_few_lines(called: Any, given: str | bytes) -> None:
    result = called("check", "-", given=given)
    assert result.exit_code == 1
    assert result.output.startswith("-:")
    assert result.output.count("\n") <= 2


def test_a_file_that_is_not_there_is_told_in_one_line(called: Any, tmp_path: Path) -> None:
    result = called("check", str(tmp_path / "nothing.yaml"))
    assert (result.exit_code, result.output.count("\n")) == (1, 1)


def test_the_schema_takes_the_shipped_policies(called: Any) -> None:
    schema = json.loads(called("schema").output)
    for document in shipped().values():
        jsonschema_rs.Draft202012Validator(schema).validate(document)


def test_a_draft_that_was_added_waits_for_another_person(
    called: Any, written: Any, seller: Seller, client_of: Callable[..., FlaskClient], app: Any
) -> None:
    result = called(
        "add", written(ODD), "--seller", seller.name, "--name", "from a file", "--by", " Ann@Seller.example"
    )
    assert result.exit_code == 0, result.output
    version = int(result.stdout)
    assert "warning: caps.young_company_grade" in result.stderr
    ann = client_of("credit_manager", subject="ann@seller.example")
    shown = ann.get(f"/v1/policies/{version}").json
    assert (shown["name"], shown["state"], shown["made_by"]) == ("from a file", "draft", "ann@seller.example")
    assert shown["document"]["caps"]["young_company_grade"] == "G1"
    assert_problem(app, ann.post(f"/v1/policies/{version}/approvals"), 403, "second_approver_needed")
    bob = client_of("credit_manager", subject="bob@seller.example")
    assert bob.post(f"/v1/policies/{version}/approvals").status_code == 201


@pytest.mark.parametrize(
    ("text", "changed", "told"),
    [
        (BAD, {}, "blending.credibility_k"),
        (WRITTEN, {"--by": "somebody"}, "--by"),
        (WRITTEN, {"--name": " "}, "--name"),
        (WRITTEN, {"--name": "x" * 101}, "--name"),
        (WRITTEN, {"--seller": "Nobody at all"}, "There is no seller"),
        (WRITTEN.replace("currency: EUR", "currency: USD"), {}, "the policy is in USD"),
    ],
)
def test_what_cannot_be_added_is_told_and_adds_nothing(
    called: Any, written: Any, seller: Seller, client_of: Any, text: str, changed: dict[str, str], told: str
) -> None:
    manager = client_of("credit_manager")
    before = manager.get("/v1/policies").json["items"]
    options = {"--seller": seller.name, "--name": "mine", "--by": "ann@seller.example", **changed}
    result = called("add", written(text), *(word for pair in options.items() for word in pair))
    assert result.exit_code != 0
    assert told in result.output
    assert "Traceback" not in result.output
    assert manager.get("/v1/policies").json["items"] == before
