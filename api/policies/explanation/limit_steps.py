"""The steps of limit and payment term in plain words: what the debtor can carry, and what shortened its term."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from api.policies.explanation.telling import Told
from scoring.facts import BureauFacts
from scoring.granting import Grant
from scoring.limits import CapacityFigures, financial_caps


def limit_text(told: Told) -> str:
    """Give the limit, or the limit proposed, with what bound it."""
    said, proposal = told.said, told.said["proposal"]
    name, limit, binding = "limit_amount", said["limit"], said["binding"]
    if limit["kind"] == "none" and proposal is not None:
        name, limit, binding = "limit_proposed", proposal["limit"], proposal["binding"]
    if limit["kind"] != "amount":
        return told.text(f"limit_{limit['kind']}")
    return told.text(name, limit_amount=limit["amount"], binding=binding)


def limit_details(told: Told) -> Iterator[str]:
    """Give the amounts of which the least became the limit, and how capacity was found, while the facts are kept."""
    for bound, amount in () if told.seen is None else told.seen.ruling.grant.bounds:
        yield told.text("limit_bound", bound=bound, bound_amount=round(amount, 2))
    if told.seen is not None:
        yield from _capacity(told, told.seen.ruling.grant, told.seen.facts.bureau)


def _capacity(told: Told, grant: Grant, report: BureauFacts | None) -> Iterator[str]:
    """How capacity was found: by annual figures, by the bureau's limit, by own experience, and their weights."""
    figures, capacity = grant.figures, grant.capacity
    if figures is None or capacity is None:
        return
    yield from _financial_caps(told, figures)
    if capacity.financial_cap is not None:
        yield told.text("capacity_financial", financial_amount=_cents(capacity.financial_cap))
    bureau = figures.bureau_limit
    if bureau is not None and bureau.amount is not None:
        yield told.text("capacity_bureau", bureau_amount=bureau.amount)
        if capacity.financial_cap is not None and capacity.external_cap is not None:
            yield told.text("capacity_mean", external_amount=_cents(capacity.external_cap))
    elif bureau is not None and bureau.kind == "unlimited":
        yield told.text("capacity_bureau_unlimited")
    elif report is not None and report.limit_currency is not None:
        yield told.text("capacity_bureau_other_currency", currency_named=report.limit_currency)
    yield _own_cap(told, figures, capacity.behaviour_cap)
    if capacity.behaviour_cap is not None and capacity.external_cap is not None and capacity.amount is not None:
        weight = figures.credibility
        shown = {"capacity_amount": _cents(capacity.amount), "own_share": weight, "rest_share": 1 - weight}
        yield told.text("capacity_weighed", **shown)


def _financial_caps(told: Told, figures: CapacityFigures) -> Iterator[str]:
    """What each annual figure carries; one that is not known is left out, as the reasons tell."""
    assert told.seen is not None
    shares = told.policy.limits.capacity[str(told.seen.ruling.grading.grade)]
    caps = financial_caps(figures, shares)
    for name in ("net_worth", "working_capital", "turnover"):
        cap = getattr(caps, name)
        if cap is not None:
            shown = {"figure_amount": _cents(getattr(figures, name)), "part_share": getattr(shares, name)}
            yield told.text("capacity_by_figure", bound=name, cap_amount=_cents(cap), **shown)


def _own_cap(told: Told, figures: CapacityFigures, cap: Decimal | None) -> str:
    """What our own experience carries, or that it is too little."""
    if cap is None or figures.peak_exposure is None or figures.dbt_days is None:
        return told.text("capacity_own_none", settled_min=told.policy.limits.behaviour_settled_count_min)
    shown: dict[str, Any] = {
        "peak_amount": _cents(figures.peak_exposure),
        "multiple": told.policy.limits.behaviour_multiples.of(figures.dbt_days),
        "late_days": figures.dbt_days,
    }
    return told.text("capacity_own", own_amount=_cents(cap), **shown)


def term_text(told: Told) -> str:
    """Give the payment term, or the term proposed."""
    said, name = told.said, "term_given"
    terms = said["terms"]
    if terms["payment_term_days"] is None and said["proposal"] is not None:
        name, terms = "term_proposed", said["proposal"]["terms"]
    if terms["payment_term_days"] is None:
        return told.text("term_none")
    return told.text(name, term_days=terms["payment_term_days"])


def term_details(told: Told) -> Iterator[str]:
    """Give what the term was found from and what shortened it, while the facts are kept."""
    term = None if told.seen is None else told.seen.ruling.grant.term
    if term is None:
        return
    risk_class = told.said["risk_class"]
    yield told.text("term_of_class", risk_class=risk_class, general_days=term.general_days)
    if term.class_days != term.general_days:
        yield told.text("term_of_segment", class_days=term.class_days)
    if term.asked_days is not None:
        yield told.text("term_asked", asked_days=term.asked_days)
    size = term.debtor_size or "size_not_known"
    if term.term_days is None:
        yield told.text("term_left_by_law", agreed_days=term.agreed_days)
    elif term.shortened_by_law:
        yield told.text("term_by_law", agreed_days=term.agreed_days, term_days=term.term_days, debtor_size=size)
    else:
        yield told.text("term_within_law", agreed_days=term.agreed_days, debtor_size=size)


def _cents(amount: Decimal) -> Decimal:
    """An amount as it is shown, half to even."""
    return round(amount, 2)
