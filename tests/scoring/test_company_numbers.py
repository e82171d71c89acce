"""Official numbers are read in one form, and what a scheme cannot have is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.company_numbers import (
    CompanyNumber,
    InvalidNumber,
    contradict,
    contradictions,
    derived_numbers,
    is_personal,
    masked,
    read_number,
)
from scoring.identifiers import vat_scheme_of

SCHEMES = ["kvk", "kvk_vestiging", "rsin", "vat", "lei", "duns", "coh", "kbo", "siren", "siret", "handelsregister"]


@pytest.mark.parametrize(
    ("scheme", "country", "value", "number"),
    [
        ("kvk", None, "0123 4567", ("kvk", "NL", "01234567")),
        ("kvk_number", "NL", "12345678", ("kvk", "NL", "12345678")),
        ("establishment_number", None, "0000 3717 8598", ("kvk_vestiging", "NL", "000037178598")),
        ("rsin", "NL", "899000009", ("rsin", "NL", "899000009")),
        ("vat", None, "nl 8990.00.009.b01", ("vat", "NL", "NL899000009B01")),
        ("vat", None, "NL002455799B11", ("vat", "NL", "NL002455799B11")),
        ("vat", None, "BE 0403.019.261", ("vat", "BE", "BE0403019261")),
        ("vat", None, "BE403019261", ("vat", "BE", "BE0403019261")),
        ("vat", None, "EL094259216", ("vat", "GR", "EL094259216")),
        ("vat", None, "GR094259216", ("vat", "GR", "EL094259216")),
        ("vat", None, "GB980780684", ("vat", "GB", "GB980780684")),
        ("vat", None, "XI980780684", ("vat", "GB", "XI980780684")),
        ("vat", None, "FR61954506077", ("vat", "FR", "FR61954506077")),
        ("lei", "NL", "213800KUD8LAJWSQ9D15", ("lei", "ZZ", "213800KUD8LAJWSQ9D15")),
        ("duns", "NL", "15-048-3782", ("duns", "ZZ", "150483782")),
        ("coh", "GB", "6402", ("coh", "GB", "00006402")),
        ("coh", "GB", "sc 1234", ("coh", "GB", "SC001234")),
        ("registration_number", "GB", "FC000123", ("coh", "GB", "FC000123")),
        ("coh", "GB", "IP12345R", ("coh", "GB", "IP12345R")),
        ("coh", "GB", "R0000123", ("coh", "GB", "R0000123")),
        ("registration_number", "NL", "90000001", ("kvk", "NL", "90000001")),
        ("registration_number", "BE", "BE 0403.019.261", ("kbo", "BE", "0403019261")),
        ("registration_number", "FR", "552 008 443", ("siren", "FR", "552008443")),
        ("siret", "FR", "732 829 320 00074", ("siret", "FR", "73282932000074")),
        ("registration_number", "DE", "HRB  11223 Aachen", ("handelsregister", "DE", "Aachen HRB 11223")),
        ("registration_number", "DE", "aachen hrb 11223", ("handelsregister", "DE", "Aachen HRB 11223")),
        ("registration_number", "ES", "m 12345", ("registration", "ES", "M12345")),
        ("house_number", "IT", "a 1", ("house_number", "IT", "A1")),
    ],
)
def test_a_number_is_read_in_the_form_in_which_it_is_compared(
    scheme: str, country: str | None, value: str, number: tuple[str, str, str]
) -> None:
    assert read_number(scheme, country, value) == CompanyNumber(*number)


@pytest.mark.parametrize(
    ("scheme", "country", "value"),
    [
        ("kvk", None, "1234567"),  # A zero in front is not ours to add.
        ("kvk", None, "123456789"),
        ("kvk", None, "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668"),
        ("kvk_vestiging", None, "12345678"),
        ("rsin", None, "99000009"),
        ("rsin", None, "899000008"),
        ("vat", None, "NL899000009B00"),
        ("vat", None, "NL00449544B01"),  # The library adds a zero.
        ("vat", None, "NL899000008B01"),
        ("vat", None, "EL94259216"),  # Here too.
        ("vat", None, "BE0403019262"),
        ("vat", None, "DE0403019261"),
        ("vat", None, "GB802311781"),
        ("vat", None, "CHE107787577"),
        ("vat", None, "FR00000000000000"),
        ("lei", None, "213800029"),  # The library knows no length.
        ("lei", None, "213800KUD8LAJWSQ9D16"),
        ("duns", None, "12345678"),
        ("coh", "GB", "123456789"),
        ("coh", "GB", "X12"),
        ("coh", "GB", "SC1234567"),
        ("kbo", "BE", "403019261"),
        ("kbo", "BE", "2403019261"),
        ("siren", "FR", "552008444"),
        ("siret", "FR", "73282932000079"),
        ("handelsregister", "DE", "HRB 11223"),  # Of which court?
        ("registration_number", None, "123"),
        ("house_number", None, "1"),
    ],
)
def test_what_a_scheme_cannot_have_is_refused(scheme: str, country: str | None, value: str) -> None:
    with pytest.raises(InvalidNumber, match=r"\w"):
        read_number(scheme, country, value)


@pytest.mark.parametrize(
    ("number", "derived"),
    [
        (("vat", "NL", "NL899000009B01"), ("rsin", "NL", "899000009")),
        (("vat", "BE", "BE0403019261"), ("kbo", "BE", "0403019261")),
        (("vat", "FR", "FR61954506077"), ("siren", "FR", "954506077")),
        (("siret", "FR", "73282932000074"), ("siren", "FR", "732829320")),
        (("vat", "NL", "NL002455799B11"), None),  # A sole trader's since 2020, which holds no other number.
        (("vat", "DE", "DE136695976"), None),
        (("kvk", "NL", "90000001"), None),
    ],
)
def test_one_number_may_hold_another(number: tuple[str, str, str], derived: tuple[str, str, str] | None) -> None:
    assert derived_numbers(CompanyNumber(*number)) == (() if derived is None else (CompanyNumber(*derived),))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("kvk", "NL", "90000001"), ("kvk", "NL", "90000002"), True),
        (("kvk", "NL", "90000001"), ("kvk", "NL", "90000001"), False),
        (("kvk", "NL", "90000001"), ("rsin", "NL", "899000009"), False),
        (("vat", "NL", "NL899000009B01"), ("vat", "BE", "BE0403019261"), False),  # Registered in two countries.
        (("vat", "NL", "NL899000009B01"), ("vat", "NL", "NL899000009B02"), False),
        (("vat", "NL", "NL899000009B01"), ("vat", "NL", "NL899000010B01"), True),
        (("kvk_vestiging", "NL", "000000000001"), ("kvk_vestiging", "NL", "000000000002"), False),
        (("duns", "ZZ", "407809623"), ("duns", "ZZ", "150483782"), False),  # Establishments have their own.
    ],
)
def test_two_numbers_of_a_kind_are_two_companies(
    one: tuple[str, str, str], other: tuple[str, str, str], expected: bool
) -> None:
    assert contradict(CompanyNumber(*one), CompanyNumber(*other)) is expected


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (("vat", "NL", "NL899000009B01"), "NL*******09B01"),
        (("rsin", "NL", "899000009"), "*******09"),
        (("vat", "NL", "NL002455799B11"), "NL002455799B11"),
        (("kvk", "NL", "90000001"), "90000001"),
    ],
)
def test_a_citizen_number_is_not_shown(number: tuple[str, str, str], shown: str) -> None:
    assert masked(CompanyNumber(*number)).value == shown
    assert is_personal(CompanyNumber(*number)) == (shown != number[2])


@given(st.sampled_from(SCHEMES), st.none() | st.sampled_from(["NL", "GB", "DE"]), st.text(max_size=40))
def test_whatever_is_typed_is_a_number_that_reads_the_same_again_or_refused(
    scheme: str, country: str | None, value: str
) -> None:
    try:
        number = read_number(scheme, country, value)
    except InvalidNumber:
        return
    assert number == read_number(number.scheme, number.country, number.value)


@given(
    st.sampled_from(["NL", "BE", "EL", "FR", "GB", "DE", "XX", ""]),
    st.from_regex(r"[0-9]{5,12}(B[0-9]{2})?", fullmatch=True),
)
def test_digits_are_never_added_to_a_vat_number_but_belgiums(prefix: str, digits: str) -> None:
    try:
        number = read_number("vat", None, prefix + digits)
    except InvalidNumber:
        return
    rest = number.value[2:]
    assert rest == digits or (number.country, rest) == ("BE", f"0{digits}")
    assert number.country != "NL" or vat_scheme_of(number.value) is not None


@given(st.integers(1, 99_999_999))
def test_a_british_number_is_the_same_however_many_zeros_are_left_out(number: int) -> None:
    assert read_number("coh", "GB", str(number)).value == f"{number:08}"


KVK, OTHER_KVK = CompanyNumber("kvk", "NL", "90000014"), CompanyNumber("kvk", "NL", "90000007")
RSIN, VAT = CompanyNumber("rsin", "NL", "899000113"), CompanyNumber("vat", "NL", "NL899000113B01")
SECOND_VAT, OTHER_VAT = CompanyNumber("vat", "NL", "NL899000113B02"), CompanyNumber("vat", "NL", "NL899000058B01")
LEI = CompanyNumber("lei", "ZZ", "SANDBOX0000000000274")


@pytest.mark.parametrize(
    ("had", "given_now", "expected"),
    [
        ([KVK], [KVK, LEI], []),
        ([KVK, LEI], [OTHER_KVK, LEI], [(KVK, OTHER_KVK)]),
        ([KVK, RSIN], [KVK, VAT], []),
        ([KVK, RSIN], [KVK, OTHER_VAT], [(RSIN, OTHER_VAT)]),
        ([KVK, VAT], [SECOND_VAT], []),
        ([KVK, VAT], [OTHER_VAT], [(VAT, OTHER_VAT)]),
        # A member of a fiscal unity: its own RSIN is stated, and the unity's VAT number holds another.
        ([KVK, RSIN, OTHER_VAT], [KVK, OTHER_VAT], []),
        ([KVK], [RSIN, OTHER_VAT], []),
        ([KVK, OTHER_VAT], [RSIN], [(OTHER_VAT, RSIN)]),
        ([], [KVK, OTHER_KVK], []),
    ],
)
def test_what_contradicts_the_numbers_of_a_company(
    had: list[CompanyNumber], given_now: list[CompanyNumber], expected: list[tuple[CompanyNumber, CompanyNumber]]
) -> None:
    assert list(contradictions(had, given_now)) == expected


@given(st.lists(st.sampled_from([KVK, OTHER_KVK, RSIN, VAT, SECOND_VAT, OTHER_VAT, LEI])))
def test_no_company_contradicts_itself(numbers: list[CompanyNumber]) -> None:
    assert contradictions(numbers, numbers) == ()
