"""Companies of the sandbox that go bankrupt some days after somebody first has them watched."""

from dataclasses import replace
from datetime import timedelta

from providers.sandbox.company import Company
from providers.sandbox.creditsafe_portfolios import portfolios
from providers.sandbox.fates import Happening
from providers.sandbox.world import now, world


def as_it_is(company: Company) -> Company:
    """The company by the time of whoever asks: as it was described, or bankrupt since its day came."""
    if company.bankrupt_after_days is None or company.credit is None:
        return company
    with world().lock:
        first = portfolios().first_added.get(company.credit.connect_id)
    if first is None or (fell_at := first + timedelta(days=company.bankrupt_after_days)) > now():
        return company
    ruling = Happening(age=(fell_at.date() - now().date()).days, words="Bankruptcy", code="F")
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
