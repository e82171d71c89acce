"""UBL: what the samples do not show."""

from datetime import date
from decimal import Decimal

import pytest

from api.ledger.formats.documents import InvoiceDocument, Refused
from tests.api.ledger.formats.documents_for_tests import LEGAL, party, ubl
from tests.api.ledger.formats.outcomes import items_of


def taken(content: bytes) -> InvoiceDocument:
    (found,) = items_of(content)
    assert isinstance(found, InvoiceDocument), found
    return found


def codes(content: bytes) -> list[str]:
    return [item.code for item in items_of(content) if isinstance(item, Refused)]


def test_any_prefix_will_do_and_a_dutch_invoice_breaks_no_rule() -> None:
    found = taken(ubl())
    assert (found.number, found.amount, found.buyer.kvk_number) == ("2026-0042", Decimal("121.00"), "12345678")
    assert found.remittance_reference == "RF73INV20260042"
    assert found.notes == ()


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"payable": '<b:PayableAmount currencyID="EUR">120.00</b:PayableAmount>'}, ["totals_differ"]),
        (
            {
                "total": '<b:TaxInclusiveAmount currencyID="EUR">0</b:TaxInclusiveAmount>',
                "payable": '<b:PayableAmount currencyID="EUR">0.00</b:PayableAmount>',
            },
            ["nothing_payable"],
        ),
        ({"payable": ""}, ["missing"]),
        ({"payable": '<b:PayableAmount currencyID="USD">121.00</b:PayableAmount>'}, ["currency_differs"]),
        (
            {"payable": '<b:PayableAmount currencyID="EUR">121.001</b:PayableAmount>', "total": ""},
            ["too_many_decimals"],
        ),
        ({"payable": '<b:PayableAmount currencyID="EUR">1e3</b:PayableAmount>'}, ["not_an_amount"]),
        ({"payable": '<b:PayableAmount currencyID="EUR">1000000000000</b:PayableAmount>'}, ["amount_too_large"]),
        ({"number": ""}, ["missing"]),
        ({"number": f"<b:ID>{'9' * 101}</b:ID>"}, ["too_long"]),
        ({"issued": ""}, ["missing"]),
        ({"issued": "<b:IssueDate>2026-02-30</b:IssueDate>"}, ["not_a_date"]),
        ({"due": "<b:DueDate>2026-02-28</b:DueDate>"}, ["due_before_invoiced"]),
        ({"currency": ""}, ["missing"]),
        (
            {
                "currency": "<b:DocumentCurrencyCode>DEM</b:DocumentCurrencyCode>",
                "payable": "<b:PayableAmount>1</b:PayableAmount>",
                "total": "",
                "vat": "",
            },
            ["not_a_currency"],
        ),
        ({"type": "<b:InvoiceTypeCode>325</b:InvoiceTypeCode>"}, ["not_an_invoice"]),
        ({"number": "", "issued": "", "payable": ""}, ["missing", "missing", "missing"]),
    ],
    ids=str,
)
def test_every_fault_of_a_document_is_named(changed: dict[str, str], expected: list[str]) -> None:
    assert codes(ubl(**changed)) == expected


def test_a_refused_document_says_which_it_is_and_where() -> None:
    (found,) = items_of(ubl(due="<b:DueDate>soon</b:DueDate>"))
    assert isinstance(found, Refused)
    assert (found.line, found.code, found.field, found.text) == (1, "not_a_date", "DueDate", "document 2026-0042")


@pytest.mark.parametrize(
    ("text", "due_on"),
    [
        ("30 days", date(2026, 3, 31)),
        ("14 dagen netto", date(2026, 3, 15)),
        ("Betaling binnen 60 dagen na factuurdatum", date(2026, 4, 30)),
        ("Zahlbar innerhalb von 10 Tagen", date(2026, 3, 11)),
        ("Net 45", date(2026, 4, 15)),
        ("Payment within 10 days, 2% discount", date(2026, 3, 31)),
        ("30 days after delivery", date(2026, 3, 31)),
        ("14 dagen, 30 dagen na herinnering", date(2026, 3, 31)),
        ("10 days end of month", date(2026, 3, 31)),
        ("as agreed", date(2026, 3, 31)),
        ("", date(2026, 3, 31)),
        ("Contract 5, 14 days", date(2026, 3, 31)),
    ],
)
def test_terms_count_only_when_they_plainly_say_days(text: str, due_on: date) -> None:
    found = taken(ubl(due="", terms=f"<c:PaymentTerms><b:Note>{text}</b:Note></c:PaymentTerms>"))
    assert (found.due_on, found.due_on_derived) == (due_on, True)


def test_the_due_date_of_the_payment_means_counts() -> None:
    day = "<b:PaymentDueDate>2026-04-02</b:PaymentDueDate>"
    means = f"<c:PaymentMeans><b:PaymentMeansCode>30</b:PaymentMeansCode>{day}</c:PaymentMeans>"
    found = taken(ubl(due="", means=means))
    assert (found.due_on, found.due_on_derived) == (date(2026, 4, 2), False)


def test_prepaid_and_rounding_are_part_of_the_sum() -> None:
    found = taken(
        ubl(
            prepaid='<b:PrepaidAmount currencyID="EUR">100.98</b:PrepaidAmount>'
            '<b:PayableRoundingAmount currencyID="EUR">-0.02</b:PayableRoundingAmount>',
            payable='<b:PayableAmount currencyID="EUR">20.00</b:PayableAmount>',
        )
    )
    assert found.amount == 20
    assert found.vat_amount is None, "21.00 of VAT are no part of the 20.00 that are left"


def test_a_negative_credit_note_is_an_invoice() -> None:
    found = taken(
        ubl(
            "CreditNote",
            due="",
            total='<b:TaxInclusiveAmount currencyID="EUR">-121.00</b:TaxInclusiveAmount>',
            payable='<b:PayableAmount currencyID="EUR">-121.00</b:PayableAmount>',
            vat='<c:TaxTotal><b:TaxAmount currencyID="EUR">-21.00</b:TaxAmount></c:TaxTotal>',
        )
    )
    assert (found.kind, found.turned, found.amount) == ("invoice", "negative_credit_note", Decimal("121.00"))
    assert (found.due_on, found.due_on_derived, found.vat_amount) == (date(2026, 3, 31), True, Decimal("21.00"))


@pytest.mark.parametrize(
    ("root", "changed", "expected"),
    [
        ("CreditNote", {}, ["NL-R-001"]),
        ("Invoice", {"seller": f"<c:AccountingSupplierParty>{party()}</c:AccountingSupplierParty>"}, ["NL-R-003"]),
        (
            "Invoice",
            {
                "buyer": "<c:AccountingCustomerParty>"
                + party(legal='<b:CompanyID schemeID="0002">5</b:CompanyID>')
                + "</c:AccountingCustomerParty>"
            },
            ["NL-R-005"],
        ),
        ("Invoice", {"means": ""}, ["NL-R-007"]),
        (
            "Invoice",
            {"means": "<c:PaymentMeans><b:PaymentMeansCode>1</b:PaymentMeansCode></c:PaymentMeans>"},
            ["NL-R-008"],
        ),
    ],
)
def test_a_broken_dutch_rule_is_told_and_keeps_nothing_out(
    root: str, changed: dict[str, str], expected: list[str]
) -> None:
    assert [note.code for note in taken(ubl(root, **changed)).notes] == expected


def test_a_discount_in_structured_form_is_read() -> None:
    terms = "<c:PaymentTerms><b:Note>#SKONTO#TAGE=8#PROZENT=2.00#</b:Note></c:PaymentTerms>"
    found = taken(ubl(terms=terms))
    assert (found.discount_amount, found.discount_until) == (Decimal("2.42"), date(2026, 3, 9))
    fields = (
        "<c:PaymentTerms><b:SettlementDiscountPercent>3</b:SettlementDiscountPercent><c:SettlementPeriod>"
        "<b:EndDate>2026-03-08</b:EndDate></c:SettlementPeriod></c:PaymentTerms>"
    )
    found = taken(ubl(terms=fields))
    assert (found.discount_amount, found.discount_until) == (Decimal("3.63"), date(2026, 3, 8))


def test_an_endpoint_names_the_buyer_only_where_nothing_else_does() -> None:
    endpoint = '<b:EndpointID schemeID="9944">NL001234567B01</b:EndpointID>'
    alone = party(vat="", endpoint=endpoint)
    beside = party(vat="", legal=LEGAL, endpoint=endpoint)
    for shown, kvk_number, vat_number in ((alone, None, "NL001234567B01"), (beside, "12345678", None)):
        found = taken(ubl(buyer=f"<c:AccountingCustomerParty>{shown}</c:AccountingCustomerParty>"))
        assert (found.buyer.kvk_number, found.buyer.vat_number) == (kvk_number, vat_number)


def test_an_attachment_of_any_size_is_passed_over() -> None:
    attachment = (
        "<c:AdditionalDocumentReference><b:ID>1</b:ID><c:Attachment><b:EmbeddedDocumentBinaryObject>"
        + "QUJD" * 1_000_000
        + "</b:EmbeddedDocumentBinaryObject></c:Attachment></c:AdditionalDocumentReference>"
    )
    assert taken(ubl(more=attachment)) == taken(ubl())


def test_names_in_another_namespace_are_not_ours() -> None:
    stranger = '<s:DueDate xmlns:s="urn:stranger">2020-01-01</s:DueDate>'
    assert taken(ubl(due=stranger)).due_on_derived
