"""What was asked of the sandbox: how often which operation of which provider, about which company."""

from collections import Counter
from threading import Lock
from typing import Any

from providers.sandbox.company import Company


class Calls:
    """The count; safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counted: Counter[tuple[str, str, str | None]] = Counter()

    def note(self, provider: str, operation: str, company: Company | None) -> None:
        """Count a call that arrived, whatever became of it."""
        with self._lock:
            self._counted[(provider, operation, company.name if company else None)] += 1

    def clear(self) -> None:
        """Begin anew."""
        with self._lock:
            self._counted.clear()

    def counted(self) -> list[dict[str, Any]]:
        """Every count as a document: provider, operation, company (None where none was named), times."""
        with self._lock:
            counted = list(self._counted.items())
        return [
            {"provider": provider, "operation": operation, "company": company, "times": times}
            for (provider, operation, company), times in sorted(counted, key=lambda each: tuple(map(str, each[0])))
        ]
