"""Orders of a known kind to judge: a sound one, how each other differs from it, and any combination."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, get_args

from hypothesis import strategies as st

from scoring.exchange import Rate
from scoring.facts import CreditLimit, NegativeEvent, RegisterStatus, SanctionsFacts, SanctionsHit
from scoring.first_payment import FirstPaymentState
from scoring.orders import LimitLevel, LimitScope, OpenItems, OrderAsked, OrderFacts
from scoring.policy.terms import ChecklistItem
from tests.scoring.companies import POLICY, TODAY
from tests.scoring.strategies import cents, events

NO_LIMIT, UNLIMITED = CreditLimit("none"), CreditLimit("unlimited")
CENT = Decimal("0.01")


def limit_of(amount: int | str | None) -> CreditLimit:
    """A limit of an amount; None: never decided, "unlimited": what it says."""
    if amount is None:
        return NO_LIMIT
    return UNLIMITED if amount == "unlimited" else CreditLimit("amount", Decimal(amount))


def level(
    limit: int | str | None = 20_000,
    exposure: int | str = 8_000,
    *,
    scope: LimitScope = "own",
    ends: int | None = 100,
    secured: int = 0,
) -> LimitLevel:
    """A limit that ends some days from today, and what is used of it."""
    valid_until = None if ends is None else TODAY + timedelta(days=ends)
    return LimitLevel("debtor", scope, limit_of(limit), valid_until, Decimal(exposure), Decimal(secured))


def asked(amount: int | str = 4_000, counted: int | str | None = None, prepaid: int | str = 0) -> OrderAsked:
    """An order, all of it inside the horizon unless told otherwise."""
    return OrderAsked(Decimal(amount), Decimal(amount if counted is None else counted), Decimal(prepaid))


def order(**changed: Any) -> OrderFacts:
    """An order of 4,000 under a limit of 20,000 of which 8,000 is used, with nothing against it."""
    facts = OrderFacts(
        as_of=TODAY,
        currency="EUR",
        asked=asked(),
        levels=(level(),),
        risk_class="normal",
        terms_agreed=True,
        items=OpenItems(0, Decimal(8_000), Decimal(0)),
    )
    return replace(facts, **changed)


def happened(
    code: str, days_ago: int = 10, ended_days_ago: int | None = None, *, undated: bool = False
) -> NegativeEvent:
    """An event that a source tells of."""
    ended_on = None if ended_days_ago is None else TODAY - timedelta(days=ended_days_ago)
    return NegativeEvent(code, TODAY - timedelta(days=days_ago), ended_on, undated or None)


def hit(kind: SanctionsHit) -> SanctionsFacts:
    """How a sanctions list answered."""
    return SanctionsFacts("opensanctions", TODAY, kind)


days = st.integers(-200, 200).map(lambda count: TODAY + timedelta(days=count))
any_limits = st.one_of(
    st.just(NO_LIMIT), st.just(UNLIMITED), cents(0, 30_000).map(lambda amount: CreditLimit("amount", amount))
)


def any_levels(scope: LimitScope) -> st.SearchStrategy[LimitLevel]:
    """A limit of a scope in any state, more or less used."""
    return st.builds(
        LimitLevel,
        debtor_id=st.just("debtor"),
        scope=st.just(scope),
        limit=any_limits,
        valid_until=st.none() | days,
        exposure=cents(-5_000, 40_000),
        secured_amount=st.just(Decimal(0)) | cents(0, 10_000),
    )


@st.composite
def any_asked(draw: st.DrawFn) -> OrderAsked:
    """An order, partly beyond the horizon and partly prepaid perhaps."""
    amount = draw(cents(1, 20_000))
    counted = draw(st.sampled_from((amount, Decimal(0), (amount / 2).quantize(CENT))))
    prepaid = draw(st.just(Decimal(0)) | cents(0, 25_000))
    return OrderAsked(amount, counted, prepaid, draw(st.just(Decimal(0)) | cents(0, 3_000)))


any_items = st.builds(
    OpenItems,
    oldest_overdue_days=st.integers(0, 90),
    open_amount=cents(0, 10_000),
    overdue_amount=cents(0, 5_000),
)
any_order = st.builds(
    OrderFacts,
    as_of=st.just(TODAY),
    currency=st.just("EUR"),
    asked=any_asked(),
    levels=st.tuples(any_levels("own"))
    | st.tuples(any_levels("own"), any_levels("group"))
    | st.tuples(any_levels("own"), any_levels("group"), any_levels("group")),
    risk_class=st.none() | st.sampled_from(("low", "normal", "high", "blocked")),
    terms_agreed=st.booleans(),
    items=any_items,
    first_payment=st.none() | st.sampled_from(get_args(FirstPaymentState)),
    onboarding_missing=st.lists(st.sampled_from(get_args(ChecklistItem)), max_size=2, unique=True).map(tuple),
    sanctions=st.none() | st.sampled_from(get_args(SanctionsHit)).map(hit),
    register_status=st.none() | st.sampled_from(("active", "active", *get_args(RegisterStatus))),
    events=events,
    on_hold=st.booleans(),
    supply_stopped=st.booleans(),
    parent_insolvent=st.booleans(),
    critical=st.booleans(),
    max_extension_days=st.none() | st.just(60),
    dunning_level=st.integers(0, 4),
    other_currencies=st.just(()) | st.just(("USD",)),
    rates=st.just(()) | st.just((Rate("GBP", Decimal("0.86"), date(2026, 5, 30), "ecb"),)),
)
# Nothing stands against these but what money settles: the limit, terms, the file, and a share that is prepaid.
any_order_of_money = any_order.map(
    lambda facts: replace(
        facts,
        items=OpenItems(),
        first_payment=None,
        sanctions=None,
        register_status=None,
        events=(),
        on_hold=False,
        supply_stopped=False,
        parent_insolvent=False,
        max_extension_days=None,
        dunning_level=0,
        other_currencies=(),
    )
)


def _in_force(one: LimitLevel, amount: Decimal) -> LimitLevel:
    """The same level with a limit of an amount that has not ended."""
    return replace(one, limit=CreditLimit("amount", amount), valid_until=None)


@st.composite
def any_order_of_room(draw: st.DrawFn) -> OrderFacts:
    """An order against which only the room can stand."""
    facts = draw(any_order_of_money)
    levels = tuple(_in_force(each, draw(cents(0, 60_000))) for each in facts.levels)
    return replace(facts, levels=levels, terms_agreed=True, onboarding_missing=(), risk_class="low")


# With a share that is prepaid, and a largest order that goes out without a person.
STRICT = replace(
    POLICY,
    orders=replace(
        POLICY.orders,
        prepayment_share={"high": Decimal("0.333")},
        document_value_max={"normal": Decimal(10_000), "high": Decimal(2_500)},
    ),
)
