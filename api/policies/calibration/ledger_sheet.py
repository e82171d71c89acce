"""The evidence sheet of a card that was fitted to a ledger: whose, of when, and how it does beside the policy's own."""

from typing import Any

from api.policies.calibration.later import HELD_BACK_SHARE, Later
from api.policies.calibration.ledger_cases import Asked, LedgerCases
from api.policies.calibration.sheet import Evidence, sheet_of
from scoring.validation.discrimination import Discrimination


def ledger_sheet(
    evidence: Evidence, gathered: LedgerCases, later: Later, asked: Asked, *, version: int, level_of: str
) -> dict[str, Any]:
    """The sheet with what is of a ledger alone. `level_of` says in words whose the mean probability is."""
    sheet = sheet_of(evidence)
    groups = gathered.cases.groups
    assert groups is not None
    sheet["ledger"] = {
        "from": gathered.from_on.isoformat(),
        "until": asked.until_on.isoformat(),
        "last_looked_at": gathered.ends_on.isoformat(),
        "target": asked.event.target,
        "late_days": asked.event.late_days,
        "debtors": len(set(groups)),
        "policy_version": version,
        "level": _level(asked, level_of),
    }
    sheet["later"] = _later(later)
    if later.verdict is not None:
        sheet["warnings"].insert(0, later.verdict)
    return sheet


def _level(asked: Asked, level_of: str) -> str:
    return (
        f"The ranking is from the data, and of: {asked.event.words}. The level is not: the probability is that of"
        f" default, and its mean over the cases is {level_of}."
    )


def _later(later: Later) -> dict[str, Any]:
    interval = later.difference.interval
    assert interval is not None
    assert later.difference.difference is not None
    return {
        "how": f"the last {HELD_BACK_SHARE:.0%} of the cases; the fitted card of this comparison knows only what was"
        " certain before them, the one that is written all cases",
        "test_from": later.test_from.isoformat(),
        "fitted_to": {"cases": later.fitted_count, "bad": later.fitted_bad_count},
        "cases": later.fitted.cases_count,
        "bad": later.fitted.events_count,
        "debtors": later.debtors_count,
        "fitted": _area(later.fitted),
        "own": _area(later.own),
        "difference": round(later.difference.difference, 6),
        "difference_low": round(interval.low, 6),
        "difference_high": round(interval.high, 6),
        "verdict": later.verdict,
    }


def _area(found: Discrimination) -> dict[str, float]:
    assert found.auc is not None
    assert found.auc_interval is not None
    return {
        "auc": round(found.auc, 6),
        "auc_low": round(found.auc_interval.low, 6),
        "auc_high": round(found.auc_interval.high, 6),
    }
