"""What of an alert's data is told to whom, with a label in both languages."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from scoring.reasons.alert_happenings import happening_lines, told_happenings
from scoring.reasons.plain import one_line
from scoring.reasons.registry import Audience, Language, Words
from scoring.reasons.rendering import readable
from scoring.reasons.words import OUTCOMES

# What of an alert's data is told, in this order, and whether sales may read it: an order is his, a report's figure,
# a limit or what is owed is not.
ALERT_FIELDS: dict[str, tuple[Words, bool]] = {
    "insolvent_debtors": (Words("Insolvent", "Insolvent"), True),
    "order_reference": (Words("Order", "Order"), True),
    "order_references": (Words("Orders", "Orders"), True),
    "delivery_reference": (Words("Delivery", "Levering"), True),
    "invoice_number": (Words("Invoice", "Factuur"), True),
    "invoice_numbers": (Words("Invoices", "Facturen"), True),
    "amount": (Words("Amount", "Bedrag"), True),
    "promised_amount": (Words("Promised", "Toegezegd"), True),
    "unpaid_amount": (Words("Of that not paid", "Daarvan niet betaald"), True),
    "promised_on": (Words("Promised for", "Toegezegd voor"), True),
    "promises_count": (Words("Number of promises", "Aantal toezeggingen"), True),
    "noted_by": (Words("Noted by", "Vastgelegd door"), True),
    "order_amount": (Words("Ordered", "Besteld"), True),
    "invoiced_amount": (Words("Invoiced", "Gefactureerd"), True),
    "due_on": (Words("Due on", "Vervalt op"), True),
    "due_at": (Words("Deadline", "Termijn"), True),
    "deadline_on": (Words("Last day", "Uiterste dag"), False),
    "paid_on": (Words("Paid on", "Betaald op"), True),
    "result": (Words("Paid", "Betaald"), True),
    "overdue_days": (Words("Days overdue", "Dagen te laat"), True),
    "since_on": (Words("Limit since", "Limiet sinds"), True),
    "orders_count": (Words("Number of orders", "Aantal orders"), True),
    "oldest_delivered_on": (Words("Oldest delivered on", "Oudste geleverd op"), True),
    "oldest_due_on": (Words("Oldest fell due on", "Oudste vervallen op"), False),
    "overdue_days_reached": (Words("Overdue for at least", "Over de vervaldatum, minstens"), False),
    "cover_stop_on": (Words("Covered until", "Gedekt tot en met"), False),
    "late_days": (Words("Paid late by", "Te laat betaald"), False),
    "late_days_before": (Words("Before, by", "Voorheen"), False),
    "late_share": (Words("Share paid late", "Deel te laat betaald"), False),
    "late_share_before": (Words("Share before", "Deel voorheen"), False),
    "owed_amount": (Words("Owed", "Uitstaand"), False),
    "book_share": (Words("Share of the book", "Deel van de portefeuille"), False),
    "merged_debtor": (Words("Limit was of", "Limiet was van"), False),
    "risk_class_before": (Words("Class before", "Klasse voorheen"), False),
    "risk_class": (Words("Class now", "Klasse nu"), False),
    "from": (Words("Class before", "Klasse voorheen"), False),
    "to": (Words("Class now", "Klasse nu"), False),
    "outcome": (Words("Decision", "Besluit"), False),
    "scope": (Words("Limit of", "Limiet van"), False),
    "used_amount": (Words("Used", "Benut"), False),
    "share_reached": (Words("Of the limit, at least", "Van de limiet, minstens"), False),
    "limit_amount": (Words("Limit", "Limiet"), False),
    "exposure_amount": (Words("Exposure", "Uitstaand risico"), False),
    "over_limit_amount": (Words("Above the limit", "Boven de limiet"), False),
    "before": (Words("Before", "Voorheen"), False),
    "after": (Words("Now", "Nu"), False),
    "valid_from": (Words("From", "Vanaf"), False),
    "valid_until": (Words("Until", "Tot en met"), False),
    "ended_on": (Words("Ended on", "Geëindigd op"), False),
    "next_review_on": (Words("Review on", "Herziening op"), False),
    "differs": (Words("What differs", "Wat afwijkt"), False),
    "account": (Words("Account", "Rekening"), False),
    "missing_after_on": (Words("After the statement until", "Na het afschrift tot en met"), False),
    "missing_before_on": (Words("Before the statement from", "Voor het afschrift vanaf"), False),
    "provider": (Words("Source", "Bron"), False),
    "changes_count": (Words("Number of changes", "Aantal wijzigingen"), False),
    "description": (Words("Webhook", "Webhook"), False),
    "failing_since": (Words("Fails since", "Mislukt sinds"), False),
    "act_until": (Words("Act by", "Handel uiterlijk"), True),
}
# What stands in these is a code, and has words.
CODED = ("result", "risk_class", "from", "to", "outcome", "scope", "differs")
CODES: dict[str, Words] = {
    **OUTCOMES,
    "low": Words("low", "laag"),
    "normal": Words("normal", "normaal"),
    "high": Words("high", "hoog"),
    "blocked": Words("blocked", "geblokkeerd"),
    "on_time": Words("on time", "op tijd"),
    "late": Words("late", "te laat"),
    "own": Words("the debtor itself", "de debiteur zelf"),
    "group": Words("the whole group", "het hele concern"),
    "debtor": Words("the order is another debtor's", "de order is van een andere debiteur"),
    "currency": Words("the currency", "de valuta"),
}
VALUE_LENGTH_MAX = 200
# A machine is named by whoever made its key; one whose key nobody finds is only known to be one.
KEY_NAMED = re.compile(r"key:[0-9a-f-]+")
MACHINE = Words("a machine", "een machine")


def told_to(data: Mapping[str, Any], audience: Audience, *, is_natural_person: bool) -> dict[str, Any]:
    """Give of an alert's data what an audience may read; sales reads nothing of a natural person's.

    With what sources told, as `alert_happenings.told_happenings` gives it.
    """
    if audience == "sales" and is_natural_person:
        return {}
    whole = {**_missing_between(data), **data}
    named = {
        name: whole.get(name) for name, (_, for_sales) in ALERT_FIELDS.items() if for_sales or audience == "finance"
    }
    told = {name: value for name, value in named.items() if _is_readable(value)}
    return {**told, **told_happenings(data, audience)}


def _missing_between(data: Mapping[str, Any]) -> dict[str, Any]:
    """The days between which a bank statement is missing, of the statements that are there."""
    after, before = data.get("after"), data.get("before")
    found: dict[str, Any] = {}
    if isinstance(after, dict):
        found["missing_after_on"] = after.get("until_on")
    if isinstance(before, dict):
        found["missing_before_on"] = before.get("from_on")
    return found


def _is_readable(value: Any) -> bool:
    """Whether a value can be told as it stands."""
    is_money = isinstance(value, dict) and isinstance(value.get("amount"), str) and "currency" in value
    return is_money or (isinstance(value, str | int) and not isinstance(value, bool) and value != "")


def alert_lines(data: Mapping[str, Any], language: Language, time_zone: str) -> list[tuple[str, str]]:
    """Give label and value of each part of what `told_to` gave: what sources told first, then as in ALERT_FIELDS.

    Times are told as a day in the seller's time zone.
    """
    fields = [
        (words.of(language), _value(name, data[name], language, time_zone))
        for name, (words, _) in ALERT_FIELDS.items()
        if name in data
    ]
    return happening_lines(data, language, time_zone) + fields


def _value(name: str, value: Any, language: Language, time_zone: str) -> str:
    """One value in words; what has not the form that its name promises is shown as it stands."""
    # What was before, or was reached, is of the same kind as what is now.
    name = name.removesuffix("_before").removesuffix("_reached")
    try:
        if isinstance(value, dict):
            return readable("_amount", value["amount"], str(value["currency"]), language)
        if name == "noted_by":
            value = KEY_NAMED.sub(MACHINE.of(language), value)
        if name in CODED and value in CODES:
            return CODES[value].of(language)
        if name.endswith("share"):
            return readable("_share", value, "", language)
        if name.endswith(("_at", "_since")):
            return readable("_on", datetime.fromisoformat(value).astimezone(ZoneInfo(time_zone)).date(), "", language)
        if name.endswith(("_on", "_until", "_from")):
            return readable("_on", value, "", language)
        if name.endswith("_days"):
            return readable("_days", value, "", language)
    except (ValueError, ArithmeticError, TypeError):
        pass
    return one_line(str(value), VALUE_LENGTH_MAX)
