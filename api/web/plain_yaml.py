"""Documents that people write, as YAML or JSON: plain values only, and nothing that grows when it is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

import yaml

from api.problems import BadInput
from api.web.fields import CONTROL_CHARACTERS

DEPTH_MAX = 30
DIGITS_MAX = 30
VALUES_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column of a text, from 1 on."""

    line: int
    column: int

    @classmethod
    def of(cls, mark: Any) -> "Place":
        """The place of the library's mark, which counts from 0."""
        return cls(mark.line + 1, mark.column + 1)


@dataclass(frozen=True, slots=True)
class PlacedDocument:
    """A document and where each part of it stands in the text, by its path (`limits.steps.0.step`)."""

    document: Any
    places: dict[str, Place]

    def place_of(self, path: str) -> Place:
        """Where a path stands; of what is missing, where that stands which lacks it."""
        while path not in self.places:
            path = path.rpartition(".")[0]
        return self.places[path]


class _PlainLoader(yaml.SafeLoader):
    """The library's safe loader, without doubled names, and without aliases: a few lines unfold to gigabytes."""

    depth = 0
    count = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise _refused("aliases are not taken", event)
        self.depth += 1
        self.count += 1
        if self.depth > DEPTH_MAX:
            raise _refused(f"nested deeper than {DEPTH_MAX} levels", event)
        if self.count > VALUES_MAX:
            raise _refused(f"more than {VALUES_MAX:,} values", event)
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key, _ in node.value:
            name = key.value if isinstance(key.value, str) else str(key.value)
            if name in seen:
                raise _Refused(None, None, f"named twice: {name}", key.start_mark)
            seen.add(name)
        return dict(super().construct_mapping(node, deep))


class _Refused(yaml.MarkedYAMLError):
    """YAML that we do not take, though it can be read."""


def _refused(problem: str, event: Any) -> _Refused:
    return _Refused(None, None, problem, event.start_mark)


def read_plain_yaml(text: str | bytes, what: str) -> Any:
    """Read one document. Raises BadInput saying what cannot be read, in which line and column."""
    return read_placed_yaml(text, what).document


def read_placed_yaml(text: str | bytes, what: str) -> PlacedDocument:
    """Read one document and where each part of it stands. Raises BadInput as `read_plain_yaml` does."""
    try:
        loader = _PlainLoader(text)
        node = loader.get_single_node()
        document = None if node is None else loader.construct_document(node)
        _refuse_unstorable(document)
        places = {"": Place(1, 1)} if node is None else dict(_places(node, ""))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        if isinstance(error, _Refused):
            raise BadInput(f"The {what} cannot be read: {error.problem}{place}.", code=f"{what}_unreadable") from error
        raise BadInput(f"The {what} is neither YAML nor JSON{place}.", code=f"{what}_unreadable") from error
    # The library's makers of dates and numbers raise these for what only looks like one.
    except (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        raise BadInput(f"The {what} cannot be read: {error}.", code=f"{what}_unreadable") from error
    return PlacedDocument(document, places)


def _places(node: yaml.Node, path: str) -> Iterator[tuple[str, Place]]:
    """The place of each value; of one in a mapping, where its name stands."""
    if not path:
        yield path, Place.of(node.start_mark)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = f"{path}.{key.value}" if path else str(key.value)
            yield here, Place.of(key.start_mark)
            yield from _places(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            here = f"{path}.{index}" if path else str(index)
            yield here, Place.of(value.start_mark)
            yield from _places(value, here)


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
