"""A lane of the worker whose registration was taken from it, as happens to one that was stopped for long."""

import asyncio
from collections.abc import Callable

import procrastinate
import pytest
from procrastinate import App, PsycopgConnector
from psycopg.errors import ForeignKeyViolation

from api import worker_lanes
from api.worker_lanes import keep_lane

LANE = "lane of a test"


@pytest.fixture
def done() -> list[int]:
    return []


@pytest.fixture
def queue(database_urls: tuple[str, str], done: list[int]) -> App:
    """The job engine over the test's database, with one task that notes its number."""
    url = database_urls[1].replace("postgresql+psycopg://", "postgresql://")
    made = App(connector=PsycopgConnector(conninfo=url, kwargs={"options": "-c search_path=queue,public"}))

    @made.task(name="note", queue=LANE)
    def note(value: int) -> None:
        done.append(value)

    return made


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(400):
        if is_so():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come to be so")


def test_it_registers_anew_and_does_its_jobs(queue: App, done: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[int] = []

    async def story() -> None:
        async with queue.open_async():
            manager = queue.job_manager
            register = manager.register_worker

            async def noted() -> int:
                registered.append(await register())
                return registered[-1]

            monkeypatch.setattr(manager, "register_worker", noted)
            lane = asyncio.create_task(keep_lane(queue, LANE))
            for count in (1, 2):
                await until(lambda count=count: len(registered) == count or lane.done())
                await manager.unregister_worker(registered[-1])  # As whoever starts does with one that is silent.
                await queue.configure_task("note", queue=LANE).defer_async(value=count)
                await until(lambda count=count: len(done) == count or lane.done())
                assert not lane.done(), lane.exception()
            lane.cancel()
            with pytest.raises(asyncio.CancelledError):
                await lane

    asyncio.run(story())
    assert done == [1, 2]
    assert len(registered) == len(set(registered)) == 3


def test_where_it_is_taken_again_and_again_the_lane_ends(monkeypatch: pytest.MonkeyPatch, queue: App) -> None:
    class Diagnosed(ForeignKeyViolation):
        diag = type("Diagnosis", (), {"constraint_name": worker_lanes.REGISTRATION})()

    began = []

    async def lost(**_: object) -> None:
        began.append(1)
        raise procrastinate.exceptions.ConnectorException from Diagnosed()

    monkeypatch.setattr(queue, "run_worker_async", lost)
    with pytest.raises(procrastinate.exceptions.ConnectorException):
        asyncio.run(keep_lane(queue, LANE))
    assert len(began) == worker_lanes.LOST_MAX + 1


def test_any_other_fault_of_the_database_ends_it_at_once(monkeypatch: pytest.MonkeyPatch, queue: App) -> None:
    began = []

    async def fails(**_: object) -> None:
        began.append(1)
        raise procrastinate.exceptions.ConnectorException from OSError("no connection")

    monkeypatch.setattr(queue, "run_worker_async", fails)
    with pytest.raises(procrastinate.exceptions.ConnectorException):
        asyncio.run(keep_lane(queue, LANE))
    assert len(began) == 1
