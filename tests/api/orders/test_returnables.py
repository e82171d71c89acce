"""Direct debits that can be asked back: they use the limit until their last day is over, at the gate and in a check."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from api.ledger.bank_meaning import REFUND_DAYS
from api.ledger.bank_run import run_bank
from api.records import ledger_drift
from api.records.ledger_rebuild import rebuild
from scoring.policy.document import parse_policy, shipped
from tests.api.ledger.statements import DAY, PAYER, entry, statement
from tests.api.orders.conftest import eur

POLICY = parse_policy(shipped()["default"])
pytestmark = pytest.mark.usefixtures("sound")


@pytest.fixture
def receive(sessions, seller, clock):
    def run(*entries):
        return run_bank(sessions, seller, clock, statement(*entries, reference=str(uuid4())), POLICY)

    return run


@pytest.fixture
def collected(receive, today, bill):
    """An invoice of a debtor that was collected by direct debit today; gives what sends it back."""

    def collect(amount, whom=None):
        number = f"INC{uuid4().hex[:12]}"
        bill(amount, **({"debtor_id": str(whom)} if whom else {}), invoice_number=number)
        told = {"end_to_end_id": str(uuid4()), "transaction_code": "PMNT-IDDT-ESDD", "counterparty_account": PAYER}
        day = (today() - DAY).days
        report = receive(entry(str(uuid4()), amount, day, remittance_text=number, **told))
        assert report.states["booked"] == 1

        def send_back():
            back = entry(str(uuid4()), f"-{amount}", day, **told, return_reason="MD06")
            assert receive(back).states == {"returned": 1}

        return send_back

    return collect


@pytest.fixture
def check(app, client_of, debtor_id):
    def ask(amount):
        sent = {"debtor_id": str(debtor_id), "order_amount": eur(amount), "purpose": "credit_assessment"}
        answer = client_of("finance").post("/v1/credit-checks", json={**sent, "relation": "customer"})
        assert answer.status_code == 201, answer.text
        with app.extensions["creditgate"].sessions.of(ask.seller_id) as session:
            query = "SELECT f.facts FROM decision d JOIN decision_facts f ON f.decision_id = d.id WHERE d.id = :id"
            return session.scalar(text(query), {"id": answer.json["id"]})

    return ask


def codes(answer):
    return [each["code"] for each in answer["reasons"]]


def test_it_uses_the_limit_until_its_last_day_is_over_and_then_gives_the_room_back_by_itself(
    collected, placed, shown, limited, time, worker
):
    limited("1000.00")
    collected("900.00")
    held = placed("300.00")
    assert (held["state"], codes(held), held["headroom"]) == ("held", ["limit_exceeded"], eur("100.00"))
    assert held["prepayment_required"] == eur("200.00")
    time.pass_by(days=REFUND_DAYS.days)
    worker.tick()
    renewed = placed("300.00")
    assert (renewed["state"], renewed["headroom"]) == ("held", eur("100.00"))
    time.pass_by(days=1)
    worker.tick()
    assert (shown(renewed)["state"], shown(renewed)["outcome"]) == ("released", "accept")


def test_what_was_sent_back_is_owed_once(collected, erp, placed, limited, debtor_id):
    limited("1000.00")
    send_back = collected("900.00")
    for expected in ("0.00", "900.00"):
        told = erp.get(f"/v1/debtors/{debtor_id}").json
        assert (told["headroom"], told["exposure"]["total"]) == (eur("100.00"), eur("900.00"))
        assert told["exposure"]["stages"]["invoiced"] == eur(expected)
        assert told["exposure"]["returnable"] == eur(str(900 - int(float(expected))) + ".00")
        report = erp.get(f"/v1/debtors/{debtor_id}/exposure").json
        assert report["totals"] == [eur("900.00")]
        if expected == "0.00":
            send_back()


def test_the_exposure_of_then_and_of_now_agree(collected, erp, today, debtor_id):
    collected("900.00")
    path = f"/v1/debtors/{debtor_id}/exposure"
    now, then = erp.get(path).json, erp.get(f"{path}?as_of={today()}&known_at={today() + timedelta(1)}T00:00:00Z").json
    for name in ("totals", "returnable", "total"):
        assert now.get(name) == then.get(name), name
    assert now["returnable"] == [eur("900.00")]


def test_it_counts_once_for_every_limit_above_and_moves_with_its_debtor(
    collected, placed, limited, new_debtor, erp, finance
):
    top, other = new_debtor(), new_debtor()
    middle = new_debtor(parent_id=str(top))
    child, sister = (new_debtor(parent_id=str(middle)) for _ in range(2))
    limited("1000.00", whom=top, scope="group")
    for each in (child, sister):
        limited("5000.00", whom=each)
    collected("900.00", whom=child)
    held = placed("300.00", whom=sister)
    assert (codes(held), held["headroom"]) == (["limit_exceeded"], eur("100.00"))
    assert erp.get(f"/v1/debtors/{top}/exposure").json["group_totals"] == [eur("1000.00")]
    etag = finance.get(f"/v1/debtors/{child}").headers["ETag"]
    sent = {"parent_id": str(other)}
    assert finance.patch(f"/v1/debtors/{child}", json=sent, headers={"If-Match": etag}).status_code == 200
    # The order that waited goes first.
    assert placed("300.00", whom=sister)["headroom"] == eur("700.00")
    assert erp.get(f"/v1/debtors/{other}/exposure").json["group_totals"] == [eur("900.00")]


def test_a_credit_check_counts_it(collected, check, seller):
    check.seller_id = seller.id
    collected("900.00")
    assert '"exposure":{"amount":"900.0000"' in check("100.00")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE returnable_day SET amount = amount + 1 WHERE debtor_id = :child",
        "UPDATE returnable_day SET below_amount = below_amount - 1 WHERE debtor_id = :top",
        "UPDATE returnable_day SET until_on = until_on + 1",
    ],
)
def test_a_wrong_sum_of_it_is_found_and_set_right(collected, new_debtor, sessions, seller, clock, damage):
    top = new_debtor()
    child = new_debtor(parent_id=str(top))
    collected("900.00", whom=child)
    with sessions.of(seller.id) as session:
        named = {name: value for name, value in {"child": child, "top": top}.items() if f":{name}" in damage}
        assert session.execute(text(damage), named).rowcount
        assert {each.what.split()[0] for each in ledger_drift.every(session)} == {"returnable"}
        for each in (child, top):
            rebuild(session, each, clock.now(seller))
        assert ledger_drift.every(session) == []
