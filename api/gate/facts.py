"""Makes the facts of an order from what the gate read: limits that apply, amounts in the policy's currency."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from api.exchange import convert_by, rates_on
from api.fresh_report.stored import facts_of
from api.records import debtors, reports
from api.records.gate import GateView, LimitRow, ReportRow, Way
from api.sanctions_clearing import cleared
from scoring.exchange import Rate
from scoring.facts import NO_LIMIT_GIVEN, CreditLimit, NegativeEvent, RegisterStatus, SanctionsFacts
from scoring.first_payment import FirstInvoice, FirstPaymentState, first_payment_state
from scoring.money import Money
from scoring.order_stages import OrderProgress, beyond_amount, still_to_invoice
from scoring.orders import LimitLevel, OpenItems, OrderAsked, OrderFacts
from scoring.policy.document import Policy
from scoring.policy.grading import RiskClass
from scoring.registers import ENTITY_INACTIVE

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Gate:
    """A locked debtor with what was read of it under the lock, and the policy by which its orders are judged."""

    way: Way
    view: GateView
    policy: Policy
    today: date

    @property
    def horizon_on(self) -> date | None:
        """The last day of which a delivery counts; None: all count."""
        days = self.policy.orders.horizon_days
        return None if days is None else self.today + timedelta(days=days)

    @property
    def own_reports(self) -> list[ReportRow]:
        """The newest reports about the debtor itself."""
        return [each for each in self.view.reports if each.place == 1]

    @property
    def reports_above(self) -> list[ReportRow]:
        """The newest reports about those above it."""
        return [each for each in self.view.reports if each.place > 1]

    @property
    def standing(self) -> LimitRow | None:
        """The debtor's own limit that applies today, in force or expired; None where none was ever decided."""
        return _applying(self.view.limits, 1, "own")

    @property
    def risk_class(self) -> RiskClass | None:
        """The class that the debtor's own limit was decided by."""
        limit = self.standing
        return None if limit is None else limit.risk_class  # type: ignore[return-value]  # A column of text.


def _applying(limits: Iterable[LimitRow], place: int, scope: str) -> LimitRow | None:
    """The version that applies at a place of the path: a temporary one only where it is the newer decision."""
    found = [each for each in limits if each.place == place and each.scope == scope]
    return max(found, key=lambda each: each.id, default=None)


def order_facts(
    session: Session, found: Gate, progress: OrderProgress, currency: str, own_exposure: Decimal, *, is_first: bool
) -> OrderFacts:
    """Give the facts of an order as far as it is: what is not invoiced of it, against all but what it adds itself.

    `own_exposure` is what it adds to exposure already. `is_first`: it is the debtor's first order on account itself,
    which its own payment does not hold.
    """
    view, policy = found.view, found.policy
    not_invoiced = still_to_invoice(progress)
    counted = not_invoiced - beyond_amount(progress, found.horizon_on)
    exchange = _Exchange.of(session, found, currency)
    return OrderFacts(
        as_of=found.today,
        currency=policy.currency,
        asked=OrderAsked(
            amount=exchange.into(Money(not_invoiced, currency)),
            counted_amount=exchange.into(Money(counted, currency)),
            prepaid_cleared=exchange.into(Money(progress.prepaid, currency)),
            own_exposure=exchange.into(Money(own_exposure, currency)),
            # A rate can make equal what is not, and there may be none: what is paid is paid in the order's currency.
            paid_whole=None if currency == policy.currency else 0 < not_invoiced <= progress.prepaid,
        ),
        levels=tuple(_levels(found, exchange)),
        risk_class=found.risk_class,
        terms_agreed=view.terms_agreed,
        items=_items(found, exchange),
        first_payment=None if is_first else first_payment(found),
        onboarding_missing=view.onboarding_missing,
        sanctions=_sanctions(session, found),
        register_status=_register_status(found.own_reports),
        events=tuple(_events(found.own_reports)),
        on_hold="account_on_hold" in view.holds,
        supply_stopped="stop_supply" in view.holds,
        parent_insolvent=_is_insolvent(_events_of(found.reports_above), policy, found.today),
        critical=view.critical,
        max_extension_days=view.max_extension_days,
        other_currencies=tuple(sorted(exchange.missing)),
        rates=exchange.used,
    )


def first_payment(found: Gate) -> FirstPaymentState | None:
    """How far the first order on account is; None where the rule does not bear on this debtor (domain 3.6)."""
    view, rule = found.view, found.policy.first_payment
    if view.critical or (found.risk_class is not None and found.risk_class not in rule.classes):
        return None
    if view.first_order_id is not None:
        invoices = [FirstInvoice(each.due_on, each.settled_on) for each in view.first_invoices]
    elif view.has_history:
        return None
    else:
        # Invoiced by others than the gate, and never yet paid.
        invoices = [] if view.first_due_on is None else [FirstInvoice(view.first_due_on)]
    # Goods that left against money which went back are on account, whatever their order was meant to be.
    is_out = any(each.place == 1 and each.delivered_amount > 0 for each in view.balances)
    has_order = view.first_order_id is not None or is_out
    return first_payment_state(has_order, invoices, found.today, rule.grace_days)


class _Exchange:
    """Converts what the gate read into the policy's currency, and remembers what it could not."""

    def __init__(self, rates: Mapping[str, Rate], into: str) -> None:
        self._rates = rates
        self._into = into
        self.missing: set[str] = set()
        self._used: set[Rate] = set()

    @classmethod
    def of(cls, session: Session, found: Gate, currency: str) -> "_Exchange":
        """Read the rates it takes, in one statement, and none where all is in the policy's currency."""
        view, policy = found.view, found.policy
        currencies = {currency, *(each.currency for each in view.limits), *(each for each, _ in view.secured)}
        currencies |= {each.currency for each in view.balances} | {each.currency for each in view.items}
        amounts = [Money(Decimal(1), each) for each in currencies]
        rates = rates_on(session, amounts, policy.currency, found.today, policy.evidence.rate_usable_days)
        return cls(rates, policy.currency)

    @property
    def used(self) -> tuple[Rate, ...]:
        """The rates that were used, by currency."""
        return tuple(sorted(self._used, key=lambda rate: rate.currency))

    def into(self, money: Money) -> Decimal:
        """Give an amount in the policy's currency; one that cannot be converted is told as missing, and is zero."""
        if not money.amount:
            return _ZERO
        conversion = convert_by(self._rates, [money], self._into)
        self.missing.update(each.currency for each in conversion.left)
        self._used.update(conversion.rates)
        return conversion.total


def _levels(found: Gate, exchange: _Exchange) -> Iterable[LimitLevel]:
    """Give the debtor's own limit, and the group limits from the debtor to the top."""
    view, path = found.view, found.way.path
    own = found.standing
    secured = sum((exchange.into(Money(amount, currency)) for currency, amount in view.secured), _ZERO)
    used = sum(
        (exchange.into(Money(each.own_amount, each.currency)) for each in view.balances if each.place == 1), _ZERO
    )
    yield LimitLevel(
        debtor_id=str(path[0]),
        scope="own",
        limit=NO_LIMIT_GIVEN if own is None else _limit(own, exchange),
        valid_until=None if own is None else own.valid_until,
        exposure=used,
        secured_amount=secured,
    )
    for place, debtor_id in enumerate(path, start=1):
        group = _applying(view.limits, place, "group")
        if group is None or group.limit_kind == "none":
            continue  # A group need not have a limit of its own.
        rows = [each for each in view.balances if each.place == place]
        yield LimitLevel(
            debtor_id=str(debtor_id),
            scope="group",
            limit=_limit(group, exchange),
            valid_until=group.valid_until,
            exposure=sum((exchange.into(Money(each.whole_amount, each.currency)) for each in rows), _ZERO),
        )


def _limit(row: LimitRow, exchange: _Exchange) -> CreditLimit:
    if row.limit_amount is None:
        return CreditLimit("unlimited" if row.limit_kind == "unlimited" else "none")
    return CreditLimit("amount", exchange.into(Money(row.limit_amount, row.currency)))


def _items(found: Gate, exchange: _Exchange) -> OpenItems:
    rows = found.view.items
    oldest = min((each.oldest_due_on for each in rows), default=found.today)
    return OpenItems(
        oldest_overdue_days=max(0, (found.today - oldest).days),
        open_amount=sum((exchange.into(Money(each.open_amount, each.currency)) for each in rows), _ZERO),
        overdue_amount=sum((exchange.into(Money(each.overdue_amount, each.currency)) for each in rows), _ZERO),
    )


def _newest(rows: Iterable[ReportRow], kind: str) -> ReportRow | None:
    return max((each for each in rows if each.kind == kind), key=lambda each: each.retrieved_at, default=None)


def _register_status(rows: Iterable[ReportRow]) -> RegisterStatus | None:
    register = _newest(rows, "company_register")
    return None if register is None else register.status  # type: ignore[return-value]  # A word of stored facts.


def _events(rows: Iterable[ReportRow]) -> Iterable[NegativeEvent]:
    """Give the events that register and bureau tell of, and that an entity has ended where the register is silent."""
    told = (_newest(rows, "company_register"), _newest(rows, "credit_bureau"))
    yield from _events_of(each for each in told if each is not None)
    entity = _newest(rows, "entity_register")
    if entity is not None and entity.is_active is False:
        yield NegativeEvent(ENTITY_INACTIVE, entity.retrieved_at.date(), undated=True)


def _events_of(rows: Iterable[ReportRow]) -> Iterable[NegativeEvent]:
    """Give the events that reports tell of."""
    for each in (event for row in rows for event in row.events):
        ended_on = each.get("ended_on")
        yield NegativeEvent(
            each["code"],
            date.fromisoformat(each["occurred_on"]),
            None if ended_on is None else date.fromisoformat(ended_on),
            each.get("undated"),
        )


def _is_insolvent(events: Iterable[NegativeEvent], policy: Policy, as_of: date) -> bool:
    """Whether an event tells of an insolvency that has not ended on a day."""
    kinds = policy.evidence.events
    return any(
        kinds.get(each.code) == "insolvency" and (each.ended_on is None or each.ended_on > as_of) for each in events
    )


def _sanctions(session: Session, found: Gate) -> SanctionsFacts | None:
    """Give how the newest screening stands, with what people cleared of it; without a hit nothing more is read."""
    newest = _newest(found.own_reports, "sanctions_list")
    if newest is None or newest.hit in (None, "none"):
        return None
    debtor = debtors.get(session, found.way.debtor_id)
    (report,) = (
        each for each in reports.latest(session, [found.way.debtor_id], "sanctions_list") if each.id == newest.id
    )
    facts = facts_of(report)
    assert debtor is not None
    assert isinstance(facts, SanctionsFacts)
    standing = cleared(session, debtor, facts)
    # Whom it is about stands in the report; an order keeps only that there is a hit, by whom, and since when.
    return None if standing is None else SanctionsFacts(standing.provider, standing.retrieved_on, standing.hit)
