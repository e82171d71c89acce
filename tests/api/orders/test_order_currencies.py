"""Orders in another currency than the policy's: what is paid is told in their own, with the decimals that has."""

from datetime import timedelta
from decimal import Decimal

import pytest

from api.clock import real_now
from api.records import public_rates
from api.records.public_rates import PublicRate

# Nobody else's tests convert these. One yen is less than a cent, one dinar more than three euros.
RATES = {"JPY": "163.37", "KWD": "0.3301"}
UNKNOWN = "XPF"


@pytest.fixture(scope="module", autouse=True)
def rates(sessions):
    day = real_now().date()
    said = [
        PublicRate("exchange", name, day - timedelta(days=each), Decimal(value), "test")
        for name, value in RATES.items()
        for each in range(-1, 3)
    ]
    with sessions.of_nobody() as session:
        public_rates.add(session, said, real_now())


def money(amount, currency):
    return {"amount": amount, "currency": currency}


def codes(answer):
    return [each["code"] for each in answer["reasons"]]


class TestWithoutARate:
    def test_an_order_that_is_paid_whole_goes_out(self, placed, shown, pay, worker, *, limited, sound):
        limited("1000.00")
        waits = placed("500", currency=UNKNOWN)
        assert (waits["outcome"], codes(waits)) == ("refer", ["currency_not_converted"])
        reference = waits["order_reference"]
        pay("499", reference, UNKNOWN)
        worker.tick()
        assert shown(waits)["state"] == "held"
        pay("1", reference, UNKNOWN)
        worker.tick()
        assert (shown(waits)["state"], shown(waits)["reasons"]) == ("released", [])

    def test_nobody_says_whether_it_fits(self, placed, limited):
        limited("1000.00")
        placed("1000.00")
        limited("900.00")
        waits = placed("500", currency=UNKNOWN)
        assert codes(waits) == ["currency_not_converted"]
        assert waits["exposure_before"] == money("1000.00", "EUR")
        assert waits["exposure_after"] is None


@pytest.mark.parametrize(
    ("currency", "amount"),
    [("JPY", "500001"), ("JPY", "163338"), ("KWD", "999.999"), ("KWD", "12345.678")],
)
class TestTheLeastThatMustBePrepaid:
    def test_it_is_enough(self, placed, shown, pay, worker, *, limited, sound, currency, amount):
        limited("777.77")
        waits = placed(amount, currency=currency)
        assert waits["outcome"] == "accept_prepayment"
        required = waits["prepayment_required"]
        pay(required["amount"], waits["order_reference"], currency)
        worker.tick()
        assert shown(waits)["state"] == "released"

    def test_it_is_enough_of_what_is_left_after_an_invoice(
        self, placed, shown, pay, bill, erp, worker, *, limited, sound, currency, amount
    ):
        """What is asked of the rest is asked of the rest, not of the whole order."""
        limited("100000.00")
        first = placed(amount, currency=currency)
        part = str((Decimal(amount) / 2).quantize(Decimal(amount)))
        bill(part, first["order_reference"], currency)
        pay(part, None, currency)
        limited(f"{Decimal(amount) / Decimal(RATES[currency]):.2f}")
        more = money(str(Decimal(amount) * 2), currency)
        raised = erp.post(f"/v1/orders/{first['id']}/changes", json={"amount": more}).json
        assert (raised["applied"], raised["outcome"]) == (False, "accept_prepayment")
        # Three halves are open, and there is room for two.
        assert Decimal(raised["prepayment_required"]["amount"]) / Decimal(amount) == pytest.approx(
            Decimal("0.5"), Decimal("0.001")
        )

    def test_without_credit_it_is_all_of_it(self, placed, shown, pay, worker, *, sound, currency, amount):
        waits = placed(amount, currency=currency)
        assert waits["prepayment_required"] == money(amount, currency)
        pay(amount, waits["order_reference"], currency)
        worker.tick()
        assert shown(waits)["state"] == "released"


def test_orders_in_two_currencies_share_one_limit(placed, limited):
    limited("1000.00")
    assert placed("81685", currency="JPY")["state"] == "released"  # EUR 500.00
    assert placed("165.050", currency="KWD")["state"] == "released"  # And another 500.00
    assert codes(placed("0.01")) == ["limit_exceeded"]
    assert codes(placed("2", currency="JPY")) == ["limit_exceeded"]
