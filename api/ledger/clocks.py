"""From which day, which knowledge and in which currency the ledger is looked at, as a query says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from api.known_time import known_until
from api.problems import BadInput, Fault
from api.records.ledger_history import Clocks
from api.web.money import EXPONENTS
from api.wiring import Wiring


@dataclass(frozen=True, slots=True)
class View:
    """Both clocks, and whether they ask for the present, which the summaries tell at once.

    The present is today, or a day ahead on which nothing has been paid since, as far as we know.
    """

    clocks: Clocks
    is_present: bool

    @property
    def as_of(self) -> date:
        """The day of which it is told."""
        return self.clocks.as_of

    @property
    def known_at(self) -> datetime | None:
        """The time until which we had learnt it; None: all that we know."""
        return self.clocks.known_at


def view_of(query: Mapping[str, Any], given: Wiring) -> View:
    """Read `as_of` and `known_at`: without them today, and all that we know."""
    today = given.today
    as_of = query["as_of"] or today
    known_at = known_until(query["known_at"], given)
    return View(Clocks(as_of, known_at), is_present=known_at is None and as_of >= today)


def currency_of(query: Mapping[str, Any], given: Wiring) -> str:
    """Read `currency`: without it the seller's. Raises BadInput for one that is none."""
    currency: str = given.seller.currency if query["currency"] is None else query["currency"]
    if currency not in EXPONENTS:
        raise BadInput("The query breaks a rule.", faults=[Fault("/currency", "not_a_choice", "Not a currency.")])
    return currency
