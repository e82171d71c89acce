"""What waits for a prepayment keeps what fits of the part inside the horizon; the rest is nothing yet."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from api.records import ledger_drift
from tests.api.orders.conftest import eur


@pytest.fixture
def parts(placed, today):
    def place(near, far, **more):
        days = [(today() + timedelta(days=each)).isoformat() for each in (5, 90)]
        call_offs = [
            {"delivery_on": day, "amount": {"amount": f"{amount}.00", "currency": "EUR"}}
            for day, amount in zip(days, (near, far), strict=True)
        ]
        return placed(f"{near + far}.00", call_offs=call_offs, **more)

    return place


@pytest.mark.parametrize(
    ("taken", "near", "far", "required", "reserved"),
    [
        (None, 1500, 500, "500.00", "1000.00"),
        ("1000.00", 100, 4900, "100.00", None),
        ("600.00", 500, 5000, "100.00", "400.00"),
    ],
)
def test_only_what_is_near_is_kept(
    placed, parts, shown, pay, worker, *, limited, exposure, sound, taken, near, far, required, reserved
):
    limited("1000.00")
    if taken:
        placed(taken)
    waits = parts(near, far)
    assert waits["prepayment_required"]["amount"] == required
    assert waits["reservation"] == (reserved and {**waits["reservation"], "amount": eur(reserved)})
    assert exposure() == {"reserved": "1000.00"}
    assert placed("1.00")["headroom"] == eur("0.00")
    pay(required, waits["order_reference"])
    assert exposure()["reserved"] == "1000.00"
    worker.tick()
    assert shown(waits)["state"] == "released"
    assert exposure() == {"reserved": "1000.00", "scheduled": f"{far}.00"}


def test_more_than_fitted_is_found(parts, sessions, seller, limited):
    """However much of the order is neither paid nor asked for: what lies beyond the horizon does not fit."""
    limited("1000.00")
    parts(1500, 500)
    with sessions.of(seller.id) as session:
        session.execute(text("UPDATE sales_order SET reserved_amount = reserved_amount + 500"))
        found = {each.what.split(": ")[1]: (each.expected, each.found) for each in ledger_drift.every(session)}
    assert found["scheduled and reserved"] == ("1000", "1500")
