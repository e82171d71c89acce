"""Which candidates of several registers are one company: by its numbers, never by its name alone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Protocol

from providers.ports import Candidate, Identifier
from scoring.company_numbers import SOLE_TRADERS, CompanyNumber, contradict, derived_numbers


def same_companies(offered: Sequence[Candidate]) -> list[list[Candidate]]:
    """Candidates in groups of one company each, whatever their order; within a group they stand in that order.

    They are one by a number in common, a Dutch VAT number being the RSIN that it is made of, unless another number
    contradicts it. A number that companies share which contradict each other (members of a fiscal unity have one VAT
    number) says nothing; and where only a third would join such companies, it joins neither.
    """
    numbers = [_numbers(each) for each in offered]
    shared = _shared_by_several(offered, numbers)
    groups: list[list[int]] = []
    for group in _linked(range(len(offered)), [each - shared for each in numbers]):
        kinds = _contradicting([offered[place] for place in group])
        groups += _linked(group, [{n for n in each if _kind(n) in kinds} for each in numbers]) if kinds else [group]
    parts = [[offered[place] for place in group] for group in sorted(groups)]
    # What contradicts itself by a number of another kind too is left as it was offered.
    return [part for whole in parts for part in ([whole] if not _contradicting(whole) else [[each] for each in whole])]


def identifiers_of(group: Sequence[Candidate]) -> tuple[Identifier, ...]:
    """The numbers of a company, in the order in which its registers gave them.

    Without the RSIN of a sole trader: that is the citizen number, which nobody may keep.
    """
    is_personal = any(candidate.legal_form in SOLE_TRADERS for candidate in group)
    found = dict.fromkeys(number for candidate in group for number in candidate.identifiers)
    return tuple(number for number in found if not (is_personal and number.scheme == "rsin"))


class Number(Protocol):
    """An official number, whoever holds it."""

    @property
    def scheme(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def value(self) -> str: ...


def as_number(identifier: Number) -> CompanyNumber:
    """The same number as scoring knows it."""
    return CompanyNumber(identifier.scheme, identifier.country, identifier.value)


def _numbers(candidate: Candidate) -> set[CompanyNumber]:
    """The candidate's numbers, and those that they hold."""
    stated = [as_number(each) for each in candidate.identifiers]
    return {number for each in stated for number in (each, *derived_numbers(each))}


def _shared_by_several(offered: Sequence[Candidate], numbers: Sequence[set[CompanyNumber]]) -> set[CompanyNumber]:
    holders: dict[CompanyNumber, list[Candidate]] = defaultdict(list)
    for candidate, held in zip(offered, numbers, strict=True):
        for number in held:
            holders[number].append(candidate)
    return {number for number, candidates in holders.items() if _contradicting(candidates)}


def _kind(number: CompanyNumber) -> tuple[str, str]:
    return number.scheme, number.country


def _contradicting(candidates: Sequence[Candidate]) -> set[tuple[str, str]]:
    """The kinds of numbers by which these are several companies; only numbers that a register stated count."""
    stated = {as_number(identifier) for candidate in candidates for identifier in candidate.identifiers}
    return {_kind(one) for one, other in combinations(stated, 2) if contradict(one, other)}


def _linked(places: Iterable[int], numbers: Sequence[set[CompanyNumber]]) -> list[list[int]]:
    """Places whose numbers are linked by what they have in common, directly or through others."""
    groups: list[tuple[list[int], set[CompanyNumber]]] = []
    for place in places:
        held = numbers[place]
        joined = [group for group in groups if group[1] & held]
        together = sorted([place, *(each for group in joined for each in group[0])])
        groups = [group for group in groups if not group[1] & held]
        groups.append((together, held.union(*(group[1] for group in joined))))
    return [group for group, _ in groups]
