"""How a vendor is played: its routes, how it says no, and below which path its real service lies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor. `problem` gives the body of an answer with a status that is no success, as the vendor words it.

    `base_path` is the path of its real address: calls that still carry it are answered too, so that a client needs no
    change but the host. `unknown_path` is the status of what it has no route for.
    """

    routes: Blueprint
    problem: Callable[[int], Any]
    base_path: str = ""
    unknown_path: int = 404

    @property
    def provider(self) -> str:
        """Its name: that of its folder."""
        return self.routes.name
