"""How well names are matched: F1 and calibration on labelled pairs, precision among the nearest of other companies.

Needs a folder with `company_name_pairs.csv` and `company_name_pool.csv.gz`; docs/matching.md names their sources.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from bench.matching_pairs import Pair, read_pairs
from bench.matching_pool import nearest
from bench.matching_report import LEASTS, Report, Tried, Unattended, document, f1_of
from scoring.names import matching
from scoring.names.comparing import Comparison, compare
from scoring.names.matching import confidence_of, evidence_of
from scoring.names.reading import read_name

FOLDS, SEEDS, NEAREST = 5, range(10), 10_000
POOL_WEIGHT = 20.0  # All non-matches of the pool together weigh as so many pairs.
SHRINKAGE = 0.1
SLIP_WEIGHT_MAX = -0.3  # A slip is never as good as none, though the pairs call every slip a match.
EVIDENCE = tuple(evidence_of(compare(read_name("a"), read_name("b"))))
FOR = ("is_written_alike", "is_abbreviation")


@dataclass(frozen=True, slots=True)
class Sample:
    """Comparisons as numbers, with the labels as given and as we see them, and whose labels are of our question."""

    evidence: np.ndarray
    labels: np.ndarray
    ours: np.ndarray
    is_plain: np.ndarray
    is_fitted: np.ndarray


def run(data: Path, page: Path) -> None:
    """Measure, and write the page."""
    pairs = read_pairs(data / "company_name_pairs.csv")
    pool = nearest(data / "company_name_pool.csv.gz", NEAREST)
    sample = _sample(pairs)
    others = np.array([_numbers(each) for each in map(_compared, pool.others) if each.replaced or each.added])
    weights = fit(sample.evidence[sample.is_fitted], sample.ours[sample.is_fitted], others)
    fitted = dict(zip(("start", *EVIDENCE), weights.round(2).tolist(), strict=True))
    if fitted != {"start": matching.START, **matching.WEIGHTS}:
        print(f"scoring/names/matching.py has other weights than are fitted now: {fitted}", file=sys.stderr)
    unattended = np.array([_compared((each.one, each.other)).is_written_alike for each in pairs])
    report = Report(
        pairs=pairs,
        pool_names=pool.names,
        weights=fitted,
        with_screening=_tried(sample, others, np.ones(len(pairs), bool)),
        without_screening=_tried(sample, others, sample.is_plain),
        unattended=Unattended(
            right=int((unattended & sample.ours & sample.is_plain).sum()),
            wrong=int((unattended & ~(sample.ours & sample.is_plain)).sum()),
            others=len(pool.others),
            wrong_others=sum(_compared(each).is_written_alike for each in pool.others),
            twice=len(pool.twice),
            taken_twice=sum(_compared(each).is_written_alike for each in pool.twice),
        ),
        likely_others=[sum(confidence_of(_compared(each)) >= least for each in pool.others) for least in LEASTS],
    )
    page.write_text(document(report), encoding="utf-8")
    print(document(report))


def fit(evidence: np.ndarray, labels: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The start and the weights of a logistic regression, none of which may point the wrong way."""
    rows = np.vstack([evidence, others])
    signs = np.where(np.concatenate([labels, np.zeros(len(others), bool)]), 1.0, -1.0)
    counts = np.concatenate([np.ones(len(evidence)), np.full(len(others), POOL_WEIGHT / len(others))])

    def loss(weights: np.ndarray) -> float:
        odds = rows @ weights[1:] + weights[0]
        return float((counts * np.logaddexp(0, -signs * odds)).sum() + SHRINKAGE * (weights[1:] ** 2).sum())

    bounds = [(None, None), *((0, None) if name in FOR else (None, 0) for name in EVIDENCE)]
    bounds[1 + EVIDENCE.index("slips")] = (None, SLIP_WEIGHT_MAX)
    found: np.ndarray = minimize(loss, np.zeros(len(bounds)), bounds=bounds, method="L-BFGS-B").x
    return found


def _tried(sample: Sample, others: np.ndarray, judged: np.ndarray) -> Tried:
    """Match each pair by weights and a threshold of the other folds, for each seed; F1 over those that are judged."""
    scores: list[float] = []
    probabilities = np.zeros(len(judged))
    for seed in SEEDS:
        fold = np.random.default_rng(seed).permutation(len(judged)) % FOLDS
        taken = np.zeros(len(judged), bool)
        for part in range(FOLDS):
            inside, outside = fold == part, fold != part
            fitting = outside & sample.is_fitted
            weights = fit(sample.evidence[fitting], sample.ours[fitting], others)
            probability = 1 / (1 + np.exp(-(sample.evidence @ weights[1:] + weights[0])))
            taken[inside] = probability[inside] >= _best_threshold(
                probability[outside & judged], sample.labels[outside & judged]
            )
            probabilities[inside] += probability[inside] / len(SEEDS)
        scores.append(f1_of(taken[judged], sample.labels[judged]))
    return Tried(scores, probabilities[judged], sample.labels[judged])


def _best_threshold(probabilities: np.ndarray, labels: np.ndarray) -> float:
    return float(max(sorted(set(probabilities)), key=lambda each: f1_of(probabilities >= each, labels)))


def _sample(pairs: list[Pair]) -> Sample:
    views = np.array([each.view for each in pairs])
    labels = np.array([each.is_match for each in pairs])
    return Sample(
        np.array([_numbers(_compared((each.one, each.other))) for each in pairs]),
        labels,
        labels & (views != "series"),
        views == "plain",
        views != "near",
    )


def _compared(names: tuple[str, str]) -> Comparison:
    return compare(read_name(names[0]), read_name(names[1]))


def _numbers(comparison: Comparison) -> list[float]:
    return list(evidence_of(comparison).values())
