"""What a backtest keeps of each order: small columns, so that the measures cost memory by the order, not by the row."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan

from scoring.judgement import Judgement
from scoring.validation.outcomes import LATE_DAYS, Came

_CAME: tuple[Came, ...] = ("in_time", "late", "undecided", "credited")
_CODES = {came: code for code, came in enumerate(_CAME)}
_NO_GRADE = 255


@dataclass(frozen=True, slots=True)
class Sample:
    """The cases of one target that came to something: whether the event happened, and the probability that was said.

    `without_pd_count` cases are left out, since no probability was said of them.
    """

    events: list[bool]
    pds: list[float]
    grades: list[int]
    debtors: list[int]
    without_pd_count: int


@dataclass(frozen=True, slots=True)
class Case:
    """Of which debtor (a number) a case is, and whether it is his first one with history."""

    debtor: int
    has_history: bool
    is_first: bool


class Cases:
    """The cases of one level, with what came of them and what each of some policies said of them."""

    def __init__(self, policies_count: int) -> None:
        self._came = {days: bytearray() for days in LATE_DAYS}
        self._debtors = array("L")
        self._has_history = bytearray()
        self._is_first = bytearray()
        self._pds = [array("d") for _ in range(policies_count)]
        self._grades = [bytearray() for _ in range(policies_count)]

    def add(
        self, case: Case, came: Mapping[int, Came], judgements: Sequence[Judgement], ranks: Sequence[Mapping[str, int]]
    ) -> None:
        """Keep one case: what came of it by each number of days, and judgements whose grades `ranks` number."""
        for days, each in came.items():
            self._came[days].append(_CODES[each])
        self._debtors.append(case.debtor)
        self._has_history.append(case.has_history)
        self._is_first.append(case.is_first)
        for place, judgement in enumerate(judgements):
            self._pds[place].append(nan if judgement.pd is None else float(judgement.pd))
            self._grades[place].append(_NO_GRADE if judgement.grade is None else ranks[place][judgement.grade])

    def came_counts(self, late_days: int) -> dict[Came, int]:
        """Count the cases by what came of them."""
        return {came: self._came[late_days].count(code) for came, code in _CODES.items()}

    def sample(self, policy: int, late_days: int, *, only: str = "all") -> Sample:
        """Give the decided cases that a policy gave a probability: all, those `with_history`, the `first` of each."""
        found = Sample([], [], [], [], 0)
        without = 0
        for place in self._places(late_days, only):
            pd = self._pds[policy][place]
            if isnan(pd):
                without += 1
                continue
            found.events.append(bool(self._came[late_days][place]))
            found.pds.append(pd)
            found.grades.append(self._grades[policy][place])
            found.debtors.append(self._debtors[place])
        return Sample(found.events, found.pds, found.grades, found.debtors, without)

    def paired(self, late_days: int, only: str) -> tuple[list[float], list[float], list[bool], list[int]]:
        """Give both probabilities, the event and the debtor of the decided cases that both policies gave one."""
        events: list[bool] = []
        first: list[float] = []
        second: list[float] = []
        debtors: list[int] = []
        for place in self._places(late_days, only):
            one, other = self._pds[0][place], self._pds[1][place]
            if not isnan(one) and not isnan(other):
                events.append(bool(self._came[late_days][place]))
                first.append(one)
                second.append(other)
                debtors.append(self._debtors[place])
        return first, second, events, debtors

    def _places(self, late_days: int, only: str) -> Iterator[int]:
        """Give where the decided cases of a kind stand."""
        kept = {"all": None, "with_history": self._has_history, "first": self._is_first}[only]
        decided = (_CODES["in_time"], _CODES["late"])
        for place, code in enumerate(self._came[late_days]):
            if code in decided and (kept is None or kept[place]):
                yield place
