"""The one registry of reason codes, and their texts in English and Dutch."""

from collections.abc import Mapping
from typing import Any

from scoring.reasons.behaviour import BEHAVIOUR
from scoring.reasons.deciding import DECIDING
from scoring.reasons.evidence_rendering import render_entry, render_value
from scoring.reasons.grading import GRADING
from scoring.reasons.granting import APPLIED_ABOVE_LIMIT, ASKED_UNLIMITED, GRANTING
from scoring.reasons.ground_words import GROUNDS
from scoring.reasons.ordering import ORDERING, words_of_limit
from scoring.reasons.registry import Audience, Category, Language, Owner, Params, ReasonKind, Words
from scoring.reasons.rendering import fill, render_change, render_remedy
from scoring.reasons.stopping import STOPPING, UNDATED
from scoring.reasons.words import LIMIT_WOULD_BE, SALES_NOTES

REGISTRY: dict[str, ReasonKind] = {**STOPPING, **GRADING, **BEHAVIOUR, **GRANTING, **ORDERING, **DECIDING}


def render(code: str, params: Mapping[str, Any], language: Language, *, full: bool = True) -> str:
    """The text of a reason; not `full` leaves out what only finance may know. Raises KeyError for an unknown code."""
    text = fill(_words_of(code, params, full), params, language)
    if full and "limit_would_be_amount" in params:
        text += fill(LIMIT_WOULD_BE, params, language)
    if full and params.get("grounds"):
        text += fill(GROUNDS, params, language)
    return text


def _words_of(code: str, params: Mapping[str, Any], full: bool) -> Words:
    """The words for what the parameters tell: a day may not be known, a grade unchanged, a room below zero."""
    kind = REGISTRY[code]
    if full and "told_on" in params:
        return UNDATED[code]
    if full and kind.unchanged is not None and _is_unchanged(params):
        return kind.unchanged
    if (words := words_of_limit(code, params, full)) is not None:
        return words
    if code == "asked_above_limit":
        # Only where it has no effect the room stands beside it.
        if not full and "headroom_amount" not in params:
            return APPLIED_ABOVE_LIMIT
        if "requested_amount" not in params:
            return ASKED_UNLIMITED
    return kind.text_for(full=full)


def _is_unchanged(params: Mapping[str, Any]) -> bool:
    """Whether the grade told beside another one is the same."""
    pairs = (("grade_before", "grade_after"), ("grade", "grade_would_be"))
    return any(one in params and params[one] == params.get(other) for one, other in pairs)


def render_advice(code: str, params: Mapping[str, Any], language: Language) -> str | None:
    """What could be done about a reason, None when nobody can do anything."""
    remedy = REGISTRY[code].remedy
    return None if remedy is None else fill(remedy, params, language)


def sales_note(note: Mapping[str, Any], language: Language) -> str:
    """The line for sales from a judgement's document (`document["sales_note"]`)."""
    return fill(SALES_NOTES[note["code"]], note["params"], language)


__all__ = [
    "REGISTRY",
    "Audience",
    "Category",
    "Language",
    "Owner",
    "Params",
    "ReasonKind",
    "render",
    "render_advice",
    "render_change",
    "render_entry",
    "render_remedy",
    "render_value",
    "sales_note",
]
