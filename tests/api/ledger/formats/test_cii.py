"""CII: a sample for each way of writing that matters here."""

from datetime import date
from decimal import Decimal

import pytest

from api.ledger.formats.documents import InvoiceDocument, Refused
from tests.api.ledger.formats.documents_for_tests import cii
from tests.api.ledger.formats.outcomes import items_of
from tests.api.ledger.formats.test_ubl import codes, taken


def terms(inner: str) -> str:
    return f"<r:SpecifiedTradePaymentTerms>{inner}</r:SpecifiedTradePaymentTerms>"


def discount(inner: str) -> str:
    return terms(f"<r:ApplicableTradePaymentDiscountTerms>{inner}</r:ApplicableTradePaymentDiscountTerms>")


@pytest.mark.parametrize("version", ["100", "103"])
def test_an_invoice_is_read_in_full(version: str) -> None:
    found = taken(cii(version))
    assert (found.kind, found.number, found.type_code) == ("invoice", "R-2026-7", "380")
    assert (found.invoiced_on, found.due_on, found.due_on_derived) == (date(2026, 3, 1), date(2026, 3, 31), False)
    assert (found.amount, found.vat_amount, found.currency) == (Decimal("119.00"), Decimal("19.00"), "EUR")
    assert (found.buyer.name, found.buyer.country, found.buyer.kvk_number) == ("Jansen BV", "NL", "12345678")
    assert (found.buyer.vat_number, found.seller.name) == ("DE123456788", "Verkauf GmbH")
    assert (found.order_reference, found.buyer_reference) == ("PO-9", "04011000-12345-34")
    assert found.delivered_on == date(2026, 2, 28)
    assert (found.remittance_reference, found.payee_account) == ("R-2026-7", "DE02120300000000202051")


@pytest.mark.parametrize(
    ("code", "kind", "notes"),
    [
        ("380", "invoice", []),
        ("381", "credit_note", []),
        ("261", "credit_note", []),
        ("384", "invoice", ["corrected"]),
        ("326", "invoice", []),
        ("386", "invoice", []),
        ("389", "invoice", []),
        ("393", "invoice", ["factored"]),
    ],
)
def test_the_type_says_what_it_is(code: str, kind: str, notes: list[str]) -> None:
    found = taken(cii(type=f"<r:TypeCode>{code}</r:TypeCode>"))
    assert (found.kind, [note.code for note in found.notes]) == (kind, notes)


@pytest.mark.parametrize(
    ("code", "fault"), [("325", "not_an_invoice"), ("751", "not_an_invoice"), ("220", "type_unknown")]
)
def test_what_claims_nothing_is_refused(code: str, fault: str) -> None:
    assert codes(cii(type=f"<r:TypeCode>{code}</r:TypeCode>")) == [fault]


def test_a_negative_invoice_names_what_it_corrects() -> None:
    found = taken(
        cii(
            total="<r:GrandTotalAmount>-119.00</r:GrandTotalAmount>",
            payable="<r:DuePayableAmount>-119.00</r:DuePayableAmount>",
            vat='<r:TaxTotalAmount currencyID="EUR">-19.00</r:TaxTotalAmount>',
            preceding="<r:InvoiceReferencedDocument><r:IssuerAssignedID>R-1</r:IssuerAssignedID></r:InvoiceReferencedDocument>",
        )
    )
    assert (found.kind, found.turned, found.amount) == ("credit_note", "negative_invoice", Decimal("119.00"))
    assert (found.vat_amount, found.preceding_numbers, found.due_on) == (Decimal("19.00"), ("R-1",), None)


def test_of_several_vat_totals_the_one_in_the_currency_of_the_invoice_counts() -> None:
    other = '<r:TaxTotalAmount currencyID="PLN">82.00</r:TaxTotalAmount>'
    ours = '<r:TaxTotalAmount currencyID="EUR">19.00</r:TaxTotalAmount>'
    assert taken(cii(vat=other + ours)).vat_amount == Decimal("19.00")


@pytest.mark.parametrize(
    ("inner", "amount", "until"),
    [
        (
            '<r:BasisPeriodMeasure unitCode="DAY">10</r:BasisPeriodMeasure>'
            "<r:CalculationPercent>2</r:CalculationPercent>",
            "2.38",
            date(2026, 3, 11),
        ),
        (
            '<r:BasisDateTime><t:DateTimeString format="102">20260305</t:DateTimeString></r:BasisDateTime>'
            '<r:BasisPeriodMeasure unitCode="WEE">1</r:BasisPeriodMeasure><r:BasisAmount>100.00</r:BasisAmount>'
            "<r:CalculationPercent>3.00</r:CalculationPercent>",
            "3.00",
            date(2026, 3, 12),
        ),
        (
            '<r:BasisPeriodMeasure unitCode="DAY">5</r:BasisPeriodMeasure>'
            "<r:ActualDiscountAmount>4.50</r:ActualDiscountAmount>",
            "4.50",
            date(2026, 3, 6),
        ),
    ],
)
def test_a_discount_is_read_from_its_own_fields(inner: str, amount: str, until: date) -> None:
    found = taken(cii(terms=discount(inner)))
    assert (found.discount_amount, found.discount_until) == (Decimal(amount), until)
    assert (found.due_on, found.due_on_derived) == (date(2026, 3, 31), True)


@pytest.mark.parametrize(
    "inner",
    [
        '<r:BasisPeriodMeasure unitCode="MON">1</r:BasisPeriodMeasure><r:CalculationPercent>2</r:CalculationPercent>',
        "<r:CalculationPercent>100</r:CalculationPercent>",
        '<r:BasisPeriodMeasure unitCode="DAY">10</r:BasisPeriodMeasure>',
    ],
)
def test_a_discount_that_cannot_be_reckoned_is_none(inner: str) -> None:
    assert taken(cii(terms=discount(inner))).discount_amount is None


def test_instalments_are_due_with_the_last_and_said_to_be_so() -> None:
    days = [
        terms(f'<r:DueDateDateTime><t:DateTimeString format="102">{day}</t:DateTimeString></r:DueDateDateTime>')
        for day in ("20260415", "20260515")
    ]
    found = taken(cii(terms="".join(days)))
    assert (found.due_on, [note.code for note in found.notes]) == (date(2026, 5, 15), ["instalments"])


def test_a_date_in_another_form_is_refused() -> None:
    issued = '<r:IssueDateTime><t:DateTimeString format="610">202603</t:DateTimeString></r:IssueDateTime>'
    (found,) = items_of(cii(issued=issued))
    assert isinstance(found, Refused)
    assert (found.code, found.field) == ("not_a_date", "IssueDateTime")


def test_both_syntaxes_refuse_totals_that_differ() -> None:
    assert codes(cii(prepaid="<r:TotalPrepaidAmount>19.00</r:TotalPrepaidAmount>")) == ["totals_differ"]
    found = taken(
        cii(
            prepaid="<r:TotalPrepaidAmount>19.00</r:TotalPrepaidAmount>",
            payable="<r:DuePayableAmount>100.00</r:DuePayableAmount>",
        )
    )
    assert isinstance(found, InvoiceDocument)
    assert found.amount == 100
