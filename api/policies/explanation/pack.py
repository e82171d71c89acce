"""What explains a decision to whom it concerns, from its record alone: data, procedure, reasons, changes, rights."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from api.decision_answer import SEE_EVERYTHING, decision_answer
from api.policies.explanation.step_words import EFFECTS, MARGINAL_PD
from api.policies.explanation.steps import outcome_step, procedure
from api.policies.explanation.telling import Seen, Told, seen_by
from api.policies.explanation.words import (
    HEADINGS,
    LABELS,
    NOTES,
    RIGHTS,
    RIGHTS_OF_COMPANY,
    SCHEMES,
    SOURCE,
    SOURCE_STATUSES,
    SOURCE_WITHOUT_ANSWER,
    WHOM_TO_ASK,
    WHOM_TO_ASK_BY_NAME,
)
from api.records.decisions import Decision
from api.records.identities import OfficialNumber
from api.records.sellers import Seller
from api.web.money import money_answer
from scoring.facts import CheckFacts
from scoring.inventory.listing import evidence_list
from scoring.natural_person import is_natural_person
from scoring.policy.document import Policy
from scoring.reasons import render_entry
from scoring.reasons.registry import Language, Words
from scoring.reasons.rendering import fill, readable
from scoring.reasons.words import OUTCOMES


@dataclass(frozen=True, slots=True)
class PolicyNamed:
    """The policy version of a decision, and who is behind it."""

    policy: Policy
    version: int
    name: str
    made_by: str
    approved_by: str | None


@dataclass(frozen=True, slots=True)
class Explained:
    """One decision with what is needed to explain it; `facts` None once they were erased."""

    decision: Decision
    facts: CheckFacts | None
    rules: PolicyNamed
    seller: Seller
    debtor_name: str | None
    credit_owner: str | None
    numbers: tuple[OfficialNumber, ...] = ()

    @property
    def name_known(self) -> str | None:
        """The name that we know the debtor by, or else the register."""
        register = None if self.facts is None else self.facts.register
        return self.debtor_name or (None if register is None else register.name)


def explanation(explained: Explained, role: str, language: Language) -> dict[str, Any]:
    """Give the explanation for one role: finance sees all of it, others neither the report nor figures from it."""
    decision, facts, policy = explained.decision, explained.facts, explained.rules.policy
    said, full = decision.judgement, role in SEE_EVERYTHING
    seen = None if facts is None or not full else seen_by(facts, policy)
    told = Told(said, policy, seen, language)
    answer = decision_answer(decision, explained.seller, role, language)
    return {
        "decision_id": decision.id,
        "language": language,
        "title": HEADINGS["title"].of(language),
        "about": _about(explained, answer, full, language),
        "facts_kept": facts is not None,
        "facts_text": NOTES["facts_erased" if facts is None else "facts_kept"].of(language),
        "procedure": procedure(told) if full else [outcome_step(told, full=False)],
        "reasons": [_reason(each, said["currency"], language) for each in answer["reasons"]],
        "remedies": answer["remedies"],
        "to_accept": answer["to_accept"],
        "sources": [
            {**each, "text": _source_text(each, explained.seller.time_zone, language)} for each in answer["sources"]
        ],
        "evidence": [] if seen is None else _evidence(seen, policy, language),
        "trained": _is_trained(policy),
        "trained_text": NOTES["trained" if _is_trained(policy) else "chosen_by_people"].of(language),
        "deciders": _deciders(explained, full, language),
        "is_natural_person": None if facts is None else is_natural_person(facts, policy),
        "rights": _rights(facts, policy, language),
        "whom_to_ask": _whom_to_ask(explained, language),
    }


def _about(explained: Explained, answer: Mapping[str, Any], full: bool, language: Language) -> dict[str, Any]:
    decision, rules = explained.decision, explained.rules
    label = LABELS["policy_named" if full else "policy_number"]
    return {
        **{
            name: answer[name]
            for name in ("kind", "mode", "debtor_id", "as_of", "decided_at", "outcome", "valid_until")
        },
        "requires_human_review": answer["requires_human_review"],
        "debtor_name": explained.name_known,
        "decided_at_text": _moment_text(explained, language),
        "debtor_numbers": [{**asdict(each), "text": _number_text(each, language)} for each in explained.numbers],
        "seller_name": explained.seller.name,
        "outcome_text": OUTCOMES[answer["outcome"]].of(language),
        "policy_version": rules.version,
        "policy_text": label.of(language).format(name=rules.name, version=rules.version),
        "engine_version": decision.engine_version,
        "currency": decision.judgement["currency"],
    }


def _moment_text(explained: Explained, language: Language) -> str:
    """Give the moment of the decision as the seller's clock showed it."""
    zone = explained.seller.time_zone
    local = _local(explained.decision.decided_at, zone)
    return f"{day_text(local.date(), language)} {local:%H:%M} ({zone})"


def _local(moment: datetime | str, zone: str) -> datetime:
    """Give a moment, or the text that a record keeps of one, in a time zone."""
    read = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return read.astimezone(ZoneInfo(zone))


def _number_text(number: OfficialNumber, language: Language) -> str:
    """Give a number with what its scheme is called, or with the code of another scheme."""
    scheme = SCHEMES[number.scheme].of(language) if number.scheme in SCHEMES else number.scheme
    return f"{scheme} {number.value}"


def _reason(reason: Mapping[str, Any], currency: str, language: Language) -> dict[str, Any]:
    """Give a reason with its marginal effect, as far as its figures may be seen."""
    params = reason["params"]
    marginal: dict[str, Any] | None = None
    text = None
    if "would_be_pd" in params:
        marginal = {
            "pd": params["default_pd"],
            "pd_would_be": params["would_be_pd"],
            "grade": params["grade"],
            "grade_would_be": params["grade_would_be"],
        }
        for name, side in (("limit", "limit_amount"), ("limit_would_be", "limit_would_be_amount")):
            marginal[name] = (
                money_answer(Decimal(params[side]), currency) if "limit_would_be_amount" in params else None
            )
        text = fill(MARGINAL_PD, params, language)
    return {
        **{name: reason[name] for name in ("code", "category", "text", "effect", "remedy", "owner")},
        "effect_text": EFFECTS[reason["effect"]].of(language),
        "marginal": marginal,
        "marginal_text": text,
    }


def _source_text(source: Mapping[str, Any], zone: str, language: Language) -> str:
    words = SOURCE if source["provider"] and source["retrieved_at"] else SOURCE_WITHOUT_ANSWER
    shown = {
        "source": source["kind"],
        "provider": source["provider"],
        "status": SOURCE_STATUSES[source["status"]].of(language),
        "retrieved_on": source["retrieved_at"] and _local(source["retrieved_at"], zone).date(),
    }
    return fill(words, shown, language)


def _evidence(seen: Seen, policy: Policy, language: Language) -> list[dict[str, Any]]:
    currency = seen.facts.currency
    entries = [each.document() for each in evidence_list(seen.facts, policy)]
    return [{**each, **render_entry(each, currency, language)} for each in entries]


def _is_trained(policy: Policy) -> bool:
    """Say whether any points of the policy were fitted to data rather than chosen by people."""
    cards = (policy.scorecards.behaviour, policy.scorecards.financials)
    return any(card is not None and card.trained for card in cards)


def _deciders(explained: Explained, full: bool, language: Language) -> list[str]:
    decision, rules, seller = explained.decision, explained.rules, explained.seller.name
    waits = decision.judgement["outcome"] == "refer"
    texts = [NOTES["by_person_next" if waits else "by_machine"].of(language).format(seller=seller)]
    if full:
        texts.append(NOTES["asked_by"].of(language).format(asked_by=decision.asked_by))
        written = NOTES["rules_by" if rules.approved_by else "rules_by_one"].of(language)
        texts.append(written.format(made_by=rules.made_by, approved_by=rules.approved_by))
    bureaus = [
        each["provider"] for each in decision.sources if each["kind"] == "credit_bureau" and each["retrieved_at"]
    ]
    return texts + [NOTES["bureau_told"].of(language).format(provider=provider) for provider in bureaus]


def _rights(facts: CheckFacts | None, policy: Policy, language: Language) -> list[str]:
    """Give what the person concerned may ask for; who may be a natural person has all of it."""
    is_company = facts is not None and is_natural_person(facts, policy) is False
    rights: list[Words] = [RIGHTS_OF_COMPANY] if is_company else []
    return [each.of(language) for each in (*rights, *RIGHTS.values())]


def _whom_to_ask(explained: Explained, language: Language) -> str:
    words = WHOM_TO_ASK_BY_NAME if explained.credit_owner else WHOM_TO_ASK
    return words.of(language).format(seller=explained.seller.name, credit_owner=explained.credit_owner)


def day_text(day: Any, language: Language) -> str:
    """Give a day, or the day of a moment, as it is written in the language; nothing for none."""
    return "" if day is None else readable("_on", str(day)[:10], "", language)
