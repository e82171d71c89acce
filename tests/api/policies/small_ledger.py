"""A small ledger worked by hand, and backtests over it, for the tests of what they tell and how it is shown."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text

from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.wiring import House
from api.worker import run_job
from tests.records.random_ledgers import Learner, line

BEGIN = date(2025, 1, 1)
PERIOD = {"from": "2025-01-01", "to": "2025-12-31"}
# Of two debtors: (days after BEGIN, amount, days until it was paid or None), each due after 30 days.
PROMPT = [(days, 100, 30) for days in range(0, 261, 20)]
LATE = [(0, 100, 60), (80, 100, 75), (160, 100, 95), (260, 100, None)]


def learn_small_ledger(sessions: Sessions, seller: Seller) -> Learner:
    """Write the ledger; the last thing that happens in it is the 31st of December."""
    learner = Learner.new(sessions, seller.id)
    with sessions.of(seller.id) as session:
        session.execute(text("UPDATE debtor SET legal_form = 'bv'"))
    for owner, bills in enumerate((PROMPT, LATE)):
        for number, (days, amount, paid_after) in enumerate(bills):
            day = BEGIN + timedelta(days)
            bill = line("invoice", learner, owner, f"F{number}", day, Decimal(amount))
            bill = replace(bill, due_on=day + timedelta(30))
            if paid_after is not None:
                bill = replace(bill, paid_on=day + timedelta(paid_after), paid_amount=Decimal(amount))
            learner.learn(lambda each, new=bill: each.take(new))
    last = line("payment", learner, 0, "P-last", date(2025, 12, 31), Decimal(5))
    learner.learn(lambda each: each.take(last))
    return learner


def backtested(manager: FlaskClient, house: House, seller: Seller, version: int = 1, **asked: Any) -> dict[str, Any]:
    """Order a backtest, run its job, and give the kept result."""
    started = manager.post(f"/v1/policies/{version}/backtests", json=PERIOD | asked)
    assert started.status_code == 202, started.text
    run_job(house, seller.id, started.json["job_id"], is_last=True)
    return dict(manager.get(f"/v1/backtests/{started.json['backtest_id']}").json)


def stricter(manager: FlaskClient) -> int:
    document = manager.get("/v1/policies/1").json["document"]
    document["limits"]["capacity"] = {}  # No grade gets credit.
    return int(manager.post("/v1/policies", json={"name": "stricter", "document": document}).json["version"])
