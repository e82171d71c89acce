"""Comparing two names as they were read: the few things that speak for one company or for two, each by itself."""

import re
from dataclasses import dataclass
from fractions import Fraction

from rapidfuzz.distance import OSA

from scoring.names.reading import CompanyName

_TELLING_WEIGHT, _COMMON_WEIGHT = 5, 2  # A word that many companies have tells less.
_SHORT_WORD, _LONG_WORD = 3, 8
_UMLAUT = re.compile("(?<=[aou])e")  # Müller is also written Mueller.
# Said of companies of any country, in translations of their own form too.
_FORMS_OF_ANY_COUNTRY = frozenset({"llc", "jsc", "ojsc", "pjsc", "ltd", "coltd", "inc", "plc"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """What tells two names apart. Shares are of all words of both, common ones weighing less.

    `slips` are letters to change before words that correspond are the same. `replaced` is the share of words where
    each name has another one, `added` the share that only one has. `is_written_alike`: nothing but spelling habits
    tells them apart, and both say the same legal form.
    """

    is_comparable: bool
    is_written_alike: bool
    is_abbreviation: bool
    slips: int
    replaced: Fraction
    added: Fraction
    numbers_differ: bool
    forms_contradict: bool
    places_differ: bool


def compare(one: CompanyName, other: CompanyName) -> Comparison:
    """Compare two names; the same whichever comes first."""
    slips, left, right = _left_over(one, other)
    return Comparison(
        is_comparable=bool(one.words and other.words),
        is_written_alike=_is_written_alike(one, other),
        is_abbreviation=_abbreviates(one, other) or _abbreviates(other, one),
        slips=slips,
        replaced=2 * min(left, right),
        added=abs(left - right),
        numbers_differ=one.numbers != other.numbers,
        forms_contradict=_forms_contradict(one, other),
        places_differ=one.places != other.places,
    )


def spelling_key(name: CompanyName) -> str:
    """The same text for all ways to write one name, and no others; empty for a name of legal forms alone."""
    if not name.written:
        return ""
    parts = (name.form_words, name.calls_itself, name.numbers, name.places)
    return "|".join((name.written, *(" ".join(sorted(part)) for part in parts)))


def _is_written_alike(one: CompanyName, other: CompanyName) -> bool:
    """Whether two names have the same letters in the same order; one without letters is like no other."""
    return bool(one.written) and spelling_key(one) == spelling_key(other)


def _forms_contradict(one: CompanyName, other: CompanyName) -> bool:
    """Whether both say a legal form and it cannot be the same one."""
    ones, others = set(one.form_words), set(other.form_words)
    if not one.forms or not other.forms or ones & others:
        return False
    return not one.forms & other.forms or not (ones | others) & _FORMS_OF_ANY_COUNTRY


def _abbreviates(short: CompanyName, long: CompanyName) -> bool:
    """Whether the one name is the initials of the other: at least three, for two are those of many companies."""
    return len(long.words) >= _SHORT_WORD and short.words == ("".join(word[0] for word in long.words),)


def _left_over(one: CompanyName, other: CompanyName) -> tuple[int, Fraction, Fraction]:
    """The slips in the words that correspond, and the shares of those that only the first and only the other has."""
    if not one.words or not other.words:
        return 0, Fraction(1, 2), Fraction(1, 2)
    if _is_same_joined(one, other):
        return 0, Fraction(0), Fraction(0)
    pairs = _pairs(one.words, other.words)
    firsts = {place for _, place, _ in pairs}
    seconds = {place for _, _, place in pairs}
    total = _weight(one) + _weight(other)
    left, right = _weight(one, firsts), _weight(other, seconds)
    return sum(slips for slips, _, _ in pairs), Fraction(left, total), Fraction(right, total)


def _weight(name: CompanyName, without: set[int] | None = None) -> int:
    """How much the words of a name tell, but for those at some places."""
    return sum(
        _COMMON_WEIGHT if word in name.common else _TELLING_WEIGHT
        for place, word in enumerate(name.words)
        if place not in (without or ())
    )


def _is_same_joined(one: CompanyName, other: CompanyName) -> bool:
    """Whether they are the same once written as one word, with the legal form or without: SiemensAG, Good Will."""
    first, second = (_folded("".join(each.words)) for each in (one, other))
    return first == second or first == second + "".join(other.form_words) or first + "".join(one.form_words) == second


def _pairs(ones: tuple[str, ...], others: tuple[str, ...]) -> list[tuple[int, int, int]]:
    """Words of the one with those of the other that they are, but for slips; the likest first, each in one pair."""
    candidates = sorted(
        (slips, sorted((one, other)), abs(i - j), i, j)
        for i, one in enumerate(ones)
        for j, other in enumerate(others)
        if (slips := _slips(one, other)) is not None
    )
    pairs: list[tuple[int, int, int]] = []
    for slips, _, _, i, j in candidates:
        if all(i != first and j != second for _, first, second in pairs):
            pairs.append((slips, i, j))
    return pairs


def _slips(one: str, other: str) -> int | None:
    """How many letters must change to make one word the other; None for two words that are not one."""
    one, other = _folded(one), _folded(other)
    shortest = min(len(one), len(other))
    allowed = 0 if shortest < _SHORT_WORD or any(map(str.isdigit, one + other)) else 1 if shortest < _LONG_WORD else 2
    slips = OSA.distance(one, other, score_cutoff=allowed)
    return slips if slips <= allowed else None


def _folded(word: str) -> str:
    """A word without the e that stands for an umlaut."""
    return _UMLAUT.sub("", word)
