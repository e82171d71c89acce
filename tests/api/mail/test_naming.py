"""What a mail calls that which its alert points at: names as they are when it is made, for who may know them."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from api.clock import real_now
from api.mail.noting import note_alerts
from api.mail.rendering import write_mail
from api.records import debtors, keys
from api.records.keys import NewKey
from api.records.mails import MailRecord
from tests.api.mail.conftest import ACCOUNT, CREDIT


@pytest.fixture
def mailed(sessions, told_seller):
    """Reads the feed; gives the text of each urgent mail there is then, by its address, in a language."""

    def run(language="en"):
        with sessions.of(told_seller.id) as session:
            note_alerts(session, real_now())
        with sessions.of(told_seller.id) as session:
            found = session.scalars(select(MailRecord).order_by(MailRecord.id)).all()
        return {each.address: write_mail(each.content, None, language, told_seller, None).text for each in found}

    return run


def test_an_insolvency_in_the_group_names_the_companies_and_to_sales_no_natural_person(
    opened, debtor, mailed, sessions, told_seller
):
    parent = debtor("Oude Naam B.V.", is_natural_person=False)
    person, unknown = debtor("J. Jansen", is_natural_person=True), debtor("Wie Weet")
    kin = [str(each) for each in (parent, person, unknown)]
    with sessions.of(told_seller.id) as session:
        debtors.get(session, parent).name = "Kaartenhuis B.V."
    of = debtor("Dochter B.V.", is_natural_person=False)
    opened("group_insolvency_event", "1", debtor_id=of, insolvent_debtor_ids=kin, insolvent_count=3)
    told = mailed()
    assert "Insolvent: Kaartenhuis B.V., J. Jansen, Wie Weet\n" in told[CREDIT]
    assert "Insolvent: Kaartenhuis B.V.\n" in told[ACCOUNT]
    assert "Jansen" not in told[ACCOUNT]


@pytest.mark.parametrize(("language", "unknown"), [("en", "a machine"), ("nl", "een machine")])
def test_a_machine_is_named_by_its_key_and_a_person_by_his_address(
    opened, debtor, mailed, sessions, told_seller, language, unknown
):
    with sessions.of(told_seller.id) as session:
        key_id = keys.id_of(keys.add(session, told_seller, NewKey("integration", "the ERP"), real_now()))
    noted_by = f"ann@example.com, key:{key_id}, key:{uuid4()}"
    opened("delivered_past_the_gate", "1", debtor_id=debtor(is_natural_person=False), noted_by=noted_by)
    for text in mailed(language).values():
        assert f"ann@example.com, the ERP (integration), {unknown}\n" in text
        assert "key:" not in text


def test_invoices_and_orders_are_told_by_number_and_reference(opened, debtor, mailed, client_of):
    erp, of = client_of("integration"), debtor("Klant B.V.", is_natural_person=False)
    euro = {"amount": "10.00", "currency": "EUR"}
    days = {"invoiced_on": "2026-01-05", "due_on": "2026-02-04"}
    invoice_ids = [
        erp.post("/v1/invoices", json={"debtor_id": str(of), "invoice_number": number, "amount": euro, **days}).json[
            "id"
        ]
        for number in ("F-7", "F-8")
    ]
    order = erp.post("/v1/orders", json={"debtor_id": str(of), "order_reference": "4711", "amount": euro}).json
    ids = {"invoice_ids": [*invoice_ids, str(uuid4())], "order_id": order["id"], "order_ids": [order["id"], "none"]}
    opened("delivered_past_the_gate", "1", debtor_id=of, **ids)
    for text in mailed().values():
        assert "  Invoices: F-7, F-8\n" in text
        assert "  Order: 4711\n  Orders: 4711\n" in text


def test_of_many_the_first_are_named_and_that_there_are_more(opened, debtor, mailed):
    kin = [str(debtor(f"D{number}", is_natural_person=False)) for number in range(7)]
    opened("group_insolvency_event", "1", debtor_id=debtor(is_natural_person=False), insolvent_debtor_ids=kin)
    assert "Insolvent: D0, D1, D2, D3, D4, ...\n" in mailed()[ACCOUNT]
