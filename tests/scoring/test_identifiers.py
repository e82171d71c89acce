"""Identifiers: the traps that check digits alone leave open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import identifiers


@pytest.mark.parametrize(
    "value",
    [
        "NL91-ABNA-0417-1643-00",
        "NL91ABNA041716430\u0660",
        "\uff2e\uff2c91ABNA0417164300",
        "NL91ABNA0417164300\n",
        "NL",
        "12",
    ],
)
def test_what_only_looks_like_an_iban_is_none(value: str) -> None:
    assert not identifiers.is_iban(value)


def test_case_and_spaces_do_not_matter_to_an_iban() -> None:
    assert identifiers.is_iban("nl91 abna 0417 1643 00")


@pytest.mark.parametrize("value", ["\uff1123456782", "123456782 ", "12345678\uff12"])
def test_digits_of_other_scripts_are_no_rsin(value: str) -> None:
    assert not identifiers.is_rsin(value)


@pytest.mark.parametrize("value", ["NL000000000B01", "BE004495445B01", "NL004495445B1", "NL4495445B01", ""])
def test_what_only_looks_like_a_vat_number_has_no_scheme(value: str) -> None:
    assert identifiers.vat_scheme_of(value) is None


@given(st.from_regex(r"[0-9A-Z]{1,21}", fullmatch=True))
def test_a_reference_made_here_is_valid_here(reference: str) -> None:
    assert identifiers.is_rf_reference(identifiers.make_rf_reference(reference))


@pytest.mark.parametrize("reference", ["", "INV-1", "1" * 22])
def test_a_reference_that_does_not_fit_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match="21"):
        identifiers.make_rf_reference(reference)


@given(st.from_regex(r"[0-9]{7,12}|[0-9]{15}", fullmatch=True))
def test_a_payment_reference_made_here_is_valid_here_and_one_digit_off_mostly_is_not(payload: str) -> None:
    made = identifiers.make_payment_reference(payload)
    assert identifiers.is_payment_reference(made)
    other = str((int(made[0]) + 1) % 10)
    assert not identifiers.is_payment_reference(other + made[1:])


@pytest.mark.parametrize("payload", ["", "123456", "1234567890123", "12345678A"])
def test_a_payload_of_another_length_is_refused(payload: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        identifiers.make_payment_reference(payload)
