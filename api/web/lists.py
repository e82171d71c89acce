"""A page of a list as it is sent: JSON, or CSV for who asks for `text/csv`."""

import csv
import io
from collections.abc import Collection, Mapping, Sequence
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
    """Send one page. In CSV an amount becomes two columns, a limit one more for its kind; `Link` names the next page.

    `beside` is what is told of the whole list; it stands before the items, and not in CSV.
    """
    if request.accept_mimetypes.best_match(["application/json", CSV]) != CSV:
        return json_answer({**(beside or {}), "items": items, "next": next_cursor})
    # As JSON first, so that dates, ids and amounts read the same in both forms.
    plain: list[dict[str, Any]] = orjson.loads(answer_bytes(items))
    known = _columns_of(item())
    rows = [_row(row, set(known)) for row in plain]
    columns = list(dict.fromkeys([*known, *(name for row in rows for name in row)]))
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    headers = {}
    if next_cursor:
        query = urlencode({**request.args, "after": next_cursor})
        headers["Link"] = f'<{request.path}?{query}>; rel="next"'
    return Response(written.getvalue(), 200, headers, content_type=f"{CSV}; charset=utf-8")


def _columns_of(item: Schema, before: str = "") -> list[str]:
    """Give the columns of a list, also of one that has no rows; what has parts has a column for each."""
    columns: list[str] = []
    for name, field in item.fields.items():
        parts, column = getattr(field, "schema", None), before + (field.data_key or name)
        if parts is None or getattr(field, "many", False):
            columns.append(column)
        elif set(parts.fields) == {"amount", "currency"}:
            columns += [column, f"{column}_currency"]
        else:
            columns += _columns_of(parts, f"{column}_")
    return columns


def _row(item: Mapping[str, Any], columns: Collection[str], before: str = "") -> dict[str, str]:
    row: dict[str, str] = {}
    for name, value in item.items():
        column = before + name
        if isinstance(value, dict) and set(value) == {"amount", "currency"}:
            row |= {column: value["amount"], f"{column}_currency": value["currency"]}
        elif isinstance(value, dict) and column not in columns:
            row |= _row(value, columns, f"{column}_")
        elif value is not None or column in columns:
            row[column] = _cell(value)
    return row


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = _text(value)
    # A spreadsheet would run such a text as a formula.
    is_risky = isinstance(value, str | list | dict) and text.startswith(FORMULA_STARTS) and not _is_number(text)
    return f"'{text}" if is_risky else text


def _text(value: Any) -> str:
    """Write what one cell holds as words: of many each, of a coded thing its code, else its parts."""
    if isinstance(value, list):
        return "; ".join(map(_text, value))
    if isinstance(value, dict):
        return str(value["code"]) if "code" in value else " ".join(_text(each) for each in value.values() if each)
    return "" if value is None else str(value)


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdigit()
