"""The page on matching names, docs/matching.md, out of what was measured."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from statistics import mean

import numpy as np

from bench.matching_pairs import Pair

LEASTS = (0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
BINS = (0.0, 0.1, 0.3, 0.6, 0.85, 0.95, 1.0)
F1_MIN, PRECISION_MIN = 0.85, 0.99
MEANINGS = {
    "start": "where all words are the same",
    "is_written_alike": "nothing but case, accents, script, punctuation, `&` differs; the same legal form",
    "is_abbreviation": "one name is the initials of the other, three at least",
    "slips": "each letter to change in words that correspond: one in a word of 3 to 7 letters, two in a longer one",
    "is_replaced": "a word of the one stands against another word of the other",
    "added": "the share of words that only one of them has",
    "numbers_differ": "a number, in digits, words or Roman, that the other has not",
    "forms_contradict": "both say a legal form, and it cannot be the same one",
    "places_differ": "a country or region that the other has not",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """F1 of each seed, and the mean probability that each pair was given by folds it is not in, with its label."""

    scores: Sequence[float]
    probabilities: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True, slots=True)
class Unattended:
    """Matches made without a person: among the pairs, the nearest others, and the names that stand there twice."""

    right: int
    wrong: int
    others: int
    wrong_others: int
    twice: int
    taken_twice: int

    @property
    def precision(self) -> float:
        """The share that is right."""
        return self.right / max(self.right + self.wrong + self.wrong_others, 1)


@dataclass(frozen=True, slots=True)
class Report:
    """All that is told. `likely_others` counts the non-matches of the pool with at least each of LEASTS."""

    pairs: Sequence[Pair]
    pool_names: int
    weights: Mapping[str, float]
    with_screening: Tried
    without_screening: Tried
    unattended: Unattended
    likely_others: Sequence[int]


def f1_of(taken: np.ndarray, labels: np.ndarray) -> float:
    """The harmonic mean of precision and recall."""
    return float(2 * (taken & labels).sum() / (taken.sum() + labels.sum()))


def document(report: Report) -> str:
    """The page as markdown."""
    views = [each.view for each in report.pairs]
    screening = len(views) - views.count("plain")
    u = report.unattended
    return "\n".join(
        (
            _INTRODUCTION,
            _table(("Evidence", "Log odds", "What it is"), _weights(report.weights)),
            _MEASURED.format(
                pairs=len(views), matches=sum(each.is_match for each in report.pairs), screening=screening,
                series=views.count("series"), near=views.count("near"), names=report.pool_names,
            ),
            _table(("Pairs", "F1, mean of 10 seeds", "lowest", "highest", f"at least {F1_MIN}"), _scores(report)),
            _BY_THRESHOLD,
            _table(("Confidence from", "Precision, all", "Recall, all", "Precision, ours", "Recall, ours",
                    f"Of {u.others} non-matches"), _by_threshold(report)),
            _CALIBRATION,
            _table(("Confidence", "Pairs", "Mean confidence", "Are matches"), _calibration(report.without_screening)),
            f"\nBrier score {_brier(report.without_screening):.3f}; always saying the share of matches would give "
            f"{_brier_of_share(report.without_screening):.3f}.\n",
            _UNATTENDED.format(
                **asdict(u), precision=f"{u.precision:.3f}", met="met" if u.precision >= PRECISION_MIN else "NOT met",
                upper=f"{3 / max(u.right, 1):.0%}", all_right=u.right + u.taken_twice,
                all_upper=f"{3 / (u.right + u.taken_twice):.0%}",
            ),
            _OTHER_VIEW,
            _table(("Name", "Name", "View"), _screened(report.pairs)),
            "",
        )
    )  # fmt: skip


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _weights(weights: Mapping[str, float]) -> Iterable[Sequence[str]]:
    return ((f"`{name}`", f"{weight:+.2f}", MEANINGS[name]) for name, weight in weights.items())


def _scores(report: Report) -> Iterable[Sequence[str]]:
    for name, tried in (("all", report.with_screening), ("without the screening view", report.without_screening)):
        met = "yes" if mean(tried.scores) >= F1_MIN else "NO"
        yield name, *(f"{each(tried.scores):.3f}" for each in (mean, min, max)), met


def _by_threshold(report: Report) -> Iterable[Sequence[str]]:
    for least, likely in zip(LEASTS, report.likely_others, strict=True):
        told = []
        for tried in (report.with_screening, report.without_screening):
            taken = tried.probabilities >= least
            right = (taken & tried.labels).sum()
            told += [f"{right / taken.sum():.3f}" if taken.any() else "-", f"{right / tried.labels.sum():.3f}"]
        yield f"{least:.2f}", *told, str(likely)


def _calibration(tried: Tried) -> Iterable[Sequence[str]]:
    for low, high in pairwise(BINS):
        inside = (tried.probabilities >= low) & (tried.probabilities < high)
        if inside.any():
            means = (tried.probabilities[inside].mean(), tried.labels[inside].mean())
            yield f"{low:.2f} to {high:.2f}", str(inside.sum()), *(f"{each:.2f}" for each in means)


def _brier(tried: Tried) -> float:
    return float(((tried.probabilities - tried.labels) ** 2).mean())


def _brier_of_share(tried: Tried) -> float:
    share = tried.labels.mean()
    return float(share * (1 - share))


def _screened(pairs: Sequence[Pair]) -> Iterable[Sequence[str]]:
    return sorted(
        {(each.one, each.other, each.view) for each in pairs if each.view != "plain"}, key=lambda row: row[2:] + row
    )


_INTRODUCTION = """# Matching names

    python -m bench matching --data <folder>

writes this page. The folder holds two public files, neither of which is part of this project:
`company_name_pairs.csv`, the labelled pairs of companies and other legal entities among the cases of
[nomenklatura](https://github.com/opensanctions/nomenklatura) (`contrib/name_bench/cases.csv`, MIT), and
`company_name_pool.csv.gz`, names without labels from
[Company-name-matcher](https://github.com/In48semenov/Company-name-matcher) (no licence stated: used to measure, and no
name of it is kept).

## How two names are compared

`scoring/names/` reads each name with [rigour](https://github.com/opensanctions/rigour): its list of legal forms in many
languages and scripts, transliteration, numbers in words and Roman figures, countries, and words that many companies
have. What is left are words, which are paired, slips of the pen allowed. The evidence below is weighed and made a
probability. No weight may point the wrong way, whatever the pairs say.
"""

_MEASURED = """
## How well

{pairs} pairs, {matches} of them labelled as matches. {screening} matches follow the view of somebody who screens for
sanctions, for whom a name that is nearly that of another company is a hit: for {series} the note says that a number,
year or country was changed for another ("IV" for "V"), which is another legal entity; for {near} that a word became
another company's ("CVC" for "CVS"), or they are pairs of that kind without a note. They are listed at the end. The
weights are fitted to the other pairs, with the {series} as what they are for us, non-matches; and to those of the
non-matches below that have other words, which together count as 20 pairs.

F1 is over five folds: weights and threshold come from the other four, for ten ways to draw the folds. What the evidence
is, and how many slips are allowed, was chosen with these pairs in view, so new names may fare worse.
"""

_BY_THRESHOLD = """
By threshold, each pair with the mean confidence that it was given by folds it is not in. "Ours" is without the
screening view. The last column is how many of the nearest non-matches of the pool have as much, by the final weights:
the same words with another legal form, or one word more, which only an official number tells apart.
"""

_CALIBRATION = """
## Calibration

The confidence beside the share of matches, without the screening view, each pair by folds it is not in. It is the
probability for names that somebody takes for one, as in these pairs, and errs to the low side. What a search offers is
mixed differently: there confidence orders the candidates, and no threshold of it makes a match.
"""

_UNATTENDED = """
## Without a person

A match is made without a person only where names are written alike: the same letters in the same order once case,
accents, script, punctuation, articles and `&` are taken away, the same legal form on both sides, the same numbers and
places; and where no other candidate has such a name. No confidence is enough by itself: one word more, one letter
less, or a form that only one side says is often another company of the group.

| | Matched | Right | Wrong |
| --- | --- | --- | --- |
| Pairs | {right} + {wrong} | {right} | {wrong} |
| The {others} nearest non-matches of the pool | {wrong_others} | 0 | {wrong_others} |

Precision {precision}; the aim of 0.99 is {met}. With so few matches, the true share of wrong ones may still be as high
as {upper} (95 %). A match with a pair of the screening view would count as wrong.

The non-matches are the likest pairs of different names of the pool by rapidfuzz. Nobody has labelled them, so some
certainly are one company. {twice} pairs were left out before: one name twice, but for punctuation, accents, script,
order of words, and the spelling of a few abbreviations, by a rule of the benchmark's own. {taken_twice} of these would
be matched without a person; to count them as right makes {all_right} matches and the bound {all_upper}, to count them
as wrong would call "Ltd." and "Limited" two companies. Which spellings of a form are one, and that words such as "in"
and "to" count, was mended with these non-matches in view.
"""

_OTHER_VIEW = """
## The pairs of the screening view
"""
