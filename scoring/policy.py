"""The seller's rules as data: a plain document read into a typed, checked policy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import yaml

from scoring.documents import DocumentInvalid, Fault, read_document
from scoring.policy_bounds import out_of_bounds
from scoring.policy_judgement import BlendingPolicy, CapsPolicy, EvidencePolicy, MasterScalePolicy, ScorecardsPolicy
from scoring.policy_matching import MatchingPolicy
from scoring.policy_provisions import ProvisionsPolicy
from scoring.policy_steps import require_ascending
from scoring.policy_terms import (
    AlertsPolicy,
    AuthorityPolicy,
    FirstPaymentPolicy,
    LimitsPolicy,
    OnboardingPolicy,
    OrdersPolicy,
    OutcomesPolicy,
    RetentionPolicy,
    SourcesPolicy,
    TermsPolicy,
)
from scoring.terms import AGREED_DAYS_MAX


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole credit policy; amounts in it are in `currency`, shares and probabilities between 0 and 1.

    A section with a default may be missing from a document: policies of before it was added are read as they stand.
    """

    engine: str
    currency: str
    evidence: EvidencePolicy
    scorecards: ScorecardsPolicy
    master_scale: MasterScalePolicy
    blending: BlendingPolicy
    caps: CapsPolicy
    limits: LimitsPolicy
    terms: TermsPolicy
    authority: AuthorityPolicy
    onboarding: OnboardingPolicy
    outcomes: OutcomesPolicy
    orders: OrdersPolicy
    first_payment: FirstPaymentPolicy
    alerts: AlertsPolicy
    sources: SourcesPolicy
    retention: RetentionPolicy
    matching: MatchingPolicy = field(default_factory=MatchingPolicy)
    provisions: ProvisionsPolicy = field(default_factory=ProvisionsPolicy)


class PolicyInvalid(DocumentInvalid):
    """A policy document that cannot be used; `faults` names everything that is wrong with it."""


def parse_policy(document: Mapping[str, Any]) -> Policy:
    """The policy a document describes. Raises PolicyInvalid, naming every fault with its path."""
    faults: list[Fault] = list(out_of_bounds(document))
    if faults:  # Numbers that cannot be meant break the reading of what they belong to.
        raise PolicyInvalid(faults)
    policy: Policy | None = read_document(Policy, document, "", faults)
    if policy is not None:
        faults.extend(_disagreements(policy))
    if policy is None or faults:
        raise PolicyInvalid(faults)
    return policy


def shipped() -> dict[str, Mapping[str, Any]]:
    """The policy documents that come with the program, by name."""
    folder = resources.files("scoring") / "policies"
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".yaml"))
    return {name.removesuffix(".yaml"): yaml.safe_load((folder / name).read_text("utf-8")) for name in names}


def _disagreements(policy: Policy) -> Iterator[Fault]:
    """Faults between sections: grades that do not exist, and scales that do not rise."""
    for path, grade in _grades_named(policy):
        if grade not in policy.master_scale.ranks:
            yield Fault(path, f"{grade!r} is not a grade of the master scale")
    for scale, bands in policy.scorecards.external_scales.items():
        path = f"scorecards.external_scales.{scale}"
        ranks = [policy.master_scale.ranks.get(band.grade, 0) for band in bands]
        if ranks != sorted(ranks, reverse=True):
            yield Fault(path, "a higher score stands for a worse grade")
        try:
            require_ascending(tuple(band.at_least for band in bands))
        except ValueError as fault:
            yield Fault(path, str(fault))
    for grade in policy.limits.capacity:
        if grade not in policy.limits.own_risk:
            yield Fault(f"limits.own_risk.{grade}", "is missing")
        risk_class = policy.master_scale.class_of(grade) if grade in policy.master_scale.ranks else None
        if risk_class is not None and risk_class not in policy.limits.valid_months:
            yield Fault(f"limits.valid_months.{risk_class}", "is missing")

    for risk_class, days in policy.terms.payment_term_days.items():
        if not 0 <= days <= AGREED_DAYS_MAX:
            yield Fault(f"terms.payment_term_days.{risk_class}", f"is not between 0 and {AGREED_DAYS_MAX}")


def _grades_named(policy: Policy) -> Iterator[tuple[str, str]]:
    """Every grade a section names, with the path it is named at."""
    for name in ("unresolved_write_off", "cover_withdrawn", "oldest_overdue", "young_company", "past_insolvency"):
        yield f"caps.{name}_grade", getattr(policy.caps, f"{name}_grade")
    for scale, bands in policy.scorecards.external_scales.items():
        for index, band in enumerate(bands):
            yield f"scorecards.external_scales.{scale}.{index}.grade", band.grade
    for name, grades in (("capacity", policy.limits.capacity), ("own_risk", policy.limits.own_risk)):
        for grade in grades:
            yield f"limits.{name}.{grade}", grade
