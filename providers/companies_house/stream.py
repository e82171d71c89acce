"""Changes as Companies House streams them: one long answer, a line for each change, from a timepoint on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event
from types import TracebackType
from typing import Literal, Self

import requests
import urllib3
from requests.auth import HTTPBasicAuth

from providers.companies_house.mapping import padded
from providers.errors import NotUnderstood, SourceBusy, SourceDown, SourceError, SourceLate, SourceRefused
from providers.http import NOW_HEADER, Line
from providers.payload import Payload
from providers.ports import Change, Identifier

Topic = Literal["companies", "insolvency-cases", "charges", "officers"]
# What a change is about, by the kind of resource that changed.
KINDS = {
    "company-profile": "status",
    "company-insolvency": "insolvency",
    "company-charges": "charges",
    "company-officers": "directors",
}
OTHER_KIND = "other"
SILENT_SECONDS_MAX = 90.0  # Not confirmed how often a heartbeat comes; after so long without one the line is dead.
LINE_BYTES_MAX = 1_000_000
READ_BYTES = 65_536
REFUSED, TOO_OLD, TOO_MANY = frozenset({401, 403}), 416, 429


class TimepointTooOld(SourceError):
    """The stream cannot begin there any more: what changed since must be found by asking for each company."""

    code = "timepoint_too_old"


@dataclass(frozen=True, slots=True)
class Streamed:
    """One change, and the timepoint to go on from after it; `change` None: a heartbeat, or nothing about a company.

    `is_unreadable` tells of a line that nobody can read; those after it still come.
    """

    change: Change | None
    timepoint: int | None
    is_unreadable: bool = False


class ChangeStream:
    """One connection to the stream, read line by line; leaving it, or `stop` from any thread, ends it at once.

    It is made for a line to the service `companies_house_stream`, whose deadline bounds the connecting alone.
    """

    def __init__(self, line: Line, topic: Topic, timepoint: int | None = None) -> None:
        """Prepare to read changes on a topic from a timepoint, else from now on."""
        self._line = line
        self._topic = topic
        self._timepoint = timepoint
        self._stopped = Event()
        self._answer: requests.Response | None = None
        self._session = requests.Session()
        self._session.trust_env = False  # No proxy and no netrc: who gets the key is for our settings to say.

    def __enter__(self) -> Self:
        """Connect. Raises SourceError, and TimepointTooOld."""
        line = self._line
        key = line.credentials.get("stream_key")
        if not key:
            raise SourceRefused(line.provider, "no key of the stream was handed in")
        headers = {NOW_HEADER: line.now.isoformat()} if line.is_sandbox else {}
        try:
            self._answer = self._session.get(
                f"{line.address}/{self._topic}",
                params={} if self._timepoint is None else {"timepoint": self._timepoint},
                auth=HTTPBasicAuth(key.encode(), b""),  # As UTF-8: the library would refuse what Latin-1 has not.
                headers=headers,
                timeout=(min(line.settings.connect_seconds, line.seconds_left()), SILENT_SECONDS_MAX),
                allow_redirects=False,
                stream=True,
            )
        except requests.Timeout as late:
            raise SourceLate(line.provider, f"{self._topic} took too long") from late
        except requests.RequestException as down:
            raise SourceDown(line.provider, f"{self._topic}: {type(down).__name__}") from down
        if self._answer.status_code != 200:
            self._answer.close()
            raise _refusal(line.provider, self._topic, self._answer.status_code)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect."""
        self._stopped.set()
        if self._answer is not None:
            self._answer.close()
        self._session.close()

    def stop(self) -> None:
        """End the reading, also while it waits for a line; safe from any thread, and to repeat."""
        self._stopped.set()
        answer = self._answer
        if answer is None:
            return
        try:
            answer.raw.shutdown()  # A close would wait for the reader; this wakes it.
        except (ValueError, RuntimeError, OSError):
            return  # It has ended by itself.

    def read(self) -> Iterator[Streamed]:
        """What comes, until `stop`. Raises SourceError when the stream breaks or is silent for too long."""
        assert self._answer is not None
        raw, waiting = self._answer.raw, b""
        while not self._stopped.is_set():
            try:
                came = raw.read1(READ_BYTES, decode_content=True)
            except (
                urllib3.exceptions.HTTPError,
                OSError,
                ValueError,
            ) as broken:  # Also when it is silent for too long.
                if self._stopped.is_set():
                    return
                raise SourceDown(self._line.provider, f"{self._topic} broke off") from broken
            if not came:
                break
            *lines, waiting = (waiting + came).split(b"\n")
            if len(waiting) > LINE_BYTES_MAX:
                raise NotUnderstood(self._line.provider, "a line is longer than any change")
            for text in lines:
                if self._stopped.is_set():
                    return
                yield self._read_line(text)
        if not self._stopped.is_set():
            raise SourceDown(self._line.provider, f"{self._topic} ended")

    def _read_line(self, text: bytes) -> Streamed:
        """An empty line is a heartbeat; one that cannot be read must not hold up the others."""
        if not text.strip():
            return Streamed(None, None)
        try:
            return streamed(self._line.provider, text)
        except NotUnderstood:
            return Streamed(None, None, is_unreadable=True)


def streamed(provider: str, text: bytes) -> Streamed:
    """One line of the stream as a change. Raises NotUnderstood."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as unreadable:
        raise NotUnderstood(provider, "a line is no JSON", body=text) from unreadable
    record = Payload(provider, document)
    event = record.section("event")
    timepoint = event.number("timepoint")
    if timepoint is None or timepoint != int(timepoint):
        raise event.not_understood("timepoint", "is missing")
    number = _company_number(record)
    if number is None:
        return Streamed(None, int(timepoint))
    kind = record.text("resource_kind") or ""
    change = Change(
        id=f"{kind}:{int(timepoint)}",
        company=Identifier("coh", "GB", number),
        kind=KINDS.get(kind, OTHER_KIND),
        changed_at=_published_at(event),
        old=None,
        new="deleted" if event.text("type") == "deleted" else record.section("data").text("company_status"),
    )
    return Streamed(change, int(timepoint))


def _company_number(record: Payload) -> str | None:
    """The company by the address of what changed (`/company/00006402/charges/...`)."""
    parts = (record.text("resource_uri") or "").split("/")
    return padded(parts[2]) if len(parts) > 2 and parts[1] == "company" else None


def _published_at(event: Payload) -> datetime:
    text = event.text("published_at") or ""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as unreadable:
        raise event.not_understood("published_at", "is not a time") from unreadable
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _refusal(provider: str, topic: str, status: int) -> SourceError:
    if status in REFUSED:
        return SourceRefused(provider, f"{topic}: {status}")
    if status == TOO_OLD:
        return TimepointTooOld(provider, f"{topic}: the timepoint is too old or none")
    if status == TOO_MANY:
        return SourceBusy(provider, f"{topic}: {status}")
    return (
        SourceDown(provider, f"{topic}: {status}") if status >= 500 else NotUnderstood(provider, f"{topic}: {status}")
    )
