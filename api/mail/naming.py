"""Puts names to the ids in alerts' data, as they are when the mail is made; an id tells its reader nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.records import alert_names
from api.records.alert_names import Ids, Names
from scoring.reasons.plain import one_line
from scoring.reasons.registry import Audience

NAME_LENGTH_MAX = 120
KEY = re.compile(r"key:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
SHOWN_MAX = 5  # Of one noun in one alert.


def names_of(session: Session, told: Iterable[Mapping[str, Any]]) -> Names:
    """Read the names of all that the data of alerts point at."""
    data = list(told)
    ids = Ids(
        debtors={found for each in data for found in _ids(each, "insolvent_debtor_ids", "merged_debtor_id")},
        invoices={found for each in data for found in _first(each, "invoice_ids")},
        orders={found for each in data for found in _first(each, "order_ids", "order_id")},
        keys={UUID(found) for each in data for found in KEY.findall(str(each.get("noted_by", "")))},
    )
    return alert_names.read(session, ids)


def _first(data: Mapping[str, Any], *fields: str) -> Iterator[UUID]:
    """As many as are shown, and one more, by which it is known that there are more."""
    return islice(_ids(data, *fields), SHOWN_MAX + 1)


def named(data: Mapping[str, Any], names: Names, audience: Audience) -> dict[str, Any]:
    """Give an alert's data with the names of what it points at, as far as an audience may read them."""
    kin = [names.debtors[each] for each in _ids(data, "insolvent_debtor_ids") if each in names.debtors]
    # Of who is or may be a natural person sales reads nothing, and so not that he is insolvent either.
    readable = [each for each in kin if audience == "finance" or each.is_natural_person is False]
    merged = [names.debtors[each] for each in _ids(data, "merged_debtor_id") if each in names.debtors]
    found = {
        "insolvent_debtors": _listed(each.name for each in readable),
        "merged_debtor": _listed(each.name for each in merged),
        "invoice_numbers": _listed(names.invoices.get(each) for each in _ids(data, "invoice_ids")),
        "order_references": _listed(names.orders.get(each) for each in _ids(data, "order_ids")),
        "order_reference": data.get("order_reference")
        or _listed(names.orders.get(each) for each in _ids(data, "order_id")),
        "noted_by": KEY.sub(lambda key: _machine(key, names), str(data.get("noted_by") or "")),
    }
    return {**data, **{name: value for name, value in found.items() if value}}


def _machine(key: re.Match[str], names: Names) -> str:
    """Name a machine by what its key is called and its role; one whose key is not there stays as it is."""
    found = names.keys.get(UUID(key[1]))
    return key[0] if found is None else f"{one_line(found[0], NAME_LENGTH_MAX)} ({found[1]})"


def _listed(names: Iterable[str | None]) -> str:
    """Names in one line, in the order of the data; of many the first and a sign that there are more."""
    known = [one_line(each, NAME_LENGTH_MAX) for each in names if each]
    return ", ".join(known[:SHOWN_MAX]) + (", ..." if len(known) > SHOWN_MAX else "")


def _ids(data: Mapping[str, Any], *fields: str) -> Iterator[UUID]:
    """The ids in some fields of the data; what is none is passed over."""
    for field in fields:
        value = data.get(field)
        for each in value if isinstance(value, list) else [value]:
            try:
                yield UUID(str(each))
            except ValueError:
                continue
