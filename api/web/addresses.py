"""Numbers in addresses, bounded by what the database can hold."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

LARGEST = 999_999_999


class WholeNumberInAddress(IntegerConverter):
    """The converter of `<int:...>`: a larger number than any of ours is an address at which there is nothing.

    The pattern bounds it already: of a number that is refused only when it is read, callers would be told that the
    address is there for other methods.
    """

    regex = r"\d{1,9}"

    def __init__(self, map: Map, *arguments: Any, **options: Any) -> None:
        super().__init__(map, *arguments, **{"max": LARGEST, **options})
