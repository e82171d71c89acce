"""How a source fails us: down, late, busy, refusing us, or not to be read. Not knowing a company is no failure."""

from decimal import Decimal
from typing import ClassVar


class SourceError(Exception):
    """A source gave no usable answer; `provider` names it, and `code` says how it failed where failures are counted.

    `charged` (amount, currency) is what was charged all the same, certainly or probably; None: nothing, or nobody told
    what. `lost_report`: a report was probably sold that nobody has got, and who asks again buys another one.
    """

    code: ClassVar[str] = "failed"

    def __init__(self, provider: str, detail: str) -> None:
        super().__init__(f"{provider}: {detail}")
        self.provider = provider
        self.detail = detail
        self.charged: tuple[Decimal, str] | None = None
        self.lost_report = False


class SourceDown(SourceError):
    """The source cannot be reached now, for no company; it may be asked again after `retry_after_seconds`, if known.

    `may_have_sold`: a report was ordered whose answer was lost.
    """

    code = "down"

    def __init__(
        self,
        provider: str,
        detail: str,
        *,
        retry_after_seconds: int | None = None,
        may_have_sold: bool = False,
    ) -> None:
        super().__init__(provider, detail)
        self.retry_after_seconds = retry_after_seconds
        self.may_have_sold = may_have_sold


class SourceLeftAlone(SourceDown):
    """The source failed a moment ago, so that nobody asks it for a while: its breaker is open."""

    code = "breaker"


class SourceLate(SourceDown):
    """The source did not answer within the time there was. Where nobody knows better, it may have sold a report."""

    code = "late"

    def __init__(
        self, provider: str, detail: str, *, retry_after_seconds: int | None = None, may_have_sold: bool = True
    ) -> None:
        super().__init__(provider, detail, retry_after_seconds=retry_after_seconds, may_have_sold=may_have_sold)


class SourceHurried(SourceLate):
    """The source was given next to no time, so that it says nothing of the source that it did not answer."""


class SourceBusy(SourceDown):
    """The source says, or our own limits say, that it is asked too much; it is not broken."""

    code = "busy"


class SourceRefused(SourceError):
    """The source does not serve us (credentials, contract, quota): asking again does not help, a person must act.

    `of_credentials`: it does not take who we say we are, so that nothing of it is served with them.
    """

    code = "refused"

    def __init__(self, provider: str, detail: str, *, of_credentials: bool = False) -> None:
        super().__init__(provider, detail)
        self.of_credentials = of_credentials


class NothingToAskBy(SourceError):
    """Nothing was asked: the source knows companies by no number that we have, so its silence says nothing."""

    code = "no_number"

    def __init__(self, provider: str) -> None:
        super().__init__(provider, "knows companies by none of these numbers")


class NotUnderstood(SourceError):
    """The answer about this one company cannot be read; the source itself works, so others may still be asked.

    `body` is what came, where it was ordered and was not even a document: it is kept although nobody can read it.
    """

    code = "not_understood"

    def __init__(self, provider: str, detail: str, *, body: bytes | None = None) -> None:
        super().__init__(provider, detail)
        self.body = body
