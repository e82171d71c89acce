"""How an order is shown, to each role what it may see: one rendering for every room that shows one."""

from decimal import Decimal
from typing import Any

import orjson

from api.decision_answer import Language, reasons_answer
from api.records.order_rows import Order
from api.web.money import money_answer, money_or_none

# Sales sees the outcome, what can be done about it, and what it can still sell; what a debtor owes is not its business.
SEE_EXPOSURE = frozenset({"finance", "credit_manager", "integration"})
_ZERO = Decimal(0)


def order_body(order: Order, document: str, *, mode: str, role: str, language: Language) -> dict[str, Any]:
    """Give an order with its newest judgement, `document`, as a role may see it; `mode` is the seller's."""
    judgement: dict[str, Any] = orjson.loads(document)
    answer = {
        "id": order.id,
        "mode": mode,
        "order_reference": order.order_reference,
        "debtor_id": order.debtor_id,
        "amount": money_answer(order.amount, order.currency),
        "vat_amount": money_or_none(order.vat_amount, order.currency),
        "delivery_on": order.delivery_on,
        "call_offs": None
        if order.call_offs is None
        else [
            {"delivery_on": day, "amount": money_answer(Decimal(amount), order.currency)}
            for day, amount in order.call_offs
        ],
        "prepayment_reference": order.prepayment_reference,
        "state": order.state,
        "outcome": order.outcome,
        "reasons": reasons_answer(judgement["reasons"], role, language),
        "prepayment_required": money_or_none(order.prepayment_required, order.currency),
        "prepay_by": order.expires_at if order.prepayment_required is not None else None,
        "reservation": _reservation(order),
        "delivered_amount": money_answer(order.delivered_amount, order.currency),
        "invoiced_amount": money_answer(order.invoiced_amount, order.currency),
        "prepaid_amount": money_answer(order.prepaid_amount, order.currency),
        "is_first_order": order.is_first,
        "released_by": order.released_by,
        "released_until": order.released_until,
        "check_due": order.check_due,
        "decision_id": order.decision_id,
        "placed_at": order.placed_at,
        "judged_at": order.judged_at,
        "version": order.version,
    }
    return answer | exposure_answer(judgement, role)


def exposure_answer(judgement: dict[str, Any], role: str) -> dict[str, Any]:
    """Give the figures of a judgement that a role may see, in the policy's currency."""
    currency, headroom = judgement["currency"], judgement["headroom"]
    if role not in SEE_EXPOSURE:
        # Below zero is what the debtor owes above its limit.
        return {"headroom": None if headroom is None else money_answer(max(_ZERO, Decimal(headroom)), currency)}
    return {name: _signed(judgement[name], currency) for name in ("exposure_before", "exposure_after", "headroom")}


def _reservation(order: Order) -> dict[str, Any] | None:
    reserved = order.scheduled_amount + order.reserved_amount
    if not reserved:
        return None
    return {"amount": money_answer(reserved, order.currency), "expires_at": order.expires_at}


def _signed(amount: str | None, currency: str) -> dict[str, str] | None:
    return None if amount is None else money_answer(Decimal(amount), currency)
