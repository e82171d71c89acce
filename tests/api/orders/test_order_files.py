"""Files whose lines name orders: each bills or prepays its order once, however often and in what pieces it comes."""

import io
from datetime import date
from itertools import count

import pytest

from api.ledger import preparing, taking
from api.ledger.formats.ubl import read_ubl
from api.ledger.importing import Ordered, run_import
from api.ledger.invoice_lines import line_of
from api.ledger.mapping import read_mapping
from api.records.ledger_batch import take_written

pytestmark = pytest.mark.usefixtures("sound")

CSV = "Nr;Klant;Datum;Verval;Bedrag;Order\nF1;1001;{day};{day};300,00;O-1\nF2;1001;{day};{day};200,00;PO-9\n"
MAPPING = {
    "delimiter": ";",
    "decimal": "comma",
    "columns": {
        "invoice_number": "Nr",
        "debtor_reference": "Klant",
        "invoiced_on": "Datum",
        "due_on": "Verval",
        "amount": "Bedrag",
        "order_reference": "Order",
    },
    "constants": {"currency": "EUR", "country": "NL", "debtor_system": "erp"},
}


@pytest.fixture
def known_as_1001(erp, debtor_id):
    reference = {"system": "erp", "value": "1001"}
    answer = erp.post(f"/v1/debtors/{debtor_id}/references", json={"references": [reference]})
    assert answer.status_code in (200, 201), answer.text


@pytest.fixture
def importing(sessions, seller, clock):
    def run(content, mapping=None):
        read = read_mapping(mapping) if mapping else None
        stream = io.BytesIO(content.encode())
        return run_import(sessions, seller, clock, stream, Ordered(read), lambda done: None)

    return run


@pytest.mark.usefixtures("known_as_1001")
def test_a_file_that_comes_twice_bills_its_orders_once(placed, limited, importing, exposure, today):
    limited("1000.00")
    placed("800.00", reference="O-1")
    content = CSV.format(day=today().isoformat())
    first, again = importing(content, MAPPING), importing(content, MAPPING)
    assert (first.taken_count, again.known_count) == (2, 2)
    assert exposure() == {"reserved": "500.00", "invoiced": "500.00"}


@pytest.mark.usefixtures("known_as_1001")
def test_json_lines_name_orders_of_invoices_and_payments(placed, limited, importing, exposure, today):
    limited("1000.00")
    placed("800.00", reference="O-1")
    whom = '"debtor_reference": {"system": "erp", "value": "1001"}'
    lines = (
        f'{{"kind": "payment", {whom}, "payment_reference": "P1", "paid_on": "{today()}",'
        ' "amount": {"amount": "250.00", "currency": "EUR"}, "order_reference": "O-1"}',
        f'{{"kind": "invoice", {whom}, "invoice_number": "F1", "invoiced_on": "{today()}", "due_on": "{today()}",'
        ' "amount": {"amount": "300.00", "currency": "EUR"}, "order_reference": "O-1"}',
    )
    assert importing("\n".join(lines)).taken_count == 2
    # In a batch invoices come first: the money covers what is still to be delivered.
    assert exposure() == {"reserved": "250.00", "invoiced": "300.00"}


def test_of_an_electronic_invoice_the_sellers_own_number_comes_first(project):
    sample = project / "tests/api/ledger/formats/samples/peppol_bis3/sales-order-example.xml"
    (document,) = read_ubl(io.BytesIO(sample.read_bytes()))
    assert document.sales_order_reference is not None
    checked = line_of(document, 1, "x", date(2030, 1, 1))
    expected = (document.sales_order_reference, document.order_reference)
    assert checked.values["order_references"] == tuple(each for each in expected if each)


@pytest.mark.usefixtures("known_as_1001")
def test_an_import_that_is_killed_between_two_parts_counts_nothing_twice_when_it_goes_on(
    placed, limited, importing, exposure, today, monkeypatch
):
    limited("10000.00")
    placed("800.00", reference="O-1")
    monkeypatch.setattr(preparing, "HALVED_FROM", 2)
    monkeypatch.setattr(preparing, "ORDER_LINES", 1)
    day = today().isoformat()
    rows = [f"F{place};{name};{day};{day};300,00;O-1\n" for place, name in enumerate(["1001", "2002", "3003"] * 2)]
    content = "Nr;Klant;Datum;Verval;Bedrag;Order\n" + "".join(rows)
    turns, taken = count(), []

    def killed_after_the_first(*given, **more):
        if next(turns):  # Two writers ask at once, and only one of them is the first.
            raise KeyboardInterrupt
        taken.append(take_written(*given, **more))
        return taken[0]

    with monkeypatch.context() as killing:
        killing.setattr(taking, "take_written", killed_after_the_first)
        with pytest.raises(KeyboardInterrupt):
            importing(content, MAPPING)
    assert [each.taken_count for each in taken] == [2]
    importing(content, MAPPING)
    assert exposure() == {"reserved": "200.00", "invoiced": "600.00"}
