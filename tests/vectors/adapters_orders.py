"""Vectors of orders, each handed to the code that answers it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bench.stock_erp import credit_warning
from scoring.exposure import ExposureParts, composed_exposure
from scoring.facts import CreditLimit, NegativeEvent, SanctionsFacts
from scoring.first_payment import FirstInvoice, first_payment_state
from scoring.order_stages import OrderProgress, called_off, stages_of
from scoring.orders import DebtItem, LimitLevel, OrderAsked, OrderFacts, open_items, release_order
from scoring.policy.document import Policy
from tests.vectors.unpacking import POLICY, decimal

Given = dict[str, Any]


def _day(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _counted(value: Any, delivery_on: Any, horizon_on: date | None) -> Decimal:
    amount = decimal(value)
    return stages_of(OrderProgress(amount, called_off(amount, _day(delivery_on))), horizon_on).counted


def _policy(given: Given) -> Policy:
    orders = replace(
        POLICY.orders,
        oldest_item_days_max={"normal": given["max_days_oldest"]},
        overdue_share_max=decimal(given["max_overdue_share"]),
        dunning_level_max=given["max_dunning_level"],
        document_value_max={"normal": decimal(given["max_document_value"])},
    )
    return replace(POLICY, orders=orders)


def _facts(given: Given) -> OrderFacts:
    as_of = date.fromisoformat(given["as_of"])
    horizon_on = as_of + timedelta(days=given["horizon_days"]) if "horizon_days" in given else None
    items = [
        DebtItem(decimal(each["amount"]), date.fromisoformat(each["due_on"]), each.get("disputed", False))
        for each in given["open_items"]
    ]
    orders = (_counted(each["value"], each.get("delivery_on"), horizon_on) for each in given["open_orders"])
    parts = ExposureParts(
        open_items=sum((each.amount for each in items), Decimal(0)),
        open_orders_within_horizon=sum(orders, Decimal(0)),
    )
    limit = CreditLimit("none") if given["limit"] is None else CreditLimit("amount", decimal(given["limit"]))
    events = (NegativeEvent("bankruptcy", as_of),) if given.get("insolvency") else ()
    return OrderFacts(
        as_of=as_of,
        currency=POLICY.currency,
        asked=OrderAsked(
            amount=decimal(given["order_value"]),
            counted_amount=_counted(given["order_value"], given.get("order_delivery_on"), horizon_on),
            prepaid_cleared=decimal(given.get("prepaid_cleared", 0)),
        ),
        levels=(LimitLevel("debtor", "own", limit, _day(given["limit_valid_until"]), composed_exposure(parts)),),
        risk_class="normal",
        terms_agreed=True,
        items=open_items(items, as_of, given["overdue_share_days"]),
        first_payment=given["first_payment_state"] if given.get("first_payment_first") else None,
        sanctions=SanctionsFacts("list", as_of, "confirmed") if given.get("sanctions_hit") else None,
        events=events,
        on_hold=bool(given.get("blocked")),
        max_extension_days=given["max_extension_days"] if given.get("insured") else None,
        dunning_level=given["dunning_level"],
    )


def _release(given: Given) -> Given:
    found = release_order(_facts(given), _policy(given))
    return {
        "outcome": found.outcome.value,
        "reasons": [each.code for each in found.reasons],
        "exposure_after": found.exposure_after,
        "prepayment_required": found.prepayment_required,
    }


def _first_payment(given: Given) -> Given:
    invoice = given.get("first_invoice")
    invoices = (
        []
        if invoice is None
        else [FirstInvoice(date.fromisoformat(invoice["due_on"]), _day(invoice.get("paid_in_full_on")))]
    )
    as_of = date.fromisoformat(given["as_of"])
    return {"state": first_payment_state(given.get("open_orders", 0) > 0, invoices, as_of, given["grace_days"])}


def _stock_erp(given: Given) -> Given:
    names = ("partner_credit", "credit_to_invoice", "this_document", "already_counted", "credit_limit")
    found = credit_warning(*(decimal(given[name]) for name in names))
    return {"total": found.total_amount, "warn": found.warns}


ORDERS: dict[str, Callable[[Given], object]] = {
    "release_order": _release,
    "first_payment_state": _first_payment,
    "odoo_credit_warning": _stock_erp,
}
