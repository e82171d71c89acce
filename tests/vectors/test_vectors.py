"""Known answers: each case of `cases.json`, or of the file that CREDITGATE_VECTORS names, asked of the code."""

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.adapters import ADAPTERS

_FILE = Path(os.environ.get("CREDITGATE_VECTORS") or Path(__file__).with_name("cases.json"))
_CASES: list[dict[str, Any]] = json.loads(_FILE.read_text("utf-8"))["vectors"]


@pytest.mark.parametrize("case", _CASES, ids=[case["id"] for case in _CASES])
def test_code_gives_the_known_answer(case: dict[str, Any]) -> None:
    adapter = ADAPTERS.get(case["fn"])
    if adapter is None:
        pytest.skip(f"no code answers {case['fn']} yet")
    answer = adapter(case["input"])
    assert isinstance(answer, dict)
    tolerance = Decimal(str(case.get("tolerance", 0)))
    differences = [
        f"{name}: {answer.get(name)!r} is not {expected!r}"
        for name, expected in case["expected"].items()
        if name not in answer or not _agrees(answer[name], expected, tolerance)
    ]
    assert not differences, differences


def test_every_adapter_has_a_case() -> None:
    own_cases = json.loads(Path(__file__).with_name("cases.json").read_text("utf-8"))["vectors"]
    assert set(ADAPTERS) <= {case["fn"] for case in own_cases}


def _agrees(answer: Any, expected: Any, tolerance: Decimal) -> bool:
    """Numbers within the tolerance, also those written as text; all else equal."""
    if isinstance(expected, dict):
        return answer.keys() == expected.keys() and all(
            _agrees(answer[key], expected[key], tolerance) for key in expected
        )
    if isinstance(expected, list):
        return len(answer) == len(expected) and all(
            _agrees(one, other, tolerance) for one, other in zip(answer, expected, strict=True)
        )
    if isinstance(answer, bool) or not isinstance(answer, int | float | Decimal):
        return bool(answer == expected)
    return expected is not None and abs(Decimal(str(answer)) - Decimal(str(expected))) <= tolerance
