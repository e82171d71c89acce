"""Figures that others give: the bureau, the register and the insurer."""

from collections.abc import Callable
from decimal import Decimal
from typing import get_args

from scoring.facts import RegisterStatus
from scoring.figures.known import Figure, FigureValue, Known, number, years


def _report(name: str) -> Callable[[Known], FigureValue]:
    """A field of the report while it counts."""

    def read(known: Known) -> FigureValue:
        """The value of that field."""
        value: FigureValue = None if known.report is None else getattr(known.report, name)
        return value

    return read


def _report_age_days(known: Known) -> Decimal | None:
    """Days since the report was scored, or fetched when that is not told."""
    return None if known.report is None else Decimal((known.facts.as_of - known.report.dated_on).days)


def _bureau_limit(known: Known) -> Decimal | None:
    """The amount of the bureau's recommended limit, where it is one."""
    return None if known.report is None else known.report.recommended_limit.amount


def _company_age_years(known: Known) -> Decimal | None:
    """Years since the company was founded, by the register."""
    register = known.facts.register
    if register is None or register.incorporated_on is None:
        return None
    return years(register.incorporated_on, known.facts.as_of)


def _register_status(known: Known) -> str | None:
    """What the register says of its status."""
    return None if known.facts.register is None else known.facts.register.status


def legal_form(known: Known) -> str | None:
    """The legal form in the register, else the stated one."""
    register = known.facts.register
    return (None if register is None else register.legal_form) or known.facts.debtor.legal_form


def _cover(known: Known) -> Decimal | None:
    """What the insurer covers, where it decided."""
    return None if known.facts.insurance is None else known.facts.insurance.insurer_cover


def _insured(known: Known) -> bool:
    """Whether an active insurance policy bears on the debtor."""
    return known.facts.insurance is not None and known.facts.insurance.policy_active


OUTSIDE: dict[str, Figure] = {
    "bureau.pd": number("pd", _report("pd")),
    "bureau.score": number("score", _report("score")),
    "bureau.dbt_days": number("days", _report("provider_dbt_days"), worse="higher"),
    "bureau.report_age_days": number("days", _report_age_days, worse="higher", least=0),
    "bureau.recommended_limit_amount": number("amount", _bureau_limit, worse="lower", least=0),
    "register.age_years": number("years", _company_age_years, worse="lower", least=0),
    "insurance.cover_amount": number("amount", _cover, worse="lower", least=0),
    "register.status": Figure("text", _register_status, choices=frozenset(get_args(RegisterStatus))),
    "insurance.active": Figure("flag", _insured, always=True),
    "debtor.legal_form": Figure("text", legal_form),
}
