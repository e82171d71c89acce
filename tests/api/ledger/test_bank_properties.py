"""Whatever the bank tells and persons decide of it: the ledger never contradicts itself."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.clock import real_now
from api.records import keys
from api.records.keys import NewKey
from tests.api.ledger.bank_ledger import Bank
from tests.api.ledger.statements import DAY, PAYER, credit_note, entry, invoice, statement
from tests.examples import examples

RF = "RF18539007547034"
NUMBERS = ["I-2001", "I-2002", "I-2003", "J-3001", "J-3002"]
AMOUNTS = st.sampled_from(["40.00", "60.00", "97.97", "98.00", "100.00", "160.00", "199.96", "200.00", "330.00"])
MONEY = st.fixed_dictionaries(
    {
        "counterparty_account": st.sampled_from([None, PAYER, "NL20INGB0007654321"]),
        "counterparty_name": st.sampled_from([None, "Bakkerij De Oever", "Slagerij Zwart"]),
        "remittance_text": st.lists(st.sampled_from(NUMBERS), max_size=3).map(" ".join),
        "reference": st.sampled_from(["", RF]),
        "end_to_end_id": st.sampled_from([None, "INC-1", "INC-2"]),
        "entry_reference": st.sampled_from([None, "B-1", "B-2"]),
    }
)
BACK = st.sampled_from([{}, {"return_reason": "MD06"}, {"is_reversal": True}])
BATCH = st.sampled_from([{}] * 4 + [{"is_batch": True, "transactions_count": 2}])


@st.composite
def tellings(draw: Any) -> list[Any]:
    """Some messages of the bank, of a few entries each."""
    messages = []
    for place in range(draw(st.integers(1, 4))):
        entries = [
            entry(
                f"{place}.{number}",
                draw(st.sampled_from(["", "", "-"])) + draw(AMOUNTS),
                draw(st.integers(0, 60)),
                **draw(MONEY),
                **draw(BACK),
                **draw(BATCH),
            )
            for number in range(draw(st.integers(1, 6)))
        ]
        kind = draw(st.sampled_from(["statement", "statement", "notification"]))
        messages.append(statement(*entries, kind=kind, reference=str(place)))
    return messages


@settings(max_examples=examples(10, 25), phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(messages=tellings(), data=st.data())
def test_whatever_is_told_and_decided_the_ledger_does_not_contradict_itself(
    app: Flask, sessions, new_seller, messages, data
):
    bank = Bank(sessions, new_seller())
    one, other = bank.debtor(), bank.debtor("Slagerij Zwart")
    terms = {"discount_amount": Decimal("2.00"), "discount_until": DAY + timedelta(30)}
    bank.bill(
        invoice(one, "I-2001", remittance_reference=RF, **terms),
        invoice(one, "I-2002", collection_reference="INC-1"),
        invoice(one, "I-2003", "60.00", collection_reference="INC-1"),
        invoice(other, "J-3001", "200.00", **terms),
        invoice(other, "J-3002", collection_reference="INC-2"),
        credit_note(one, "C-1", "40.00"),
    )
    with sessions.of(bank.seller.id) as session:
        key = keys.add(session, bank.seller, NewKey("finance", "test", "ann@example.com"), real_now())
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    for message in messages:
        bank.receive(*message)
        for _ in range(data.draw(st.integers(0, 2))):
            decide(data, client, [one, other])
            bank.sound()
    for message in messages:
        assert bank.receive(*message).taken_count == 0


def decide(data: st.DataObject, client: Any, debtor_ids: list[Any]) -> None:
    """Let a person decide something, be it right or wrong."""
    items = [
        each for state in ("proposed", "booked") for each in client.get(f"/v1/payments?state={state}").json["items"]
    ]
    if not items:
        return
    item = data.draw(st.sampled_from(items))
    if item["proposals"] and data.draw(st.booleans()):
        place = data.draw(st.integers(1, len(item["proposals"])))
        answer = client.post(f"/v1/payments/{item['id']}/acceptances", json={"proposal": place})
    else:
        amount = Decimal(item["amount"]["amount"]) - Decimal(item["returned_amount"]["amount"])
        parts = []
        for part in data.draw(st.sampled_from([[], [amount], [amount - 10, Decimal(10)]])):
            numbers = data.draw(st.lists(st.sampled_from(NUMBERS), max_size=2, unique=True))
            allocations = [{"invoice_number": number, "amount": eur(part / (len(numbers) * 2))} for number in numbers]
            debtor_id = str(data.draw(st.sampled_from(debtor_ids)))
            parts.append({"debtor_id": debtor_id, "amount": eur(part), "allocations": allocations})
        sent = {"parts": parts, "decided_at": item["decided_at"]}
        answer = client.post(f"/v1/payments/{item['id']}/corrections", json=sent)
    assert answer.status_code in (201, 409, 422), answer.text


def eur(amount: Decimal) -> dict[str, str]:
    return {"amount": str(amount.quantize(Decimal("0.01"))), "currency": "EUR"}
