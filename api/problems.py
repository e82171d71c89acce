"""Why a request cannot be answered: a few categories, with no HTTP in them. A refusal of credit is never one."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was sent: where (JSON pointer), what (code), and in words.

    In a text that a person wrote, `line` and `column` say where, from 1 on.
    """

    pointer: str
    code: str
    detail: str
    line: int | None = None
    column: int | None = None


class Problem(Exception):
    """A request that cannot be answered."""

    code = "problem"

    def __init__(self, detail: str, *, code: str | None = None, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.faults = tuple(faults)


class NotFound(Problem):
    """It does not exist, or is not the caller's: the two look alike."""

    code = "not_found"


class BadInput(Problem):
    """What was sent breaks a rule; every fault is named."""

    code = "bad_input"


class NotAuthenticated(Problem):
    """We do not know who asks."""

    code = "not_authenticated"


class NotAllowed(Problem):
    """We know who asks, and he may not."""

    code = "not_allowed"


class Conflict(Problem):
    """It contradicts what is already there."""

    code = "conflict"


class Gone(Problem):
    """It existed and was erased."""

    code = "gone"


class InProgress(Conflict):
    """A twin of this request is still running."""

    code = "in_progress"

    def __init__(self, detail: str, *, retry_after_seconds: int) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class TooMuchAtOnce(Problem):
    """As much of this is being done for the caller as we do at once; the same request may be sent again."""

    code = "too_many_requests"

    def __init__(self, detail: str, *, code: str, retry_after_seconds: int) -> None:
        super().__init__(detail, code=code)
        self.retry_after_seconds = retry_after_seconds


class StaleVersion(Problem):
    """Somebody else changed it since it was read."""

    code = "stale_version"


class Unavailable(Problem):
    """What the answer needs cannot be reached now; the same request may be sent again."""

    code = "unavailable"
