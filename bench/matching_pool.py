"""The nearest names of different companies, out of a pool of names that nobody has labelled."""

import csv
import gzip
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process
from rigour.text.translit import ascii_text

_LIKENESS_MIN = 75  # Of 100; there are more than enough pairs above it.
_NAMES_AT_ONCE = 500
# Spellings of one thing, cut-off ones too: the pool cuts long names. On purpose none of the matcher's own lists.
_ONE_SPELLING = {
    **{"private": "pvt", "limited": "ltd", "limitd": "ltd", "lt": "ltd", "incorporated": "inc"},
    **{"company": "co", "corporation": "corp", "and": "", "the": ""},
}
_FORMS_IN_FULL = {  # In Cyrillic, as such names are written.
    "общество с ограниченной ответственностью": "ооо",  # noqa: RUF001
    "sociedad anonima": "sa",
}


@dataclass(frozen=True, slots=True)
class Nearest:
    """`others` are the nearest pairs of names, taken as different companies; `twice` those left out: one name twice."""

    names: int
    others: list[tuple[str, str]]
    twice: list[tuple[str, str]]


def nearest(path: Path, count: int) -> Nearest:
    """The `count` likest pairs of a gzipped CSV with a column `company`."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        given = [row["company"] for row in csv.DictReader(file)]
    names = list({"".join(filter(str.isalnum, name.casefold())): name for name in reversed(given)}.values())[::-1]
    pairs = [(names[i], names[j]) for _, i, j in sorted(_alike(names), reverse=True)]
    twice = [pair for pair in pairs if _key(pair[0]) == _key(pair[1])]
    others = [pair for pair in pairs if _key(pair[0]) != _key(pair[1])]
    assert len(others) >= count, "The pool has too few names that are alike."
    return Nearest(len(names), others[:count], twice)


def _alike(names: list[str]) -> list[tuple[int, int, int]]:
    """Pairs of places, with how alike the names are by rapidfuzz, their words sorted."""
    plain = [" ".join(sorted(_words(name))) for name in names]
    found = []
    for start in range(0, len(plain), _NAMES_AT_ONCE):
        some = plain[start : start + _NAMES_AT_ONCE]
        table = process.cdist(some, plain, scorer=fuzz.ratio, score_cutoff=_LIKENESS_MIN, dtype=np.uint8, workers=2)
        found += [(int(table[i, j]), start + int(i), int(j)) for i, j in np.argwhere(table) if start + i < j]
    return found


@cache
def _key(name: str) -> str:
    """The same for two names that a reader would take for one, written twice."""
    text = name.casefold()
    for full, short in _FORMS_IN_FULL.items():
        text = text.replace(full, short)
    return "".join(sorted(_ONE_SPELLING.get(word, word) for word in _words(text)))


@cache
def _words(name: str) -> list[str]:
    return re.findall("[a-z0-9]+", re.sub("[.'`\u2019]", "", ascii_text(name).casefold()))
