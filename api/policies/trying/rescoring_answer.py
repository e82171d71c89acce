"""Tells what a rescoring found: shares per class, who moves, what may be lost, and who has no grade and why."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from api.policies.trying.comparison_answer import comparison_answer, evidence_differences
from api.policies.trying.rescoring import Rescoring
from api.policies.trying.rescoring_tally import Tally
from scoring.comparison import shares, total

# A report on calibration, not a quota: nobody's class is changed to meet it.
NORMAL_SHARE_MIN, NORMAL_SHARE_MAX = Decimal("0.65"), Decimal("0.90")
REASONS_SHOWN = 10


def rescoring_answer(tally: Tally, ordered: Rescoring, loss_given_default: Decimal | None) -> dict[str, Any]:
    """Give the result of a rescoring as plain values."""
    groups = tally.listed()
    classes = _classes(shares(groups, "risk_class"))
    return {
        "policy_version": ordered.version.version,
        "active_version": ordered.active.version,
        "as_of": ordered.as_of.isoformat(),
        "debtors_count": tally.done_count,
        "judged_count": total(groups).count,
        "failures": [{"error": error, "count": count} for error, count in tally.failures.most_common()],
        "class_shares": classes,
        "warnings": list(_warnings(classes)),
        "comparison": comparison_answer(groups, ordered.active.policy, ordered.version.policy, loss_given_default),
        "without_grade": {
            "active": _reasons(tally.active_without_grade),
            "version": _reasons(tally.version_without_grade),
        },
        "most_changed": tally.most_changed,
        "evidence_differences": evidence_differences(ordered.active.policy, ordered.version.policy),
    }


def _classes(rows: Sequence[tuple[str | None, int, int]]) -> list[dict[str, Any]]:
    """Shares of the debtors that have a class; those without one are counted beside them."""
    active_total = sum(active for value, active, _ in rows if value is not None)
    version_total = sum(version for value, _, version in rows if value is not None)
    return [
        {
            "risk_class": value,
            "active_count": active,
            "active_share": None if value is None else _share(active, active_total),
            "version_count": version,
            "version_share": None if value is None else _share(version, version_total),
        }
        for value, active, version in rows
    ]


def _share(part: int, whole: int) -> str | None:
    if not whole:
        return None
    return str((Decimal(part) / whole).quantize(Decimal("0.0001"), ROUND_HALF_EVEN))


def _warnings(classes: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Warn of a class `normal` that is nearly everybody's, or few debtors': then the class tells nobody apart."""
    normal = {each["risk_class"]: each for each in classes}.get("normal", {})
    for side in ("active", "version"):
        if any(each["risk_class"] is not None and each[f"{side}_count"] for each in classes):
            share = normal.get(f"{side}_share") or "0.0000"
            if not NORMAL_SHARE_MIN <= Decimal(share) <= NORMAL_SHARE_MAX:
                yield {"code": "normal_share_outside", "side": side, "share": share}


def _reasons(counts: Mapping[str, int]) -> dict[str, Any]:
    most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:REASONS_SHOWN]
    return {"count": sum(counts.values()), "reasons": [{"code": code, "count": count} for code, count in most]}
