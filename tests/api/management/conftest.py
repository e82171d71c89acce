"""What the tests of the management room share: a debtor with invoices, a clock to move on, and the minute's turn."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from tests.api.monitoring.conftest import (  # noqa: F401
    app,
    bill,
    clock,
    debtor_id,
    erp,
    finance,
    house,
    new_debtor,
    pay,
    the_time,
    time,
    today,
    watch,
)
from tests.api.orders.conftest import at_once, post  # noqa: F401


@pytest.fixture
def sales(client_of, time):  # noqa: F811
    return client_of("sales", subject="sam@example.com")


@pytest.fixture
def invoice(erp, bill, today) -> Callable[..., str]:  # noqa: F811
    """Bills something that is due today, and gives the id of the invoice."""

    def make(amount: str = "100.00", **more: Any) -> str:
        return bill(amount, **more)["id"]

    return make


@pytest.fixture
def promise(app, sales, today) -> Callable[..., Any]:  # noqa: F811
    """Asks for a promise to be noted, in a day; gives the answer."""

    def make(invoice_id: str, amount: str = "100.00", by: Any = None, days: int = 1, **more: Any) -> Any:
        asked = {
            "amount": {"amount": amount, "currency": "EUR"},
            "promised_on": day(today(), days),
            "promised_by": "J. Smit",
            "channel": "phone",
            **more,
        }
        return (by or sales).post(f"/v1/invoices/{invoice_id}/promises", json=asked)

    return make


def day(today, days):  # noqa: F811
    """Give a day as it is sent."""
    return today.fromordinal(today.toordinal() + days).isoformat()


@pytest.fixture
def told(sessions, seller) -> Callable[[str], list[str]]:
    """Gives what was told of a promise, in order."""

    def of(promise_id: str) -> list[str]:
        query = text("SELECT type FROM event WHERE type LIKE 'promise.%' AND data ->> 'promise_id' = :id ORDER BY id")
        with sessions.of(seller.id) as session:
            types = session.scalars(query, {"id": promise_id}).all()
        return [each.removeprefix("promise.").removesuffix(".v1") for each in types]

    return of
