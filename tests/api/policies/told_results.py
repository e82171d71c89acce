"""Results of backtests as their format says, with figures that differ, for the tests of reports and plots."""

from copy import deepcopy
from typing import Any

from scoring.validation.outcomes import TARGETS

GRADES = ("G1", "G2", "G3", "D")
STANDINGS = ("on_account", "prepaid", "waiting", "refused", "all")
AMOUNTS = (
    *("order_amount", "on_account_amount", "margin_amount", "realised_loss_amount", "expected_loss_amount"),
    *("funding_amount", "result_amount", "undecided_amount", "unrated_amount"),
)
NOTHING_MEASURED = dict.fromkeys(("auc", "auc_low", "auc_high", "gini", "ks"))


def compared() -> dict[str, Any]:
    """Give a result of two policies in which all is measured."""
    return {
        "format": "creditgate.backtest/1",
        "currency": "EUR",
        "policies": [
            {"role": "candidate", "version": 3, "name": "cautious", "digest": "c" * 64, "engine": "2"},
            {"role": "active", "version": 1, "name": "default", "digest": "a" * 64, "engine": "1"},
        ],
        "compared_missing": None,
        "period": {"from": "2024-01-01", "to": "2024-06-30", "ledger_from": "2022-02-03", "ledger_to": "2024-12-31"},
        "knowledge": "as_happened",
        "economics": {
            "loss_given_default": "0.61",
            "margin_share": "0.23",
            "prepaid_kept_share": "0.47",
            "funding_rate": "0.055",
        },
        "assumptions": ["debtors_as_they_are_now", "debtors_taken_for_independent"],
        "coverage": {
            "orders": 12345,
            "orders_with_history": 9876,
            "debtors": 432,
            "debtors_with_history": 321,
            "orders_with_report": 17,
            "orders_in_other_currencies": 0,
        },
        "targets": [_target(place) for place in range(len(TARGETS))],
        "measures": [_measures("candidate", 0), _measures("active", 1)],
        "comparison": _comparison(),
    }


def alone(missing: str = "same_policy") -> dict[str, Any]:
    """Give a result of one policy, with why there is no other."""
    result = compared()
    result["policies"], result["measures"] = result["policies"][:1], result["measures"][:1]
    result["compared_missing"], result["comparison"] = missing, None
    return result


def unmeasured() -> dict[str, Any]:
    """Give a result of two policies in which nothing could be measured, and nothing had a limit."""
    result = compared()
    for measures in result["measures"]:
        measures["limits"] |= {"uses": None}
        for told in measures["targets"]:
            for sample in ("with_history", "first_with_history"):
                told[sample] |= NOTHING_MEASURED | {"missing": "no_events", "interval_missing": "no_events", "roc": []}
            told["calibration"] |= {"cases": 0, "brier_score": None, "pooled": []}
            told["calibration"]["grades"] = [_empty_grade(grade) for grade in GRADES]
    for told in result["comparison"]["targets"]:
        for sample in ("with_history", "first_with_history"):
            told[sample] |= {"auc_difference": None, "low": None, "high": None, "missing": "no_events"}
    return result


def with_names(name: str) -> dict[str, Any]:
    """Give a result whose policies and grades bear a name."""
    result = deepcopy(compared())
    for policy in result["policies"]:
        policy["name"] = name
    for measures in result["measures"]:
        for told in measures["targets"]:
            told["calibration"]["pooled"] = [[f"{name} 1", f"{name} 2"]]
            for number, grade in enumerate(told["calibration"]["grades"]):
                grade["grade"] = f"{name} {number}"
    return result


def _target(place: int) -> dict[str, Any]:
    target = TARGETS[place]
    return {
        "name": target.name,
        "level": target.level,
        "late_days": target.late_days,
        "window_days": target.window_days,
        "cases": 5000 + place,
        "events": 500 + place,
        "event_rate": f"0.1{place}0000",
        "undecided": 70 + place,
        "credited": 30 + place,
    }


def _measures(role: str, number: int) -> dict[str, Any]:
    return {
        "role": role,
        "targets": [_told(place, number) for place in range(len(TARGETS))],
        "outcomes": [
            {"outcome": outcome, "orders": 1000 * step + number, "amount": f"{step}0000{number}.50"}
            for step, outcome in enumerate(
                ("accept", "accept_prepayment", "hold_first_payment", "refer", "decline"), start=1
            )
        ],
        "reasons": [
            {"effect": "refer", "code": "confidence_low", "orders": 3100 + number, "amount": f"3210{number}.50"},
            {"effect": "accept_prepayment", "code": "limit_exceeded", "orders": 2100, "amount": f"2210{number}.50"},
        ],
        "zero_limits": [{"binding": "capacity", "orders": 54 + number, "amount": f"540{number}.50"}],
        "classes": [
            {
                "risk_class": name,
                "orders": 200 + 10 * step + number,
                "orders_share": f"0.2{step}{number}000",
                "debtors": 20 + 10 * step + number,
                "debtors_share": f"0.1{step}{number}000",
            }
            for step, name in enumerate(("low", "normal", "high", "blocked", None))
        ],
        "classes_warning": "normal_share" if role == "candidate" else None,
        "limits": {
            **{
                "none": 11 + number,
                "amount": 4321 + number,
                "unlimited": 13 + number,
                "zero": 54,
                "above": 65 + number,
            },
            "uses": {"0.10": f"0.1{number}1111", "0.50": "0.555555", "0.99": f"1.9{number}9999"},
        },
        "earned": {standing: _earned(1000 * (step + 1) + number) for step, standing in enumerate(STANDINGS)},
    }


def _told(place: int, number: int) -> dict[str, Any]:
    return {
        "name": TARGETS[place].name,
        "with_history": _sample(4000 + place, f"0.8{place}{number}"),
        "first_with_history": _sample(300 + place, f"0.7{place}{number}"),
        "calibration": {
            "cases": 600,
            "brier_score": f"0.12{place}000",
            "is_monotone": False,
            "pooled": [["G1", "G2"]],
            "grades": [_grade("G1", 5, number), _grade("G2", 0, number), _grade("G3", 90, number), _empty_grade("D")],
        },
    }


def _sample(cases: int, auc: str) -> dict[str, Any]:
    return {
        "cases": cases,
        "events": cases // 10,
        "event_rate": "0.100000",
        "without_pd": 4,
        "missing": None,
        "auc": f"{auc}000",
        "auc_low": f"{auc[:3]}0001",
        "auc_high": f"{auc[:3]}9999",
        "interval_missing": None,
        "gini": "0.612345",
        "ks": "0.498765",
        "roc": [["0.000000", "0.000000", None], ["0.200000", "0.700000", "0.1"], ["1.000000", "1.000000", "0.001"]],
    }


def _grade(name: str, events: int, number: int) -> dict[str, Any]:
    return {
        "grade": name,
        "cases": 200,
        "events": events,
        "observed_rate": f"{events / 200:.6f}",
        "observed_low": f"{events / 400:.6f}",
        "observed_high": f"{(events + 10) / 200:.6f}",
        "expected_rate": f"0.00{number + 1}234",
        "expected_is_within": events == 0,
    }


def _empty_grade(name: str) -> dict[str, Any]:
    nothing = dict.fromkeys(
        ("observed_rate", "observed_low", "observed_high", "expected_rate", "expected_is_within"), None
    )
    return {"grade": name, "cases": 0, "events": 0, **nothing}


def _earned(seed: int) -> dict[str, Any]:
    return {"orders": seed, **{name: f"{seed * 10 + place}.25" for place, name in enumerate(AMOUNTS)}}


def _comparison() -> dict[str, Any]:
    difference = {"auc_difference": "0.012345", "low": "-0.004321", "high": "0.023456", "missing": None}
    return {
        "targets": [
            {
                "name": target.name,
                "with_history": {"cases": 3999} | difference,
                "first_with_history": {"cases": 299} | difference,
            }
            for target in TARGETS
        ],
        "swap": [
            {
                "side": side,
                "orders": 700 + step,
                "amount": f"88{step}00.00",
                "unpaid_amount": f"7{step}00.00",
                "late": [
                    {"late_days": days, "cases": 90 + step, "events": 9, "event_rate": f"0.{step + 1}{place}0000"}
                    for place, days in enumerate((0, 5, 15, 30, 90))
                ],
                "candidate": _earned(6000 + step),
                "active": _earned(7000 + step),
            }
            for step, side in enumerate(("both", "only_candidate", "only_active", "neither"))
        ],
        "class_moves": [{"candidate": "high", "active": None, "orders": 1234, "amount": "5678.90"}],
    }
