"""What of an alert's data is told to whom, with a label in both languages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from scoring.reasons.registry import Audience, Language, Words
from scoring.reasons.rendering import readable

# What of an alert's data is told, in this order, and whether sales may read it: an order is his, a report's figure,
# a limit or what is owed is not.
ALERT_FIELDS: dict[str, tuple[Words, bool]] = {
    "order_reference": (Words("Order", "Order"), True),
    "delivery_reference": (Words("Delivery", "Levering"), True),
    "invoice_number": (Words("Invoice", "Factuur"), True),
    "amount": (Words("Amount", "Bedrag"), True),
    "order_amount": (Words("Ordered", "Besteld"), True),
    "invoiced_amount": (Words("Invoiced", "Gefactureerd"), True),
    "due_on": (Words("Due on", "Vervalt op"), True),
    "due_at": (Words("Deadline", "Termijn"), True),
    "deadline_on": (Words("Last day", "Uiterste dag"), False),
    "paid_on": (Words("Paid on", "Betaald op"), True),
    "overdue_days": (Words("Days overdue", "Dagen te laat"), True),
    "limit_amount": (Words("Limit", "Limiet"), False),
    "exposure_amount": (Words("Exposure", "Uitstaand risico"), False),
    "over_limit_amount": (Words("Above the limit", "Boven de limiet"), False),
    "before": (Words("Before", "Voorheen"), False),
    "after": (Words("Now", "Nu"), False),
    "valid_from": (Words("From", "Vanaf"), False),
    "valid_until": (Words("Until", "Tot en met"), False),
    "ended_on": (Words("Ended on", "Geëindigd op"), False),
    "next_review_on": (Words("Review on", "Herziening op"), False),
    "account": (Words("Account", "Rekening"), False),
    "provider": (Words("Source", "Bron"), False),
}
VALUE_LENGTH_MAX = 200


def told_to(data: Mapping[str, Any], audience: Audience, *, is_natural_person: bool) -> dict[str, Any]:
    """Give of an alert's data what an audience may read; sales reads nothing of a natural person's."""
    if audience == "sales" and is_natural_person:
        return {}
    named = {
        name: data.get(name) for name, (_, for_sales) in ALERT_FIELDS.items() if for_sales or audience == "finance"
    }
    return {name: value for name, value in named.items() if _is_readable(value)}


def _is_readable(value: Any) -> bool:
    """Whether a value can be told as it stands."""
    is_money = isinstance(value, dict) and isinstance(value.get("amount"), str) and "currency" in value
    return is_money or (isinstance(value, str | int) and not isinstance(value, bool) and value != "")


def alert_lines(data: Mapping[str, Any], language: Language, time_zone: str) -> list[tuple[str, str]]:
    """Give label and value of each part of what `told_to` gave, in the order of ALERT_FIELDS.

    Times are told as a day in the seller's time zone.
    """
    return [
        (words.of(language), _value(name, data[name], language, time_zone))
        for name, (words, _) in ALERT_FIELDS.items()
        if name in data
    ]


def _value(name: str, value: Any, language: Language, time_zone: str) -> str:
    """One value in words; what has not the form that its name promises is shown as it stands."""
    try:
        if isinstance(value, dict):
            return readable("_amount", value["amount"], str(value["currency"]), language)
        if name.endswith("_at"):
            return readable("_on", datetime.fromisoformat(value).astimezone(ZoneInfo(time_zone)).date(), "", language)
        if name.endswith(("_on", "_until", "_from")):
            return readable("_on", value, "", language)
        if name.endswith("_days"):
            return readable("_days", value, "", language)
    except (ValueError, ArithmeticError, TypeError):
        pass
    return one_line(str(value), VALUE_LENGTH_MAX)


def one_line(text: str, length_max: int) -> str:
    """Give a text as one line of bounded length, without what cannot be printed: nothing in it passes for a line."""
    plain = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(plain.split())[:length_max]
