"""What is wrong with a request, as schemas say it and as callers read it: every fault with its JSON pointer."""

from collections.abc import Iterable, Iterator
from typing import Any

from marshmallow import ValidationError

from api.problems import Fault

# marshmallow says what is wrong in words only; these are its words, and our codes for them.
CODES = {
    "Missing data for required field.": "required",
    "Unknown field.": "unknown_field",
    "Field may not be null.": "null",
    "Not a valid string.": "not_text",
    "Not a valid integer.": "not_a_whole_number",
    "Not a valid boolean.": "not_a_boolean",
    "Not a valid UUID.": "not_a_uuid",
    "Not a valid list.": "not_a_list",
    "Not a valid mapping type.": "not_an_object",
    "Invalid input type.": "not_an_object",
    "Not a valid date.": "not_a_date",
    "Not a valid datetime.": "not_a_time",
    "Not a valid email address.": "not_an_email",
    "Not a valid URL.": "not_a_url",
    "Must be one of: ": "not_a_choice",
    "Must be greater than ": "out_of_range",
    "Must be less than ": "out_of_range",
    "Longer than maximum length ": "too_long",
    "Shorter than minimum length ": "too_short",
    "Length must be ": "wrong_length",
}


class CodedText(str):
    """What is wrong, in words, and the code that programs read."""

    __slots__ = ("code",)
    code: str


def invalid(code: str, detail: str, field: str = "_schema") -> ValidationError:
    """Make the error a field or a schema raises. `field` names where, when a schema checks several together."""
    text = CodedText(detail)
    text.code = code
    return ValidationError(text, field)


def raise_faults(faults: Iterable[Fault]) -> None:
    """Raise faults that have their pointers as the error of a schema, so that they stand beside those of its fields."""
    messages: dict[str, Any] = {}
    for each in faults:
        text = CodedText(each.detail)
        text.code = each.code
        within = messages
        for key in each.pointer.split("/")[1:]:
            within = within.setdefault(_unescape(key), {})
        within.setdefault("_schema", []).append(text)
    if messages:
        raise ValidationError(messages)


def faults_of(messages: Any, pointer: str = "") -> Iterator[Fault]:
    """Give every fault in marshmallow's nested messages. `pointer` says where in what was sent they belong."""
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from faults_of(below, pointer if key == "_schema" else f"{pointer}/{_escape(str(key))}")
    elif isinstance(messages, list):
        for message in messages:
            yield from faults_of(message, pointer)
    else:
        yield Fault(pointer, _code_of(messages), str(messages))


def pointer_to(*keys: str) -> str:
    """Give the JSON pointer to what stands under these keys, one below the other."""
    return "".join(f"/{_escape(key)}" for key in keys)


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")  # RFC 6901


def _unescape(key: str) -> str:
    return key.replace("~1", "/").replace("~0", "~")


def _code_of(message: Any) -> str:
    if isinstance(message, CodedText):
        return message.code
    text = str(message)
    return CODES.get(text) or next((code for start, code in CODES.items() if text.startswith(start)), "invalid")
