"""Hundreds of clients at once: no limit is ever passed, and at rest not a cent of room is refused."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest

from tests.proofs.book import Book
from tests.proofs.conftest import Trade
from tests.proofs.effort import rounds
from tests.proofs.stack import Answer, Stack

CLIENTS, ORDERS = 200, 400
CENT = Decimal("0.01")


def order(debtor_id: UUID, reference: str, amount: Decimal) -> dict[str, object]:
    money = {"amount": f"{amount:.2f}", "currency": "EUR"}
    return {"debtor_id": str(debtor_id), "order_reference": reference, "amount": money}


def place_at_once(
    stack: Stack, trade: Trade, debtor_ids: Sequence[UUID], random: Random, most: int
) -> list[tuple[UUID, Answer]]:
    """Place orders of random amounts from many clients; every one is answered, and nothing fails."""
    asked = [
        (debtor_id, order(debtor_id, f"{place}", Decimal(random.randrange(1, 100 * most)) / 100))
        for place in range(ORDERS)
        for debtor_id in [random.choice(debtor_ids)]
    ]

    def place(each: tuple[UUID, dict[str, object]]) -> tuple[UUID, Answer]:
        return each[0], stack.ask(trade.key, "POST", "/v1/orders", each[1])

    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(place, asked))
    assert {answer.status for _, answer in answers} == {201}, [a.body for _, a in answers if a.status != 201][:3]
    return answers


def room_of(book: Book, limits: dict[UUID, int], path: Sequence[UUID]) -> Decimal:
    """Give the least room on the way to the top."""
    exposure = book.exposure()
    return min(limits[each] - exposure.get(each, Decimal(0)) for each in path if each in limits)


def require_all_room_is_given(
    stack: Stack, trade: Trade, limits: dict[UUID, int], path: Sequence[UUID], name: str
) -> None:
    """See that a cent more than the room is not released, and that the rest of it is, to the last cent."""
    room = room_of(trade.book, limits, path)
    if room > 0:
        previewed = stack.ask(trade.key, "POST", "/v1/orders/preview", order(path[0], f"{name} more", room + CENT))
        assert (previewed.body["state"], previewed.body["prepayment_required"]["amount"]) == ("held", "0.01")
        placed = stack.ask(trade.key, "POST", "/v1/orders", order(path[0], f"{name} all", room))
        assert placed.body["state"] == "released", placed.body
    placed = stack.ask(trade.key, "POST", "/v1/orders", order(path[0], f"{name} none", CENT))
    assert (placed.body["state"], placed.body["reservation"]) == ("held", None)


@pytest.mark.slow
def test_hundreds_of_clients_on_one_debtor_never_pass_its_limit(stack: Stack, trade: Callable[[], Trade]) -> None:
    for random in rounds():
        made = trade()
        book, limit = made.book, random.randrange(500, 5000)
        debtor_id = book.new_debtor()
        book.limit(debtor_id, limit)
        book.terms(debtor_id)
        before = book.deadlocks()
        answers = place_at_once(stack, made, [debtor_id], random, 40)
        assert all(Decimal(a.body["exposure_before"]["amount"]) <= limit for _, a in answers)
        kept = sum(Decimal(a.body["reservation"]["amount"]["amount"]) for _, a in answers if a.body["reservation"])
        assert book.exposure()[debtor_id] == kept <= limit
        require_all_room_is_given(stack, made, {debtor_id: limit}, [debtor_id], "last")
        assert book.exposure()[debtor_id] == limit
        assert book.deadlocks() == before
        book.require_sound()


@pytest.mark.slow
def test_a_group_of_three_levels_never_passes_any_of_its_limits(stack: Stack, trade: Callable[[], Trade]) -> None:
    for random in rounds():
        made = trade()
        book = made.book
        top = book.new_debtor()
        middles = [book.new_debtor(top) for _ in range(2)]
        paths = [(book.new_debtor(middle), middle, top) for middle in middles for _ in range(3)]
        limits = {top: 2500, **{middle: random.randrange(800, 2000) for middle in middles}}
        for group_id, limit in limits.items():
            book.limit(group_id, limit, "group")
        for leaf, *_ in paths:
            limits[leaf] = random.randrange(200, 1000)
            book.limit(leaf, limits[leaf])
            book.terms(leaf)
        before = book.deadlocks()
        place_at_once(stack, made, [path[0] for path in paths], random, 60)
        exposure = book.exposure()
        assert all(exposure.get(each, 0) <= limit for each, limit in limits.items())
        for place, path in enumerate(paths):
            require_all_room_is_given(stack, made, limits, path, f"leaf {place}")
        exposure = book.exposure()
        for path in paths:
            assert any(exposure[each] == limits[each] for each in path), "room was left"
        assert all(exposure[each] <= limit for each, limit in limits.items())
        assert book.deadlocks() == before
        book.require_sound()
