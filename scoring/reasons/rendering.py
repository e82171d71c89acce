"""Reasons, remedies and the sales note as readable text in English or Dutch."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from scoring.reasons.figure_words import FIGURE_WORDS
from scoring.reasons.ground_words import GROUND_WORDS
from scoring.reasons.registry import Language, Words
from scoring.reasons.words import CHANGES, GIVES, OUTCOMES, UNITS, WORDS

_UNNAMED = ("value", "target", "one_says", "other_says")
_AMOUNT_CHANGES = ("order_amount", "prepayment", "exposure_amount", "overdue_amount", "insurer_cover")


def fill(words: Words, params: Mapping[str, Any], language: Language) -> str:
    """A template with its parameters put in, each as its name says: amount, share, pd, date or word.

    Parameters may be typed or the text that a stored document gives; amounts are in `params["currency"]`.
    """
    currency = str(params.get("currency", ""))
    unit = params.get("unit")  # Of a figure of any kind, whose value and target carry no unit in their names.
    english, dutch = params.get("why", ("", ""))  # What a policy says for itself, in both languages.
    return words.of(language).format(
        why=english if language == "en" else dutch,
        **{
            name: readable(f"_{unit}" if unit and name in _UNNAMED else name, value, currency, language)
            for name, value in params.items()
            if name != "why"
        },
    )


def render_remedy(remedy: Mapping[str, Any], currency: str, language: Language) -> str:
    """One remedy of a judgement's document as a sentence; its amounts are in `currency`."""
    change = _change(remedy, currency, language)
    return GIVES.of(language).format(change=change, outcome=OUTCOMES[remedy["gives_outcome"]].of(language))


def render_change(change: Mapping[str, Any], currency: str, language: Language) -> str:
    """One of the changes that together lead to accept, as a sentence; its amounts are in `currency`."""
    return _change(change, currency, language) + "."


def _change(change: Mapping[str, Any], currency: str, language: Language) -> str:
    """What is changed from what to what, without a full stop."""
    name = "change_amount" if change["change"] in _AMOUNT_CHANGES else change["change"]
    sides = {side: readable(name, change[side], currency, language) for side in ("from", "to")}
    return CHANGES[change["change"]].of(language).format(**sides)


def readable(name: str, value: Any, currency: str, language: Language) -> str:
    """One parameter as its name says; what cannot be told apart by name is a word or plain text."""
    if value is None:
        return WORDS["unknown"].of(language)
    if isinstance(value, list | tuple):
        return ", ".join(readable(name, each, currency, language) for each in value)
    if name.endswith("_amount"):
        return _amount(Decimal(value), currency, language)
    if name.endswith(("_share", "_pd")):
        return _number(Decimal(value) * 100, 2, language) + "%"
    for ending in UNITS:
        if name.endswith(ending):
            return _counted(Decimal(value), ending, language)
    if isinstance(value, Decimal) or name in ("_ratio", "_count", "_score"):
        return _number(Decimal(value), 4, language)
    if name.endswith("_on"):
        return _day(value if isinstance(value, date) else date.fromisoformat(value), language)
    words = WORDS.get(str(value)) or FIGURE_WORDS.get(str(value)) or GROUND_WORDS.get(str(value))
    return words.of(language) if words else str(value)


def _counted(number: Decimal, ending: str, language: Language) -> str:
    """A number of days, months or years with its unit; under a year in whole months."""
    if ending == "_years" and number < 1:
        months = (number * 12).to_integral_value(ROUND_DOWN)
        return _counted(months, "_months", language) if months else WORDS["under_a_month"].of(language)
    text = _number(number, 1, language)
    one, several = UNITS[ending]
    return f"{text} {(one if text == '1' else several).of(language)}"


def _amount(amount: Decimal, currency: str, language: Language) -> str:
    """An amount with its currency; cents only where there are any."""
    text = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    return f"{currency} {text if language == 'en' else _dutch(text)}"


def _number(number: Decimal, decimals: int, language: Language) -> str:
    """A number with at most so many decimals."""
    text = f"{number:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if language == "en" else _dutch(text)


def _dutch(text: str) -> str:
    """A number with Dutch separators."""
    return text.translate(str.maketrans(",.", ".,"))


def _day(day: date, language: Language) -> str:
    """A day as it is written in the language."""
    return day.isoformat() if language == "en" else f"{day:%d-%m-%Y}"
