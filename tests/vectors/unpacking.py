"""Reading the plain inputs of vectors into the values that the code takes."""

from decimal import Decimal
from typing import Any

from scoring.policy.document import parse_policy, shipped

POLICY = parse_policy(shipped()["default"])


def decimal(value: Any) -> Decimal:
    """The number as written."""
    return Decimal(str(value))


def optional_decimal(value: Any) -> Decimal | None:
    """The number as written, or None."""
    return None if value is None else decimal(value)
