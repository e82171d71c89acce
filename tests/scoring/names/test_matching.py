"""Two names are compared by what they say, and no habit of spelling makes two companies of one."""

import unicodedata
from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.names.comparing import Comparison, compare
from scoring.names.matching import CONFIDENCE_MAX, best_match, confidence_of, match_names
from scoring.names.reading import read_name

LIKELY = Decimal("0.60")
UNLIKELY = Decimal("0.40")

LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzáéèëïöüñç")
WORDS = st.text(LETTERS, min_size=2, max_size=12).map("zq".__add__)  # Words that mean nothing anywhere.
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
ANY_NAME = st.one_of(st.text(max_size=60), NAMES, st.sampled_from(["Bank of Ghent N.V.", "Фабрика 2 ООО", "A&B II BV"]))
LEGAL_FORMS = (
    ("B.V.", "BV", "besloten vennootschap"),
    ("N.V.", "nv", "naamloze vennootschap"),
    ("GmbH", "Gesellschaft mit beschränkter Haftung", "G.m.b.H."),
    ("AG", "Aktiengesellschaft"),
    ("Ltd.", "Limited", "LTD"),
    ("Sp. z o.o.", "spółka z ograniczoną odpowiedzialnością"),
    ("S.A.R.L.", "S.à r.l."),
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gouden Gans Groothandel B.V.", "GOUDEN GANS GROOTHANDEL BV"),
        ("Café Zoë N.V.", "Cafe Zoe Naamloze Vennootschap"),
        ("ООО «Ромашка»", 'Общество с ограниченной ответственностью "Ромашка"'),
        ("ООО Ромашка", "OOO Romashka"),
        ("Ελληνικά Μεταλλεία Α.Ε.", "Ellinika Metalleia AE"),
        ("株式会社ヤマダ", "ヤマダ ㈱"),
        ("Jansen & Zonen V.O.F.", "V.O.F. Jansen en Zonen"),
        ("The Golden Goose plc", "Golden Goose PLC"),
        ("Gold-Goose Co. Ltd.", "Gold Goose Co Limited"),
        ("Goldgoose Inc.", "Gold Goose Incorporated"),
        ("A.B.C. Transport B.V.", "ABC Transport B.V."),
        ("Jansen UG (haftungsbeschränkt)", "Jansen UG"),
    ],
)
def test_spelling_habits_need_no_person(one: str, other: str) -> None:
    assert match_names(one, other).is_unattended
    assert match_names(one, other).confidence > Decimal("0.95")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gouden Gans B.V.", "Gouden Gans"),  # Which company of that name?
        ("Gouden Gans B.V.", "Gouden Gans N.V."),
        ("Gouden Gans B.V.", "Gouden Gans Holding B.V."),
        ("Gouden Gans B.V.", "Gouden Gans II B.V."),
        ("Gouden Gans B.V.", "Gouden Gans Belgium B.V."),
        ("Gouden Gans B.V.", "Gouden Gams B.V."),
        ("Gouden Gans B.V.", "Gans Gouden B.V."),
        ("Gouden Gans Ltd", "Gouden Gans Pvt Ltd"),
        ("Gouden Gans Corporation", "Gouden Gans Company"),
        ("Fonds 2004-1 B.V.", "Fonds 2005-1 B.V."),
        ("J.S.P. Handel B.V.", "J Handel B.V."),
        ("In Handel B.V.", "Handel B.V."),
    ],
)
def test_whatever_might_be_another_company_of_the_group_needs_a_person(one: str, other: str) -> None:
    assert not match_names(one, other).is_unattended


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bakkerij Jansen B.V.", "Bakkerij Pietersen B.V."),
        ("Twee Druppels Water B.V.", "Twee Druppels Watertechniek B.V."),
        ("Volkswagen AG", "Siemens AG"),
        ("Bank of Armenia", "Bank of America"),
        ("ООО БАЙ", "ООО БАЙКАЛ"),
        ("Blue Fund IV L.P.", "Blue Fund V L.P."),
        ("BD p.l.c.", "BP p.l.c."),
        ("", "Gouden Gans"),
        ("...", "..."),
    ],
)
def test_other_companies_are_unlikely(one: str, other: str) -> None:
    assert match_names(one, other).confidence < UNLIKELY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Walmart Inc.", "Wallmart Inc."),
        ("Müller Söhne GmbH", "Mueller Soehne GmbH"),
        ("Brigade Forty-Four", "Brigade 44"),
        ("SiemensAG", "Siemens AG"),
        ("Gazprom Neft JSC", "Gazprom Neft OAO"),
        ("Gouden Gans Groothandel", "Groothandel Gouden Gans B.V."),
    ],
)
def test_slips_and_other_ways_to_say_it_are_likely(one: str, other: str) -> None:
    assert match_names(one, other).confidence >= LIKELY


@pytest.mark.parametrize(
    ("name", "words", "numbers", "forms"),
    [
        ("AT&T Inc.", ("at", "t"), (), {"LLC"}),
        ("3M Nederland B.V.", ("3m", "nederland"), ("3m",), {"LLC"}),
        ("Bowne Solutions II, Inc.", ("bowne", "solutions"), ("2",), {"LLC"}),
        ("V & D B.V.", ("v", "d"), (), {"LLC"}),
        ("Coöperatie Zaad U.A.", ("cooperatie", "zaad"), (), {"COOP"}),
        ("The Company B.V.", ("company",), (), {"LLC"}),
        ("B.V.", ("bv",), (), set()),
        ("123", ("123",), ("123",), set()),
        ("", (), (), set()),
    ],
)
def test_a_name_is_read_into_words_numbers_and_forms(
    name: str, words: tuple[str, ...], numbers: tuple[str, ...], forms: set[str]
) -> None:
    read = read_name(name)
    assert (read.words, read.numbers, read.forms) == (words, numbers, forms)


def test_initials_are_likelier_than_other_letters() -> None:
    assert match_names("Golden Goose Traders", "GGT").confidence > match_names("Golden Goose Traders", "GGX").confidence


def test_the_best_of_several_names_counts() -> None:
    best = best_match("Gouden Gans", ("Zilveren Zwaan B.V.", "Gouden Gans B.V."))
    assert best == match_names("Gouden Gans", "Gouden Gans B.V.")
    assert best_match("Gouden Gans", ()) is None


@given(ANY_NAME, ANY_NAME)
def test_a_match_is_the_same_from_either_side_and_never_certain(one: str, other: str) -> None:
    match = match_names(one, other)
    assert match == match_names(other, one)
    assert 0 <= match.confidence <= CONFIDENCE_MAX
    assert not match.is_unattended or match.confidence > Decimal("0.8")


@given(NAMES, st.sampled_from([form for forms in LEGAL_FORMS for form in forms]))
def test_case_accents_and_punctuation_make_no_difference(name: str, form: str) -> None:
    plain = "".join(each for each in unicodedata.normalize("NFD", name) if not unicodedata.combining(each))
    whole = f"{name} {form}"
    for other in (whole.upper(), f"{plain} {form}", f'"{name}", {form}', f"  {name.title()}   {form}"):
        assert match_names(whole, other).is_unattended, other


@given(NAMES, st.sampled_from(LEGAL_FORMS), st.data())
def test_a_legal_form_may_be_written_in_full_or_short(name: str, forms: tuple[str, ...], data: st.DataObject) -> None:
    one, other = data.draw(st.sampled_from(forms)), data.draw(st.sampled_from(forms))
    assert match_names(f"{name} {one}", f"{name} {other}").is_unattended


@given(NAMES, NAMES)
def test_a_legal_form_more_or_less_never_brings_names_together(one: str, other: str) -> None:
    without = match_names(one, other)
    same, contradicting = (match_names(f"{one} B.V.", f"{other} {form}") for form in ("B.V.", "N.V."))
    assert contradicting.confidence <= same.confidence
    assert same.confidence == without.confidence or without.comparison.is_abbreviation


COMPARISONS = st.builds(
    Comparison,
    is_comparable=st.just(True),
    is_written_alike=st.booleans(),
    is_abbreviation=st.booleans(),
    slips=st.integers(0, 5),
    replaced=st.fractions(0, 1),
    added=st.fractions(0, 1),
    numbers_differ=st.booleans(),
    forms_contradict=st.booleans(),
    places_differ=st.booleans(),
)
AGAINST = ("slips", "replaced", "added", "numbers_differ", "forms_contradict", "places_differ")


@given(COMPARISONS, st.sampled_from(AGAINST), st.data())
def test_more_that_speaks_against_never_makes_it_likelier(compared: Comparison, name: str, data: st.DataObject) -> None:
    was = getattr(compared, name)
    more = {bool: st.just(True), int: st.integers(0, 9), Fraction: st.fractions(0, 1)}[type(was)].map(
        lambda each: max(each, was)
    )
    assert confidence_of(replace(compared, **{name: data.draw(more)})) <= confidence_of(compared)


def test_all_that_is_compared_is_weighed() -> None:
    first = compare(read_name("Gouden Gans"), read_name("Gouden Gans"))
    assert {field.name for field in fields(first)} == {"is_comparable", "is_written_alike", "is_abbreviation", *AGAINST}
