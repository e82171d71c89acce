"""Posts to an address that a customer named: checked, bounded in time, never redirected, and its answer never kept."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from ssl import SSLContext
from time import monotonic
from types import TracebackType
from typing import Self

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    SSLError,
    TimeoutError,
)

from providers.connections import CuttablePool, CuttablePoolTLS, Cutting
from providers.public_addresses import AddressRefused, NameUnknown, Resolver, place_of, resolved, system_resolver
from providers.watching import WATCH

AGENT = "creditgate"
ANSWER_BYTES_MAX = 65_536  # More of an answer is not read; its connection is closed.
OK, REDIRECTS, GONE = range(200, 300), range(300, 400), 410
ASK_TO_WAIT = (429, 503)


@dataclass(frozen=True, slots=True)
class HookRules:
    """How a customer's address is called. `ssl_context` stands in for the public authorities.

    `answer_seconds` is for all of it: connecting, sending, and the whole answer.
    """

    connect_seconds: float = 5.0
    answer_seconds: float = 15.0
    private_allowed: bool = False
    resolver: Resolver = field(default=system_resolver, repr=False)
    ssl_context: SSLContext | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Posted:
    """How one post went: the status of the answer, if there was a whole one, and in a word why it failed, else None.

    `retry_after` is the header of that name, of a receiver that asks us to wait.
    """

    duration_ms: int
    status: int | None = None
    error: str | None = None
    retry_after: str | None = None

    @property
    def is_answered(self) -> bool:
        """Whether the receiver said something: it is there."""
        return self.status is not None


class HookLine:
    """A line to one address, open for some posts: its name is resolved once, and its connection kept."""

    def __init__(self, address: str, rules: HookRules) -> None:
        self._address = address
        self._rules = rules
        self._pool: HTTPConnectionPool | None = None
        self._target = self._authority = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.close()

    def post(self, body: bytes, headers: Mapping[str, str]) -> Posted:
        """Post once; whatever goes wrong is told and never raised. 2xx alone is success."""
        began = monotonic()

        def told(status: int | None = None, error: str | None = None, retry_after: str | None = None) -> Posted:
            return Posted(round(1000 * (monotonic() - began)), status, error, retry_after)

        try:
            pool = self._connected()
        except AddressRefused:
            return told(error="address_not_allowed")
        except NameUnknown:
            return told(error="name_not_found")
        left = self._rules.answer_seconds - (monotonic() - began)
        return self._posted(pool, body, headers, left, told)

    def _posted(
        self,
        pool: HTTPConnectionPool,
        body: bytes,
        headers: Mapping[str, str],
        seconds: float,
        told: Callable[..., Posted],
    ) -> Posted:
        cutting, is_late = Cutting(), [False]

        def cut() -> None:
            is_late[0] = True
            cutting.cut()

        try:
            # A receiver that trickles never lets a time-out of the library come.
            with WATCH.ending(seconds, cut), cutting.watched():
                answer = self._exchanged(pool, body, headers, seconds)
        except (HTTPError, OSError, ValueError) as failure:
            return told(error="timeout" if is_late[0] else _word_of(failure, cutting))
        if is_late[0]:
            return told(error="timeout")
        status = answer.status
        retry_after = answer.headers.get("Retry-After") if status in ASK_TO_WAIT else None
        return told(status, None if status in OK else _word_of_status(status), retry_after)

    def _connected(self) -> HTTPConnectionPool:
        if self._pool is None:
            rules = self._rules
            place = place_of(self._address, private_allowed=rules.private_allowed)
            address = resolved(
                place, rules.connect_seconds, private_allowed=rules.private_allowed, resolver=rules.resolver
            )
            if place.is_https:
                # To the very address that was checked, and only to who proves to be the host by its name.
                trust = (
                    {"ca_certs": DEFAULT_CA_BUNDLE_PATH}
                    if rules.ssl_context is None
                    else {"ssl_context": rules.ssl_context}
                )
                names = {"server_hostname": place.host, "assert_hostname": place.host}
                self._pool = CuttablePoolTLS(address, place.port, maxsize=1, retries=False, **names, **trust)  # type: ignore[arg-type]
            else:
                self._pool = CuttablePool(address, place.port, maxsize=1, retries=False)
            self._target, self._authority = place.target, place.authority
        return self._pool

    def _exchanged(
        self, pool: HTTPConnectionPool, body: bytes, headers: Mapping[str, str], seconds: float
    ) -> BaseHTTPResponse:
        sent = {"Host": self._authority, "User-Agent": AGENT, "Accept-Encoding": "identity", **headers}
        limits = Timeout(connect=min(self._rules.connect_seconds, seconds), read=seconds)
        answer = pool.urlopen(
            "POST", self._target, body, sent, retries=False, redirect=False, timeout=limits, preload_content=False
        )
        try:
            left = ANSWER_BYTES_MAX + 1
            # To its end: half a body that breaks off is told only to whoever asks for more.
            while left and (part := answer.read(left, decode_content=False)):
                left -= len(part)
            if not left:
                answer.close()
        finally:
            with suppress(HTTPError, OSError):
                answer.release_conn()
        return answer


def _word_of(failure: Exception, cutting: Cutting) -> str:
    match failure:
        case ConnectTimeoutError() if not isinstance(failure, NewConnectionError):
            return "timeout"
        case TimeoutError():
            return "timeout" if not isinstance(failure, NewConnectionError) else "no_connection"
        case SSLError():
            return "tls_failed"
        case NewConnectionError():
            return "no_connection"
        case ProtocolError() if not _is_garbage(failure):
            return "cut" if cutting.is_connected else "no_connection"
        case _:
            return "not_understood"


def _is_garbage(failure: ProtocolError) -> bool:
    """Whether something was said that is no HTTP, and not just too little of it."""
    cause = failure.args[1] if len(failure.args) > 1 else failure.__cause__
    return isinstance(cause, HTTPException) and not isinstance(cause, IncompleteRead | RemoteDisconnected)


def _word_of_status(status: int) -> str:
    if status in REDIRECTS:
        return "redirected"
    return "gone" if status == GONE else "refused"
