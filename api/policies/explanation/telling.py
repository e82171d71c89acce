"""What the steps of an explanation are told from, and the form of one step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.policies.explanation.step_words import STEPS, TEXTS
from scoring.facts import CheckFacts
from scoring.policy.document import Policy
from scoring.reasons.registry import Language
from scoring.reasons.rendering import fill
from scoring.ruling import Ruling, rule


@dataclass(frozen=True, slots=True)
class Seen:
    """What a decision was made from, while it is kept, and what the rules said on the way to it."""

    facts: CheckFacts
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class Told:
    """What steps are told from: the stored judgement, the policy, and the facts while they are kept."""

    said: Mapping[str, Any]
    policy: Policy
    seen: Seen | None
    language: Language

    def text(self, name: str, **params: Any) -> str:
        """Fill the text of a step; amounts are in the currency of the judgement."""
        return fill(TEXTS[name], {"currency": self.said["currency"], **params}, self.language)


def seen_by(facts: CheckFacts, policy: Policy) -> Seen:
    """Give the facts with what the rules say on the way from them."""
    return Seen(facts, rule(facts, policy))


def step(name: str, text: str, told: Told, details: Iterable[str] = ()) -> dict[str, Any]:
    """Give one step with its title; `details` stand below its text."""
    return {"step": name, "title": STEPS[name].of(told.language), "text": text, "details": list(details)}
