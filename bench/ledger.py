"""Makes the ledger that checks are measured against, by the way an import takes its lines."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain, islice, repeat
from random import Random
from typing import Any
from uuid import UUID

from api.clock import Clock, real_now
from api.records import ledger_batch, ledger_debtors
from api.records.identities import OfficialNumber, Reference
from api.records.ledger_debtors import LedgerDebtor
from api.records.ledger_lines import LedgerLine, numbered
from api.records.reports import ReportRecord
from api.records.sellers import Seller
from api.records.sessions import Sessions
from bench.sandbox import sandbox
from providers.catalog import Access, Catalog
from providers.memory import LocalMemory
from providers.ports import About, CompanyKey, Identifier, Raw
from providers.stored_facts import as_document
from scoring.facts import SourceKind

LINES_PER_BATCH = 10_000
LEDGER_DAYS = 3 * 365
TERM_DAYS = 30
INVOICES_OF_OTHERS = 50
TOTAL_AMOUNT = 300_000  # Over all invoices of a debtor, so that the sizes differ in invoices and in nothing else.
COMPANY = OfficialNumber("kvk", "NL", "90000001")  # The sandbox's company in good health.
NAME = "Gouden Gans Groothandel B.V."
KINDS: tuple[SourceKind, ...] = ("company_register", "credit_bureau", "sanctions_list")
DEADLINE_SECONDS = 30


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
    company = CompanyKey(NAME, COMPANY.country, (Identifier(COMPANY.scheme, COMPANY.country, COMPANY.value),))
    with sandbox() as address:
        catalog = Catalog(sandbox_address=address)
        access = Access("test", {}, lambda _: LocalMemory(), now, real_now)
        with sessions.of(seller.id) as session:
            for kind in KINDS:
                source = catalog.sources_for(COMPANY.country, kind, access)[0]
                raw = catalog.ask(kind, source.provider, company, access, deadline_seconds=DEADLINE_SECONDS)
                if raw is None:
                    raise RuntimeError(f"the sandbox does not know the company as {kind}")
                facts = catalog.facts(kind, source.provider, raw, About(company, seller.currency, now.date()))
                session.add(_report(debtor_id, kind, source.provider, now, raw, as_document(facts)))


def _report(debtor_id: UUID, kind: str, provider: str, now: datetime, raw: Raw, facts: dict[str, Any]) -> ReportRecord:
    return ReportRecord(
        debtor_id=debtor_id,
        kind=kind,
        provider=provider,
        retrieved_at=now,
        raw=raw,
        facts=facts,
        purpose="credit_assessment",
        relation="customer",
    )
