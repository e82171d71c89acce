"""A vendor that answers anything: the bytes, statuses and half-broken documents that no contract tells of."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import responses
from hypothesis import strategies as st

from tests.providers.mutations import mutated

Answer = tuple[int, bytes]


def answers(payloads: list[Any]) -> st.SearchStrategy[list[Answer]]:
    """Some answers in a row: good ones, mutated ones and arbitrary bytes, mostly with status 200."""
    good = st.sampled_from(payloads).map(orjson.dumps)
    broken = mutated([each for each in payloads if isinstance(each, dict)]).map(_dumped)
    status = st.sampled_from([200] * 12 + [201, 202, 204, 205, 206, 302, 400, 401, 404, 409, 429, 500, 503])
    return st.lists(st.tuples(status, good | good | broken | st.binary(max_size=60)), min_size=1, max_size=6)


def _dumped(document: Any) -> bytes:
    try:
        return orjson.dumps(document)
    except (TypeError, orjson.JSONEncodeError):
        return b"\x00"


@contextmanager
def answering(given: list[Answer]) -> Iterator[responses.RequestsMock]:
    """Every call gets the next answer, the last one for ever."""
    left = list(given)

    def next_answer(request: Any) -> tuple[int, dict[str, str], bytes]:
        status, body = left.pop(0) if len(left) > 1 else left[0]
        return status, {"Content-Type": "application/json"}, body

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            mock.add_callback(method, re.compile(r"https://.*"), callback=next_answer)
        yield mock
