"""Screens again every debtor whose screening is of an older list or too old; new hits open alerts, gone ones end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from api.fresh_report.planning import agreed_prices
from api.prospect.sanctions_alerts import follow_hit, open_now
from api.records import held_orders, screenings
from api.records.reports import ReportRecord
from api.records.screenings import DueDebtor
from api.records.sellers import Seller
from api.sanctions_clearing import cleared
from api.source_access import source_access
from api.wiring import House
from providers.catalog import Access, Source
from providers.errors import NotUnderstood
from providers.ports import About, CompanyKey, Identifier, Raw, Screening
from providers.stored_facts import as_document
from scoring.facts import SanctionsFacts, SourceKind

KIND: SourceKind = "sanctions_list"
DEADLINE_SECONDS = 60.0  # For one call about many companies, while nobody waits.
NUL = b"\\u0000"  # PostgreSQL cannot hold it in a text.
PURPOSE = "sanctions_screening"  # It is a duty by law, and no credit report is bought.
RELATIONS = {"prospect": "prospect"}
RELATION = "customer"


class NobodyToAsk(LookupError):
    """This seller reaches no sanctions list that can be asked about many."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a run has come: debtors screened, left because they could not be, and alerts that were opened."""

    screened_count: int = 0
    left_count: int = 0
    opened_count: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One run: whom it asks, with which version of the list, and what is old by it."""

    source: Source
    screening: Screening
    access: Access
    version: str | None
    fresh_since: datetime
    currency: str


Told = tuple[DueDebtor, CompanyKey, Raw | NotUnderstood]
Keep = Callable[[Session, Tally, int], None]


def rescreen(house: House, seller: Seller, tally: Tally, keep: Keep) -> Tally:
    """Screen all who are due, batch by batch; `keep` notes in the transaction of each how far it came, of how many.

    What was screened is not due any more, so a run that was stopped is simply begun again. Raises NobodyToAsk, and
    SourceError where the list fails: what was screened by then is kept.
    """
    run = _begin(house, seller)
    with house.sessions.of(seller.id) as session:
        total = screenings.count_due(session, run.fresh_since, run.version) + tally.screened_count
    after = UUID(int=0)
    while True:
        with house.sessions.of(seller.id) as session:
            due = screenings.due(session, run.fresh_since, run.version, after, run.screening.companies_max)
        if not due:
            return tally
        # No transaction is open while we wait.
        companies = [_company(debtor) for debtor in due]
        line = house.catalog.line(run.source, run.access, deadline_seconds=DEADLINE_SECONDS)
        raws = run.screening.screen_many(companies, line, run.version)
        with house.sessions.of(seller.id) as session:
            tally = _keep_batch(
                session, run, list(zip(due, companies, raws, strict=True)), tally, house.clock.now(seller)
            )
            keep(session, tally, total)
        after = due[-1].id


def _keep_batch(session: Session, run: Run, batch: Sequence[Told], tally: Tally, now: datetime) -> Tally:
    """Store what the list says of a batch, and open and end the alerts it calls for."""
    are_open = open_now(session, [debtor.id for debtor, *_ in batch])
    screened, left, opened = tally.screened_count, tally.left_count, tally.opened_count
    for debtor, company, raw in batch:
        facts = _facts(run, company, raw)
        if facts is None or isinstance(raw, NotUnderstood):
            left += 1
            continue
        found = _keep_one(session, run, debtor, raw, facts, now)
        opened += follow_hit(session, debtor.id, found, are_open, now)
        screened += 1
    # An entry that is gone from the list may be what an order waits for.
    held_orders.look_again(session, [debtor.id for debtor, *_ in batch])
    return Tally(screened, left, opened)


def _begin(house: House, seller: Seller) -> Run:
    with house.sessions.of(seller.id) as session:
        policy = house.policies.active(session).policy
    access = source_access(house, seller, prices=agreed_prices(policy.sources, policy.currency))
    for source in house.catalog.sources_for(None, KIND, access):
        if source.screening is not None:
            break
    else:
        raise NobodyToAsk
    line = house.catalog.line(source, access, deadline_seconds=DEADLINE_SECONDS)
    fresh_since = house.clock.now(seller) - timedelta(days=policy.sources.fresh_days[KIND])
    return Run(source, source.screening, access, source.screening.version(line), fresh_since, policy.currency)


def _company(debtor: DueDebtor) -> CompanyKey:
    numbers = tuple(Identifier(each.scheme, each.country, each.value) for each in debtor.numbers)
    return CompanyKey(debtor.name or debtor.registered_name, debtor.country, numbers)


def _facts(run: Run, company: CompanyKey, raw: Raw | NotUnderstood) -> SanctionsFacts | None:
    """What the list says of one company; None where that cannot be read, so that it stays due."""
    if isinstance(raw, NotUnderstood) or NUL in orjson.dumps(raw):
        return None
    try:
        facts = run.source.reports[KIND].facts(raw, About(company, run.currency, run.access.now.date()))
    except NotUnderstood:
        return None
    assert isinstance(facts, SanctionsFacts)
    return facts


def _keep_one(
    session: Session, run: Run, debtor: DueDebtor, raw: Raw, facts: SanctionsFacts, now: datetime
) -> SanctionsFacts:
    """Store what the list says of one debtor; gives it with what people cleared of it."""
    price = run.access.prices.get(run.source.provider) or run.source.settings.price
    session.add(
        ReportRecord(
            debtor_id=debtor.id,
            kind=KIND,
            provider=run.source.provider,
            retrieved_at=now,
            raw=raw,
            facts=as_document(facts),
            cost_amount=None if price is None else price.amount,
            cost_currency=None if price is None else price.currency,
            purpose=PURPOSE,
            relation=RELATIONS.get(debtor.phase, RELATION),
        )
    )
    found = cleared(session, debtor, facts)
    assert found is not None
    return found
