"""The one way to call out: within the deadline, bounded in size, to one host, metered, and never telling a secret."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from time import monotonic

from providers.asking import Reply, Request, Signature
from providers.breaker import guarded
from providers.errors import (
    NotUnderstood,
    SourceDown,
    SourceError,
    SourceLate,
    SourceRefused,
)
from providers.memory import Call, Memory
from providers.reading import CHARGED, NOT_SIGNED_IN, NotStorable, document_of
from providers.refusals import note_refused, refuse_if_refused
from providers.retrying import Count, tried, try_once
from providers.settings import Price, SourceSettings
from providers.signing import token
from providers.turns import place, take_turn
from providers.wire import Received, Sending, TryFailed

__all__ = ["Line", "Reply", "Request", "Signature"]

NOW_HEADER = "Creditgate-Now"  # The sandbox answers as of the test seller's clock; no real source is sent this.


class _TokenRefused(SourceRefused):
    """The source did not take the token; a new one may help."""


@dataclass(frozen=True, slots=True)
class Line:
    """One seller's line to one source, for one question: it ends at `deadline` (of `time.monotonic`).

    Nothing begins after that; what was sent by then and may be charged is waited for `late_seconds` longer.
    `now` is the seller's time with its zone, which dates an answer; `real_now` the machine's, for tokens and breakers.
    `address` is the real service's or the sandbox's, as the catalog decides. Only the catalog makes lines.
    `signs_in`: it is for a sign-in itself.
    `ca_file` names the authorities that vouch for this host, in place of the public ones.
    """

    settings: SourceSettings
    address: str
    credentials: Mapping[str, str] = field(repr=False)
    memory: Memory = field(repr=False)
    now: datetime
    real_now: Callable[[], datetime] = field(repr=False)
    deadline: float
    is_sandbox: bool
    late_seconds: float = 0.0
    agreed_price: Price | None = None
    other_host: Callable[[str], "Line"] | None = field(default=None, repr=False)
    signs_in: bool = False
    ca_file: str | None = None

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
        """Do one call. Raises SourceError: also for a status that the request does not expect.

        A token that the source refuses is fetched anew once; by then nothing was done, so this holds for every call.
        Credentials that it refuses are not tried again for a while, nor by any process of the seller.
        """
        if self.signs_in:
            return self._metered(request, {}, may_sign_again=False)
        refused = self.memory.refusal()
        if request.signature is not None:
            refuse_if_refused(self, refused)
        try:
            reply = self._signed(request)
        except SourceRefused as refusal:
            if refusal.of_credentials:
                note_refused(self)
            raise
        if refused is not None:
            self.memory.keep_refusal(None)
        return reply

    def _signed(self, request: Request) -> Reply:
        """The call, signed where it must be; with a new token where the source did not take the first."""
        if request.signature is None:
            return self._metered(request, {}, may_sign_again=False)
        used = token(self, request.signature)
        try:
            return self._metered(request, request.signature.headers(used.text), may_sign_again=True)
        except _TokenRefused:
            pass
        used = token(self, request.signature, refused=used)
        return self._metered(request, request.signature.headers(used.text), may_sign_again=False)

    def _metered(self, request: Request, signed: Mapping[str, str], *, may_sign_again: bool) -> Reply:
        count, outcome = Count(), "failed"
        started_at, started = self.real_now(), monotonic()
        try:
            reply = self._guarded(request, signed, count, may_sign_again=may_sign_again)
            outcome = "ok"
            return reply
        except SourceError as failure:
            outcome, failure.charged = failure.code, _charged(request, count)
            raise
        finally:
            self.memory.note_call(
                Call(
                    provider=self.provider,
                    operation=request.operation,
                    started_at=started_at,
                    seconds=monotonic() - started,
                    outcome=outcome,
                    status=count.status,
                    tries=count.tries,
                    answer_bytes=count.answer_bytes,
                    cost=_charged(request, count),
                )
            )

    def _guarded(self, request: Request, signed: Mapping[str, str], count: Count, *, may_sign_again: bool) -> Reply:
        """The call in its place and turn, behind the breaker, tried as often as it may be."""
        with place(self.settings, self.address, self.memory, self.real_now, self.deadline):
            call = guarded(self.settings, self.memory, self.real_now)
            take_turn(self.settings, self.memory, self.real_now, self.deadline)
            self.seconds_left()
            sending = self._sending(request, signed, may_sign_again=may_sign_again)
            return call(partial(self._tried, request, sending, count, may_sign_again=may_sign_again))

    def _sending(self, request: Request, signed: Mapping[str, str], *, may_sign_again: bool) -> Sending:
        headers = {"Accept": "application/json", **request.headers, **signed}
        if self.is_sandbox:
            headers[NOW_HEADER] = self.now.isoformat()
        return Sending(
            method=request.method,
            address=self.address,
            path=request.path,
            headers=headers,
            expect=frozenset(request.expect) - ({NOT_SIGNED_IN} if may_sign_again else frozenset()),
            connect_seconds=self.settings.connect_seconds,
            read_seconds=self.settings.read_seconds,
            late_seconds=self.late_seconds if request.may_buy or self.price is None else 0.0,
            answer_bytes_max=self.settings.answer_bytes_max,
            verify=self.ca_file or True,
            params=request.params,
            json=request.json,
            form=request.form,
            basic=request.basic,
        )

    def _tried(self, request: Request, sending: Sending, count: Count, *, may_sign_again: bool) -> Reply:
        once = partial(try_once, sending, count, self.settings, self.memory, self.real_now, self.deadline)
        try:
            received = tried(once, retries=self.settings.retries, repeatable=request.repeatable, deadline=self.deadline)
        except TryFailed as failure:
            raise self._error(request, failure, may_sign_again=may_sign_again) from None
        count.answer_bytes = len(received.body)
        return self._reply(request, received)

    def _error(self, request: Request, failure: TryFailed, *, may_sign_again: bool) -> SourceError:
        detail, may_have_sold = f"{request.operation} {failure.detail}", failure.may_have_sold and request.may_buy
        if failure.status == NOT_SIGNED_IN and may_sign_again:
            return _TokenRefused(self.provider, detail)
        if failure.status == NOT_SIGNED_IN:
            return SourceRefused(self.provider, detail, of_credentials=True)
        if issubclass(failure.kind, SourceDown):
            error: SourceError = failure.kind(
                self.provider, detail, retry_after_seconds=failure.wait_seconds, may_have_sold=may_have_sold
            )
        else:
            error = failure.kind(self.provider, detail)
        error.lost_report = may_have_sold and request.sells_each_time
        return error

    def _reply(self, request: Request, received: Received) -> Reply:
        try:
            document = document_of(received.body)
        except NotStorable:
            unreadable = "has a NUL character"
        except ValueError:
            unreadable = "is no JSON"
        else:
            return Reply(received.status, document, received.headers)
        # Never that of a search or a sign-in, where a token may stand.
        body = received.body if request.sells_each_time and received.status in CHARGED else None
        raise NotUnderstood(self.provider, f"{request.operation} {unreadable}", body=body)


def _charged(request: Request, count: Count) -> tuple[Decimal, str] | None:
    """What a call cost: an answer that was lost after it was asked for was probably charged as well."""
    if request.cost is None or not count.sold:
        return None
    amount, currency = request.cost
    return amount * count.sold, currency
