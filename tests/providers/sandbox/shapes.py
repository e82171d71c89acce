"""Whether answers of the sandbox have the shapes of the vendors' contracts, or of recorded answers."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import requests

from tests.sandbox_control import SandboxControl

BESIDE = Path(__file__).parents[1]
ANSWERS = json.loads((BESIDE / "specs" / "answers.json").read_bytes())
APP = {"Atradius-App-Key": "sandbox", "Atradius-Correlation-Id": "1"}


def recorded(name: str) -> Any:
    """A stored answer of the vendor."""
    return json.loads((BESIDE / "payloads" / name).read_bytes())


def assert_shape(told: Any, example: Any, place: str = "") -> None:
    """Fail where an answer has a name, or a type at a place, that the example of a real answer does not have."""
    if told is None or example is None:
        return
    assert type(told) is type(example) or {type(told), type(example)} <= {int, float}, f"{place}: {told!r}"
    if isinstance(told, dict):
        assert told.keys() <= example.keys(), f"{place}: {told.keys() - example.keys()}"
        for name, each in told.items():
            assert_shape(each, example[name], f"{place}.{name}")
    if isinstance(told, list) and example:
        for each in told:
            assert_shape(each, example[0], f"{place}[]")


def valid(part: str, document: Any) -> None:
    """Fail where an answer is not of the contract; days and times are as it says in reports only."""
    vendor, name = part.split("/")
    jsonschema_rs.validator_for(ANSWERS[vendor][name], validate_formats=name == "company_report").validate(document)


class Caller:
    """Plain calls to one vendor at the sandbox."""

    def __init__(self, sandbox: SandboxControl, provider: str, **always: Any) -> None:
        self._address, self._always = f"{sandbox.address}/{provider}", always

    def __call__(self, path: str, method: str = "GET", status: int = 200, **more: Any) -> Any:
        headers = {**self._always.get("headers", {}), **more.pop("headers", {})}
        given = {**self._always, **more, "headers": headers, "timeout": 10}
        answer = requests.request(method, f"{self._address}{path}", **given)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None
