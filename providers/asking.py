"""What a client says of one call, and what it gets back; none of it shows a secret or a name in its repr."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from providers.memory import Token

if TYPE_CHECKING:
    from providers.http import Line


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, the JSON document (None where the body is empty), and the headers."""

    status: int
    document: Any = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Signature:
    """How calls are signed: `sign_in` gets a token, which all calls share until it ends; `headers` carry it."""

    sign_in: Callable[["Line"], Token]
    headers: Callable[[str], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `operation` names it where calls are counted, the same for all companies.

    `path` begins with a slash, below the address; a value in it must have been quoted. Statuses that are not in
    `expect` are raised as SourceError. `cost` (amount, currency) is charged for each try that is answered with 200 or
    201, and probably for one whose answer was lost. Only what is `repeatable` is ever sent twice by itself: what orders
    or buys something may have been done although its answer was lost. `basic` is a user and a password.
    """

    operation: str
    path: str = field(repr=False)
    method: str = "GET"
    params: Mapping[str, Any] | None = field(default=None, repr=False)
    json: Any = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    signature: Signature | None = field(default=None, repr=False)
    expect: Collection[int] = (200,)
    cost: tuple[Decimal, str] | None = None
    repeatable: bool = True

    @property
    def may_buy(self) -> bool:
        """Whether its answer may be charged: nobody need have told what it costs."""
        return not self.repeatable or bool(self.cost and self.cost[0])

    @property
    def sells_each_time(self) -> bool:
        """Whether who asks again buys again. What is ordered by POST is read by another call, which finds it again."""
        return not self.repeatable and self.method == "GET"
