"""Vectors of credit insurance, each handed to the code that answers it."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from scoring.cover import InsuranceTerms, cover_dates, indemnity_of
from tests.vectors.unpacking import decimal, optional_decimal

Given = dict[str, Any]
_PERIODS = (
    "max_extension_days",
    "notify_after_days",
    "notify_days",
    "insolvency_notify_days",
    "handover_days",
    "waiting_months",
)


def _day(given: Given, name: str) -> date | None:
    return date.fromisoformat(given[name]) if name in given else None


def _deadlines(given: Given) -> Given:
    terms = InsuranceTerms(decimal("0.9"), **{name: given[name] for name in _PERIODS if name in given})
    found = cover_dates(
        date.fromisoformat(given["original_due_on"]),
        terms,
        handed_over_on=_day(given, "handed_over_on"),
        insolvency_on=_day(given, "insolvency_on"),
        insolvency_known_on=_day(given, "insolvency_known_on"),
    )
    return {name: None if day is None else day.isoformat() for name, day in asdict(found).items()}


def _indemnity(given: Given) -> Given:
    terms = InsuranceTerms(
        decimal(given["cover_percentage"]),
        minimum_retention=optional_decimal(given.get("minimum_retention")),
        claim_threshold=optional_decimal(given.get("claim_threshold")),
    )
    counted = [decimal(each["amount_ex_vat"]) for each in given["invoices"] if not each.get("excluded")]
    found = indemnity_of(
        sum(counted, decimal(0)),
        decimal(given["insured_limit"]),
        terms,
        first_loss_left=optional_decimal(given.get("aggregate_first_loss_remaining")),
        maximum_left=optional_decimal(given.get("maximum_payout_remaining")),
    )
    return {**asdict(found), "uninsured": found.uninsured}


COVER: dict[str, Callable[[Given], object]] = {"deadlines": _deadlines, "indemnity": _indemnity}
