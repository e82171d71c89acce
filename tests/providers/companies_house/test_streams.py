"""All topics of the streams in one feed: gone on with by timepoint, ended when quiet, and no gap goes unsaid."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from providers.companies_house import streams
from providers.companies_house.client import SETTINGS
from providers.companies_house.streams import PART_SIZE, TOPICS, Streams
from providers.errors import SourceBusy, SourceDown, SourceError, SourceRefused
from providers.ports import Change, Identifier, Part
from tests.providers.companies_house.test_stream import CHANGED, Handler, line_of, playing
from tests.providers.register_lines import NOW, key_of, line_to, recorded

START = json.dumps(dict.fromkeys(TOPICS, 40))
ALL = sorted(TOPICS)


def topic_of(handler: Handler) -> str:
    return urlsplit(handler.path).path[1:]


def timepoint_of(handler: Handler) -> str | None:
    return parse_qs(urlsplit(handler.path).query).get("timepoint", [None])[0]


def at(timepoint: int, number: str = "00006402") -> bytes:
    event = {"type": "changed", "timepoint": timepoint, "published_at": "2026-02-28T10:00:00", "fields_changed": []}
    return line_of(event=event, resource_uri=f"/company/{number}")


def play(*lines: bytes, only: str = "companies", heartbeats: int = 2, hold: float = 0) -> Callable[[Handler], None]:
    """Tells lines on one topic and heartbeats on all, then waits a while before it ends."""

    def answer(handler: Handler) -> None:
        handler.begin()
        for each in lines if topic_of(handler) == only else ():
            handler.chunk(each)
        for _ in range(heartbeats):
            handler.chunk(b"\n")
        threading.Event().wait(hold)
        handler.chunk(b"")

    return answer


def refusing(status: int, *, when: Callable[[Handler], bool], beside: Callable[[Handler], None]) -> Any:
    def answer(handler: Handler) -> None:
        if when(handler):
            handler.begin(status)
            handler.chunk(b"")
        else:
            beside(handler)

    return answer


def read(playing_as: Callable[[Handler], None], position: str | None = START) -> tuple[list[Part], list[str]]:
    with playing(playing_as) as (line, asked):
        own = line_to("companies_house", {"api_key": "key", "stream_key": "k"})
        found = list(Streams().parts(NOW, position, _beside(own, line)))
    return found, [path for path, _ in asked]


def _beside(line: Any, stream: Any) -> Any:
    return replace(line, other_host=lambda _: stream)


def changes(parts: list[Part]) -> list[Change]:
    return [each for part in parts for each in part.changes]


def test_each_topic_is_read_from_its_own_timepoint_by_one_connection_after_the_other() -> None:
    found, asked = read(play(at(48), hold=5))
    assert asked == [f"/{topic}?timepoint=40" for topic in TOPICS]
    assert changes(found) == [CHANGED]
    assert json.loads(found[-1].position or "") == {**dict.fromkeys(TOPICS, 40), "companies": 48}


def test_the_first_time_it_waits_for_a_change_which_tells_from_where_to_go_on() -> None:
    def answer(handler: Handler) -> None:
        handler.begin()
        for _ in range(5):
            handler.chunk(b"\n")
        threading.Event().wait(0.05)
        handler.chunk(at(48))
        handler.chunk(b"\n\n")
        threading.Event().wait(5)
        handler.chunk(b"")

    found, asked = read(answer, None)
    assert asked == [f"/{topic}" for topic in TOPICS]
    assert json.loads(found[-1].position or "") == dict.fromkeys(TOPICS, 48)


def test_a_stream_that_is_never_quiet_is_left_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "READ_SECONDS", 0.3)

    def answer(handler: Handler) -> None:
        handler.begin()
        for timepoint in range(41, 100_000):
            handler.chunk(at(timepoint))
            threading.Event().wait(0.01)

    found, asked = read(answer)
    assert sorted(urlsplit(each).path[1:] for each in asked) == ALL
    assert all(timepoint > 41 for timepoint in json.loads(found[-1].position or "").values())


def test_much_is_told_in_parts_each_with_the_position_behind_it() -> None:
    count = 2 * PART_SIZE + 1
    found, _ = read(play(*(at(timepoint) for timepoint in range(41, 41 + count)), hold=5))
    sizes = [len(each.changes) for each in found]
    assert max(sizes) == PART_SIZE
    assert sum(sizes) == count
    reached = [json.loads(each.position or "")["companies"] for each in found if each.changes]
    assert reached == [40 + PART_SIZE, 40 + 2 * PART_SIZE, 40 + count]


def test_a_timepoint_too_old_begins_anew_and_says_so() -> None:
    too_old = refusing(
        416,
        when=lambda handler: timepoint_of(handler) == "40" and topic_of(handler) == "charges",
        beside=play(at(48), hold=5),
    )

    def answer(handler: Handler) -> None:
        if topic_of(handler) == "charges" and timepoint_of(handler) is None:
            play(at(50), only="charges", hold=5)(handler)
        else:
            too_old(handler)

    found, asked = read(answer)
    assert [each.fault for each in found if each.fault] == ["timepoint_too_old"]
    assert "/charges" in asked
    position = json.loads(found[-1].position or "")
    assert (position["charges"], position["companies"]) == (50, 48)


@pytest.mark.parametrize(
    ("status", "error"), [(429, SourceBusy), (401, SourceRefused), (503, SourceDown), (416, SourceError)]
)
def test_a_refusal_of_the_first_time_is_told_and_what_came_before_it_was_given(
    status: int, error: type[SourceError]
) -> None:
    answer = refusing(status, when=lambda handler: topic_of(handler) == "officers", beside=play(at(48), hold=5))
    position = json.dumps({"companies": 40, "insolvency-cases": 40, "charges": 40})
    with playing(answer) as (line, _):
        own = line_to("companies_house", {"api_key": "key", "stream_key": "k"})
        given = Streams().parts(NOW, position, _beside(own, line))
        found: list[Part] = []
        with pytest.raises(error):
            found.extend(given)
    assert changes(found) == [CHANGED]


def test_a_connection_that_ends_keeps_what_came_and_one_that_never_says_anything_is_down() -> None:
    found, _ = read(play(at(48), heartbeats=1))
    assert changes(found) == [CHANGED]
    with pytest.raises(SourceDown):
        read(play(heartbeats=0))


def test_a_line_that_cannot_be_read_is_told_and_holds_up_no_other() -> None:
    found, _ = read(play(b"{nonsense\n", at(48), hold=5))
    assert changes(found) == [CHANGED]
    assert [each.fault for each in found if each.fault] == ["not_understood"]


def change(kind: str, new: str | None) -> Change:
    return Change("x:1", Identifier("coh", "GB", "00006402"), kind, NOW, None, new)


PROFILE = {**recorded("companies_house", "company-profile-00006402-liquidation"), "company_status": "liquidation"}


def case(kind: str, **dates: str) -> dict[str, Any]:
    told = [{"type": name.replace("_", "-"), "date": day} for name, day in dates.items()]
    return {"type": kind, "dates": told, "number": "1"}


INSOLVENCIES = [
    ("liquidation", [case("compulsory-liquidation", wound_up_on="2026-02-01")], "insolvency", "bankruptcy"),
    (
        "liquidation",
        [case("members-voluntary-liquidation", wound_up_on="2026-02-01")],
        "negative_event",
        "solvent liquidation",
    ),
    (
        "administration",
        [case("in-administration", administration_started_on="2026-02-01")],
        "insolvency",
        "moratorium final",
    ),
    (
        "active",
        [case("in-administration", administration_started_on="2025-02-01", administration_ended_on="2026-01-01")],
        "negative_event",
        "no insolvency case in force",
    ),
]


@responses.activate
@pytest.mark.parametrize(("status", "cases", "kind", "new"), INSOLVENCIES)
@pytest.mark.parametrize("told", [change("insolvency", None), change("status", "liquidation")], ids=["case", "status"])
def test_whether_it_can_pay_is_asked_of_the_register(
    told: Change, status: str, cases: list[Any], kind: str, new: str
) -> None:
    base = f"{SETTINGS.address}/company/00006402"
    responses.get(base, json={**PROFILE, "company_status": status})
    responses.get(f"{base}/insolvency", json={"cases": cases, "status": []})
    found = Streams().whole(told, line_to("companies_house", {"api_key": "key", "stream_key": "k"}))
    assert (found.kind, found.new) == (kind, new)


@responses.activate
def test_other_changes_are_asked_of_nobody_and_a_register_that_is_down_is_asked_again() -> None:
    line = line_to("companies_house", {"api_key": "key", "stream_key": "k"})
    for told in (change("directors", None), change("status", "active"), change("charges", None)):
        assert Streams().whole(told, line) is told
    assert not responses.calls
    responses.get(f"{SETTINGS.address}/company/00006402", status=503)
    with pytest.raises(SourceDown):
        Streams().whole(change("insolvency", None), line)


def test_it_tells_of_companies_with_a_number_of_its_own_only() -> None:
    assert Streams().identifier(key_of("GB", ("coh", "6402"))) == Identifier("coh", "GB", "00006402")
    assert Streams().identifier(key_of("GB", ("vat", "GB123"))) is None


def test_each_connection_is_metered_with_how_it_ended() -> None:
    answer = refusing(429, when=lambda handler: topic_of(handler) == "companies", beside=play())
    with playing(answer) as (line, _):
        own = line_to("companies_house", {"api_key": "key", "stream_key": "k"})
        with pytest.raises(SourceBusy):
            list(Streams().parts(NOW, START, _beside(own, line)))
        noted: Any = line.memory
        assert [(each.operation, each.outcome) for each in noted.calls] == [
            ("insolvency-cases", "ok"),
            ("companies", "busy"),
        ]
