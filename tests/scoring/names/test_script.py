"""Names in another script as registers keep them."""

import pytest

from scoring.names.script import in_latin_letters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Гоуден Ганс", "Gouden Gans"),
        ("Ελλάδα 24", "Ellada 24"),
        ("Gouden Gans 24", None),
        ("Müller & Söhne", None),
        ("24", None),
    ],
)
def test_only_what_is_not_in_latin_letters_is_written_in_them(text: str, expected: str | None) -> None:
    assert in_latin_letters(text) == expected
