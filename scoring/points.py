"""A scorecard applied: the points that each figure earns, their sum, and the probability the sum stands for."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from scoring.figures import Known, read_number
from scoring.policy.scorecards import Characteristic, OddsScalePolicy, Scorecard
from scoring.scorecard import OddsScale


@dataclass(frozen=True, slots=True)
class ScoredFigure:
    """One characteristic with the value it was given (None: not known) and the points earned."""

    characteristic: Characteristic
    value: Decimal | None
    points: Decimal


@dataclass(frozen=True, slots=True)
class CardScore:
    """A score with where it comes from, and the probability of what the card predicts; not yet clamped or rounded."""

    card: Scorecard
    score: Decimal
    pd: float
    parts: tuple[ScoredFigure, ...]


@dataclass(frozen=True, slots=True)
class Improvement:
    """What one figure at its target would have given; shown as `value` and `target` of `figure`."""

    figure: str
    reason: str | None
    value: Decimal
    target: Decimal
    pd: float


def score_figures(card: Scorecard, known: Known) -> CardScore | None:
    """The score of what is known; None where none of the card's figures is."""
    parts = []
    for characteristic in card.characteristics:
        value = read_number(characteristic.figure, known)
        parts.append(ScoredFigure(characteristic, value, characteristic.points_of(value)))
    if all(part.value is None for part in parts):
        return None
    score = card.base_points + sum(part.points for part in parts)
    return CardScore(card, score, scale_pd(score, card.scale), tuple(parts))


def improvements(scored: CardScore) -> Iterator[Improvement]:
    """Each known figure that would have earned more at its target, with what the score would then stand for."""
    for part in scored.parts:
        characteristic = part.characteristic
        if part.value is None:
            continue
        gained = characteristic.points_of(characteristic.target) - part.points
        if gained > 0:
            pd = scale_pd(scored.score + gained, scored.card.scale)
            yield Improvement(characteristic.figure, characteristic.reason, part.value, characteristic.target, pd)


def scale_pd(score: Decimal, scale: OddsScalePolicy) -> float:
    """The probability a score stands for on a scale of the policy."""
    base, odds, doubling = float(scale.base_score), float(scale.base_odds), float(scale.points_to_double_odds)
    return OddsScale.of(base, odds, doubling).pd_of(float(score))
