"""Documents that people write, as YAML or JSON: plain values only, and nothing that grows when it is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.reader import Reader

from api.problems import BadInput, Fault
from api.web.plain_loader import Place, PlainLoader, TooLarge, Unreadable, faults_of, value_of

TOLD_MAX = 50  # Who wrote more faults than this wrote one of them often.
_NOT_YAML = "it is neither YAML nor JSON"


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


def read_plain_yaml(text: str | bytes, what: str) -> Any:
    """Read one document. Raises BadInput naming everything that cannot be read, with line and column."""
    return read_placed_yaml(text, what).document


def read_placed_yaml(text: str | bytes, what: str, pointer: str = "") -> PlacedDocument:
    """Read one document and where each part of it stands. Raises BadInput as `read_plain_yaml` does.

    `pointer` is where in a request the text stands.
    """
    readable, found = _decoded(text)
    node: yaml.Node | None = None
    try:
        loader = PlainLoader(readable)
        try:
            node = loader.get_single_node()
        finally:
            found.extend(loader.found)
    except yaml.MarkedYAMLError as error:
        place = Place.of(error.problem_mark) if error.problem_mark else Place(1, 1)
        found.append(Unreadable(place, str(error.problem) if isinstance(error, TooLarge) else _NOT_YAML))
    except (yaml.YAMLError, ValueError) as error:  # The library's reader of escapes raises ValueError.
        found.append(Unreadable(Place(1, 1), str(error)))
    if node is not None:
        found.extend(faults_of(node))
    if found:
        raise _refused(found, what, pointer)
    if node is None:
        return PlacedDocument(None, {"": Place(1, 1)})
    return PlacedDocument(value_of(node), dict(_places(node, "")))


def _decoded(text: str | bytes) -> tuple[str, list[Unreadable]]:
    """The text with what no YAML may hold replaced, so that all else that is wrong in it is found too."""
    found: list[Unreadable] = []
    if isinstance(text, bytes):
        text, found = _text_of(text)
    for each in Reader.NON_PRINTABLE.finditer(text):
        problem = f"holds the control character U+{ord(each.group()):04X}"
        found.append(Unreadable(_place_after(text[: each.start()]), problem))
        if len(found) > TOLD_MAX:
            break
    return Reader.NON_PRINTABLE.sub("?", text), found


def _text_of(written: bytes) -> tuple[str, list[Unreadable]]:
    """The text that bytes write, and where they write none."""
    encoding = "utf-16" if written.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return written.decode(encoding), []
    except UnicodeDecodeError as error:
        place = _place_after(written[: error.start].decode(encoding, "replace"))
        problem = f"it is not written in {encoding.removesuffix('-sig')}"
        return written.decode(encoding, "replace"), [Unreadable(place, problem)]


def _place_after(text: str) -> Place:
    """The place at which a text ends."""
    return Place(text.count("\n") + 1, len(text) - text.rfind("\n"))


def _refused(found: list[Unreadable], what: str, pointer: str) -> BadInput:
    """Make the problem that names everything that was found, in the order of the lines."""
    ordered = sorted(set(found), key=lambda each: (each.place.line, each.place.column))
    code = f"{what}_unreadable"
    told = [Fault(pointer, code, each.problem, each.place.line, each.place.column) for each in ordered[:TOLD_MAX]]
    sentence = "; ".join(f"{each.detail} in line {each.line}, column {each.column}" for each in told)
    more = f"; and {len(ordered) - TOLD_MAX} more" if len(ordered) > TOLD_MAX else ""
    return BadInput(f"The {what} cannot be read: {sentence}{more}.", code=code, faults=told)


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
