"""Cases made with a known truth, and a reading of scorecard documents that shares nothing with what writes them."""

from math import exp, isnan, log
from typing import Any

import numpy as np

from api.policies.calibration.cases import Cases


def made_cases(count: int = 4000, seed: int = 1, noise_count: int = 2, missing_share: float = 0.1) -> Cases:
    """Two figures that tell (`leverage` for bad, `margin` for good), the first missing at times, and some of noise."""
    random = np.random.default_rng(seed)
    leverage, margin = random.normal(size=count), random.normal(size=count)
    noise = random.normal(size=(count, noise_count))
    log_odds = -2.2 + 1.2 * np.clip(leverage, -1, 2) - 0.8 * margin
    bad = random.random(count) < 1 / (1 + np.exp(-log_odds))
    leverage = np.where(random.random(count) < missing_share, np.nan, leverage)
    names = ("leverage", "margin", *(f"noise_{place}" for place in range(noise_count)))
    return Cases(names, np.column_stack([leverage, margin, noise]), bad)


def document_score(document: dict[str, Any], figures: dict[str, float]) -> float:
    """The points a scorecard document gives a case, bin by bin."""
    score = document["base_points"]
    for characteristic in document["characteristics"]:
        value = figures[characteristic["figure"]]
        if isnan(value):
            score += characteristic["missing_points"]
            continue
        (found,) = [
            each["points"]
            for each in characteristic["bins"]
            if each.get("at_least", -float("inf")) <= value < each.get("below", float("inf"))
        ]
        score += found
    return score


def document_probability(document: dict[str, Any], figures: dict[str, float]) -> float:
    """The probability that a document's points and scale stand for."""
    scale = document["scale"]
    doublings = (document_score(document, figures) - scale["base_score"]) / scale["points_to_double_odds"]
    return 1 / (1 + scale["base_odds"] * exp(doublings * log(2)))
