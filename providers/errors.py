"""How a source fails us: it is down, refuses us, or gives what cannot be read. Not knowing a company is no failure."""


class SourceError(Exception):
    """A source gave no usable answer; `provider` names it."""

    def __init__(self, provider: str, detail: str) -> None:
        super().__init__(f"{provider}: {detail}")
        self.provider = provider
        self.detail = detail


class SourceDown(SourceError):
    """The source cannot be reached now, for no company; it may be asked again after `retry_after_seconds`, if known."""

    def __init__(self, provider: str, detail: str, *, retry_after_seconds: int | None = None) -> None:
        super().__init__(provider, detail)
        self.retry_after_seconds = retry_after_seconds


class SourceRefused(SourceError):
    """The source does not serve us (credentials, contract, quota): asking again does not help, a person must act."""


class NotUnderstood(SourceError):
    """The answer about this one company cannot be read; the source itself works, so others may still be asked."""
