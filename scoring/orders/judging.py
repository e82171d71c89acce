"""The judgement of an order: may it go out? Every reason that stands against it, and the least that must be prepaid."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from scoring.canonical import plain
from scoring.facts import NegativeEvent
from scoring.first_payment import holds_next_order
from scoring.judgement import Outcome, Reason, reason
from scoring.money import quantised
from scoring.orders.facts import LimitLevel, OrderFacts
from scoring.orders.room import headroom_of, missing_items, of_class, prepaid_share, still_to_prepay, tightest
from scoring.policy.document import Policy
from scoring.policy.grading import EventKind
from scoring.reasons import Params


@dataclass(frozen=True, slots=True)
class OrderJudgement:
    """The answer to an order, amounts in `currency` with its decimals.

    `prepayment_required` is None unless the outcome is `accept_prepayment`. `exposure_after` is as if it went out, None
    where all of it is prepaid and cleared, or nobody knows what it is worth. `headroom` is the least room before it on
    the way to the top, None where every limit is unlimited.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    currency: str
    prepayment_required: Decimal | None
    exposure_before: Decimal
    exposure_after: Decimal | None
    headroom: Decimal | None

    def document(self) -> dict[str, Any]:
        """The judgement as a plain document, ready for canonical JSON."""
        return cast(dict[str, Any], plain(self))


def release_order(facts: OrderFacts, policy: Policy) -> OrderJudgement:
    """Collect all reasons in their fixed order; the heaviest gives the outcome.

    The same facts and policy always give the same answer. Raises ValueError for facts in another currency.
    """
    if facts.currency != policy.currency:
        raise ValueError(f"facts in {facts.currency} cannot be judged by a policy in {policy.currency}")
    asked = facts.asked
    found = list(_whatever_is_paid(facts, policy))
    if not asked.is_prepaid:
        found.extend(_on_account(facts, policy))
    outcome = _heaviest(found)
    before = facts.levels[0].exposure - asked.own_exposure
    is_left_out = asked.is_prepaid or not facts.is_asked_known
    return OrderJudgement(
        outcome=outcome,
        reasons=tuple(found),
        currency=facts.currency,
        prepayment_required=still_to_prepay(facts, policy) if outcome is Outcome.ACCEPT_PREPAYMENT else None,
        exposure_before=quantised(before, facts.currency),
        exposure_after=None if is_left_out else quantised(before + asked.adds, facts.currency),
        headroom=headroom_of(facts),
    )


def _whatever_is_paid(facts: OrderFacts, policy: Policy) -> Iterator[Reason]:
    """What forbids an order even when all of it is paid before."""
    yield from _of_sanctions(facts)
    yield from _of_events(facts, policy, "insolvency")
    yield from _of_register(facts, policy)
    if facts.on_hold:
        yield reason("account_on_hold", "refer")
    yield from _of_events(facts, policy, "hold")
    if facts.parent_insolvent:
        yield reason("parent_insolvent", "refer")
    if facts.supply_stopped:
        yield reason("stop_supply", "refer")


def _of_sanctions(facts: OrderFacts) -> Iterator[Reason]:
    """A confirmed hit declines, a possible one waits for a person."""
    found = facts.sanctions
    if found is None or found.hit == "none":
        return
    params: Params = {"provider": found.provider, "retrieved_on": found.retrieved_on}
    if found.hit == "confirmed":
        yield reason("sanctions_hit", "decline", params)
    else:
        # A likeness is not yet the person, and a refused order stays refused: somebody compares before.
        yield reason("sanctions_possible", "refer", params)


def _of_events(facts: OrderFacts, policy: Policy, kind: EventKind | None) -> Iterator[Reason]:
    """What the events in force of one kind call for, each code once: register and bureau often tell of the same."""
    for event in _in_force(facts, policy, kind):
        params: Params = {"event": event.code, "told_on" if event.undated else "occurred_on": event.occurred_on}
        if kind == "insolvency":
            yield reason("insolvency_event", "decline", params)
        elif kind == "hold":
            yield reason("held_by_procedure", "refer", params)
        else:
            yield reason("event_unknown", "refer", params)


def _of_register(facts: OrderFacts, policy: Policy) -> Iterator[Reason]:
    """That the company is not active any more, by the register or by an event; each status once."""
    statuses = [facts.register_status] if facts.register_status not in (None, "active") else []
    for status in dict.fromkeys((*statuses, *(event.code for event in _in_force(facts, policy, "not_active")))):
        yield reason("debtor_not_active", "decline", {"status": str(status)})


def _in_force(facts: OrderFacts, policy: Policy, kind: EventKind | None) -> tuple[NegativeEvent, ...]:
    """The events in force that the policy gives this meaning (None: none), the first of each code.

    What is adverse bears on grade and limit, and forbids no order by itself.
    """
    first: dict[str, NegativeEvent] = {}
    for event in facts.events:
        if policy.evidence.events.get(event.code) == kind and event.in_force(facts.as_of):
            first.setdefault(event.code, event)
    return tuple(first.values())


def _on_account(facts: OrderFacts, policy: Policy) -> Iterator[Reason]:
    """What stands against giving credit for an order."""
    yield from _of_events(facts, policy, None)
    if facts.other_currencies:
        yield reason("currency_not_converted", "refer", {"currencies": facts.other_currencies})
    for level in facts.levels:
        if not level.is_in_force(facts.as_of):
            yield _no_limit(level)
    if not facts.terms_agreed:
        yield reason("terms_not_agreed", "accept_prepayment")
    if missing := missing_items(facts):
        yield reason("onboarding_incomplete", "accept_prepayment", {"missing": missing})
    yield from _of_first_payment(facts, policy)
    yield from _of_items(facts, policy)
    values = policy.orders.document_value_max
    most = of_class(values, facts.risk_class, min(values.values(), default=None))
    if most is not None and facts.asked.amount > most:
        amounts: Params = {"order_amount": facts.asked.amount, "most_amount": most, "currency": facts.currency}
        yield reason("max_document_value", "refer", amounts)
    yield from _of_room(facts, policy)


def _no_limit(level: LimitLevel) -> Reason:
    """Which limit was never decided, or ended when."""
    params: Params = {"scope": level.scope}
    if level.limit.kind != "none" and level.valid_until is not None:
        params = {**params, "ended_on": level.valid_until}
    return reason("limit_missing_or_expired", "accept_prepayment", params)


def _of_first_payment(facts: OrderFacts, policy: Policy) -> Iterator[Reason]:
    """That the first order is unpaid: it holds the next in classes with the rule, and never a critical debtor's."""
    if facts.first_payment is None or not holds_next_order(facts.first_payment):
        return
    classes = policy.first_payment.classes
    # A debtor whose class is not known has shown even less.
    if facts.risk_class not in classes and not (facts.risk_class is None and classes):
        return
    if facts.critical:
        yield reason("critical_debtor")
    else:
        yield reason("first_payment_pending", "hold_first_payment")


def _of_items(facts: OrderFacts, policy: Policy) -> Iterator[Reason]:
    """What the open items say: cover that stopped, items too old, too much of them overdue, and the dunning level."""
    items, rules = facts.items, policy.orders
    days = items.oldest_overdue_days
    if facts.max_extension_days is not None and days > facts.max_extension_days:
        yield reason("cover_stopped", "refer", {"overdue_days": days, "most_days": facts.max_extension_days})
    # Every class has a maximum: one that the policy does not name has the least.
    least = min(rules.oldest_item_days_max.values(), default=0)
    most = of_class(rules.oldest_item_days_max, facts.risk_class, least)
    most = least if most is None else most
    if days > most:
        yield reason("oldest_open_item", "refer", {"overdue_days": days, "most_days": most})
    if items.open_amount > 0 and items.overdue_amount > rules.overdue_share_max * items.open_amount:
        share = round(items.overdue_amount / items.open_amount, 4)
        yield reason("overdue_share", "refer", {"overdue_share": share, "most_share": rules.overdue_share_max})
    if facts.dunning_level > rules.dunning_level_max:
        yield reason("dunning_level", "refer", {"level": facts.dunning_level, "most": rules.dunning_level_max})


def _of_room(facts: OrderFacts, policy: Policy) -> Iterator[Reason]:
    """Whether the order fits under every limit in force, and whether its class prepays a share in any case."""
    asked, tight = facts.asked, tightest(facts)
    if tight is not None and facts.is_asked_known and asked.adds > tight.room:
        params: Params = {
            "scope": tight.level.scope,
            "order_amount": asked.amount,
            "limit_amount": tight.most,
            "exposure_amount": tight.exposure,
            "headroom_amount": tight.room,
            "prepayment_amount": still_to_prepay(facts, policy),
            "currency": facts.currency,
        }
        yield reason("limit_exceeded", "accept_prepayment", params)
    share = prepaid_share(facts, policy)
    if share is not None and asked.prepaid_cleared < share * asked.amount:
        yield reason("prepayment_share", "accept_prepayment", {"prepaid_share": share})


_RANKED = {outcome.value: outcome for outcome in Outcome}


def _heaviest(found: list[Reason]) -> Outcome:
    """The heaviest outcome that reasons call for."""
    outcomes = (_RANKED[each.effect] for each in found if each.effect in _RANKED)
    return max(outcomes, key=_rank, default=Outcome.ACCEPT)


def _rank(outcome: Outcome) -> int:
    """The weight of an outcome, by which the heaviest is found."""
    return outcome.rank
