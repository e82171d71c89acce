"""The probability that two names are of one company, and whether a match may be made without a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from math import exp

from scoring.names.comparing import Comparison, compare, spelling_key
from scoring.names.reading import read_name

CONFIDENCE_MAX = Decimal("0.99")  # Names are not unique: only a number is certain.

# Log odds as fitted by `python -m bench matching`, which tells how well they are calibrated.
START = 1.52
WEIGHTS: Mapping[str, float] = {
    "is_written_alike": 2.49,
    "is_abbreviation": 2.75,
    "slips": -0.3,
    "is_replaced": -4.19,
    "added": -0.59,
    "numbers_differ": -3.06,
    "forms_contradict": -0.7,
    "places_differ": -0.73,
}


@dataclass(frozen=True, slots=True)
class NameMatch:
    """Two names compared: `confidence` from 0 to 0.99 in hundredths.

    `is_unattended`: so alike that no person need look, where no other company of the register has such a name.
    """

    confidence: Decimal
    is_unattended: bool
    comparison: Comparison


def match_names(one: str, other: str) -> NameMatch:
    """Compare two names, in any script; the same whichever comes first. A name without words is no company's."""
    comparison = compare(read_name(one), read_name(other))
    return NameMatch(confidence_of(comparison), comparison.is_written_alike, comparison)


def best_match(name: str, others: Iterable[str]) -> NameMatch | None:
    """The match with the likest of a company's names; None without names."""
    matches = (match_names(name, other) for other in others)
    return max(matches, key=lambda each: (each.is_unattended, each.confidence), default=None)


def name_key(name: str) -> str:
    """What all ways to write a name have in common, to find it again; empty where there is nothing to find it by."""
    return spelling_key(read_name(name))


def evidence_of(comparison: Comparison) -> dict[str, float]:
    """What is weighed, by name: the more of any but the first two, the less likely it is one company."""
    return {
        "is_written_alike": float(comparison.is_written_alike),
        "is_abbreviation": float(comparison.is_abbreviation),
        "slips": float(comparison.slips),
        "is_replaced": float(comparison.replaced > 0),
        "added": float(comparison.added),
        "numbers_differ": float(comparison.numbers_differ),
        "forms_contradict": float(comparison.forms_contradict),
        "places_differ": float(comparison.places_differ),
    }


def log_odds_of(comparison: Comparison) -> float:
    """The weighed evidence: 0 is as likely as not."""
    return START + sum(WEIGHTS[name] * amount for name, amount in evidence_of(comparison).items())


def confidence_of(comparison: Comparison) -> Decimal:
    """The probability that both names are of one company, in hundredths rounded down; at most 0.99."""
    if not comparison.is_comparable:
        return Decimal("0.00")
    probability = Decimal(1 / (1 + exp(-log_odds_of(comparison))))
    return min(probability.quantize(Decimal("0.01"), rounding=ROUND_DOWN), CONFIDENCE_MAX)
