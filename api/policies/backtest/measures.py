"""The measures of a backtest by target: how well events were told from the rest, and how true the probabilities are."""

from typing import Any

from api.policies.backtest.cases import Cases, Sample
from api.policies.backtest.tally import Tally
from api.policies.backtest.words import amounts, earned_figures, figure, share
from scoring.policy.document import Policy
from scoring.validation.calibration import calibrate
from scoring.validation.discrimination import auc_difference, discriminate, roc_points
from scoring.validation.outcomes import LATE_DAYS, TARGETS, Target

ROC_POINTS_MAX = 100
SAMPLES = {"with_history": "with_history", "first_with_history": "first"}
SIDES = {"both": "both", "only_first": "only_candidate", "only_second": "only_active", "neither": "neither"}


def _cases(tally: Tally, target: Target) -> Cases:
    return tally.invoices if target.level == "invoice" else tally.debtors


def target_counts(tally: Tally) -> list[dict[str, Any]]:
    """Count for each target the cases that were decided, the events among them, and those that were not."""
    told = []
    for target in TARGETS:
        came = _cases(tally, target).came_counts(target.late_days)
        cases = came["late"] + came["in_time"]
        told.append(
            {
                "name": target.name,
                "level": target.level,
                "late_days": target.late_days,
                "window_days": target.window_days,
                "cases": cases,
                "events": came["late"],
                "event_rate": share(came["late"], cases),
                "undecided": came["undecided"],
                "credited": came["credited"],
            }
        )
    return told


def measures_of(tally: Tally, place: int, policy: Policy) -> list[dict[str, Any]]:
    """Measure one policy by each target."""
    told = []
    for target in TARGETS:
        cases = _cases(tally, target)
        samples = {
            name: _separation(cases.sample(place, target.late_days, only=only)) for name, only in SAMPLES.items()
        }
        calibration = _calibration(cases.sample(place, target.late_days), policy.master_scale.names)
        told.append({"name": target.name, **samples, "calibration": calibration})
    return told


def _separation(sample: Sample) -> dict[str, Any]:
    found = discriminate(sample.pds, sample.events, sample.debtors)
    interval = found.auc_interval
    return {
        "cases": found.cases_count,
        "events": found.events_count,
        "event_rate": share(found.events_count, found.cases_count),
        "without_pd": sample.without_pd_count,
        "missing": found.missing,
        "auc": figure(found.auc),
        "auc_low": figure(interval.low if interval else None),
        "auc_high": figure(interval.high if interval else None),
        "interval_missing": found.interval_missing,
        "gini": figure(found.gini),
        "ks": figure(found.ks),
        "roc": [
            [figure(each.false_alarm_share), figure(each.hit_share), figure(each.threshold)]
            for each in roc_points(sample.pds, sample.events, ROC_POINTS_MAX)
        ],
    }


def _calibration(sample: Sample, names: tuple[str, ...]) -> dict[str, Any]:
    found = calibrate([names[rank] for rank in sample.grades], sample.pds, sample.events, names)
    return {
        "cases": len(sample.pds),
        "brier_score": figure(found.brier_score),
        "is_monotone": found.is_monotone,
        "pooled": [list(each) for each in found.pooled],
        "grades": [
            {
                "grade": each.grade,
                "cases": each.cases_count,
                "events": each.events_count,
                "observed_rate": figure(each.observed_rate),
                "observed_low": figure(each.interval.low if each.interval else None),
                "observed_high": figure(each.interval.high if each.interval else None),
                "expected_rate": figure(each.expected_rate),
                "expected_is_within": each.expected_is_within,
            }
            for each in found.grades
        ],
    }


def comparison_of(tally: Tally, currency: str) -> dict[str, Any] | None:
    """Lay the candidate beside the active policy; None where there is only one."""
    if tally.swaps is None:
        return None
    moves = sorted(tally.swaps.classes.items(), key=lambda move: tuple(name or "" for name in move[0]))
    return {
        "targets": [_difference(tally, target) for target in TARGETS],
        "swap": _swap(tally, currency),
        "class_moves": [
            {"candidate": first, "active": second, "orders": count, "amount": amounts(amount, currency)}
            for (first, second), (count, amount) in moves
        ],
    }


def _difference(tally: Tally, target: Target) -> dict[str, Any]:
    told: dict[str, Any] = {"name": target.name}
    for name, only in SAMPLES.items():
        first, second, events, debtors = _cases(tally, target).paired(target.late_days, only)
        found = auc_difference(first, second, events, debtors)
        told[name] = {
            "cases": len(events),
            "auc_difference": figure(found.difference),
            "low": figure(found.interval.low if found.interval else None),
            "high": figure(found.interval.high if found.interval else None),
            "missing": found.missing,
        }
    return told


def _swap(tally: Tally, currency: str) -> list[dict[str, Any]]:
    assert tally.swaps is not None
    return [
        {
            "side": SIDES[name],
            "orders": side.orders_count,
            "amount": amounts(side.order_amount, currency),
            "unpaid_amount": amounts(side.unpaid_amount, currency),
            "late": [
                {
                    "late_days": days,
                    "cases": side.known.get(days, 0),
                    "events": side.late.get(days, 0),
                    "event_rate": share(side.late.get(days, 0), side.known.get(days, 0)),
                }
                for days in LATE_DAYS
            ],
            "candidate": earned_figures(side.first_earned, currency),
            "active": earned_figures(side.second_earned, currency),
        }
        for name, side in tally.swaps.sides.items()
    ]
