"""A person's judgement on a fixed form: seven marks with their grounds, and how far they move the grade."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, cast

from scoring.documents import DocumentInvalid, Fault, read_document, refuse
from scoring.policy.campari import MARK_MAX, MARK_MIN, CampariPolicy
from scoring.policy.grading import MasterScalePolicy

GROUND_LENGTH_MAX = 2000


@dataclass(frozen=True, slots=True)
class CampariMark:
    """One letter: a mark from 1 (bad) to 5 (good), and why."""

    mark: int
    ground: str

    def __post_init__(self) -> None:
        """Refuse a mark that is none, and one that nobody gave a reason for."""
        faults = []
        if not MARK_MIN <= self.mark <= MARK_MAX:
            faults.append(Fault("mark", f"must be {MARK_MIN} to {MARK_MAX}"))
        if not self.ground.strip():
            faults.append(Fault("ground", "must not be empty"))
        if len(self.ground) > GROUND_LENGTH_MAX:
            faults.append(Fault("ground", f"is longer than {GROUND_LENGTH_MAX:,} characters"))
        refuse(faults)


@dataclass(frozen=True, slots=True)
class CampariForm:
    """The form: who runs it, skill, what the business earns us, what for, how much, from what it is repaid, and cover.

    `insurance` is what stands behind the debt if it goes wrong: cover, security, retention of title, guarantee.
    """

    character: CampariMark
    ability: CampariMark
    margin: CampariMark
    purpose: CampariMark
    amount: CampariMark
    repayment: CampariMark
    insurance: CampariMark

    @property
    def marks(self) -> tuple[int, ...]:
        """The seven marks, in the order of the letters."""
        return tuple(getattr(self, each.name).mark for each in fields(self))


def campari_form(document: Mapping[str, Any]) -> CampariForm:
    """The form a plain document fills in. Raises DocumentInvalid, naming every fault with its path."""
    faults: list[Fault] = []
    form = read_document(CampariForm, document, "", faults)
    if faults:
        raise DocumentInvalid(faults)
    return cast(CampariForm, form)


def notches_of(form: CampariForm, policy: CampariPolicy) -> int:
    """By how many notches the form moves the grade: 1 is better, -1 and -2 are worse, 0 leaves it."""
    marks = form.marks
    mean = Decimal(sum(marks)) / len(marks)
    if mean <= policy.much_worse_mean_max:
        return -2
    if mean <= policy.worse_mean_max or min(marks) <= policy.bad_mark_max:
        return -1
    better = policy.better_mean_min is not None and mean >= policy.better_mean_min
    return 1 if better and min(marks) >= policy.better_mark_min else 0


def moved_grade(grade: str, notches: int, scale: MasterScalePolicy, grade_at_best: str | None = None) -> str:
    """The grade after so many notches, within the scale and never better than `grade_at_best`, which facts fixed.

    Default is a fact: no judgement leads into it, or out of it. Raises KeyError for a grade of another scale.
    """
    rank = scale.ranks[grade]
    worst = len(scale.names) - 2
    if rank > worst:
        return grade
    moved = scale.names[min(max(rank - notches, 0), worst)]
    return moved if grade_at_best is None else scale.worst_of(moved, grade_at_best)
