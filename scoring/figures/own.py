"""Figures of our own experience: how the debtor paid us."""

from collections.abc import Callable
from decimal import Decimal

from scoring.figures.known import DAYS_PER_YEAR, Figure, FigureValue, Known, number, ratio
from scoring.lateness import lateness


def _lateness(known: Known) -> Decimal | None:
    """The late share of `scoring.lateness`."""
    behaviour = known.facts.behaviour
    if behaviour is None or behaviour.lateness is None or known.lateness is None:
        return None
    return lateness(behaviour.lateness, known.lateness)


def _behaviour(name: str) -> Callable[[Known], FigureValue]:
    """A field of the behaviour facts as it stands."""

    def read(known: Known) -> FigureValue:
        """The value of that field."""
        behaviour = known.facts.behaviour
        value = None if behaviour is None else getattr(behaviour, name)
        return Decimal(value) if isinstance(value, int) else value

    return read


def _trend_days(known: Known) -> Decimal | None:
    """How many days later is paid lately than before."""
    behaviour = known.facts.behaviour
    if behaviour is None or behaviour.dbt_days_recent is None or behaviour.dbt_days_prior is None:
        return None
    return behaviour.dbt_days_recent - behaviour.dbt_days_prior


def _promises_kept_share(known: Known) -> Decimal | None:
    """The share of promises that fell due and were kept."""
    behaviour = known.facts.behaviour
    if behaviour is None or not behaviour.promises_kept + behaviour.promises_broken:
        return None
    return ratio(Decimal(behaviour.promises_kept), Decimal(behaviour.promises_kept + behaviour.promises_broken))


def _tenure_years(known: Known) -> Decimal | None:
    """Years since the first settled item."""
    behaviour = known.facts.behaviour
    if behaviour is None or behaviour.first_settled_on is None:
        return None
    return (known.facts.as_of - behaviour.first_settled_on).days / DAYS_PER_YEAR


OWN: dict[str, Figure] = {
    "behaviour.lateness": number("share", _lateness, "often_late", worse="higher", least=0, most=1),
    "behaviour.dbt_days": number("days", _behaviour("dbt_days"), "pays_late", worse="higher"),
    "behaviour.late_amount_share": number(
        "share", _behaviour("late_amount_share"), "much_paid_late", worse="higher", least=0, most=1
    ),
    "behaviour.trend_days": number("days", _trend_days, "pays_later_than_before", worse="higher"),
    "behaviour.promises_kept_share": number(
        "share", _promises_kept_share, "promises_broken", worse="lower", least=0, most=1
    ),
    "behaviour.peak_utilisation": number(
        "share", _behaviour("peak_utilisation"), "limit_stretched", worse="higher", least=0
    ),
    "behaviour.tenure_years": number("years", _tenure_years, "short_relation", worse="lower", least=0),
    "behaviour.unjustified_dispute_share": number(
        "share", _behaviour("unjustified_dispute_ratio"), "disputes_lost", worse="higher", least=0, most=1
    ),
    "behaviour.settled_count": number("count", _behaviour("settled_count"), worse="lower", least=0),
    "behaviour.overdue_amount": number("amount", _behaviour("overdue_amount"), worse="higher", least=0),
    "behaviour.oldest_overdue_days": number("days", _behaviour("oldest_overdue_days"), worse="higher", least=0),
    "behaviour.open_amount": number("amount", _behaviour("open_amount")),
    "behaviour.peak_exposure_amount": number("amount", _behaviour("peak_exposure")),
}
