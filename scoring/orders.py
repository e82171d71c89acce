"""The judgement of an order: may it go out? Every reason that stands against it, and the least that must be prepaid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from scoring.exchange import Rate
from scoring.facts import STORED_IF_ANY, CreditLimit, NegativeEvent, RegisterStatus, SanctionsHit
from scoring.first_payment import FirstPaymentState, holds_next_order
from scoring.judgement import Outcome, Reason, reason
from scoring.money import quantised
from scoring.policy.document import Policy
from scoring.policy.grading import RiskClass
from scoring.reasons import Params

LimitScope = Literal["own", "group"]
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class OrderAsked:
    """The order. `counted_amount` is what of it lies inside the horizon; `prepaid_cleared` is booked with this order.

    `own_exposure` is what the same order adds to the exposures of `levels` already: such as when it is changed.
    """

    amount: Decimal
    counted_amount: Decimal
    prepaid_cleared: Decimal = _ZERO
    own_exposure: Decimal = _ZERO


@dataclass(frozen=True, slots=True)
class LimitLevel:
    """A limit on the way from the debtor to the top of its group, and what is used of it.

    `limit` of kind `none` was never decided. It holds until the end of `valid_until`. A valid guarantee raises it by
    `secured_amount`. `exposure` is the debtor's own, or of scope `group` that of the whole subtree of `debtor_id`.
    """

    debtor_id: str
    scope: LimitScope
    limit: CreditLimit
    valid_until: date | None
    exposure: Decimal
    secured_amount: Decimal = field(default=_ZERO)

    def is_in_force(self, as_of: date) -> bool:
        """Whether somebody decided it, and it has not ended."""
        return self.limit.kind != "none" and (self.valid_until is None or self.valid_until >= as_of)

    @property
    def room(self) -> Decimal | None:
        """Limit less exposure, below zero where it is overdrawn; None where nothing bounds it."""
        return None if self.limit.amount is None else self.limit.amount + self.secured_amount - self.exposure


@dataclass(frozen=True, slots=True)
class OpenItems:
    """What is open of a debtor's undisputed invoices; credits are not netted. `overdue_amount` is older than N days."""

    oldest_overdue_days: int = 0
    open_amount: Decimal = _ZERO
    overdue_amount: Decimal = _ZERO


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """All an order is judged on. Every amount is in `currency`, that of the policy.

    `levels` begins with the debtor's own limit, then come the group limits up to the top. `first_payment` is None where
    the rule does not bear on this debtor. `max_extension_days` is of the insurance policy in force, None: not insured.
    `other_currencies` could not be converted; `rates` were used.
    """

    as_of: date
    currency: str
    asked: OrderAsked
    levels: tuple[LimitLevel, ...]
    risk_class: RiskClass | None
    terms_agreed: bool
    items: OpenItems
    first_payment: FirstPaymentState | None = None
    onboarding_missing: tuple[str, ...] = ()
    sanctions: SanctionsHit = "none"
    register_status: RegisterStatus | None = None
    events: tuple[NegativeEvent, ...] = ()
    on_hold: bool = False
    supply_stopped: bool = False
    parent_insolvent: bool = False
    critical: bool = False
    max_extension_days: int | None = None
    dunning_level: int = 0
    other_currencies: tuple[str, ...] = field(default=(), metadata=STORED_IF_ANY)
    rates: tuple[Rate, ...] = field(default=(), metadata=STORED_IF_ANY)


@dataclass(frozen=True, slots=True)
class OrderJudgement:
    """The answer to an order; amounts are in `currency`, that of the policy.

    `exposure_after` is as if it went out, None where all of it is prepaid and cleared. `headroom` is the least room
    before it on the way to the top, None where nothing bounds it.
    """

    outcome: Outcome
    currency: str
    reasons: tuple[Reason, ...]
    prepayment_required: Decimal | None
    exposure_before: Decimal
    exposure_after: Decimal | None
    headroom: Decimal | None


def release_order(facts: OrderFacts, policy: Policy) -> OrderJudgement:
    """Collect all reasons in the fixed order (domain 3.5); the heaviest gives the outcome.

    The same facts and policy always give the same answer.
    """
    asked = facts.asked
    found = list(_whatever_is_paid(facts, policy))
    before = facts.levels[0].exposure - asked.own_exposure
    room = _room(facts)
    if asked.prepaid_cleared >= asked.amount:
        return OrderJudgement(_heaviest(found), facts.currency, tuple(found), None, before, None, room)
    found.extend(_on_account(facts, policy, room))
    outcome = _heaviest(found)
    required = None
    if outcome is Outcome.ACCEPT_PREPAYMENT:
        required = _prepayment(facts, policy, room)
    after = before + max(_ZERO, asked.counted_amount - asked.prepaid_cleared)
    return OrderJudgement(outcome, facts.currency, tuple(found), required, before, after, room)


def _whatever_is_paid(facts: OrderFacts, policy: Policy) -> Iterator[Reason]:
    """What forbids an order even when all of it is paid before."""
    if facts.sanctions == "confirmed":
        yield reason("sanctions_hit", "decline")
    yield from _of_events(facts, policy)
    if facts.sanctions == "possible":
        # A likeness is not yet the person: somebody compares before anybody is refused for good.
        yield reason("sanctions_possible", "refer")
    if facts.on_hold:
        yield reason("account_on_hold", "refer")
    if facts.parent_insolvent:
        yield reason("parent_insolvent", "refer")
    if facts.supply_stopped:
        yield reason("stop_supply", "refer")


def _of_events(facts: OrderFacts, policy: Policy) -> Iterator[Reason]:
    """What the events in force, and the register's word for the company, call for: each of them once."""
    told: set[str] = set()
    if facts.register_status not in (None, "active"):
        told.add(str(facts.register_status))
        yield reason("debtor_not_active", "decline", {"status": str(facts.register_status)})
    for event in facts.events:
        if event.code in told or not event.in_force(facts.as_of):
            continue
        told.add(event.code)
        kind = policy.evidence.events.get(event.code)
        params: Params = {"event": event.code, "told_on" if event.undated else "occurred_on": event.occurred_on}
        if kind == "insolvency":
            yield reason("insolvency_event", "decline", params)
        elif kind == "not_active":
            yield reason("debtor_not_active", "decline", {"status": event.code})
        elif kind == "hold":
            yield reason("held_by_procedure", "refer", params)


def _on_account(facts: OrderFacts, policy: Policy, room: Decimal | None) -> Iterator[Reason]:
    """What stands against giving credit for an order, in the order of domain 3.5."""
    if facts.other_currencies:
        yield reason("currency_not_converted", "refer", {"currencies": facts.other_currencies})
    for level in facts.levels:
        if not level.is_in_force(facts.as_of):
            yield _no_limit(level)
    if not facts.terms_agreed:
        yield reason("terms_not_agreed", "accept_prepayment")
    if facts.onboarding_missing:
        yield reason("onboarding_incomplete", "accept_prepayment", {"missing": facts.onboarding_missing})
    if facts.first_payment is not None and holds_next_order(facts.first_payment):
        yield reason("first_payment_pending", "hold_first_payment")
    yield from _of_items(facts, policy)
    most = _by_class(policy.orders.document_value_max, facts)
    if most is not None and facts.asked.amount > most:
        params: Params = {"order_amount": facts.asked.amount, "most_amount": most, "currency": facts.currency}
        yield reason("max_document_value", "refer", params)
    yield from _of_room(facts, policy, room)


def _no_limit(level: LimitLevel) -> Reason:
    """Which limit was never decided, or ended when."""
    if level.limit.kind == "none" or level.valid_until is None:
        return reason("limit_missing_or_expired", "accept_prepayment", {"scope": level.scope})
    return reason(
        "limit_missing_or_expired", "accept_prepayment", {"scope": level.scope, "ended_on": level.valid_until}
    )


def _of_items(facts: OrderFacts, policy: Policy) -> Iterator[Reason]:
    """What the open items say: cover that stopped, items too old, too much of them overdue, and the dunning level."""
    items, rules = facts.items, policy.orders
    days = items.oldest_overdue_days
    if facts.max_extension_days is not None and days > facts.max_extension_days:
        yield reason("cover_stopped", "refer", {"overdue_days": days, "most_days": facts.max_extension_days})
    most = _days_max(facts, policy)
    if days > most:
        yield reason("oldest_open_item", "refer", {"overdue_days": days, "most_days": most})
    if items.open_amount > 0 and items.overdue_amount > rules.overdue_share_max * items.open_amount:
        share = round(items.overdue_amount / items.open_amount, 4)
        yield reason("overdue_share", "refer", {"overdue_share": share, "most_share": rules.overdue_share_max})
    if facts.dunning_level > rules.dunning_level_max:
        params: Params = {"level": facts.dunning_level, "most": rules.dunning_level_max}
        yield reason("dunning_level", "refer", params)


def _days_max(facts: OrderFacts, policy: Policy) -> int:
    """How many days the oldest item may be overdue; a class that the policy does not name, or none, has the least."""
    by_class = policy.orders.oldest_item_days_max
    least = min(by_class.values(), default=0)
    return least if facts.risk_class is None else by_class.get(facts.risk_class, least)


def _of_room(facts: OrderFacts, policy: Policy, room: Decimal | None) -> Iterator[Reason]:
    """Whether the order fits, and whether its class prepays a share in any case."""
    asked = facts.asked
    adds = max(_ZERO, asked.counted_amount - asked.prepaid_cleared)
    if room is not None and adds > room and all(level.is_in_force(facts.as_of) for level in facts.levels):
        tight = min((level for level in facts.levels if level.room is not None), key=_room_of)
        assert tight.limit.amount is not None
        params: Params = {
            "scope": tight.scope,
            "order_amount": asked.amount,
            "limit_amount": tight.limit.amount + tight.secured_amount,
            "exposure_amount": tight.exposure - asked.own_exposure,
            "headroom_amount": room,
            "prepayment_amount": _prepayment(facts, policy, room),
            "currency": facts.currency,
        }
        yield reason("limit_exceeded", "accept_prepayment", params)
    share = _by_class(policy.orders.prepayment_share, facts)
    if share and asked.prepaid_cleared < share * asked.amount:
        yield reason("prepayment_share", "accept_prepayment", {"prepaid_share": share})


def _room(facts: OrderFacts) -> Decimal | None:
    """The least room over all levels, the order itself left out; None where nothing bounds it."""
    rooms = [level.room + facts.asked.own_exposure for level in facts.levels if level.room is not None]
    return min(rooms, default=None)


def _room_of(level: LimitLevel) -> Decimal:
    """The room of a level that has one, by which the least is found."""
    return level.room if level.room is not None else _ZERO


def _prepayment(facts: OrderFacts, policy: Policy, room: Decimal | None) -> Decimal:
    """The smallest sum still to be prepaid for the order to go out.

    Without a limit in force, or with anything else missing that asks for prepayment, there is no room (domain 3.5).
    """
    asked = facts.asked
    open_amount = asked.amount - asked.prepaid_cleared
    no_credit = not facts.terms_agreed or bool(facts.onboarding_missing)
    no_credit = no_credit or not all(level.is_in_force(facts.as_of) for level in facts.levels)
    if no_credit:
        return open_amount
    adds = max(_ZERO, asked.counted_amount - asked.prepaid_cleared)
    excess = _ZERO
    if room is not None and adds > room:
        # Where the limit is overdrawn no part of the order fits: only when all is paid it adds nothing.
        excess = adds - room if room >= 0 else open_amount
    share = _by_class(policy.orders.prepayment_share, facts) or _ZERO
    by_share = quantised(share * asked.amount, facts.currency, "up") - asked.prepaid_cleared
    return max(excess, by_share, _ZERO)


def _by_class(by_class: Mapping[RiskClass, Decimal], facts: OrderFacts) -> Decimal | None:
    """What a policy says for the debtor's class, None where it says nothing."""
    return None if facts.risk_class is None else by_class.get(facts.risk_class)


_RANKED = {outcome.value: outcome for outcome in Outcome}


def _heaviest(found: list[Reason]) -> Outcome:
    """The heaviest outcome that reasons call for."""
    outcomes = (_RANKED[each.effect] for each in found if each.effect in _RANKED)
    return max(outcomes, key=_rank, default=Outcome.ACCEPT)


def _rank(outcome: Outcome) -> int:
    """The weight of an outcome, by which the heaviest is found."""
    return outcome.rank
