"""What a source sends is read as it is meant, or not at all."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from providers.errors import NotUnderstood
from providers.payload import Payload


def payload(**document: Any) -> Payload:
    return Payload("vendor", document)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("50000", Decimal(50000)),
        (" 12.50 ", Decimal("12.50")),
        (-7, Decimal(-7)),
        (0.0006, Decimal("0.0006")),
        (1e-05, Decimal("0.00001")),
        ("0", Decimal(0)),
        ("Not Rated", None),
        ("50,000", None),
        ("1_000", None),
        ("٣", None),
        ("NaN", None),
        (float("nan"), None),
        (float("inf"), None),
        ("", None),
        (None, None),
    ],
)
def test_words_where_a_number_belongs_are_none_and_never_zero(sent: object, read: Decimal | None) -> None:
    assert payload(value=sent).number("value") == read


@pytest.mark.parametrize("sent", [True, [], {}, 10**18, 10**400, "1" * 19, 1e300, "0." + "1" * 30])
def test_what_is_no_number_of_any_amount_is_not_understood(sent: object) -> None:
    with pytest.raises(NotUnderstood) as caught:
        payload(value=sent).number("value")
    assert (caught.value.provider, "value" in caught.value.detail) == ("vendor", True)


def test_days_are_read_from_dates_and_times() -> None:
    dates = payload(day="2026-02-28", time="2026-02-28T00:00:00Z", none=None, wrong="2026-02-30")
    assert dates.day("day") == dates.day("time") == date(2026, 2, 28)
    assert dates.day("none") is None
    with pytest.raises(NotUnderstood):
        dates.day("wrong")


def test_a_missing_part_of_a_path_is_empty_and_a_part_of_another_shape_is_refused() -> None:
    nested = payload(one={"two": None}, page="<html>")
    assert nested.section("one", "two", "three").text("name") is None
    with pytest.raises(NotUnderstood, match="page is not an object"):
        nested.section("page")


def test_runs_of_blanks_in_a_text_become_one() -> None:
    assert payload(address=" Fabellaan 1      9901ZZ  Verzinstad ").text("address") == "Fabellaan 1 9901ZZ Verzinstad"


def test_the_error_names_the_place_and_keeps_the_value_out() -> None:
    with pytest.raises(NotUnderstood) as caught:
        payload(people=[{"name": "ok"}, {"name": ["A. Person"]}]).items("people")[1].text("name")
    assert caught.value.detail == "people.1.name is not a text"
