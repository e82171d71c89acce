"""The page on orders is true: its examples work, and its reasons and numbers are those of the code."""

import json
import re

import pytest

from api.records.orders import ORDER_STATES
from scoring.policy.document import shipped
from scoring.reasons import REGISTRY


@pytest.fixture(scope="module")
def page(project):
    return (project / "docs" / "orders.md").read_text(encoding="utf-8")


@pytest.fixture
def example(page, today):
    """Gives the body that the page shows for a route of an order; its days are today."""

    def of(route):
        found = re.search(rf"{re.escape(route)}`\s+`(\{{.*?\}})`", page, re.DOTALL)
        assert found, route
        return json.loads(re.sub(r"\d{4}-\d\d-\d\d", today().isoformat(), found[1]))

    return of


@pytest.fixture
def post(erp, client_of):
    def send(order, route, body, client=erp):
        answer = client.post(f"/v1/orders/{order['id']}/{route}", json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json

    return send


def test_the_examples(erp, page, example, post, placed, limited, debtor_id, client_of):
    limited("1000.00")
    body = re.search(r"-d '(\{.*?\})'\n", page, re.DOTALL)[1].replace("'$DEBTOR'", str(debtor_id))
    order = erp.post("/v1/orders", json=json.loads(body)).json
    assert order["state"] == "released"
    assert post(order, "changes", example("/v1/orders/{id}/changes"))["applied"]
    assert post(order, "renewals", example(".../renewals"))["applied"]
    assert post(order, "deliveries/preview", example(".../deliveries/preview"))["may_deliver"]
    assert post(order, "deliveries", example(".../deliveries"))["passed_the_gate"]
    assert post(placed("1.00"), "cancellations", example(".../cancellations"))["state"] == "cancelled"
    ann, carl = (client_of("credit_manager", subject=f"{name}@example.com") for name in ("ann", "carl"))
    held = placed("600000.00")
    waiting = post(held, "releases", example(".../releases"), ann)
    route = f"releases/{waiting['id']}/approvals"
    assert post(held, route, example(".../releases/{id}/approvals"), carl)["order"]["state"] == "released"


def test_the_states(page):
    told = re.findall(r"^\| `(\w+)`", page[: page.index("## Deadlines")], re.MULTILINE)
    assert set(told) - {"state"} == set(ORDER_STATES)


def test_the_reasons(page):
    table = page[page.index("| Outcome | Reasons |") : page.index("## What becomes of it")]
    codes = set(re.findall(r"`(\w+)`", table)) - {"decline", "refer", "hold_first_payment", "accept_prepayment"}
    assert len(codes) == 20
    assert codes <= set(REGISTRY)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("reservation_days_after_delivery", "(14)"),
        ("reservation_days_without_delivery", "(30)"),
        ("prepay_by_days", "(7)"),
        ("recheck_above_rise", "(5 %)"),
        ("recheck_after_hours", "(24)"),
    ],
)
def test_the_numbers(page, name, written):
    number = float(shipped()["default"]["orders"][name])
    shown = f"({number * 100:g} %)" if "%" in written else f"({number:g})"
    assert shown == written
    assert re.search(rf"`{name}`\s+{re.escape(written)}", page), name
