"""Guards the gate: whatever moves an order's exposure is known and classified, and whatever may cure one says so."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
API = ROOT / "api"

# How each of these may raise exposure. `asks`: only through `judged` and `resolved` or `released` of the gate, under
# the lock. `lowers`: it never does. `happened`: it is booked because it is so, and past the gate it raises an alert.
MOVES_ORDERS = {
    "api.gate.passing_time": "happened",  # A part comes inside the horizon; what has ended only lowers.
    "api.orders.placing": "asks",
    "api.orders.rejudging": "asks",
    "api.orders.changing": "asks",
    "api.orders.renewing": "asks",
    "api.orders.releasing": "asks",  # A person, within authority.
    "api.orders.cancelling": "lowers",
    "api.orders.delivering": "happened",
    "api.ledger.payment_prepayments": "happened",  # Money that a person binds, or takes away: then it is held again.
    "api.records.order_links": "happened",  # Invoices and payments; invoices past the gate raise an alert.
    "api.records.prepayments": "happened",  # Money that goes back: what may not go out any more is held again.
}
# Whoever changes what a held order may wait for, and what that is.
CURES = {
    "api.acceptance.cover_changes": "cover",
    "api.acceptance.critical_marks": "a debtor that is critical",
    "api.limit_writing": "limits, temporary ones too",
    "api.acceptance.holds": "holds that are ended",
    "api.acceptance.insurance_policies": "a contract with an insurer",
    "api.acceptance.securities": "guarantees",
    "api.acceptance.terms": "terms that are agreed",
    "api.acceptance.ticks": "days on which a limit, guarantee or hold begins or is over",
    "api.fresh_report.keeping": "what register, bureau and list tell now",
    "api.gate.passing_time": "reservations that end, and a person's release",
    "api.ledger.payment_prepayments": "money that a person binds to an order",
    "api.monitoring.following": "what an alert does to a limit or to supply",
    "api.onboarding": "the file of a new debtor that is complete",
    "api.orders.cancelling": "room of a cancelled order",
    "api.orders.changing": "room of an order that became less",
    "api.orders.rejudging": "room that a waiting order keeps no more",
    "api.policies.moves": "another policy",
    "api.records.allocating": "invoices that are settled",
    "api.records.ledger_batch": "invoices, payments and credit notes that come in",
    "api.records.prepayments": "a prepayment that was taken back, where room is left all the same",
    "api.prospect.debtors": "another group",
    "api.prospect.merging": "orders, guarantees and terms of a debtor that was merged",
    "api.prospect.rescreening": "what the list tells tonight",
    "api.prospect.sanctions": "sanctions hits that are cleared",
}


def calls(path: Path) -> set[str]:
    """Give the functions of other modules that a module calls, as `module.function`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            found.add(f"{owner.id if isinstance(owner, ast.Name) else ''}.{node.func.attr}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(node.func.id)
    return found


def callers(*names: str) -> set[str]:
    """Give the modules that call one of these functions."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in API.rglob("*.py") if calls(path) & set(names)
    }


def test_every_module_that_writes_an_order_is_known() -> None:
    assert callers("order_rows.write", "write_all") == set(MOVES_ORDERS)


def test_nobody_moves_exposure_of_orders_by_hand() -> None:
    assert callers("exposure.move") == set()
    # The ledger writes its own stages, an order its own: in the one statement that keeps it.
    written = {path.name for path in API.rglob("*.py") if "INSERT INTO exposure_entry" in path.read_text("utf-8")}
    assert written <= {"exposure.py", "ledger_rebuild.py"}


def test_what_asks_goes_through_the_gate() -> None:
    for module, how in MOVES_ORDERS.items():
        names = calls(ROOT / f"{module.replace('.', '/')}.py")
        asks = bool(names & {"judged", "judged_in_turn"}) and bool(names & {"resolved", "released"})
        assert asks == (how == "asks"), module


def test_what_is_booked_past_the_gate_alerts() -> None:
    for path in (
        API / "orders" / "delivering.py",
        API / "records" / "order_links.py",
        API / "records" / "prepayments.py",
    ):
        assert "alerts.open_alert" in calls(path), path


def test_every_cause_of_a_cure_is_known() -> None:
    assert callers("held_orders.look_again", "held_orders.look_again_at_all") == set(CURES)


def test_the_guard_sees_calls(tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text(
        "from api.records import order_rows\n\n\ndef move(session):\n    order_rows.write(session)\n    judged()\n"
    )
    assert calls(path) == {"order_rows.write", "judged"}
