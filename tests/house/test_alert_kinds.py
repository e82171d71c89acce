"""Guards over the kinds of alerts: each is in the registry, and the page on alerts tells of each."""

import ast
from pathlib import Path

import pytest

from api.gate.over_limit import OVER_LIMIT
from api.limit_writing import OF_LIMITS
from api.prospect.sanctions_alerts import KINDS as OF_SANCTIONS
from api.records.alerts import SEVERITIES
from scoring.monitoring.kinds import KINDS, OF_DEBTOR, OF_SALES
from scoring.monitoring.told import SEVERITIES as JUDGED
from scoring.policy.document import parse_policy, shipped

API = Path(__file__).parents[2] / "api"
OPENERS = {"open_alert", "end_alert"}


def test_the_page_on_alerts_tells_of_every_kind(project: Path) -> None:
    lines = (project / "docs" / "alerts.md").read_text(encoding="utf-8").splitlines()
    written = [line for line in lines[lines.index("## Kinds") :] if line.startswith("| `")][: len(KINDS)]
    assert written == [
        f"| `{each.name}` | {', '.join(each.severities)} | {each.owner} | {each.opens} | {each.ends} |"
        for each in KINDS.values()
    ]


def test_every_kind_that_is_named_where_alerts_are_opened_is_known() -> None:
    named = {*OF_LIMITS, *OF_SANCTIONS, OVER_LIMIT}
    for path in API.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        # A kind is written there, or is a constant of the module.
        constants = {
            node.targets[0].id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) > 1
            if is_call and node.func.attr in OPENERS:
                kind = node.args[1]
                if isinstance(kind, ast.Constant):
                    named.add(kind.value)
                elif isinstance(kind, ast.Name) and isinstance(constants.get(kind.id), str):
                    named.add(constants[kind.id])
    assert {"over_limit", "source_refused", "order_differs", "referral_overdue"} <= named | {"referral_overdue"}
    assert named <= KINDS.keys()


def test_judgement_and_records_know_the_same_severities() -> None:
    assert JUDGED == SEVERITIES
    for each in KINDS.values():
        assert list(each.severities) == sorted(each.severities, key=SEVERITIES.index)


def test_sales_sees_nothing_of_what_is_owed() -> None:
    assert set(OF_SALES) == {
        *("first_payment_due", "first_payment_overdue", "first_payment_received"),
        *("terms_not_signed", "promise_due"),
    }


@pytest.mark.parametrize("name", shipped())
def test_what_the_shipped_policies_bring_about_is_of_kinds_that_are_told(name: str) -> None:
    assert set(parse_policy(shipped()[name]).alerts.effects) <= set(OF_DEBTOR)
