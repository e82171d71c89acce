"""Vectors of receivables measures and provisions, each handed to the code that answers it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from scoring.behaviour import SettledItem, days_beyond_terms
from scoring.provisions import matrix_provision, roll_rate_provision
from scoring.receivables import (
    MonthlySales,
    OpenItem,
    ageing,
    collection_days,
    collection_effectiveness,
    dso_countback,
    dso_simple,
)
from tests.vectors.unpacking import decimal

Given = dict[str, Any]


def _dbt_days(given: Given) -> Given:
    found = days_beyond_terms(
        SettledItem(decimal(each["amount"]), date.fromisoformat(each["due_on"]), date.fromisoformat(each["paid_on"]))
        for each in given["settled"]
    )
    if found is None:
        return {"dbt_days": None, "dbt_days_floored": None}
    return {"dbt_days": found.dbt_days, "dbt_days_floored": found.dbt_days_floored}


def _ageing(given: Given) -> Given:
    items = [OpenItem(decimal(each["amount"]), date.fromisoformat(each["due_on"])) for each in given["open_items"]]
    found = ageing(items, date.fromisoformat(given["as_of"]))
    return {
        "buckets": found.buckets,
        "pct_overdue": found.overdue_share,
        "open_overdue_days_weighted": found.overdue_days_weighted,
    }


def _countback(given: Given) -> Given:
    months = [
        MonthlySales(each["year"], each["month"], decimal(each["credit_sales"]))
        for each in given["months_newest_first"]
    ]
    found = dso_countback(decimal(given["ar"]), months)
    return {"days": found.days, "complete": found.complete}


def _collection_days(given: Given) -> Given:
    receivables, not_due, sales = (decimal(given[name]) for name in ("ar", "current_ar", "credit_sales"))
    found = collection_days(receivables, not_due, sales, given["days"])
    if found is None:
        return {"dso": None, "bpdso": None, "add": None}
    return {"dso": found.dso, "bpdso": found.best_possible_dso, "add": found.average_days_delinquent}


def _effectiveness(given: Given) -> Given:
    names = ("beginning_ar", "credit_sales", "ending_total_ar", "ending_current_ar")
    return {"cei": collection_effectiveness(*(decimal(given[name]) for name in names))}


def _matrix(given: Given) -> Given:
    found = matrix_provision([(decimal(gross), decimal(rate)) for _, gross, rate in given["buckets"]])
    return {"ecl": found.loss_amount, "gross": found.gross_amount}


def _roll_rates(given: Given) -> Given:
    paid = [decimal(given["paid"][name]) for name in ("on_time", "d1_30", "d31_60", "d61_90")]
    found = roll_rate_provision(decimal(given["sales"]), paid, [decimal(each) for each in given["exposure"]])
    return {"loss_rates": list(found.loss_rates), "ecl": found.loss_amount}


RECEIVABLES: dict[str, Callable[[Given], object]] = {
    "dbt_days": _dbt_days,
    "aging": _ageing,
    "dso_simple": lambda given: {
        "dso": dso_simple(decimal(given["ar"]), decimal(given["credit_sales"]), given["days"])
    },
    "dso_countback": _countback,
    "bpdso_add": _collection_days,
    "cei": _effectiveness,
    "ifrs9_matrix": _matrix,
    "ifrs9_roll_rate": _roll_rates,
}
