"""The fields our schemas are made of: stricter than the library's, and documented as what they take."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from marshmallow import fields

from api.records.keys import normal_subject
from api.web.faults import invalid

AMOUNT = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?")
SHARE = re.compile(r"0([.][0-9]{1,6})?|1([.]0{1,6})?")
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
DAY = re.compile(r"(19[0-9]{2}|2[01][0-9]{2})-[0-9]{2}-[0-9]{2}")
TIME = re.compile(DAY.pattern + r"[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})")


class Truth(fields.Boolean):
    """True or false as JSON has them: the library compares, and so takes 1 and 0 for them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Amount(fields.Field[Decimal]):
    """An amount of money: text, never a JSON number. How many decimals are right only its currency knows."""

    def __init__(self, *, negative: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.negative = negative
        pattern = "^-?(0|[1-9][0-9]{0,14})([.][0-9]{1,4})?$" if negative else "^(0|[1-9][0-9]{0,14})([.][0-9]{1,4})?$"
        self.metadata = {"type": "string", "pattern": pattern, "example": "1250.00", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Decimal:
        if not isinstance(value, str) or not AMOUNT.fullmatch(value):
            raise invalid("not_an_amount", 'Must be text such as "1250.00", with at most 15 digits before the point.')
        amount = Decimal(value)
        if value.startswith("-") and not self.negative:
            raise invalid("negative", "Must not be negative.")
        return amount


class Share(fields.Field[Decimal]):
    """A part of a whole, from 0 to 1: text such as "0.6", never a JSON number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.metadata = {"type": "string", "pattern": f"^({SHARE.pattern})$", "example": "0.6", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Decimal:
        if not isinstance(value, str) or not SHARE.fullmatch(value):
            raise invalid("not_a_share", 'Must be text such as "0.6", from 0 to 1, with at most 6 decimals.')
        return Decimal(value)

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else format(value, "f")


class Line(fields.String):
    """One line of text: not empty, no control characters, of a bounded length in characters."""

    def __init__(self, length_max: int = 200, **options: Any) -> None:
        super().__init__(**options)
        self.length_max = length_max
        self.metadata = {"minLength": 1, "maxLength": length_max, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **options)).strip()
        if not text:
            raise invalid("empty", "Must not be empty.")
        if len(text) > self.length_max:
            raise invalid("too_long", f"Longer than {self.length_max} characters.")
        if CONTROL_CHARACTERS.search(text):
            raise invalid("control_character", "Must not hold control characters.")
        return text


class Person(Line):
    """A person, named by an e-mail address: in the one form in which persons are compared."""

    def __init__(self, **options: Any) -> None:
        super().__init__(254, **options)
        self.metadata = {"example": "ann@example.com", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        subject = normal_subject(super()._deserialize(value, attr, data, **options))
        if subject is None:
            raise invalid("not_an_email", "Must be a person's e-mail address.")
        return subject


class Day(fields.Date):
    """A date as YYYY-MM-DD, and none of the other forms of ISO 8601."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> date:
        if not isinstance(value, str) or not DAY.fullmatch(value):
            raise invalid("not_a_date", "Must be a date such as 2026-01-31, from 1900 on.")
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise invalid("not_a_date", "There is no such day.") from error


class DayOrTime(fields.Field[date]):
    """A date, or a time as RFC 3339 has it. Loads as `date` or, in UTC, as `datetime`, which is a date too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        examples = {"type": "string", "example": "2026-01-31T17:00:00Z"}
        self.metadata = {**examples, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> date:
        if isinstance(value, str) and DAY.fullmatch(value):
            return Day().deserialize(value)
        if not isinstance(value, str) or not TIME.fullmatch(value):
            detail = "Must be a date, or a time such as 2026-01-31T17:00:00Z; in an address a plus sign is %2B."
            raise invalid("not_a_time", detail)
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise invalid("not_a_time", "There is no such time.") from error


class WholeNumber(fields.Integer):
    """A whole number within bounds: a JSON number without a fraction, or digits in a query."""

    def __init__(self, minimum: int = 0, maximum: int = 2**31 - 1, **options: Any) -> None:
        super().__init__(**options)
        self.minimum, self.maximum = minimum, maximum
        self.metadata = {"minimum": minimum, "maximum": maximum, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        # Query arguments arrive in the library's mapping, never in a plain dict: there digits are text.
        is_digits = isinstance(value, str) and not isinstance(data, dict) and re.fullmatch(r"-?[0-9]{1,10}", value)
        if not is_digits and (not isinstance(value, int) or isinstance(value, bool)):
            raise invalid("not_a_whole_number", "Must be a whole number.")
        number = int(value)
        if not self.minimum <= number <= self.maximum:
            raise invalid("out_of_range", f"Must be from {self.minimum} to {self.maximum}.")
        return number
