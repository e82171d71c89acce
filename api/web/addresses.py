"""Numbers in addresses, bounded by what the database can hold."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1


class WholeNumberInAddress(IntegerConverter):
    """The converter of `<int:...>`: a larger number than any of ours is an address at which there is nothing."""

    def __init__(self, map: Map, *arguments: Any, **options: Any) -> None:
        super().__init__(map, *arguments, **{"max": LARGEST, **options})
