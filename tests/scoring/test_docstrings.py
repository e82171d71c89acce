"""Everything in scoring says what it is: judgement must be readable by those who answer for it."""

import ast
from pathlib import Path

import pytest

import scoring

_ROOT = Path(scoring.__file__).parent
_MODULES = sorted(_ROOT.rglob("*.py"))


@pytest.mark.parametrize("module", _MODULES, ids=[str(path.relative_to(_ROOT)) for path in _MODULES])
def test_everything_has_a_docstring(module: Path) -> None:
    tree = ast.parse(module.read_text("utf-8"))
    named = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert ast.get_docstring(tree)
    assert [node.name for node in named if not ast.get_docstring(node)] == []
