"""Payloads as no vendor ever sent them: any part of a good one replaced by any JSON value."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["Not Rated", "0", "-1", "20260000", "2026-13-01", "FAIL", "N", "sanction", "1e999999", "Infinity"]
    ),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=10), below, max_size=3),
    max_leaves=8,
)


@st.composite
def mutated(draw: st.DrawFn, payloads: list[dict[str, Any]]) -> Any:
    """One of the payloads with one to three parts, of any depth, replaced or taken out."""
    document = deepcopy(draw(st.sampled_from(payloads)))
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(list(_places(document))))
        if isinstance(holder, dict) and draw(st.booleans()):
            del holder[key]
        else:
            holder[key] = draw(JSON)
        if not document:
            break
    return document


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    keys = document.keys() if isinstance(document, dict) else range(len(document)) if isinstance(document, list) else ()
    for key in keys:
        yield document, key
        yield from _places(document[key])
