"""Labelled pairs of company names, and which of their labels answer another question than ours."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

# plain: one company or two, as we ask. series: labelled a match although the note says that a number, year or country
# was changed for another: another legal entity. near: labelled a match although the note says that a word became that
# of another company. To screen for sanctions both must be looked at; a debtor they would be mistaken for.
View = Literal["plain", "series", "near"]

_SERIES_NOTE = re.compile("vintage|tranche|series swap|geographic swap")
_NEAR_NOTE = re.compile(r"swap|\bsub\b|substitution|collision|decoy|antonym|near|alternate|shift")
_SERIES_PAIRS = {("Nantahala Capital Offshore Fund, Ltd.", "Nantahala Capital Offshore Fund I, Ltd.")}
_NEAR_PAIRS = {  # Without a note.
    ("Deutsche Bank (Schweiz) AG", "Deutsche Bank AG"),
    ("Kim Yong-chol", "Kim Yong-chun"),
    ("BWI Industries, Inc.", "BAE Industries, Inc."),
    ("faberlic", "FABERLIC EUROPE Sp. z o.o."),
    ("faberlick", "FABERLIC EUROPE Sp. z o.o."),
}
_NO_COMPANY = frozenset({"Person", "Vessel", "Airplane"})


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names, and whether they are labelled as one company's."""

    one: str
    other: str
    is_match: bool
    view: View


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a file with `name1`, `name2`, `is_match`, `notes`, and `schema` where not all are companies."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row.get("schema") not in _NO_COMPANY]
    return [_pair(row["name1"], row["name2"], row["is_match"].casefold() == "true", row["notes"] or "") for row in rows]


def _pair(one: str, other: str, is_match: bool, note: str) -> Pair:
    return Pair(one, other, is_match, _view((one, other), note) if is_match else "plain")


def _view(names: tuple[str, str], note: str) -> View:
    if _SERIES_NOTE.search(note) or names in _SERIES_PAIRS:
        return "series"
    return "near" if _NEAR_NOTE.search(note) or names in _NEAR_PAIRS else "plain"
