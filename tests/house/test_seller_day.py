"""Guards what a day brings: whatever the worker does by itself is in the list of it, or is not of a seller's day."""

import pytest
from procrastinate import App

from api import seller_day
from api.app import unconnected_app
from api.worker import HANDLERS, make_queue

# What the worker does by the machine's time, or follows from what was done and not from a day.
NOT_OF_A_DAY = {
    "take_up_stalled": "jobs that a killed worker left, by the machine's time",
    "tidy": "old rows of the queue, repeated requests and deliveries, by the machine's time",
    "defer_stream_readings": "what sources stream between two runs: the run of each day reads it too",
    "judge_shadows": "decisions judged beside by a version in shadow, which nobody else reads",
}
AT_ONCE = {
    "read_streams": "what was deferred just before",
    "run_job": "one job that was asked for",
    "judge_shadows_of": "all that waits for one version, which a person asked for",
}
# Kinds of jobs that no day leaves behind: somebody asks for them.
ASKED_FOR = {
    "clock_move",
    "credit_check_batch",
    "ledger_import",
    "policy_backtest",
    "rescoring",
    "notice",
}


@pytest.fixture(scope="module")
def queue() -> App:
    return make_queue(unconnected_app().extensions["creditgate"], "postgresql://nobody@127.0.0.1:1/nothing")


def test_whatever_the_worker_does_again_and_again_is_of_a_day_or_named_here(queue: App) -> None:
    periodic = {each.task.name.removeprefix("creditgate.") for each in queue.periodic_registry.periodic_tasks.values()}
    of_a_day = {step.name for step in seller_day.A_DAY if step.cron is not None}
    assert periodic == of_a_day | NOT_OF_A_DAY.keys()


def test_whatever_is_left_for_the_queue_is_of_a_day_or_named_here(queue: App) -> None:
    names = {name.removeprefix("creditgate.") for name in queue.tasks if name.startswith("creditgate.")}
    of_a_day = {step.name for step in seller_day.A_DAY if step.cron is not None}
    assert names == of_a_day | NOT_OF_A_DAY.keys() | AT_ONCE.keys() | seller_day.TASKS.keys()
    assert set(HANDLERS) == set(seller_day.JOBS) | ASKED_FOR


def test_steps_have_names_of_their_own() -> None:
    names = [step.name for step in seller_day.A_DAY]
    assert len(names) == len(set(names))


def test_what_is_told_comes_last() -> None:
    """Mail is made of the feed, and that of what the other steps did."""
    assert [step.name for step in seller_day.A_DAY][-2:] == ["append_to_feed", "make_mails"]
