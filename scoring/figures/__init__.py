"""Every figure that a scorecard may score and a rule may ask for, by its name: one table."""

from decimal import Decimal
from typing import get_args

from scoring.countries import COUNTRIES
from scoring.figures.annual import ANNUAL
from scoring.figures.known import Figure, FigureValue, Known, number
from scoring.figures.outside import OUTSIDE
from scoring.figures.own import OWN
from scoring.figures.size import company_size_of
from scoring.policy.grading import RiskClass
from scoring.policy.terms import CompanySize

# The debtor and the question, and what was judged of them so far.
_CASE: dict[str, Figure] = {
    "exposure.amount": number("amount", lambda known: known.facts.exposure.amount, always=True),
    "asked.order_amount": number("amount", lambda known: known.facts.asked.order_amount, least=0),
    "asked.requested_limit_amount": number("amount", lambda known: known.facts.asked.requested_limit, least=0),
    "asked.monthly_sales_amount": number("amount", lambda known: known.facts.asked.monthly_sales, least=0),
    "result.pd": number("pd", lambda known: known.pd),
    "result.confidence": number("share", lambda known: known.confidence, worse="lower", least=0, most=1, always=True),
    "result.grade": Figure("text", lambda known: known.grade),
    "result.risk_class": Figure("text", lambda known: known.risk_class, choices=frozenset(get_args(RiskClass))),
    "debtor.country": Figure("text", lambda known: known.facts.debtor.country, choices=COUNTRIES, always=True),
    "debtor.company_size": Figure("text", company_size_of, choices=frozenset(get_args(CompanySize))),
    "debtor.is_natural_person": Figure("flag", lambda known: known.is_natural_person),
    "debtor.related_party": Figure("flag", lambda known: known.facts.debtor.related_party, always=True),
    "debtor.critical": Figure("flag", lambda known: known.facts.debtor.critical, always=True),
    "debtor.has_history": Figure("flag", lambda known: known.facts.has_history, always=True),
}

FIGURES: dict[str, Figure] = {**OWN, **OUTSIDE, **ANNUAL, **_CASE}
NUMBERS = frozenset(name for name, figure in FIGURES.items() if figure.kind == "number")


def read_figure(name: str, known: Known) -> FigureValue:
    """The value of a figure, None where it is not known. Raises KeyError for a name that is not in the table."""
    return FIGURES[name].read(known)


def read_number(name: str, known: Known) -> Decimal | None:
    """The value of a figure that is a number. Raises KeyError for a name that is not in the table."""
    value = FIGURES[name].read(known)
    return value if isinstance(value, Decimal) else None


__all__ = ["FIGURES", "NUMBERS", "Figure", "FigureValue", "Known", "read_figure", "read_number"]
