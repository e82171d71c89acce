"""What counts as the same reference or invoice number, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.matching import collection_key, number_key, number_keys, reference_key
from scoring.matching.keys import KEYS_MAX


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("2026-0042", "2026-0042"),
        ("2026-0042", "2026 0042"),
        ("2026-0042", "Factuur 2026/0042"),
        ("2026-0042", "INV20260042"),
        ("2026-0042", "betaling fact.nr:20260042, dank"),
        ("2026-0042", "factuur 20260 042"),  # The bank broke the line.
        ("INV20260042", "inv 2026 0042"),
        ("INV-2026-0042", "Inv.2026.0042/klant 77"),
        ("F2026/00/42", "f2026 00 42"),
        ("2026-0042", "２０２６-００４２"),  # noqa: RUF001
        ("0042", "0042"),
    ],
)
def test_a_number_is_found_however_it_is_written(number, text):
    assert number_key(number) in number_keys(text)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("2026-0042", "2026-0043"),
        ("2026-0042", "2026 factuur 0042"),  # Something stands between.
        ("2026-0042", "120260042"),
        ("2026-0042", "202600421"),
        ("2026-0042", "1 2 0 2 6 0 0 4 2"),  # More than four words.
        ("42", "42"),
        ("4-2", "42"),
        ("FACTUUR", "FACTUUR"),
        ("", ""),
        (None, "none"),
        ("-/-", "-/-"),
        ("1" * 41, "1" * 41),
    ],
)
def test_what_is_not_that_number_is_not_found(number, text):
    key = number_key(number)
    assert key is None or key not in number_keys(text)


@given(st.text(max_size=300))
def test_keys_are_capitals_and_digits_of_some_length_and_not_too_many(text):
    keys = number_keys(text)
    assert len(keys) <= KEYS_MAX
    assert all(key.isascii() and key.isalnum() and key == key.upper() and 3 <= len(key) <= 40 for key in keys)


def test_the_keys_of_a_long_text_are_bounded_and_begin_with_its_words():
    words = [f"A{number:04}" for number in range(1, 150)]
    keys = number_keys(" ".join(words))
    assert len(keys) == KEYS_MAX
    assert set(words[: KEYS_MAX // 2]) <= keys


@given(
    st.from_regex(r"[A-Z]{0,3}[0-9]{3,8}([-/ .][0-9]{1,6}){0,3}", fullmatch=True), st.sampled_from([" ", "", "nr. "])
)
def test_a_number_in_its_own_spelling_is_always_found(number, before):
    assert number_key(number) in number_keys(before + number)


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ("RF18 5390 0754 7034", "RF18539007547034"),
        ("rf18539007547034", "RF18539007547034"),
        ("RF19539007547034", None),
        ("RF", "RF"),
        ("271234567", "271234567"),
        ("NOTPROVIDED", None),
        ("  ", None),
        (None, None),
    ],
)
def test_a_reference_of_iso_11649_must_pass_its_check(reference, key):
    assert reference_key(reference) == key


@pytest.mark.parametrize(
    ("given_id", "key"), [("dd-2026-7", "DD-2026-7"), ("notprovided", None), ("", None), (None, None)]
)
def test_no_end_to_end_identification_is_no_key(given_id, key):
    assert collection_key(given_id) == key
