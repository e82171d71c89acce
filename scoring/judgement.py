"""What a judgement says: a ranked outcome, its reasons, what would change it, and the limit and terms."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from scoring.canonical import plain
from scoring.facts import STORED_IF_ANY, CreditLimit
from scoring.limits import Binding
from scoring.policy.grading import RiskClass
from scoring.reasons import REGISTRY, Audience, Params

Effect = Literal["decline", "refer", "hold_first_payment", "accept_prepayment", "grade", "limit", "none"]
TermsMode = Literal["open_account", "first_payment_first", "prepayment"]


class Outcome(StrEnum):
    """The closed ladder of answers, best first; when rules disagree the heaviest wins."""

    ACCEPT = "accept"
    ACCEPT_PREPAYMENT = "accept_prepayment"
    HOLD_FIRST_PAYMENT = "hold_first_payment"
    REFER = "refer"
    DECLINE = "decline"

    @property
    def rank(self) -> int:
        """0 for the best answer, rising with weight."""
        return _RANKS[self]


_RANKS = {outcome: rank for rank, outcome in enumerate(Outcome)}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code of the registry with its figures, what it did, and who may read it.

    `weight` orders reasons of equal effect: grades gained without it, then limit gained, then the fall of the log-odds.
    """

    code: str
    category: str
    effect: Effect
    audience: Audience
    params: Params
    weight: tuple[int, float, float] = field(default=(0, 0.0, 0.0), compare=False, metadata={"stored": False})


_NO_PARAMS: Params = {}


def reason(
    code: str, effect: Effect = "none", params: Params = _NO_PARAMS, weight: tuple[int, float, float] = (0, 0.0, 0.0)
) -> Reason:
    """A reason of the registry; raises KeyError for a code that is not in it."""
    kind = REGISTRY[code]
    return Reason(code, kind.category, effect, kind.audience, params, weight)


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change of the facts, and the outcome that the same rules then give."""

    change: str
    from_value: Any
    to_value: Any
    gives_outcome: Outcome


@dataclass(frozen=True, slots=True)
class Change:
    """One of several changes of the facts that together lead to another outcome."""

    change: str
    from_value: Any
    to_value: Any


@dataclass(frozen=True, slots=True)
class Terms:
    """How is paid; `prepayment_required` is None when nothing is, or the order is not known."""

    payment_term_days: int | None
    mode: TermsMode | None
    prepayment_required: Decimal | None


NO_TERMS = Terms(None, None, None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rules alone would have said where a person decides: for finance only."""

    outcome: Outcome
    limit: CreditLimit
    binding: Binding | None
    terms: Terms


@dataclass(frozen=True, slots=True)
class SalesNote:
    """One line that sales may read to the debtor, rendered by `scoring.reasons.sales_note`."""

    code: str
    params: Params


@dataclass(frozen=True, slots=True)
class Judgement:
    """A whole answer. Probabilities have ten decimals, shares and the index four, amounts those of `currency`.

    `to_accept` are the fewest changes found that together lead to `accept`.
    """

    outcome: Outcome
    risk_class: RiskClass | None
    grade: str | None
    grade_before_caps: str | None
    pd: Decimal | None
    pd_internal: Decimal | None
    pd_external: Decimal | None
    credibility: Decimal
    confidence: Decimal
    payment_index: Decimal | None
    currency: str
    limit: CreditLimit
    binding: Binding | None
    headroom: Decimal | None
    terms: Terms
    reasons: tuple[Reason, ...]
    remedies: tuple[Remedy, ...]
    requires_human_review: bool
    proposal: Proposal | None
    limit_valid_until: date | None
    valid_until: date
    sales_note: SalesNote
    to_accept: tuple[Change, ...] = field(default=(), metadata=STORED_IF_ANY)

    def document(self) -> dict[str, Any]:
        """The judgement as a plain document, ready for canonical JSON."""
        document: dict[str, Any] = plain(self)
        for change in (*document["remedies"], *document.get("to_accept", ())):
            change["from"] = change.pop("from_value")
            change["to"] = change.pop("to_value")
        return document
