"""Who is slow is served side by side, and who never answers keeps nobody waiting who does."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import Event, Lock, Thread
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from api.events.courier import RUNS_MAX, RUNS_OF_ONE_MAX, Courier
from api.events.delivering import DeliveryRules, Turn, deliver_some
from api.events.feeding import append_to_feeds
from api.records.sellers import Seller
from api.wiring import House
from tests.api.events.hooks import HOOK, RULES, Hook
from tests.api.events.receiver import Answer, Receiver, Sent, receiving, status


@contextmanager
def going_round(house: House, rules: DeliveryRules) -> Iterator[Courier]:
    """Have a courier look for work as the worker does, and end it."""
    courier, is_over = Courier(house, rules), Event()

    def go_round() -> None:
        while not is_over.wait(0.05):
            courier.look()

    thread = Thread(target=go_round, daemon=True)
    thread.start()
    try:
        yield courier
    finally:
        is_over.set()
        thread.join()
        courier.close()


def wait_for(is_so: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it did not come to be so"
        time.sleep(0.02)


def silent_until(answers: Event) -> Answer:
    """Say nothing before it is set, and then hang up."""

    def answer(handler: Any, _: Sent) -> None:
        answers.wait(60)
        handler.close_connection = True

    return answer


class Slow:
    """A receiver that takes its time, and counts how many it is at."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.now, self.most, self.lock = seconds, 0, 0, Lock()
        self.subjects: dict[str, int] = {}
        self.overlaps: list[str] = []

    def __call__(self, handler: Any, sent: Sent) -> None:
        subject = sent.event["subject"]
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.subjects[subject] = self.subjects.get(subject, 0) + 1
            if self.subjects[subject] > 1:
                self.overlaps.append(subject)
        time.sleep(self.seconds)
        with self.lock:
            self.now -= 1
            self.subjects[subject] -= 1
        status(204)(handler, sent)


@pytest.fixture
def debtor_ids(client_of: Callable[..., FlaskClient], house: House) -> list[UUID]:
    """Some debtors of the seller, of whom it is in the feed already that they were made."""
    client = client_of("integration")
    found = [UUID(client.post("/v1/debtors", json={"country": "NL"}).json["id"]) for _ in range(6)]
    append_to_feeds(house)
    return found


@pytest.mark.parametrize("ordered", [False, True], ids=["any", "ordered"])
def test_a_slow_receiver_is_sent_several_side_by_side(
    new_hook: Callable[..., Hook], receiver: Receiver, house: House, debtor_ids: list[UUID], ordered: bool
) -> None:
    hook = new_hook(ordered=ordered)
    ids = [each for debtor_id in debtor_ids for each in hook.tell(2, debtor_id)]
    receiver.answer = slow = Slow(0.5)
    with going_round(house, replace(RULES, run_seconds=0.6, hook=replace(HOOK, answer_seconds=5))):
        wait_for(lambda: len(receiver.sent) >= len(ids) and set(hook.states()) == {"delivered"})
    assert sorted(receiver.ids) == sorted(ids)
    assert 2 <= slow.most <= RUNS_OF_ONE_MAX
    if ordered:
        assert slow.overlaps == []
        first = [each.event["sequence"] for each in receiver.sent if each.event["subject"] == str(debtor_ids[0])]
        assert first == [2, 3]


def test_who_never_answers_keeps_nobody_waiting_who_does(
    new_hook: Callable[..., Hook], receiver: Receiver, house: House
) -> None:
    well = new_hook(types=["debtor.created.v1"])
    answers, silent = Event(), RUNS_MAX["slow_or_new"] + RUNS_MAX["failing"]
    with ExitStack() as stack:
        dead = stack.enter_context(receiving())
        stack.callback(answers.set)  # Before the receiver ends.
        dead.answer = silent_until(answers)
        rules = replace(RULES, hook=replace(HOOK, answer_seconds=45))
        with going_round(house, rules):
            well.tell(type="debtor.created.v1")
            wait_for(lambda: len(receiver.sent) == 1)
            for _ in range(silent):
                webhook = new_hook(types=["debtor.changed.v1"])
                webhook.alter("UPDATE webhook SET address = :a WHERE id = :id", a=dead.address, id=webhook.id)
            well.tell(type="debtor.changed.v1")
            wait_for(lambda: len(dead.sent) >= RUNS_MAX["slow_or_new"])
            well.tell(type="debtor.created.v1")
            wait_for(lambda: len(receiver.sent) == 2, seconds=20)  # While not one of the others has answered.
            assert not answers.is_set()
            answers.set()


def test_failing_ones_leave_the_threads_of_all_others_alone(
    new_hook: Callable[..., Hook], receiver: Receiver, house: House
) -> None:
    answers = Event()
    with ExitStack() as stack:
        dead = stack.enter_context(receiving())
        stack.callback(answers.set)
        dead.answer = silent_until(answers)
        silent = RUNS_MAX["slow_or_new"] + RUNS_MAX["failing"]
        for _ in range(silent):
            webhook = new_hook()
            webhook.alter(
                "UPDATE webhook SET address = :a, failing_since = now() WHERE id = :id", a=dead.address, id=webhook.id
            )
        new = new_hook()
        new.tell()
        with going_round(house, replace(RULES, hook=replace(HOOK, answer_seconds=45))):
            wait_for(lambda: len(receiver.sent) == 1, seconds=20)
            wait_for(lambda: len(dead.sent) == RUNS_MAX["failing"])
            answers.set()


def test_one_that_fails_is_left_alone_by_who_serves_the_others(
    new_hook: Callable[..., Hook], receiver: Receiver, house: House, seller: Seller
) -> None:
    hook = new_hook()
    hook.tell()
    hook.alter("UPDATE webhook SET failing_since = now()")
    ran = deliver_some(house, seller.id, hook.id, RULES, Turn(failing_too=False))
    assert (ran.leased_count, ran.is_failing, receiver.sent) == (0, True, [])
    ran = deliver_some(house, seller.id, hook.id, RULES)
    assert (ran.leased_count, ran.is_failing, len(receiver.sent)) == (1, False, 1)


def test_a_run_begins_nothing_that_could_end_after_its_lease(
    new_hook: Callable[..., Hook], receiver: Receiver, house: House
) -> None:
    hook = new_hook()
    hook.tell(20)
    receiver.answer = Slow(0.3)
    rules = replace(RULES, run_seconds=60, lease_seconds=3, hook=replace(HOOK, answer_seconds=2))
    ran = deliver_some(house, hook.seller.id, hook.id, rules)
    assert ran.leased_count == 20
    assert 1 <= len(receiver.sent) <= 5  # Within one second, of three.
    assert set(hook.states()[len(receiver.sent) :]) == {"waiting"}


@pytest.mark.parametrize(
    ("seconds_each", "most"), [(None, 50), (0.0, 50), (0.01, 50), (0.5, 10), (3.0, 1), (14.0, 1)], ids=str
)
def test_a_run_leases_what_it_can_send_in_its_time(seconds_each: float | None, most: int) -> None:
    assert DeliveryRules().most(seconds_each) == most
