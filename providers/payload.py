"""Reading what a source sent: missing is None, words where a number belongs are None, other shapes are refused."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from providers.errors import NotUnderstood

_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?", re.ASCII)
_DIGITS_MAX = 18  # More, or finer, is no amount of money and no score; it would only be kept as a very long text.
_DECIMALS_MAX = 24


class Payload:
    """One JSON object of a source. All readers raise NotUnderstood, naming the provider and the path."""

    def __init__(self, provider: str, document: object, path: str = "") -> None:
        if not isinstance(document, Mapping):
            raise NotUnderstood(provider, f"{path or 'the answer'} is not an object")
        self._provider = provider
        self._document: Mapping[str, Any] = document
        self._path = path

    @property
    def document(self) -> dict[str, Any]:
        """The object itself, to be kept or passed on as it came."""
        return dict(self._document)

    def section(self, *names: str) -> "Payload":
        """The object under a path; an empty one where any part is missing."""
        found = self
        for name in names:
            document = found._document.get(name)
            found = Payload(self._provider, {} if document is None else document, found._below(name))
        return found

    def items(self, name: str) -> list["Payload"]:
        """The objects in a list; empty where it is missing."""
        document = self._document.get(name)
        if document is None:
            return []
        if not isinstance(document, list):
            raise self.not_understood(name, "is not a list")
        return [Payload(self._provider, each, f"{self._below(name)}.{at}") for at, each in enumerate(document)]

    def texts(self, name: str) -> list[str]:
        """A list of texts; empty where it is missing."""
        document = self._document.get(name)
        if document is None:
            return []
        if not isinstance(document, list) or not all(isinstance(each, str) for each in document):
            raise self.not_understood(name, "is not a list of texts")
        return list(document)

    def is_list(self, name: str) -> bool:
        """Whether a list stands there, for what is sent as one value or as several."""
        return isinstance(self._document.get(name), list)

    def plain(self, name: str) -> Any:
        """A value of any shape as it came, for what is only shown."""
        return self._document.get(name)

    def is_blank(self, name: str) -> bool:
        """Whether nothing is told under a name: it is missing, or all in it is empty, zero or false."""
        return _is_blank(self._document.get(name))

    def text(self, name: str) -> str | None:
        """A text without blanks around it or runs of blanks in it; None where it is missing or empty."""
        document = self._document.get(name)
        if document is None:
            return None
        if not isinstance(document, str):
            raise self.not_understood(name, "is not a text")
        return " ".join(document.split()) or None

    def words(self, name: str) -> str | None:
        """A text, or a number as one, for what is only shown or compared as it is written."""
        if isinstance(self._document.get(name), str):
            return self.text(name)
        number = self.number(name)
        return None if number is None else f"{number:f}"

    def flag(self, name: str) -> bool | None:
        """A boolean; None where it is missing."""
        document = self._document.get(name)
        if document is not None and not isinstance(document, bool):
            raise self.not_understood(name, "is not true or false")
        return document

    def switch(self, name: str) -> bool | None:
        """A boolean that may be sent as 1 or 0; None where it is missing."""
        document = self._document.get(name)
        return bool(document) if document in (0, 1) else self.flag(name)

    def number(self, name: str) -> Decimal | None:
        """A number, also one sent as text; None where it is missing or in words (`Not Rated`): that is not zero."""
        document = self._document.get(name)
        if document is None:
            return None
        if isinstance(document, bool) or not isinstance(document, str | int | float):
            raise self.not_understood(name, "is not a number")
        if isinstance(document, str):
            if not _NUMBER.fullmatch(document.strip()):
                return None
            number = Decimal(document.strip())
        else:
            # A float by way of its shortest text, which is what the source wrote; a whole number as it is.
            number = Decimal(str(document) if isinstance(document, float) else document)
            if not number.is_finite():
                return None
        if number.adjusted() >= _DIGITS_MAX or number.as_tuple().exponent < -_DECIMALS_MAX:  # type: ignore[operator]
            raise self.not_understood(name, "is larger or finer than any amount")
        return number

    def day(self, name: str) -> date | None:
        """The day of an ISO 8601 date or time; None where it is missing."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError as unreadable:
            raise self.not_understood(name, "is not a date") from unreadable

    def names(self) -> list[str]:
        """Names of what is there and not empty."""
        return [name for name, document in self._document.items() if document not in (None, {}, [], "")]

    def not_understood(self, name: str, detail: str) -> NotUnderstood:
        """The error that `name` cannot be read; the value itself stays out of it, since errors are logged."""
        return NotUnderstood(self._provider, f"{self._below(name)} {detail}")

    def _below(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name


def _is_blank(document: Any) -> bool:
    if isinstance(document, Mapping):
        return all(_is_blank(each) for each in document.values())
    if isinstance(document, list):
        return all(_is_blank(each) for each in document)
    return document in (None, "", False, 0, "0")
