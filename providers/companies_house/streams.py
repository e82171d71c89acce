"""The changes of all British companies, read from the streams of Companies House for a short while at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from time import monotonic

import orjson

from providers.companies_house.client import STREAM, standing_events
from providers.companies_house.insolvency import STATUS_EVENTS
from providers.companies_house.mapping import company_number_of
from providers.companies_house.stream import ChangeStream, TimepointTooOld, Topic
from providers.errors import NotUnderstood, SourceDown, SourceError
from providers.http import Line
from providers.memory import Call
from providers.ports import Change, CompanyKey, Identifier, Part
from providers.watching import WATCH

# One after the other, so that there is one connection at a time; the gravest first.
TOPICS: tuple[Topic, ...] = ("insolvency-cases", "companies", "charges", "officers")
READ_SECONDS = 25.0  # For each topic: what is left is read the next time.
QUIET_HEARTBEATS = 2  # So many in a row tell that nothing waits; how often they come is not confirmed.
PART_SIZE = 500
# Events of cases in force by which a company cannot pay, as its own status would say; others are told as a warning.
INSOLVENT = frozenset(STATUS_EVENTS.values())


class Streams:
    """All topics in one feed. Its position is the timepoint of each topic, without one it begins now."""

    is_stream = True

    def identifier(self, company: CompanyKey) -> Identifier | None:
        """Its company number, in eight characters."""
        number = company_number_of(company)
        return None if number is None else Identifier("coh", "GB", number)

    def parts(self, since: datetime, position: str | None, line: Line) -> Iterator[Part]:
        """What was streamed from a position on, whatever the time.

        A topic whose timepoint is too old begins anew, with a part that says so.
        """
        timepoints: dict[str, int] = orjson.loads(position) if position else {}
        service = line.beside(STREAM.provider)
        for topic in TOPICS:
            try:
                yield from _read(service, topic, timepoints)
            except TimepointTooOld as lost:
                if timepoints.pop(topic, None) is None:
                    raise
                yield Part((), _position(timepoints), fault=lost.code)
                yield from _read(service, topic, timepoints)

    def whole(self, change: Change, line: Line) -> Change:
        """What runs of an insolvency now: a stream does not say whether a company that is wound up can pay."""
        if change.kind != "insolvency" and not (change.kind == "status" and change.new in STATUS_EVENTS):
            return change
        codes = sorted({each.code for each in standing_events(change.company.value, line)})
        insolvent = [each for each in codes if each in INSOLVENT]
        if insolvent:
            return replace(change, kind="insolvency", new=_words(insolvent))
        return replace(change, kind="negative_event", new=_words(codes) or "no insolvency case in force")


@contextmanager
def _metered(line: Line, topic: Topic) -> Iterator[None]:
    """Note a connection as the call that it is, with how it ended."""
    started_at, started, outcome = line.real_now(), monotonic(), "ok"
    try:
        yield
    except SourceError as failed:
        outcome = failed.code
        raise
    finally:
        seconds = monotonic() - started
        line.memory.note_call(Call(line.provider, topic, started_at, seconds, outcome, None, 1, 0, None))


def _read(line: Line, topic: Topic, timepoints: dict[str, int]) -> Iterator[Part]:
    """What comes of one topic until it is quiet or the time is over; `timepoints` is moved on with it.

    The first time it is waited for a change, which alone tells a timepoint to go on from.
    """
    changes: list[Change] = []
    heartbeats, came, faults = 0, False, set[str]()
    with (
        _metered(line, topic),
        ChangeStream(line, topic, timepoints.get(topic)) as stream,
        WATCH.ending(READ_SECONDS, stream.stop),
    ):
        try:
            for each in stream.read():
                came = True
                if each.timepoint is None and not each.is_unreadable:
                    heartbeats += 1
                    if heartbeats >= QUIET_HEARTBEATS and topic in timepoints:
                        break
                    continue
                heartbeats = 0
                if each.is_unreadable:
                    faults.add(NotUnderstood.code)
                if each.timepoint is not None:
                    timepoints[topic] = each.timepoint
                if each.change is not None:
                    changes.append(each.change)
                if len(changes) >= PART_SIZE:
                    yield _part(changes, timepoints, faults)
        except SourceDown:
            # Connections are ended now and then; what came is kept, and the next reading goes on from there.
            if not came:
                raise
    yield _part(changes, timepoints, faults)


def _part(changes: list[Change], timepoints: dict[str, int], faults: set[str]) -> Part:
    part = Part(tuple(changes), _position(timepoints), next(iter(faults), None))
    changes.clear()
    faults.clear()
    return part


def _position(timepoints: dict[str, int]) -> str:
    return orjson.dumps(timepoints, option=orjson.OPT_SORT_KEYS).decode()


def _words(codes: list[str]) -> str:
    return ", ".join(each.replace("_", " ") for each in codes)
