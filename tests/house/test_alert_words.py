"""Guards the words of alerts: whatever kind is opened anywhere can be told to people, in both languages."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

from scoring.reasons.alert_fields import ALERT_FIELDS
from scoring.reasons.alerting import ALERT_KINDS

ROOT = Path(__file__).parents[2]
# Where a kind is chosen among several as the program runs: which they are.
CHOSEN = {
    "api.acceptance.cover_changes": lambda module: set(module.SEVERITIES),
    "api.acceptance.ticks": lambda module: {module.EXPIRED, module.REVIEW, module.OVERDUE},
    "api.ledger.statements": lambda module: {module.MISSING, module.REPEATED},
    "api.prospect.sanctions_alerts": lambda module: set(module.KINDS),
    "api.records.alerts": lambda module: set(),  # Hands over what was opened elsewhere.
    "api.records.order_links": lambda module: {"invoiced_above_order", "invoiced_without_release", "order_differs"},
}


def opened() -> dict[str, set[str]]:
    """Give the kinds that each module opens."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "api").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) == "open_alert":
                found.setdefault(name, set()).update(_kinds(name, call.args[1]))
    return found


def _kinds(name: str, said: ast.expr) -> set[str]:
    if isinstance(said, ast.Constant):
        return {said.value}
    if isinstance(said, ast.Name) and isinstance(getattr(import_module(name), said.id, None), str):
        return {getattr(import_module(name), said.id)}
    assert name in CHOSEN, f"say in CHOSEN which kinds of alerts {name} opens"
    return CHOSEN[name](import_module(name))


def test_each_kind_that_is_opened_anywhere_has_words():
    found = opened()
    assert "over_limit" in found["api.gate.over_limit"]
    for module, kinds in found.items():
        assert kinds <= set(ALERT_KINDS), f"{module} opens alerts that have no words in scoring/reasons/alerting.py"


@pytest.mark.parametrize("kind", ALERT_KINDS)
def test_each_kind_has_words_in_both_languages_and_somebody_to_tell(kind):
    registered = ALERT_KINDS[kind]
    assert registered.told
    for words in (registered.title, registered.todo):
        assert words.en.strip()
        assert words.nl.strip()
        assert words.en != words.nl


@pytest.mark.parametrize("name", ALERT_FIELDS)
def test_each_part_has_a_label_in_both_languages(name):
    words, _ = ALERT_FIELDS[name]
    assert words.en.strip()
    assert words.nl.strip()
