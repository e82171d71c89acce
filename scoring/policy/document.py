"""The seller's rules as data: a plain document read into a typed, checked policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import yaml

from scoring.documents import DocumentInvalid, Fault, read_document
from scoring.policy.alerts import AlertsPolicy
from scoring.policy.asking import SourcesPolicy
from scoring.policy.bounds import out_of_bounds, oversized, without
from scoring.policy.campari import CampariPolicy
from scoring.policy.checks import disagreements
from scoring.policy.grading import BlendingPolicy, CapsPolicy, EvidencePolicy, MasterScalePolicy, ScorecardsPolicy
from scoring.policy.matching import MatchingPolicy
from scoring.policy.provisions import ProvisionsPolicy
from scoring.policy.rules import ExplanationPolicy, Rule
from scoring.policy.terms import (
    AuthorityPolicy,
    FirstPaymentPolicy,
    LimitsPolicy,
    OnboardingPolicy,
    OrdersPolicy,
    OutcomesPolicy,
    RetentionPolicy,
    TermsPolicy,
)


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
    campari: CampariPolicy = field(default_factory=CampariPolicy)
    rules: tuple[Rule, ...] = ()
    explanation: ExplanationPolicy | None = None


class PolicyInvalid(DocumentInvalid):
    """A policy document that cannot be used; `faults` names everything that is wrong with it."""


def parse_policy(document: Mapping[str, Any]) -> Policy:
    """The policy a document describes. Raises PolicyInvalid, naming every fault with its path."""
    faults = list(oversized(document))
    if faults:
        raise PolicyInvalid(faults)
    faults = list(out_of_bounds(document))
    numbers = frozenset(fault.path for fault in faults)
    # What is read of a number that cannot be meant would only be told twice.
    meant = without(document, numbers) if numbers else document
    read: list[Fault] = []
    parts: dict[str, object] = {}
    policy: Policy | None = read_document(Policy, meant, "", read, parts)
    faults.extend(fault for fault in read if fault.path not in numbers)
    if isinstance(meant, Mapping):
        known = {fault.path for fault in faults}
        faults.extend(fault for fault in disagreements(meant, parts) if fault.path not in known)
    if policy is None or faults:
        raise PolicyInvalid(faults)
    return policy


def stored_policy(document: Mapping[str, Any]) -> Policy:
    """The policy of a document that was taken once. Raises PolicyInvalid when nothing can be judged by it.

    What is asked of new policies may grow; it keeps no decision of an old one from being replayed.
    """
    faults: list[Fault] = []
    policy: Policy | None = read_document(Policy, document, "", faults)
    if policy is None or faults:
        raise PolicyInvalid(faults)
    return policy


def shipped() -> dict[str, Mapping[str, Any]]:
    """The policy documents that come with the program, by name."""
    return {name: yaml.safe_load(text) for name, text in shipped_texts().items()}


def shipped_texts() -> dict[str, str]:
    """The policies that come with the program as they were written, comments included, by name."""
    folder = resources.files("scoring") / "policies"
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".yaml"))
    return {name.removesuffix(".yaml"): (folder / name).read_text("utf-8") for name in names}
