"""Makes the ledger files that imports are measured with: the same in every run, whatever their size."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

FIRST_DAY = date(2023, 11, 25)
LEDGER_DAYS = 1_090
TERM_DAYS = 30
LATE_DAYS = (-10, -5, 0, 0, 2, 7, 20)
PAID_SHARE = 0.95

INVOICES_MAPPING = """\
columns: {debtor_reference: customer, debtor_name: name, invoice_number: number, invoiced_on: date, due_on: due,
          amount: amount, vat_amount: vat}
constants: {debtor_system: erp, currency: EUR, country: NL, legal_form: bv}
"""
PAYMENTS_MAPPING = """\
kind: payment
columns: {debtor_reference: customer, payment_reference: reference, paid_on: date, amount: amount, settles: invoice}
constants: {debtor_system: erp, currency: EUR}
"""


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """A file, the mapping it is read with, and how many lines it has below its header."""

    path: Path
    mapping: Path
    lines_count: int


def make_files(folder: Path, name: str, invoice_count: int, debtor_count: int) -> tuple[LedgerFile, LedgerFile]:
    """Write a file of invoices in the order of their days, and one of the payments of most of them."""
    random = Random(name)
    last_day = FIRST_DAY + timedelta(LEDGER_DAYS)
    paid_count = int(invoice_count * PAID_SHARE)
    invoices, payments = folder / f"{name}_invoices.csv", folder / f"{name}_payments.csv"
    with invoices.open("w", newline="") as billed, payments.open("w", newline="") as paid:
        bills, receipts = csv.writer(billed), csv.writer(paid)
        bills.writerow(("customer", "name", "number", "date", "due", "amount", "vat"))
        receipts.writerow(("customer", "reference", "date", "amount", "invoice"))
        for place in range(invoice_count):
            debtor = random.randrange(debtor_count)
            invoiced_on = FIRST_DAY + timedelta(place * LEDGER_DAYS // invoice_count)
            due_on = invoiced_on + timedelta(TERM_DAYS)
            cents = random.randrange(5_000, 500_000)
            amount, vat = f"{cents / 100:.2f}", f"{cents * 21 // 121 / 100:.2f}"
            customer, number = f"C{debtor:06}", f"{name}{place:08}"
            bills.writerow((customer, f"Bedrijf {debtor} B.V.", number, invoiced_on, due_on, amount, vat))
            if place < paid_count:
                paid_on = max(invoiced_on, min(due_on + timedelta(random.choice(LATE_DAYS)), last_day))
                receipts.writerow((customer, f"P{number}", paid_on, amount, number))
    return (
        LedgerFile(invoices, _mapping(folder, "invoices", INVOICES_MAPPING), invoice_count),
        LedgerFile(payments, _mapping(folder, "payments", PAYMENTS_MAPPING), paid_count),
    )


def _mapping(folder: Path, kind: str, content: str) -> Path:
    path = folder / f"{kind}.yaml"
    path.write_text(content)
    return path
