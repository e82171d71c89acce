"""What a role sees of a decision: one rendering for every room that shows one."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal

from api.behaviour_answer import behaviour_figures
from api.overruling import Overruled
from api.records.decisions import Decision
from api.records.sellers import Seller
from api.web.money import money_answer
from scoring.readers import read_by_sales
from scoring.reasons import REGISTRY, render, render_advice, render_change, render_remedy, sales_note

Language = Literal["en", "nl"]

# These tell of a report, an insurer or the books.
FINANCE_REMEDIES = frozenset({"sanctions_hit", "insurer_cover", "unresolved_write_off", "overdue_amount"})
SEE_EVERYTHING = frozenset({"finance", "credit_manager"})


def decision_answer(
    decision: Decision, seller: Seller, role: str, language: Language, overruled: Overruled | None = None
) -> dict[str, Any]:
    """Give the answer for one role: finance sees all of it, others neither the report nor figures taken from it.

    Where a person decided otherwise (`overruled`) others read what holds; finance reads the decision as it was made.
    """
    said = decision.judgement
    full = role in SEE_EVERYTHING
    # A remedy of what waits for a review would tell what the review may still change.
    hidden = said["requires_human_review"] and not full
    answer: dict[str, Any] = {
        "id": decision.id,
        "kind": decision.kind,
        "mode": seller.mode,
        "debtor_id": decision.debtor_id,
        "as_of": decision.as_of,
        "decided_at": decision.decided_at,
        "outcome": said["outcome"],
        "risk_class": said["risk_class"],
        "credit_limit": limit_answer(said["limit"], said["currency"]),
        "binding": said["binding"],
        "terms": _terms(said["terms"], said["currency"]),
        "reasons": reasons_answer(said["reasons"], role, language, said["outcome"]),
        "remedies": [
            _remedy(each, said["currency"], language)
            for each in said["remedies"]
            if full or not (hidden or each["change"] in FINANCE_REMEDIES)
        ],
        "to_accept": _to_accept(said, full, hidden, language),
        "sources": [_source(source, full) for source in decision.sources],
        "sales_note": sales_note(said["sales_note"], language),
        "policy_version": decision.policy_version,
        "valid_until": said["valid_until"],
        "requires_human_review": said["requires_human_review"],
    }
    if full:
        return answer | _figures(decision)
    return answer if overruled is None else answer | _instead(answer, overruled, language)


def _instead(answer: Mapping[str, Any], holds: Overruled, language: Language) -> dict[str, Any]:
    reason = {"code": holds.code, "params": {}, "effect": holds.outcome}
    terms = {"payment_term_days": holds.payment_term_days, "mode": holds.mode, "prepayment_required": None}
    return {
        "outcome": holds.outcome,
        "credit_limit": limit_answer({"kind": holds.limit.kind, "amount": holds.limit.amount}, holds.currency),
        "binding": None,
        "terms": {**answer["terms"], **terms},
        "reasons": [_reason(reason, False, language)],
        "remedies": [],
        "to_accept": [],
        "sales_note": sales_note(holds.sales_note, language),
    }


def limit_answer(limit: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Give a limit; only the kind `amount` has an amount, and there zero means no credit."""
    return {"kind": limit["kind"], "amount": _money(limit["amount"], currency)}


def _money(amount: str | Decimal | None, currency: str) -> dict[str, str] | None:
    """Give an amount with the decimals of its currency, None when there is none."""
    return None if amount is None else money_answer(Decimal(amount), currency)


def _figures(decision: Decision) -> dict[str, Any]:
    said = decision.judgement
    names = ("grade", "grade_before_caps", "pd", "pd_internal", "pd_external", "credibility", "confidence")
    proposal = said["proposal"]
    return {
        **{name: said[name] for name in names},
        "payment_index": said["payment_index"],
        "payment_behaviour": decision.behaviour and behaviour_figures(decision.behaviour, said["currency"]),
        "headroom": _money(said["headroom"], said["currency"]),
        "proposal": proposal
        and {
            "outcome": proposal["outcome"],
            "credit_limit": limit_answer(proposal["limit"], said["currency"]),
            "binding": proposal["binding"],
            "terms": _terms(proposal["terms"], said["currency"]),
        },
        "engine_version": decision.engine_version,
        "asked_by": decision.asked_by,
        "actor": decision.actor,
    }


def _terms(terms: Mapping[str, Any], currency: str) -> dict[str, Any]:
    return {**terms, "prepayment_required": _money(terms["prepayment_required"], currency)}


def reasons_answer(
    reasons: Iterable[Mapping[str, Any]], role: str, language: Language, outcome: str | None = None
) -> list[dict[str, Any]]:
    """Give the reasons of a stored judgement as a role may read them.

    `outcome` is what was decided, where that is not the heaviest effect: a review comes before a decline.
    """
    full = role in SEE_EVERYTHING
    return [_reason(each, full, language) for each in (reasons if full else read_by_sales(reasons, outcome))]


def _reason(reason: Mapping[str, Any], full: bool, language: Language) -> dict[str, Any]:
    code, params = reason["code"], reason["params"]
    kind = REGISTRY[code]
    return {
        "code": code,
        "category": kind.category,
        "text": render(code, params, language, full=full),
        "params": params if full else {},
        "effect": reason["effect"],
        "remedy": render_advice(code, params, language),
        "owner": kind.owner,
    }


def _remedy(remedy: Mapping[str, Any], currency: str, language: Language) -> dict[str, Any]:
    return {**remedy, "text": render_remedy(remedy, currency, language)}


def _to_accept(said: Mapping[str, Any], full: bool, hidden: bool, language: Language) -> list[dict[str, Any]]:
    """Give what it takes to say yes: all of it or nothing, since a part of it promises a yes that it does not give."""
    changes = said.get("to_accept", ())
    if not full and (hidden or any(each["change"] in FINANCE_REMEDIES for each in changes)):
        return []
    return [{**each, "text": render_change(each, said["currency"], language)} for each in changes]


def _source(source: Mapping[str, Any], full: bool) -> dict[str, Any]:
    tried = source.get("tried", [])  # A decision of before has none.
    if full:
        return {**source, "tried": tried}
    return {**_without_cost(source), "tried": [_without_cost(each) for each in tried]}


def _without_cost(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "cost"}
