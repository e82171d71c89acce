"""Documents that people write, as YAML or JSON: plain values only, and nothing that grows when it is read."""

from datetime import date
from math import isfinite
from typing import Any

import yaml

from api.problems import BadInput
from api.web.fields import CONTROL_CHARACTERS

DEPTH_MAX = 30
DIGITS_MAX = 30


class _PlainLoader(yaml.SafeLoader):
    """The library's safe loader, without doubled names, and without aliases: a few lines unfold to gigabytes."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not taken")
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise yaml.YAMLError(f"nested deeper than {DEPTH_MAX} levels")
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value]
        doubled = sorted({str(name) for name in names if names.count(name) > 1})
        if doubled:
            raise yaml.YAMLError(f"named twice: {', '.join(doubled)}")
        return dict(super().construct_mapping(node, deep))


def read_plain_yaml(text: str | bytes, what: str) -> Any:
    """Read one document. Raises BadInput saying what cannot be read, in which line and column."""
    try:
        document = yaml.load(text, _PlainLoader)  # noqa: S506
        _refuse_unstorable(document)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise BadInput(f"The {what} is neither YAML nor JSON{place}.", code=f"{what}_unreadable") from error
    # The library's makers of dates and numbers raise these for what only looks like one.
    except (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        raise BadInput(f"The {what} cannot be read: {error}.", code=f"{what}_unreadable") from error
    return document


def _refuse_unstorable(value: Any) -> None:
    """Raise ValueError for what has no place in a stored document."""
    if isinstance(value, dict):
        for name, each in value.items():
            if not isinstance(name, str):
                raise ValueError(f"the name {name!r} is not text")
            _refuse_unstorable(name)
            _refuse_unstorable(each)
    elif isinstance(value, list):
        for each in value:
            _refuse_unstorable(each)
    elif isinstance(value, str):
        value.encode()  # Half of a surrogate pair has no encoding.
        if CONTROL_CHARACTERS.search(value.replace("\n", "").replace("\t", "")):
            raise ValueError("a text holds control characters")
    elif isinstance(value, int) and not isinstance(value, bool):
        if len(str(abs(value))) > DIGITS_MAX:
            raise ValueError(f"a number has more than {DIGITS_MAX} digits")
    elif isinstance(value, float) and not isfinite(value):
        raise ValueError("a number is not finite")
    elif not isinstance(value, float | bool | date | type(None)):
        raise ValueError(f"{type(value).__name__} is not a plain value")
