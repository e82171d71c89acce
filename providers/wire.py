"""One exchange on the wire: over pooled connections, to one place, and over when its time is over, whatever is sent."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

import requests
from requests.auth import HTTPBasicAuth
from requests.cookies import RequestsCookieJar
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError

from providers.connections import CuttableAdapter, Cutting
from providers.errors import NotUnderstood, SourceDown, SourceError, SourceLate, SourceRefused
from providers.reading import CHARGED
from providers.redirects import REDIRECTS, redirected

CHUNK_BYTES = 65_536
REDIRECTS_MAX = 3
POOL_SIZE = 32
AGENT = "creditgate"

# Its warnings and debug lines hold whole addresses, in which names of companies and keys of vendors stand.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class TryFailed(Exception):
    """One try came to nothing: which SourceError it is, if no other try follows, and whether anything was sent.

    `wait_seconds` is what the source asked for, None where it asked for nothing. `nothing_sold`: what came says so.
    """

    def __init__(
        self,
        kind: type[SourceError],
        detail: str,
        *,
        nothing_sent: bool = False,
        nothing_sold: bool = False,
        status: int | None = None,
        wait_seconds: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.nothing_sent = nothing_sent
        self.nothing_sold = nothing_sold
        self.status = status
        self.wait_seconds = wait_seconds

    @property
    def may_have_sold(self) -> bool:
        """Whether what was sent was answered with what is charged, or its answer was lost."""
        nothing_sold = self.nothing_sent or self.nothing_sold
        return not nothing_sold and (self.status is None or self.status in CHARGED)


@dataclass(frozen=True, slots=True, repr=False)
class Sending:
    """What is sent, and how long each step may take; `expect` are the statuses whose bodies are read.

    `late_seconds` are waited for it beyond the time in which it may begin. A redirect is followed only by GET, to what
    lies below `address`.
    """

    method: str
    address: str
    path: str
    headers: Mapping[str, str]
    expect: Collection[int]
    connect_seconds: float
    read_seconds: float
    answer_bytes_max: int
    late_seconds: float = 0.0
    verify: bool | str = True
    params: Mapping[str, Any] | None = None
    json: Any = None
    form: Mapping[str, str] | None = None
    basic: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Received:
    """What came back; `body` is unpacked, and empty where the status was not expected."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def exchange(sending: Sending, seconds: float) -> Received:
    """Do one exchange within `seconds`. Raises TryFailed.

    It runs in a thread of its own, which the caller leaves when the time is over: neither a slow resolver nor a
    server that trickles holds him. The connection is then cut, which ends the thread.
    """
    running = _Running(sending)
    Thread(target=running.run, name="creditgate-source", daemon=True).start()
    if not running.done.wait(seconds):
        running.cutting.cut()
        raise TryFailed(SourceLate, "took too long", nothing_sent=not running.cutting.is_sent)
    if running.failure is not None:
        raise running.failure
    assert running.received is not None
    return running.received


class _Running:
    """An exchange in its thread: in the end it has received something, or failed."""

    def __init__(self, sending: Sending) -> None:
        self.done = Event()
        self.cutting = Cutting()
        self.received: Received | None = None
        self.failure: BaseException | None = None
        self._sending = sending

    def run(self) -> None:
        """Do the exchange."""
        try:
            with self.cutting.watched():
                self.received = _exchanged(self._sending)
        except BaseException as failure:  # Given to the caller, whose exception it is.
            self.failure = _told(failure, self.cutting)
        finally:
            self.done.set()


def _told(failure: BaseException, cutting: Cutting) -> BaseException:
    """What failed, without the library's own words: they hold the address with its query, and headers."""
    told: BaseException = failure
    nothing_sold = cutting.is_connected and not cutting.is_sent  # Such as TLS that was never agreed on.
    match failure:
        case requests.ConnectTimeout():
            told = TryFailed(SourceLate, "no connection in time", nothing_sent=True)
        case requests.Timeout() | ReadTimeoutError():
            told = TryFailed(SourceLate, "no answer in time", nothing_sold=nothing_sold)
        case DecodeError() | requests.exceptions.ContentDecodingError():
            told = TryFailed(NotUnderstood, "cannot be unpacked")
        case requests.exceptions.SSLError():
            told = TryFailed(SourceDown, "has no TLS that can be trusted", nothing_sold=nothing_sold)
        case requests.ConnectionError():
            detail = "was cut" if cutting.is_connected else "no connection"
            told = TryFailed(SourceDown, detail, nothing_sent=not cutting.is_sent)
        case requests.exceptions.InvalidHeader() | UnicodeError():
            told = TryFailed(SourceRefused, "what identifies us cannot be sent in a header", nothing_sent=True)
        case requests.RequestException() | HTTPError() | OSError():
            told = TryFailed(SourceDown, type(failure).__name__, nothing_sold=nothing_sold)
    return told


def _exchanged(sending: Sending) -> Received:
    url, params = f"{sending.address}{sending.path}", sending.params
    for _ in range(1 + REDIRECTS_MAX):
        with _SESSION.request(
            sending.method,
            url,
            params=params,
            json=sending.json,
            data=sending.form,
            # As UTF-8: the library would refuse what Latin-1 has not.
            auth=None if sending.basic is None else HTTPBasicAuth(*(each.encode() for each in sending.basic)),
            headers={"Accept-Encoding": "gzip, deflate", "User-Agent": AGENT, **sending.headers},
            timeout=(sending.connect_seconds, sending.read_seconds),
            verify=sending.verify,
            allow_redirects=False,
            stream=True,
        ) as answer:
            status = answer.status_code
            if status in sending.expect:
                return Received(status, answer.headers, _read(answer, sending.answer_bytes_max))
            if status not in REDIRECTS or sending.method != "GET":
                return Received(status, answer.headers, b"")
            there = redirected(url, answer.headers.get("Location"), sending.address)
        if there is None:
            raise TryFailed(NotUnderstood, "redirects elsewhere", status=status)
        url, params = there, None
    raise TryFailed(NotUnderstood, "redirects too often", nothing_sold=True)


def _read(answer: requests.Response, most: int) -> bytes:
    """The unpacked body; no more of it is ever held than `most` and one chunk."""
    parts, size = [], 0
    while part := answer.raw.read(CHUNK_BYTES, decode_content=True):
        size += len(part)
        if size > most:
            raise TryFailed(NotUnderstood, f"is larger than {most} bytes", status=answer.status_code)
        parts.append(part)
    if not parts and _ends_where_it_is_cut(answer):
        raise TryFailed(SourceDown, "was cut", status=answer.status_code)
    return b"".join(parts)


def _ends_where_it_is_cut(answer: requests.Response) -> bool:
    """Whether nothing told how long the body is, so that an empty one may be an answer that was cut in its head."""
    told = getattr(answer.raw, "_original_response", None)
    return getattr(told, "length", 0) is None and not getattr(told, "chunked", False)


class _Session(requests.Session):
    """Looks at no redirect: it would read the body without a bound, and fail on an address that is none."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Leave it to us where to go."""


class _NoCookies(RequestsCookieJar):
    """Keeps none: the session is shared by all sellers, and one's cookies are never another's."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Leave what the source would have us keep."""

    def set_cookie(self, cookie: Any, *args: Any, **kwargs: Any) -> None:
        """Keep nothing."""


def _session() -> requests.Session:
    session = _Session()
    # The environment is not asked: a proxy named there would see calls to services of our own in the clear, and a
    # netrc file would send its password where it names the host. What is sent where is for our settings alone to say.
    session.trust_env = False
    session.cookies = _NoCookies()
    for scheme in ("https://", "http://"):
        session.mount(scheme, CuttableAdapter(pool_connections=POOL_SIZE, pool_maxsize=POOL_SIZE))
    return session


_SESSION = _session()
