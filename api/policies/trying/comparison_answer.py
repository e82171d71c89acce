"""Two policies beside each other as callers see them: what a shadow report and a rescoring have in common."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from api.web.money import amount_answer
from scoring.canonical import plain
from scoring.comparison import Group, SideName, Sums, by_binding, compared_loss, grades_moved, matrix, total
from scoring.policy.document import Policy

# What facts are gathered by: the version judges what was gathered for the active policy.
GATHERING = ("evidence", "sources")


def loss_given_default(policy: Policy, asked: Decimal | None) -> Decimal | None:
    """Give the loss given default that a policy names for provisions or its loss budget, else the one asked for."""
    if policy.provisions.loss_given_default is not None:
        return policy.provisions.loss_given_default
    budget = policy.limits.loss_budget
    return asked if budget is None else budget.loss_given_default


def comparison_answer(
    groups: Sequence[Group], active: Policy, version: Policy, asked_loss_given_default: Decimal | None
) -> dict[str, Any]:
    """Give matrices, limits and losses of the active policy and of a version; amounts in the policies' currency."""
    sums, currency = total(groups), version.currency
    return {
        "currency": currency,
        "outcomes": _matrix(groups, "outcome"),
        "classes": _matrix(groups, "risk_class"),
        "grades": asdict(grades_moved(groups, active.master_scale.ranks, version.master_scale.ranks)),
        "limits": _limits(sums, currency),
        "limits_by_binding": [
            {"active": pair[0], "version": pair[1], "count": each.count, **_limits(each, currency)}
            for pair, each in sorted(by_binding(groups).items(), key=lambda one: -one[1].count)
        ],
        "expected_loss": _losses(sums, currency, loss_given_default(version, asked_loss_given_default)),
    }


def _matrix(groups: Sequence[Group], name: SideName) -> list[dict[str, Any]]:
    return [{"active": row[0], "version": row[1], "count": row[2]} for row in matrix(groups, name)]


def _limits(sums: Sums, currency: str) -> dict[str, Any]:
    return {
        "higher_count": sums.higher_count,
        "lower_count": sums.lower_count,
        "same_count": sums.same_count,
        "amounts_count": sums.amounts_count,
        "active_amount": amount_answer(sums.active_limit_amount, currency),
        "version_amount": amount_answer(sums.version_limit_amount, currency),
    }


def _losses(sums: Sums, currency: str, share: Decimal | None) -> dict[str, Any]:
    loss = compared_loss(sums, share)
    active, version = (
        None if each is None else amount_answer(each, currency) for each in (loss.active_amount, loss.version_amount)
    )
    return {
        "active_amount": active,
        "version_amount": version,
        "missing": loss.missing,
        "loss_given_default": None if loss.loss_given_default is None else format(loss.loss_given_default, "f"),
        "at_risk_count": sums.at_risk_count,
        "at_risk_amount": amount_answer(sums.at_risk_amount, currency),
        "rated_count": sums.rated_count,
        "rated_amount": amount_answer(sums.rated_amount, currency),
    }


def evidence_differences(active: Policy, version: Policy) -> list[dict[str, Any]]:
    """Name each setting by which facts are gathered that differs between two policies, with both values."""
    before, after = ({name: plain(getattr(policy, name)) for name in GATHERING} for policy in (active, version))
    return list(_differing("", before, after))


def _differing(path: str, before: Any, after: Any) -> Iterator[dict[str, Any]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted({*before, *after}):
            yield from _differing(f"{path}.{name}" if path else name, before.get(name), after.get(name))
    elif before != after:
        yield {"setting": path, "active": before, "version": after}
