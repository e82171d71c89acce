"""Guards the one clock: nothing asks the machine or the database what day it is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("api", "providers", "scoring") for path in sorted((ROOT / folder).rglob("*.py"))]
THE_CLOCK = ROOT / "api" / "clock.py"
ASKS = {("date", "today"), ("datetime", "today"), ("datetime", "now"), ("datetime", "utcnow"), ("time", "time")}
SQL_ASKS = re.compile(
    r"\bnow\(\)|\bcurrent_(date|time|timestamp)\b|\blocaltime(stamp)?\b|\b(clock|statement|transaction)_timestamp\(",
    re.IGNORECASE,
)


def asked(tree: ast.Module) -> Iterator[str]:
    """Give each place where a program asks for the time."""
    told = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", None)
            if (owner, node.attr) in ASKS or (owner == "func" and node.attr in ("now", "current_date")):
                yield f"line {node.lineno}: {owner}.{node.attr}"
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
        if is_text and SQL_ASKS.search(node.value):
            yield f"line {node.lineno}: {node.value!r}"


def _has_docstring(node: ast.AST) -> bool:
    is_place = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    return is_place and ast.get_docstring(node) is not None


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_clock_asks_for_the_time(path):
    found = list(asked(ast.parse(path.read_text(encoding="utf-8"))))
    assert bool(found) == (path == THE_CLOCK), found


@pytest.mark.parametrize(
    "source",
    [
        "date.today()",
        "datetime.date.today()",
        "datetime.datetime.now(UTC)",
        "datetime.utcnow()",
        "time.time()",
        "func.now()",
        "text('SELECT now()')",
        "x = 'created_at > CURRENT_TIMESTAMP'",
        "f'{x} AND due_on < current_date'",
    ],
)
def test_the_guard_sees_each_way_of_asking(source):
    assert list(asked(ast.parse(source)))


@pytest.mark.parametrize("source", ["clock.now(seller)", "given.now", "time.monotonic()", "'known_now'", '"""now()"""'])
def test_the_guard_lets_the_clock_be_used(source):
    assert not list(asked(ast.parse(source)))
