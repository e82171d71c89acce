"""Composes YAML as people read it: one spelling of numbers, of true and false, no aliases and no tags."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any

import yaml

from api.web.fields import CONTROL_CHARACTERS

DEPTH_MAX = 20
DIGITS_MAX = 30
VALUES_MAX = 100_000

_NAMESPACE = "tag:yaml.org,2002:"
# What YAML 1.2 takes for one (its core schema), but no zeros in front: older readers take 010 for eight.
_SPELLINGS = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    "float": (r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
}
_TEXT_IN_QUOTES = "in quotes if a text is meant"
# What some reader of YAML takes for a number or for true or false, and a person for something else.
_TRAPS = (
    (r"(?i:yes|no|on|off)", f"write true or false, or put it {_TEXT_IN_QUOTES}"),
    (r"[-+]?0[xXoObB][0-9a-fA-F_]+", f"write the number in digits of ten, or put it {_TEXT_IN_QUOTES}"),
    (r"[-+]?[0-9_]+(:[0-9_]+)+(\.[0-9_]*)?", f"write a number without colons, or put it {_TEXT_IN_QUOTES}"),
    (r"[-+]?[0-9.][0-9.]*_[0-9_.]*([eE][-+]?[0-9]+)?", f"write it without underscores, or put it {_TEXT_IN_QUOTES}"),
    (r"[-+]?0[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?", f"write it without zeros in front, or put it {_TEXT_IN_QUOTES}"),
    (r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", f"write a number that is finite, or put it {_TEXT_IN_QUOTES}"),
)


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
class Unreadable:
    """What keeps a text from being read, and where."""

    place: Place
    problem: str


class PlainLoader(yaml.SafeLoader):
    """The library's safe loader with the spellings above, and without aliases: a few lines unfold to gigabytes."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.found: list[Unreadable] = []
        self.depth = 0
        self.count = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        mark: Any = event.start_mark
        if self.check_event(yaml.AliasEvent):
            self.get_event()  # type: ignore[no-untyped-call]
            self.found.append(Unreadable(Place.of(mark), "aliases are not taken"))
            return yaml.ScalarNode(f"{_NAMESPACE}null", "", mark, event.end_mark)
        if getattr(event, "tag", None) is not None:
            self.found.append(Unreadable(Place.of(mark), "tags are not taken"))
        self.anchors.clear()  # Nothing refers to them.
        self.depth += 1
        self.count += 1
        if self.depth > DEPTH_MAX and isinstance(event, yaml.CollectionStartEvent):
            raise TooLarge(None, None, f"nested deeper than {DEPTH_MAX} levels", mark)
        if self.count > VALUES_MAX:
            raise TooLarge(None, None, f"more than {VALUES_MAX:,} values", mark)
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


PlainLoader.yaml_implicit_resolvers = {}  # Those of the library are of YAML 1.1.
for _name, (_spelling, _firsts) in _SPELLINGS.items():
    PlainLoader.add_implicit_resolver(f"{_NAMESPACE}{_name}", re.compile(rf"(?:{_spelling})\Z"), _firsts)


class TooLarge(yaml.MarkedYAMLError):
    """YAML that can be read, but is more than anybody wrote."""


def faults_of(node: yaml.Node) -> Iterator[Unreadable]:
    """Whatever within a node is not plain, names included."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            yield from _faults_of_name(key, seen)
            yield from faults_of(value)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from faults_of(each)
    elif problem := _problem_of(node):
        yield Unreadable(Place.of(node.start_mark), problem)


def value_of(node: yaml.Node) -> Any:
    """The plain value of a node that has no faults."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: value_of(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [value_of(each) for each in node.value]
    text, kind = str(node.value), _kind_of(node)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    return int(text) if kind == "int" else float(text) if kind == "float" else text


def _faults_of_name(key: yaml.Node, seen: set[str]) -> Iterator[Unreadable]:
    """What is wrong with a name in a mapping; `seen` are those before it."""
    place = Place.of(key.start_mark)
    if not isinstance(key, yaml.ScalarNode):
        yield Unreadable(place, "a name is not text")
        return
    if problem := _problem_of(key):
        yield Unreadable(place, problem)
    elif _kind_of(key) != "str":
        yield Unreadable(place, f"the name {key.value[:DIGITS_MAX]} is not text: put it in quotes")
    if key.value in seen:
        yield Unreadable(place, f"named twice: {key.value[:100]}")
    seen.add(key.value)


def _kind_of(node: yaml.Node) -> str:
    """Which kind of value a scalar is."""
    return str(node.tag).removeprefix(_NAMESPACE)


def _problem_of(node: yaml.Node) -> str | None:
    """What keeps a scalar from being kept as what it says, None when nothing does."""
    text, kind = str(node.value), _kind_of(node)
    if kind in ("int", "float"):
        return _problem_of_number(text, kind)
    if kind != "str":
        return None
    if CONTROL_CHARACTERS.search(text.replace("\n", "").replace("\t", "")):
        return "a text holds control characters"
    if any("\ud800" <= each <= "\udfff" for each in text):
        return "a text holds half of a character"
    if isinstance(node, yaml.ScalarNode) and node.style is None:
        for spelling, advice in _TRAPS:
            if re.fullmatch(spelling, text):
                return f"{text[:DIGITS_MAX]} is not read the same by everybody: {advice}"
    return None


def _problem_of_number(text: str, kind: str) -> str | None:
    """What keeps a number from being kept digit by digit."""
    if sum(each.isdigit() for each in text) > DIGITS_MAX:
        return f"a number has more than {DIGITS_MAX} digits"
    if kind == "int":
        return None
    number = float(text)
    if not isfinite(number):
        return "a number is too large"
    if Decimal(str(number)) != Decimal(text):
        return f"{text} has more digits than a number keeps: write it with fewer, or in quotes"
    return None
