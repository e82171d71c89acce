"""The result of a backtest as one plain document: whole and by itself, so that reports need nothing else.

Amounts are text in `currency`, shares and probabilities text of 6 decimals, counts whole numbers; what there is no
figure of is null, with the reason beside it. The same ledger, policies and period give the same document.

    format        "creditgate.backtest/1"
    currency      of every amount
    policies      the candidate first, then the active one unless it is the same: {role, version, name, digest, engine}
    compared_missing   why there is only one: "same_policy" or "no_active_policy"; else null
    period        from, to: whose orders were judged; ledger_from, ledger_to: what the ledger tells of
    knowledge     "as_happened" or "as_known"
    economics     the shares that margin and loss were reckoned with
    assumptions   codes of what was taken for granted, see docs/backtest.md
    coverage      orders and debtors judged, with history, with a credit report; orders_in_other_currencies left out
    targets       {name, level, late_days, window_days, cases, events, event_rate, undecided, credited}
    measures      for each of policies, in the same order:
        role
        targets       for each of targets, in the same order: {name, with_history, first_with_history, calibration}
            with_history, first_with_history (of each debtor): {cases, events, event_rate, without_pd, missing, auc,
            auc_low, auc_high, interval_missing, gini, ks, roc: [[false_alarm_share, hit_share, threshold], ...]}
            calibration   {cases, brier_score, is_monotone, pooled, grades: [{grade, cases, events, observed_rate,
                          observed_low, observed_high, expected_rate, expected_is_within}, ...]}
        outcomes      {outcome, orders, amount}
        reasons       why orders were not accepted, of each effect at most 12, those of most orders first: {effect,
                      code, orders, amount}; an order counts with each of its reasons. effect: the outcome called for
        zero_limits   {binding, orders, amount}: what made the limit zero
        classes       {risk_class, orders, orders_share, debtors, debtors_share}, and classes_warning: "normal_share"
                      where the debtors (by their last order) of class normal are not from 65 to 90 % of those with one
        limits        {none, amount, unlimited, zero, above, uses: {share of orders: use of the limit at most}}
        earned        by standing (on_account, prepaid, waiting, refused) and in all: {orders, order_amount,
                      on_account_amount, margin_amount, realised_loss_amount, expected_loss_amount, funding_amount,
                      result_amount, undecided_amount, unrated_amount}
    comparison    null with one policy; else
        targets       {name, with_history, first_with_history}, each {cases, auc_difference, low, high, missing}: the
                      candidate's AUC less the active one's, over the cases that both gave a probability
        swap          {side, orders, amount, unpaid_amount, late: [{late_days, cases, events, event_rate}], candidate,
                      active}, the last two as in earned; side: "both", "only_candidate", "only_active", "neither"
        class_moves   {candidate, active, orders, amount}
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from api.policies.backtest.causes import causes_of
from api.policies.backtest.judging import Period
from api.policies.backtest.measures import comparison_of, measures_of, target_counts
from api.policies.backtest.tally import Tally
from api.policies.backtest.words import amounts, earned_by_standing, share
from api.records.ledger_walk import Extent
from scoring.policy.document import Policy
from scoring.validation.economics import Economics

FORMAT = "creditgate.backtest/1"
NORMAL_SHARE = (Decimal("0.65"), Decimal("0.90"))
USE_SHARES = (0.10, 0.25, 0.50, 0.75, 0.90, 0.99)


@dataclass(frozen=True, slots=True)
class Tested:
    """A policy under test; `version` and `name` are None for one that is only a file."""

    role: str
    version: int | None
    name: str | None
    digest: str
    policy: Policy

    def described(self) -> dict[str, Any]:
        """Say which policy this is."""
        names = ("role", "version", "name", "digest")
        return {name: getattr(self, name) for name in names} | {"engine": self.policy.engine}


def result_of(
    tally: Tally, tested: Sequence[Tested], missing: str | None, period: Period, extent: Extent
) -> dict[str, Any]:
    """Write the result. `missing` says why no other policy stands beside the candidate."""
    currency = tested[0].policy.currency
    return {
        "format": FORMAT,
        "currency": currency,
        "policies": [each.described() for each in tested],
        "compared_missing": missing,
        "period": {
            "from": _day(period.from_on),
            "to": _day(period.to_on),
            "ledger_from": _day(extent.first_on),
            "ledger_to": _day(extent.last_on),
        },
        "knowledge": "as_known" if period.as_known else "as_happened",
        "economics": {each.name: str(getattr(tally.economics, each.name)) for each in fields(Economics)},
        "assumptions": _assumptions(period),
        "coverage": {each.name: getattr(tally.coverage, each.name) for each in fields(tally.coverage)},
        "targets": target_counts(tally),
        "measures": [
            {"role": each.role, "targets": measures_of(tally, place, each.policy), **_decided(tally, place, currency)}
            for place, each in enumerate(tested)
        ],
        "comparison": comparison_of(tally, currency),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _assumptions(period: Period) -> list[str]:
    always = [
        "debtors_as_they_are_now",
        "groups_and_insurance_left_out",
        "sources_not_waited_for",
        "each_invoice_taken_for_an_order_of_its_day",
        "debtors_taken_for_independent",
        "calibration_orders_taken_for_independent",
    ]
    return always if period.as_known else [*always, "disputes_taken_as_known_from_the_start"]


def _decided(tally: Tally, place: int, currency: str) -> dict[str, Any]:
    policy = tally.policies[place]
    return {
        "outcomes": [
            {"outcome": str(outcome), "orders": each.count, "amount": amounts(each.amount, currency)}
            for outcome, each in policy.outcomes.items()
        ],
        **causes_of(policy.causes, currency),
        **_classes(policy.order_classes, policy.debtor_classes),
        "limits": {
            **{kind: policy.limits.kinds[kind] for kind in ("none", "amount", "unlimited")},
            "zero": policy.limits.zero_count,
            "above": policy.limits.above_count,
            "uses": _quantiles(policy.limits.uses),
        },
        "earned": earned_by_standing(policy.earned, currency),
    }


def _classes(orders: Mapping[str | None, int], debtors: Counter[str | None]) -> dict[str, Any]:
    orders_count, debtors_count = sum(orders.values()), sum(debtors.values())
    shown = [
        {
            "risk_class": name,
            "orders": orders.get(name, 0),
            "orders_share": share(orders.get(name, 0), orders_count),
            "debtors": debtors.get(name, 0),
            "debtors_share": share(debtors.get(name, 0), debtors_count),
        }
        for name in ("low", "normal", "high", "blocked", None)
    ]
    classed = debtors_count - debtors.get(None, 0)
    normal = Decimal(debtors.get("normal", 0)) / classed if classed else None
    strays = normal is not None and not NORMAL_SHARE[0] <= normal <= NORMAL_SHARE[1]
    return {"classes": shown, "classes_warning": "normal_share" if strays else None}


def _quantiles(values: Sequence[float]) -> dict[str, str] | None:
    """Give the value that each share of them does not exceed, which is one of them; None without any."""
    if not values:
        return None
    ordered = sorted(values)
    return {f"{each:.2f}": f"{ordered[min(int(each * len(ordered)), len(ordered) - 1)]:.6f}" for each in USE_SHARES}
