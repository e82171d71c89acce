"""Says of the statements of one account whether they follow each other, and where one is missing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise, product
from typing import Literal, get_args

from api.records.bank import StatementToStore as Statement

Continuity = Literal["first", "continues", "gap", "overlaps", "repeated"]
Follows = Literal["continues", "overlaps", "gap"]
BEST_FIRST: tuple[Follows, ...] = get_args(Follows)
Place = tuple[Statement, ...]
Balances = set[Decimal]


@dataclass(frozen=True, slots=True)
class Step:
    """What stands in one place of an account's history, and how it follows what was `before`.

    More than one statement stands in a place when the bank gave one period and number twice, with other content. Then
    it is `repeated`, whatever `follows` says.
    """

    statements: Place
    follows: Follows | Literal["first"]
    before: Statement | None

    @property
    def continuity(self) -> Continuity:
        """What is told of each statement in the place."""
        return "repeated" if len(self.statements) > 1 else self.follows


def steps_of(statements: Iterable[Statement]) -> Iterator[Step]:
    """Give the history of one account in one currency, in its order. When the statements came does not matter.

    Opening and closing balances decide where both are known, else the bank's own numbers. A place is looked at beside
    the one before it and the one that reached furthest: a statement of a month may stand among those of its days.
    """
    last: Place = ()
    furthest: Place = ()
    for place in _places(statements):
        if not last:
            yield Step(place, "first", None)
        else:
            ways = {_follows(*pair) for before in (last, furthest) for pair in product(before, place)}
            yield Step(place, next(way for way in BEST_FIRST if way in ways), furthest[0])
        last = place
        if not furthest or place[0].until_on >= furthest[0].until_on:
            furthest = place


def _follows(before: Statement, after: Statement) -> Follows:
    """How one statement follows another."""
    periods_differ = (before.from_on, before.until_on) != (after.from_on, after.until_on)
    holds_other = periods_differ and (after.from_on == before.from_on or after.until_on <= before.until_on)
    overlap = after.from_on < before.until_on or holds_other
    if before.closing_amount is not None and after.opening_amount is not None:
        if before.closing_amount == after.opening_amount:
            return "continues"
        return "overlaps" if overlap else "gap"
    if before.sequence_number is None or after.sequence_number is None:
        return "overlaps" if overlap else "continues"  # Nothing says that one is missing.
    # Some banks start again at 1 each year.
    starts_again = after.sequence_number <= 1 and after.until_on.year > before.from_on.year
    if after.sequence_number == before.sequence_number + 1 or starts_again:
        return "continues"
    return "overlaps" if overlap else "gap"


def _places(statements: Iterable[Statement]) -> Iterator[Place]:
    """Give the places in their order: by period and number, and within a period without numbers by balance."""
    groups = [list(group) for _, group in groupby(sorted(statements, key=_order), _rank)]
    openings = [_openings(group) for group in groups[1:]] + [set()]
    left: Place = ()
    for index, group in enumerate(groups):
        for place in _chained(group, left) or _pieced_together(_shared(group), left, openings[index]):
            yield place
            left = place


def _rank(statement: Statement) -> tuple[date, date, int]:
    return statement.from_on, statement.until_on, statement.sequence_number or 0


def _order(statement: Statement) -> tuple[tuple[date, date, int], str, str]:
    return _rank(statement), statement.statement_reference or "", statement.identity


def _chained(statements: Sequence[Statement], left: Place) -> list[Place] | None:
    """Give an order in which each begins with what the one before it left, or None when there is none.

    Each statement is an arrow from one balance to another, and the order a path over all arrows. Two that begin and
    end alike are one statement given twice, and no path.
    """
    if len(statements) == 1:
        return [(statements[0],)]
    ends = [(each.opening_amount, each.closing_amount) for each in statements]
    if any(None in pair for pair in ends) or len(set(ends)) < len(ends):
        return None
    leaving: dict[Decimal | None, list[Statement]] = defaultdict(list)
    for each in reversed(statements):
        leaving[each.opening_amount].append(each)
    surplus = Counter(opening for opening, _ in ends)
    surplus.subtract(closing for _, closing in ends)
    starts = [balance for balance, count in surplus.items() if count > 0]
    starts += [each.closing_amount for each in left if each.closing_amount in leaving]
    path = _path_from((starts or [ends[0][0]])[0], leaving)
    is_whole = len(path) == len(statements)
    chained = is_whole and all(one.closing_amount == other.opening_amount for one, other in pairwise(path))
    return [(each,) for each in path] if chained else None


def _path_from(start: Decimal | None, leaving: dict[Decimal | None, list[Statement]]) -> list[Statement]:
    """Walk every arrow that can be reached, going back to where another way is left (Hierholzer)."""
    path: list[Statement] = []
    stack: list[tuple[Decimal | None, Statement | None]] = [(start, None)]
    while stack:
        balance, arrow = stack[-1]
        if leaving[balance]:
            following = leaving[balance].pop()
            stack.append((following.closing_amount, following))
        else:
            stack.pop()
            path += [arrow] if arrow else []
    path.reverse()
    return path


def _shared(statements: Sequence[Statement]) -> list[Place]:
    """Give the places of statements of one period: those of one number, reference or pair of balances share one."""
    shared: dict[object, list[Statement]] = defaultdict(list)
    for each in statements:
        ends = each.opening_amount, each.closing_amount
        moves = None not in ends and ends[0] != ends[1]
        named = each.sequence_number if each.sequence_number is not None else each.statement_reference
        shared[named if named is not None else ends if moves else each.identity].append(each)
    return [tuple(each) for each in shared.values()]


def _pieced_together(places: Sequence[Place], left: Place, ahead: Balances) -> Iterator[Place]:
    """Give places that do not chain as pieces that do: the one that goes on first, the one that leads on last."""
    remaining, pieces = list(places), []
    while remaining:
        arrivals = {balance for place in remaining for balance in _closings(place)}
        following: Place | None = next((each for each in remaining if not _openings(each) & arrivals), remaining[0])
        piece = []
        while following:
            piece.append(following)
            remaining.remove(following)
            following = next((each for each in remaining if _openings(each) & _closings(piece[-1])), None)
        pieces.append(piece)
    pieces.sort(key=lambda piece: (not _openings(piece[0]) & _closings(left), bool(_closings(piece[-1]) & ahead)))
    for piece in pieces:
        yield from piece


def _openings(statements: Iterable[Statement]) -> Balances:
    return {each.opening_amount for each in statements if each.opening_amount is not None}


def _closings(statements: Iterable[Statement]) -> Balances:
    return {each.closing_amount for each in statements if each.closing_amount is not None}
