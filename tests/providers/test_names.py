"""Names are compared by what they say, not by how they are written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.names import SAME_NAME_MIN, begins_words, normalised, similarity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gouden Gans Groothandel B.V.", "gouden gans groothandel bv"),
        ("Groothandel Gouden Gans", "Gouden Gans Groothandel B.V."),
        ("Café Coöperatie Zoë U.A.", "cafe zoe"),
        ("Müller & Söhne GmbH", "Muller Sohne"),
        ("Jørgensen", "Jorgensen"),
    ],
)
def test_spelling_habits_make_no_difference(one: str, other: str) -> None:
    assert similarity(one, other) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Twee Druppels Water B.V.", "Twee Druppels Watertechniek B.V."),
        ("Bakkerij Jansen B.V.", "Bakkerij Pietersen B.V."),
        ("", "Gouden Gans"),
        ("...", "..."),
    ],
)
def test_other_names_stay_below_the_bound(one: str, other: str) -> None:
    assert similarity(one, other) < SAME_NAME_MIN


def test_a_name_of_legal_form_words_alone_keeps_them() -> None:
    assert normalised("S.A. Limited") == "limited sa"


@pytest.mark.parametrize(
    ("text", "found"), [("gou gan", True), ("gans", True), ("zilv", False), ("gans zilveren", False), ("!", False)]
)
def test_a_search_text_begins_words(text: str, found: bool) -> None:
    assert begins_words(text, "Gouden Gans B.V.") is found


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_symmetric_and_between_zero_and_one(one: str, other: str) -> None:
    assert similarity(one, other) == similarity(other, one)
    assert Decimal(0) <= similarity(one, other) <= 1


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing_more(name: str) -> None:
    assert similarity(name, normalised(name)) in (0, 1)
