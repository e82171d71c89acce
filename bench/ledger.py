"""Makes the ledger that checks are measured against, by the way an import takes its lines."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, islice, repeat
from random import Random
from uuid import UUID

from api import fresh_report
from api.clock import Clock
from api.records import ledger_batch, ledger_debtors
from api.records.identities import OfficialNumber, Reference
from api.records.ledger_debtors import LedgerDebtor
from api.records.ledger_lines import LedgerLine, numbered
from api.records.sellers import Seller
from api.records.sessions import Sessions
from providers.catalog import Catalog
from providers.ports import Answer, CompanyKey, Identifier

LINES_PER_BATCH = 10_000
LEDGER_DAYS = 3 * 365
TERM_DAYS = 30
INVOICES_OF_OTHERS = 50
TOTAL_AMOUNT = 300_000  # Over all invoices of a debtor, so that the sizes differ in invoices and in nothing else.
COMPANY = OfficialNumber("kvk", "NL", "90000001")  # The sandbox's company in good health.


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was made: the debtors that are asked about, by their number of invoices."""

    debtor_ids: dict[int, UUID]
    invoice_count: int
    debtor_count: int


def make_ledger(
    sessions: Sessions,
    seller: Seller,
    sizes: tuple[int, ...],
    invoice_count: int,
    invoices_of_others: int = INVOICES_OF_OTHERS,
) -> Ledger:
    """Give a seller `invoice_count` invoices: some debtors of the given sizes, and as many others as it takes."""
    clock = Clock()
    other_count = (invoice_count - sum(sizes)) // invoices_of_others
    counts = [*sizes, *[invoices_of_others] * other_count]
    named = [LedgerDebtor(Reference("erp", str(place)), f"Debtor {place}", "NL") for place in range(len(counts))]
    with sessions.of(seller.id) as session:
        found = ledger_debtors.find_or_add(session, named, clock.now(seller))
    ids = [debtor_id for each in named if (debtor_id := found[each].debtor_id)]
    today = clock.today(seller)
    shifts = [0] * len(sizes) + [place % (LEDGER_DAYS // invoices_of_others) for place in range(other_count)]
    all_lines = chain.from_iterable(map(_invoices, ids, counts, repeat(today), shifts))
    lines = (replace(line, line=place) for place, line in enumerate(all_lines))
    while batch := list(islice(lines, LINES_PER_BATCH)):
        with sessions.of(seller.id) as session:
            ledger_batch.take(session, batch, clock.now(seller))
    measured = dict(zip(sizes, ids, strict=False))
    for debtor_id in measured.values():
        _store_reports(sessions, seller, debtor_id)
    return Ledger(measured, sum(counts), len(counts))


def _invoices(debtor_id: UUID, count: int, today: date, shift_days: int) -> Iterator[LedgerLine]:
    """Invoices spread evenly over the days of the ledger, most of them paid some days early or late.

    Others than the debtors that are asked about are some days later, so that a book is not billed on a few days only.
    """
    random = Random(count)  # Debtors of one size are alike, in this run and in the next.
    amount = (Decimal(TOTAL_AMOUNT) / count).quantize(Decimal("0.01"))
    for place in range(count):
        invoiced_on = today - timedelta(LEDGER_DAYS - LEDGER_DAYS * place // count - shift_days)
        due_on = invoiced_on + timedelta(TERM_DAYS)
        paid_on = due_on + timedelta(random.choice((-10, -5, 0, 0, 2, 7, 20)))
        is_paid = paid_on < today
        number = f"{debtor_id}-{place}"
        yield LedgerLine(
            line=0,
            kind="invoice",
            debtor_id=debtor_id,
            identity=numbered(number),
            number=number,
            dated_on=invoiced_on,
            amount=amount,
            currency="EUR",
            due_on=due_on,
            paid_on=paid_on if is_paid else None,
            paid_amount=amount if is_paid else None,
        )


def _store_reports(sessions: Sessions, seller: Seller, debtor_id: UUID) -> None:
    """Store reports of one and the same company, so that no debtor's judgement is more work than another's."""
    now = Clock().now(seller)
    catalog = Catalog()
    specs = catalog.kinds(seller.mode, COMPANY.country)
    company = CompanyKey(None, COMPANY.country, (Identifier(COMPANY.scheme, COMPANY.country, COMPANY.value),))
    answers = fresh_report.ask(catalog, specs, company, seller.currency, now)
    bought = [answer for answer in answers if isinstance(answer, Answer)]
    if len(bought) < len(specs):
        raise RuntimeError(f"the sandbox answered {len(bought)} of {len(specs)} questions")
    with sessions.of(seller.id) as session:
        fresh_report.keep(session, debtor_id, bought, purpose="credit_assessment", relation="customer")
