"""The rules of matching in their order; the first that one reading of the payment fits books, two readings never do.

The order is that of a careful bookkeeper: what we gave the payer to write (reference, collection), also for an order
that he prepays, what the payer wrote
(invoice numbers), whose account it is, and only then a discount. A name alone never books.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scoring.matching.evidence import Evidence, order_keys, weigh
from scoring.matching.facts import Booking, Candidates, MoneyIn, Proposals, Rule, WhyProposed
from scoring.matching.keys import number_key
from scoring.matching.proposing import propose
from scoring.matching.readings import (
    Group,
    Reading,
    nearest,
    of_each_debtor,
    prepay,
    settle_all_and_more,
    settle_oldest,
    settle_whole,
    singles_and_totals,
)
from scoring.policy.matching import MatchingPolicy


@dataclass(frozen=True, slots=True)
class Found:
    """The readings a rule sees: one is booked, unless `why` says that a person must look; more are proposed."""

    readings: tuple[Reading, ...]
    why: WhyProposed | None = None


def match(money: MoneyIn, candidates: Candidates, policy: MatchingPolicy) -> Booking | Proposals:
    """Book a payment on the items it certainly settles, else propose. All items are in the payment's currency.

    No item gets more than it has open; the order of candidates makes no difference. A credit note takes part in sums.
    """
    evidence = weigh(money, candidates, policy)
    for rule in _RULES:
        found = rule(evidence)
        if len(found.readings) == 1 and found.why is None:
            return found.readings[0].booking()
        if found.readings or found.why:
            return propose(evidence, found.readings, found.why or "several_fit")
    if _has_nothing_open(evidence) and (debtor_id := evidence.debtor_id):
        return Booking("none", debtor_id, (), rest_amount=money.amount)
    return propose(evidence, (), "several_fit")


def _by_prepayment(given: Evidence) -> Found:
    """0: an order that is prepaid. It must be the only thing the payment points to, and worth at least as much.

    Our reference or collection of an invoice comes before an order that a text names by the way. A name among other
    words must be long enough not to stand there by chance, unless the order asks for just this amount.
    """
    if given.named_orders and not given.quoted_orders and (given.referred or given.collected):
        return Found(())
    orders = given.quoted_orders or given.named_orders
    readings = tuple(prepay(order, given.money) for order in orders)
    if not readings or len(readings) > 1 or given.referred or given.collected or given.named:
        return Found(readings, "several_fit" if readings else None)
    (order,) = orders
    is_theirs = not given.account_debtor_ids or order.debtor_id in given.account_debtor_ids
    fits = given.money.amount <= order.worth_amount
    is_sure = bool(given.quoted_orders) or given.money.amount in (order.required_amount, order.worth_amount)
    longest = max(map(len, order_keys(order)), default=0)
    is_sure = is_sure or longest >= given.policy.part_payment_key_length_min
    if fits and is_theirs and is_sure:
        return Found(readings)
    return Found(readings, "amount_fits" if fits else "order_amount_differs")


def _by_reference(given: Evidence) -> Found:
    """1: our reference, on one open invoice. Part is part, too much is left unallocated, a discount is granted."""
    if len(given.referred) != 1:
        return Found(())
    reading = (
        _settled("reference", given.referred, given)
        or _settled("reference", given.referred, given, discounted=True)
        or settle_oldest("reference", given.referred, given.money)
    )
    return Found((reading,) if reading else ())


def _by_collection(given: Evidence) -> Found:
    """2: our own direct debit. All its items must be of one debtor and add up to what came in."""
    if not given.collected:
        return Found(())
    groups = of_each_debtor(given.collected)
    reading = _settled("collection", given.collected, given) if len(groups) == 1 else None
    return Found((reading,)) if reading else Found((), "collection_differs")


def _by_number(given: Evidence) -> Found:
    """3 and 4: a named invoice of that amount, or all that are named together; both at once is two readings."""
    return Found(_fitting(_named_groups(given), given))


def _by_account(given: Evidence) -> Found:
    """5: of the account's debtors one item of that amount, or all that one of them has open."""
    return Found(_fitting(_account_groups(given), given))


def _by_discount(given: Evidence) -> Found:
    """6: the same as by number and by account, less the discounts that may still be taken."""
    groups = dict.fromkeys((*_named_groups(given), *_account_groups(given)))
    return Found(_fitting(groups, given, discounted=True))


def _by_named_debtor(given: Evidence) -> Found:
    """A named invoice, paid by its own debtor's account with another amount: part of it, or more than it.

    The payer says which debt is paid, and the law follows that (BW 6:43 (1)); account and number say the same, so a
    bookkeeper would not ask. It is booked only when nothing contradicts it: one debtor is named, the numbers are too
    long to stand there by chance, and no other item nor total of the account has just this amount. A part must name one
    invoice; with several nobody can tell which of them is left open.
    """
    groups = of_each_debtor(given.named)
    if len(groups) != 1 or groups[0][0].debtor_id not in given.account_debtor_ids:
        return Found(())
    shortest = min(len(number_key(item.number) or "") for item in given.named)
    if shortest < given.policy.part_payment_key_length_min or _fits_elsewhere(given):
        return Found(())
    rule = _rule_of(given.named, given)
    reading = settle_all_and_more(rule, given.named, given.money)
    if reading is None and len(given.named) == 1:
        reading = settle_oldest(rule, given.named, given.money)
    return Found((reading,) if reading else ())


_RULES: tuple[Callable[[Evidence], Found], ...] = (
    _by_prepayment,
    _by_reference,
    _by_collection,
    _by_number,
    _by_account,
    _by_discount,
    _by_named_debtor,
)


def _named_groups(given: Evidence) -> tuple[Group, ...]:
    """What the text may mean: each named item alone, or all of them when they are of one debtor."""
    groups = of_each_debtor(given.named)
    together = (given.named,) if len(groups) == 1 and len(given.named) > 1 else ()
    return (*((item,) for item in given.named), *together)


def _account_groups(given: Evidence) -> tuple[Group, ...]:
    """What the account may mean, as far as it does not leave out what the text names."""
    named = {item.id for item in given.named}
    groups = singles_and_totals(given.account_items)
    return tuple(group for group in groups if named <= {item.id for item in group})


def _fits_elsewhere(given: Evidence) -> bool:
    """Whether the amount fits items of the account that the text does not name."""
    groups = singles_and_totals(given.account_items)
    return any(_fitting(groups, given)) or any(_fitting(groups, given, discounted=True))


def _fitting(groups: Iterable[Group], given: Evidence, *, discounted: bool = False) -> tuple[Reading, ...]:
    """The readings of groups that the payment settles as a whole."""
    return nearest(_settled(_rule_of(group, given), group, given, discounted=discounted) for group in groups)


def _settled(rule: Rule, group: Group, given: Evidence, *, discounted: bool = False) -> Reading | None:
    """A group settled as a whole within the policy's tolerance, None when it does not fit."""
    return settle_whole(rule, group, given.money, given.policy.tolerance_amount, discounted=discounted)


def _rule_of(group: Group, given: Evidence) -> Rule:
    """The rule that a group was found by: the numbers when all of it is named, else the account."""
    if not {item.id for item in group} <= {item.id for item in given.named}:
        return "account"
    return "number" if len(group) == 1 else "numbers"


def _has_nothing_open(given: Evidence) -> bool:
    """Whether no open item at all is pointed to, so that there is nothing to choose from."""
    return not (given.referred or given.collected or given.named or given.account_items)
