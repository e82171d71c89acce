"""A page of a list as it is sent: JSON, or CSV for who asks for `text/csv`."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, request
from marshmallow import Schema

from api.web.answers import json_answer
from api.wiring import answer_bytes

CSV = "text/csv"
# Added to the documentation of a list, beside its JSON.
CSV_TOO: dict[str, Any] = {"200": {"content": {CSV: {"schema": {"type": "string"}}}}}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def list_answer(
    item: type[Schema],
    items: Sequence[Mapping[str, Any]],
    next_cursor: str | None,
    beside: Mapping[str, Any] | None = None,
) -> Response:
    """Send one page. In CSV an amount becomes two columns, and the next page is named by the header `Link`.

    `beside` is what is told of the whole list; it stands before the items, and not in CSV.
    """
    if request.accept_mimetypes.best_match(["application/json", CSV]) != CSV:
        return json_answer({**(beside or {}), "items": items, "next": next_cursor})
    # As JSON first, so that dates, ids and amounts read the same in both forms.
    plain: list[dict[str, Any]] = orjson.loads(answer_bytes(items))
    rows = [_row(row) for row in plain]
    columns = list(dict.fromkeys([*_columns_of(item()), *(name for row in rows for name in row)]))
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    headers = {}
    if next_cursor:
        query = urlencode({**request.args, "after": next_cursor})
        headers["Link"] = f'<{request.path}?{query}>; rel="next"'
    return Response(written.getvalue(), 200, headers, content_type=f"{CSV}; charset=utf-8")


def _columns_of(item: Schema) -> list[str]:
    """Give the columns of a list, also of one that has no rows."""
    columns = []
    for name, field in item.fields.items():
        is_money = set(getattr(getattr(field, "schema", None), "fields", ())) == {"amount", "currency"}
        columns += [name, f"{name}_currency"] if is_money else [field.data_key or name]
    return columns


def _row(item: Mapping[str, Any]) -> dict[str, str]:
    row: dict[str, str] = {}
    for name, value in item.items():
        if isinstance(value, dict) and set(value) == {"amount", "currency"}:
            row |= {name: value["amount"], f"{name}_currency": value["currency"]}
        else:
            row[name] = _cell(value)
    return row


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | dict | list):
        return orjson.dumps(value).decode()
    text = str(value)
    # A spreadsheet would run such a text as a formula.
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_STARTS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdigit()
