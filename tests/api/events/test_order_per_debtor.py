"""With `ordered`, whatever fails: of each debtor the next comes only after the one before, and holds up no other."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.events.hooks import AT_ONCE, Hook
from tests.api.events.receiver import Receiver, Sent, status
from tests.examples import examples

DEBTORS = tuple(UUID(int=number) for number in range(1, 5))
# How each try of an event goes, in turn: refused, or, at last, taken. Three waits, so the fourth failed try parks it.
FAILS_MAX = 5


@settings(max_examples=examples(12, 40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.lists(st.sampled_from(DEBTORS), min_size=1, max_size=12),
    fails=st.lists(st.integers(0, FAILS_MAX), min_size=12, max_size=12),
    most=st.integers(1, 6),
)
def test_each_debtors_come_in_turn_and_none_is_lost(
    new_hook: Callable[..., Hook], receiver: Receiver, told: list[UUID], fails: list[int], most: int
) -> None:
    hook, receiver.sent[:] = new_hook(ordered=True), []
    ids = [hook.tell(debtor_id=each)[0] for each in told]
    left = dict(zip(ids, fails, strict=False))
    taken: list[str] = []

    def answer(handler: Any, sent: Sent) -> None:
        left[sent.id] -= 1
        if left[sent.id] < 0:
            taken.append(sent.id)
        status(500 if left[sent.id] >= 0 else 200)(handler, sent)

    receiver.answer = answer
    tries = len(AT_ONCE.waits) + 1
    hook.run_all(replace(AT_ONCE, run_most=most))
    with_fate = list(zip(ids, told, fails, strict=False))
    assert taken == [each for each in taken if each in ids]
    assert set(taken) == {each for each, _, failed in with_fate if failed < tries}
    assert Counter(receiver.ids) == {each: min(failed, tries - 1) + 1 for each, _, failed in with_fate}
    # Each is done with, taken or parked, before the next of its debtor is sent at all.
    sent_of: dict[str, list[int]] = defaultdict(list)
    for each in receiver.sent:
        sent_of[each.event["subject"]].append(each.event["sequence"])
    assert all(sequences == sorted(sequences) for sequences in sent_of.values())


def test_a_debtor_that_is_stuck_holds_up_nobody_else(new_hook: Callable[..., Hook], receiver: Receiver) -> None:
    hook = new_hook(ordered=True)
    stuck, *others = DEBTORS
    for _ in range(3):
        for each in DEBTORS:
            hook.tell(debtor_id=each)
    receiver.answer = lambda handler, sent: status(500 if sent.event["subject"] == str(stuck) else 200)(handler, sent)
    hook.run_all()
    sent = Counter(each.event["subject"] for each in receiver.sent)
    assert sent == {str(stuck): 1, **dict.fromkeys(map(str, others), 3)}
