"""Guards the registry of alerts: whatever is opened anywhere stands in it, has words, and is told of on its page."""

import ast
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from api.records.alerts import SEVERITIES
from scoring.monitoring.alert_kind import SEVERITIES as JUDGED
from scoring.monitoring.kinds import KINDS, OF_DEBTOR, OF_SALES
from scoring.policy.document import parse_policy, shipped
from scoring.reasons.alert_fields import ALERT_FIELDS

ROOT = Path(__file__).parents[2]
MAKERS = ("Called", "Signal")
# Where a kind is chosen among several as the program runs: which they are.
CHOSEN = {
    "api.acceptance.cover_changes": lambda module: set(module.SEVERITIES),
    "api.acceptance.ticks": lambda module: {module.EXPIRED, module.REVIEW, module.OVERDUE},
    "api.ledger.statements": lambda module: {module.MISSING, module.REPEATED},
    "api.monitoring.looking": lambda module: set(),  # Hands over the signals that were judged.
    "api.prospect.sanctions_alerts": lambda module: set(module.KINDS),
    "api.records.alerts": lambda module: set(),  # Hands over what was opened elsewhere.
    "api.records.order_links": lambda module: {"invoiced_above_order", "invoiced_without_release", "order_differs"},
    "scoring.monitoring.cover": lambda module: {each for each in OF_DEBTOR if each.endswith("_deadline_near")},
}


def opened() -> dict[str, set[str]]:
    """Give the kinds that each module opens, or judges to be told."""
    found: dict[str, set[str]] = {}
    for path in sorted([*(ROOT / "api").rglob("*.py"), *(ROOT / "scoring" / "monitoring").rglob("*.py")]):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            function = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if function == "open_alert":
                found.setdefault(name, set()).update(_kinds(name, call.args[1]))
            elif function in MAKERS and call.args:
                found.setdefault(name, set()).update(_kinds(name, call.args[0]))
    return found


def _kinds(name: str, said: ast.expr) -> set[str]:
    if isinstance(said, ast.Constant):
        return {said.value}
    module: ModuleType = import_module(name)
    if isinstance(said, ast.Name) and isinstance(getattr(module, said.id, None), str):
        return {getattr(module, said.id)}
    assert name in CHOSEN, f"say in CHOSEN which kinds of alerts {name} opens"
    return CHOSEN[name](module)


def test_each_kind_that_is_opened_anywhere_is_registered_and_no_other() -> None:
    found = opened()
    assert "over_limit" in found["api.gate.over_limit"]
    for module, kinds in found.items():
        assert kinds <= KINDS.keys(), f"{module} opens alerts that are not in scoring/monitoring/kinds.py"
    assert set().union(*found.values()) == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_words_in_both_languages_and_somebody_who_acts(kind: str) -> None:
    registered = KINDS[kind]
    assert registered.name == kind
    assert registered.owner in registered.told
    assert registered.owner not in registered.also_told
    for words in (registered.title, registered.todo):
        assert words.en.strip()
        assert words.nl.strip()
        assert words.en != words.nl


def test_the_page_on_alerts_tells_of_every_kind(project: Path) -> None:
    lines = (project / "docs" / "alerts.md").read_text(encoding="utf-8").splitlines()
    written = [line for line in lines[lines.index("## Kinds") :] if line.startswith("| `")][: len(KINDS)]
    assert written == [
        f"| `{each.name}` | {', '.join(each.severities)} | {each.owner} | {', '.join(sorted(each.told))}"
        f" | {each.begins} | {each.ends} |"
        for each in KINDS.values()
    ]


@pytest.mark.parametrize("name", ALERT_FIELDS)
def test_each_part_has_a_label_in_both_languages(name: str) -> None:
    words, _ = ALERT_FIELDS[name]
    assert words.en.strip()
    assert words.nl.strip()


def test_judgement_and_records_know_the_same_severities() -> None:
    assert JUDGED == SEVERITIES
    for each in KINDS.values():
        assert list(each.severities) == sorted(each.severities, key=SEVERITIES.index)


def test_sales_sees_nothing_of_what_is_owed() -> None:
    assert set(OF_SALES) == {
        *("first_payment_due", "first_payment_overdue", "first_payment_received"),
        "terms_not_signed",
    }


@pytest.mark.parametrize("name", shipped())
def test_what_the_shipped_policies_bring_about_is_of_kinds_that_are_told(name: str) -> None:
    assert set(parse_policy(shipped()[name]).alerts.effects) <= set(OF_DEBTOR)
