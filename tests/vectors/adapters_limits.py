"""Vectors of limits, exposure, terms and the worth of a sale, each handed to the code that answers it."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from scoring.expected_loss import Sale, break_even_pd, compare_sale, early_payment_rate, expected_loss
from scoring.exposure import ExposureParts, GroupLevel, available_amount, composed_exposure, group_headroom
from scoring.facts import CreditLimit
from scoring.limits import CapacityFigures, decide_limit, financial_caps, floor_to_step, need_amount
from scoring.policy.terms import CapacityShares
from scoring.terms import effective_term_days
from tests.vectors.unpacking import POLICY, decimal, optional_decimal

Given = dict[str, Any]


def _two_caps(given: Given) -> Given:
    shares = CapacityShares(decimal(given["pct_tnw"]), decimal(0), decimal(given["pct_turnover"]))
    figures = CapacityFigures(net_worth=decimal(given["tnw"]), turnover=decimal(given["turnover"]))
    limits = replace(POLICY.limits, capacity={"G1": shares})
    decided = decide_limit("G1", figures, decimal(given["need"]), None, limits)
    caps = financial_caps(figures, shares)
    return {"tnw_cap": caps.net_worth, "turnover_cap": caps.turnover, "limit": decided.limit.amount}


def _need(given: Given) -> Given:
    need = need_amount(
        decimal(given["monthly_sales_excl_vat"]),
        decimal(given["vat_rate"]),
        given["term_days"],
        decimal(given["avg_days_late"]),
        given["buffer_days"],
    )
    return {"need": need}


def _limit_decision(given: Given) -> Given:
    bureau = optional_decimal(given.get("bureau_limit"))
    figures = CapacityFigures(
        net_worth=optional_decimal(given["tnw"]),
        working_capital=optional_decimal(given["working_capital"]),
        turnover=optional_decimal(given["turnover"]),
        bureau_limit=CreditLimit("none") if bureau is None else CreditLimit("amount", bureau),
        peak_exposure=optional_decimal(given.get("peak_exposure")),
        dbt_days=optional_decimal(given.get("dbt_days")),
        settled_count=given.get("n_settled", 0),
        credibility=decimal(given.get("z", 0)),
    )
    cover = decimal(given["insurer_cover"]) if given["policy_active"] else None
    decided = decide_limit(given["grade"], figures, decimal(given["need"]), cover, POLICY.limits)
    caps = {} if decided.capacity is None else asdict(decided.capacity)
    caps["capacity"] = caps.pop("amount", None)
    return {**caps, "raw": decided.raw_amount, "limit": decided.limit.amount, "binding": decided.binding}


def _group_headroom(given: Given) -> Given:
    path = (
        GroupLevel(decimal(given["child_limit"]), (decimal(given["child_exposure"]),)),
        GroupLevel(decimal(given["group_limit"]), tuple(map(decimal, given["member_exposures"]))),
    )
    return {"available": available_amount(group_headroom(path))}


# Parts of exposure that the cases call otherwise than we do.
_PARTS = {
    "open_ar": "open_items",
    "open_orders": "open_orders_within_horizon",
    "unapplied_credits": "unused_credit_notes",
}


def _exposure(given: Given) -> Given:
    parts = {_PARTS.get(name, name): decimal(amount) for name, amount in given.items()}
    return {"exposure": composed_exposure(ExposureParts(**parts))}


def _credit_or_prepaid(given: Given) -> Given:
    sale = Sale(
        price_amount=decimal(given["price"]),
        cost_amount=decimal(given["variable_cost"]),
        recovery_amount=decimal(given["recovery_on_default"]),
        expected_days=given["expected_days"],
        funding_rate=decimal(given["funding_rate"]),
        premium_rate=decimal(given["insurance_premium_rate"]),
        prepayment_discount=decimal(given["prepay_discount"]),
    )
    found = compare_sale(sale, decimal(given["pd"]))
    return {"credit_value": found.credit_amount, "prepaid_value": found.prepaid_amount, "prefer": found.preferred}


def _break_even(given: Given) -> Given:
    names = ("price", "variable_cost", "recovery_on_default")
    return {"pd_star": break_even_pd(*(decimal(given[name]) for name in names))}


def _early_discount(given: Given) -> Given:
    found = early_payment_rate(decimal(given["discount"]), given["discount_days"], given["net_days"])
    return {"simple_apr": found.simple, "effective": found.compounded}


def _term(given: Given) -> Given:
    days = effective_term_days(
        given["debtor"], given["creditor"], given["agreed_days"], expressly_agreed=given["expressly_agreed"]
    )
    return {"days": days}


LIMITS: dict[str, Callable[[Given], object]] = {
    "mydso_acceptable_limit": _two_caps,
    "limit_need": _need,
    "floor_to_step": lambda given: {"limit": floor_to_step(decimal(given["amount"]), POLICY.limits.rounding)},
    "limit_decision": _limit_decision,
    "group_headroom": _group_headroom,
    "exposure": _exposure,
    "expected_loss": lambda given: {
        "el": expected_loss(decimal(given["pd"]), decimal(given["lgd"]), decimal(given["ead"]))
    },
    "breakeven_pd": _break_even,
    "credit_vs_prepaid": _credit_or_prepaid,
    "early_discount_apr": _early_discount,
    "effective_term_days": _term,
}
