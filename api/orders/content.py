"""What is ordered, as it may be changed: the content of an order, checked as a whole."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from api.problems import BadInput, Conflict, Fault
from api.records.order_rows import Order
from api.web.money import amount_answer
from scoring.money import Money

_ZERO = Decimal(0)


def content_of(order: Order) -> dict[str, Any]:
    """Give what is ordered, as a step keeps it; amounts as text."""
    return {
        "amount": amount_answer(order.amount, order.currency),
        "vat_amount": None if order.vat_amount is None else amount_answer(order.vat_amount, order.currency),
        "delivery_on": None if order.delivery_on is None else order.delivery_on.isoformat(),
        "call_offs": order.call_offs,
        "prepayment_reference": order.prepayment_reference,
    }


def with_content(order: Order, sent: Mapping[str, Any]) -> Order:
    """Give an order with what was sent of its content; all else of it stays as it is.

    `sent` holds amount and vat_amount (Money), delivery_on, call_offs and prepayment_reference, each where it was sent,
    and the `currency` of them all; a delivery day takes the place of call-offs, and they of it. Raises BadInput, and
    Conflict below what went out.
    """
    after = replace(
        order,
        amount=_amount(sent, "amount", order.amount) or _ZERO,
        vat_amount=_amount(sent, "vat_amount", order.vat_amount),
        prepayment_reference=sent.get("prepayment_reference", order.prepayment_reference),
    )
    if sent.get("delivery_on") is not None:
        after = replace(after, delivery_on=sent["delivery_on"], call_offs=None)
    elif sent.get("call_offs") is not None:
        after = replace(after, call_offs=sent["call_offs"], delivery_on=None)
    else:
        after = replace(
            after,
            delivery_on=sent.get("delivery_on", after.delivery_on),
            call_offs=sent.get("call_offs", after.call_offs),
        )
    faults = list(_faults(order, after, sent))
    if faults:
        raise BadInput("The order cannot be changed so.", faults=faults)
    gone = max(order.delivered_amount, order.invoiced_amount)
    if after.amount < gone:
        told = f"{amount_answer(gone, order.currency)} {order.currency}"
        raise Conflict(f"{told} of it was delivered or invoiced: it cannot be less.", code="below_delivered")
    return after


def _amount(sent: Mapping[str, Any], name: str, before: Decimal | None) -> Decimal | None:
    if name not in sent:
        return before
    money: Money | None = sent[name]
    return None if money is None else money.amount


def _faults(order: Order, after: Order, sent: Mapping[str, Any]) -> list[Fault]:
    """Give what contradicts itself once what was sent stands beside what was not."""
    faults = []
    if sent.get("currency") not in (None, order.currency):
        name = next(each for each in ("amount", "vat_amount", "call_offs") if sent.get(each) is not None)
        faults.append(Fault(f"/{name}", "another_currency", f"The order is in {order.currency}."))
    if after.vat_amount is not None and after.vat_amount > after.amount:
        faults.append(Fault("/vat_amount", "vat_not_a_part", "Must be a part of amount: send it with the new amount."))
    if after.call_offs is not None and sum(Decimal(amount) for _, amount in after.call_offs) != after.amount:
        detail = "Must be the amount together: send them with the new amount."
        faults.append(Fault("/call_offs", "not_the_amount", detail))
    return faults
