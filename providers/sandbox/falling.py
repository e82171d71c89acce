"""Companies of the sandbox that go bankrupt some days after somebody first has them watched."""

from dataclasses import replace
from datetime import datetime, timedelta

from providers.sandbox.company import Company
from providers.sandbox.creditsafe_portfolios import portfolios
from providers.sandbox.fates import Happening
from providers.sandbox.world import now, world

STREAMED = "companies_house first streamed"


def note_streamed() -> None:
    """Note that somebody reads a stream, by which all British companies are watched."""
    with world().lock:
        world().kept.setdefault(STREAMED, now())


def fell_at(company: Company) -> datetime | None:
    """When a company went bankrupt, by the time of whoever asks; None while it has not."""
    if company.bankrupt_after_days is None or company.credit is None:
        return None
    with world().lock:
        first = portfolios().first_added.get(company.credit.connect_id)
        streamed = world().kept.get(STREAMED) if "coh" in company.numbers else None
    begun = min((each for each in (first, streamed) if each is not None), default=None)
    falls_at = None if begun is None else begun + timedelta(days=company.bankrupt_after_days)
    return falls_at if falls_at is not None and falls_at <= now() else None


def as_it_is(company: Company) -> Company:
    """The company by the time of whoever asks: as it was described, or bankrupt since its day came."""
    at = fell_at(company)
    if at is None or company.credit is None:
        return company
    ruling = Happening(age=(at.date() - now().date()).days, words="Bankruptcy", code="F")
    credit = replace(
        company.credit,
        band="E",
        band_words="Not Rated",
        rating=None,
        limit=None,
        default_probability=None,
        status="NonActive",
        status_words="Bankrupt",
        judgements=(*company.credit.judgements, ruling),
    )
    return replace(company, insolvency="bankruptcy", credit=credit)
