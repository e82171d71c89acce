"""Entries of the list of evidence as readable text in English or Dutch."""

from collections.abc import Mapping
from typing import Any

from scoring.reasons.evidence_words import FACT_WORDS, MISSING_WORDS, VALUE_WORDS
from scoring.reasons.registry import Language
from scoring.reasons.rendering import readable


def render_entry(entry: Mapping[str, Any], currency: str, language: Language) -> dict[str, str | None]:
    """The texts of one entry of the list's document: what it is, its value, source, freshness, use and why."""
    value, zone, why = entry["value"], entry["zone"], entry["why"]
    text = None if value is None else render_value(value, entry["unit"], currency, language)
    if text is not None and zone is not None:
        text = f"{text} ({VALUE_WORDS[zone].of(language)})"
    if text is not None and entry["ended_on"] is not None:
        text = f"{text} ({_ENDED[language]} {readable('_on', entry['ended_on'], currency, language)})"
    return {
        "fact_text": FACT_WORDS[entry["fact"]].of(language),
        "value_text": text,
        "source_text": None if entry["source"] is None else render_value(entry["source"], "word", currency, language),
        "freshness_text": VALUE_WORDS[entry["freshness"]].of(language),
        "use_text": VALUE_WORDS[entry["use"]].of(language),
        "why_text": None if why is None else MISSING_WORDS[why].of(language),
    }


def render_value(value: Any, unit: str, currency: str, language: Language) -> str:
    """A value as its unit says; a word of ours is translated, a vendor's own text stays as it is."""
    words = VALUE_WORDS.get(str(value)) if unit in ("word", "text", "flag") else None
    return words.of(language) if words else readable(f"_{unit}", value, currency, language)


_ENDED: Mapping[Language, str] = {"en": "ended on", "nl": "beëindigd op"}
