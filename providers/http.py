"""The one way to call out: within the deadline, bounded in size, to one host, metered, and never telling a secret."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from time import monotonic
from typing import Any

import orjson
import requests

from providers.errors import NotUnderstood, SourceBusy, SourceDown, SourceLate, SourceRefused
from providers.memory import Memory, Token
from providers.settings import Price, SourceSettings

NOW_HEADER = "Creditgate-Now"  # The sandbox answers as of the test seller's clock; no real source is sent this.
TOO_MANY = 429
REFUSALS = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, the JSON document (None where the body is empty), and the headers."""

    status: int
    document: Any
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Signature:
    """How calls are signed: `sign_in` gets a token, which all calls share until it ends; `headers` carry it."""

    sign_in: Callable[["Line"], Token]
    headers: Callable[[str], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `operation` names it where calls are counted, the same for all companies.

    `path` begins with a slash, below the address; a value in it must have been quoted. Statuses that are not in
    `expect` are raised as SourceError. `cost` (amount, currency) is charged when it is answered with 200. Only what is
    `repeatable` is ever sent twice by itself: what orders or buys something may have been done although its answer
    was lost. `basic` is a user and a password.
    """

    operation: str
    path: str
    method: str = "GET"
    params: Mapping[str, Any] | None = None
    json: Any = None
    form: Mapping[str, str] | None = None
    basic: tuple[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    signature: Signature | None = None
    expect: Collection[int] = (200,)
    cost: tuple[Decimal, str] | None = None
    repeatable: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One seller's line to one source, for one question: it ends at `deadline` (of `time.monotonic`).

    `now` is the seller's time with its zone, which dates an answer; `real_now` the machine's, for tokens and breakers.
    `address` is the real service's or the sandbox's, as the catalog decides. Only the catalog makes lines.
    """

    settings: SourceSettings
    address: str
    credentials: Mapping[str, str]
    memory: Memory
    now: datetime
    real_now: Callable[[], datetime]
    deadline: float
    is_sandbox: bool
    agreed_price: Price | None = None
    other_host: Callable[[str], "Line"] | None = None

    def beside(self, service: str) -> "Line":
        """The line to another host of the same vendor, with limits and a breaker of its own, to the same deadline."""
        assert self.other_host is not None
        return self.other_host(service)

    @property
    def provider(self) -> str:
        """Whose line it is."""
        return self.settings.provider

    @property
    def price(self) -> tuple[Decimal, str] | None:
        """What a report costs this seller, as the `cost` of a request: by its policy, else by the vendor's list."""
        price = self.agreed_price or self.settings.price
        return None if price is None else (price.amount, price.currency)

    def seconds_left(self) -> float:
        """How much time there is; raises SourceLate when there is none."""
        left = self.deadline - monotonic()
        if left <= 0:
            raise SourceLate(self.provider, "no time is left")
        return left

    def send(self, request: Request) -> Reply:
        """Do one call. Raises SourceError: also for a status that the request does not expect."""
        sent = {"Accept": "application/json", **request.headers}
        if request.signature is not None:
            token = request.signature.sign_in(self)
            sent.update(request.signature.headers(token.text))
        if self.is_sandbox:
            sent[NOW_HEADER] = self.now.isoformat()
        left = self.seconds_left()
        try:
            answer = requests.request(
                request.method,
                f"{self.address}{request.path}",
                params=request.params,
                json=request.json,
                data=request.form,
                auth=request.basic,
                headers=sent,
                timeout=(min(self.settings.connect_seconds, left), min(self.settings.read_seconds, left)),
                allow_redirects=False,
            )
        except requests.Timeout as late:
            raise SourceLate(self.provider, f"{request.operation} took too long") from late
        except requests.RequestException as down:
            raise SourceDown(self.provider, f"{request.operation}: {type(down).__name__}") from down
        if answer.status_code not in request.expect:
            self._fail(request.operation, answer.status_code)
        try:
            document = orjson.loads(answer.content) if answer.content.strip() else None
        except orjson.JSONDecodeError as unreadable:
            raise NotUnderstood(self.provider, f"{request.operation} is no JSON", body=answer.content) from unreadable
        return Reply(answer.status_code, document, answer.headers)

    def _fail(self, operation: str, status: int) -> None:
        if status == TOO_MANY:
            raise SourceBusy(self.provider, f"{operation}: {status}")
        if status in REFUSALS:
            raise SourceRefused(self.provider, f"{operation}: {status}")
        if status >= 500:
            raise SourceDown(self.provider, f"{operation}: {status}")
        raise NotUnderstood(self.provider, f"{operation}: {status}")
