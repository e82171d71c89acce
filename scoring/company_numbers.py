"""Official numbers of companies, in the one form in which they are compared; each scheme's traps are closed here.

Strict format first, then the check digits of a library: it fills short numbers up with zeros, takes other countries'
lengths, and accepts letters where there are none.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from stdnum.de import handelsregisternummer
from stdnum.eu import vat as eu_vat
from stdnum.fr import siren, siret

from scoring.identifiers import compact, is_establishment_number, is_kvk_number, is_lei, is_rsin, vat_scheme_of
from scoring.vat_numbers import read_vat_number

WORLD = "ZZ"  # For schemes that are issued for the whole world; ISO 3166 keeps it free for such use.
REGISTRATION = "registration"  # A number of a register that we know no form of.
# Legal forms of one person, whose numbers may hold his citizen number.
SOLE_TRADERS = frozenset({"eenmanszaak"})

# What people call a scheme, beside our own word for it.
_SCHEMES = {
    **{"kvk_number": "kvk", "vat_number": "vat", "duns_number": "duns"},
    **{"establishment_number": "kvk_vestiging", "vestigingsnummer": "kvk_vestiging", "kvk-vestiging": "kvk_vestiging"},
    **{"companies_house": "coh", "enterprise_number": "kbo", "registration_number": REGISTRATION},
}
# The number of each country's company register.
_REGISTERS = {"NL": "kvk", "GB": "coh", "BE": "kbo", "FR": "siren", "DE": "handelsregister"}

_DUNS = re.compile(r"[0-9]{9}", re.ASCII)
_COH = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}|R[0-9]{7}|[A-Z]{2}[0-9]{5}R", re.ASCII)
_COH_SHORT = re.compile(r"([A-Z]{0,2})([0-9]{1,8})", re.ASCII)
_KBO = re.compile(r"[01][0-9]{9}", re.ASCII)
_SIREN = re.compile(r"[0-9]{9}", re.ASCII)
_SIRET = re.compile(r"[0-9]{14}", re.ASCII)
_COURT_SECTIONS = {each.casefold(): each for each in ("HRA", "HRB", "PR", "GnR", "VR")}


@dataclass(frozen=True, slots=True)
class CompanyNumber:
    """An official number; `country` (ISO 3166-1 alpha-2, or WORLD) is that of its issuer."""

    scheme: str
    country: str
    value: str


class InvalidNumber(ValueError):
    """A number that its scheme cannot have; the text says what one looks like."""


def read_number(scheme: str, country: str | None, value: str) -> CompanyNumber:
    """The number of a scheme; one of a scheme that we do not know is taken as it stands. Raises InvalidNumber."""
    known = _SCHEMES.get(scheme.casefold(), scheme.casefold())
    if known == REGISTRATION and country in _REGISTERS:
        known = _REGISTERS[country]
    reader = _READERS.get(known)
    if reader is not None:
        return reader(value)
    if country is None:
        raise InvalidNumber(f"A number of the scheme {scheme} needs a country.")
    return CompanyNumber(scheme if known == scheme.casefold() else known, country, compact(value))


def derived_numbers(number: CompanyNumber) -> tuple[CompanyNumber, ...]:
    """Other numbers that this one holds. A legal person's Dutch VAT number is its RSIN, a fiscal unity's its own."""
    value = number.value
    if number.scheme == "vat" and number.country == "NL" and vat_scheme_of(value) == "elfproef":
        return (CompanyNumber("rsin", "NL", value.removeprefix("NL")[:9]),)
    if number.scheme == "vat" and number.country == "BE":
        return (CompanyNumber("kbo", "BE", value.removeprefix("BE")),)
    if number.scheme == "vat" and number.country == "FR" and siren.is_valid(value[4:]):  # Monaco's hold none.
        return (CompanyNumber("siren", "FR", value[4:]),)
    if number.scheme == "siret" and number.country == "FR":
        return (CompanyNumber("siren", "FR", value[:9]),)
    return ()


def register_scheme(country: str) -> str | None:
    """The scheme of a country's company register; None where we know none."""
    return _REGISTERS.get(country)


# Of these a company has one. Of others (establishments, a vendor's own keys) it may have several.
_OF_ONE_COMPANY = frozenset({"kvk", "rsin", "vat", "lei", "coh", "kbo", "siren", "handelsregister"})


def is_of_one_company(number: CompanyNumber) -> bool:
    """Whether a company has but one number of the scheme, as it has of a register and unlike a vendor's own keys."""
    return number.scheme in _OF_ONE_COMPANY


def contradict(one: CompanyNumber, other: CompanyNumber) -> bool:
    """Whether no company can have both numbers. Parts of one company may have VAT numbers with its RSIN in each."""
    same_kind = (one.scheme, one.country) == (other.scheme, other.country)
    if not same_kind or one.value == other.value or one.scheme not in _OF_ONE_COMPANY:
        return False
    return not set(derived_numbers(one)) & set(derived_numbers(other))


def contradictions(
    had: Collection[CompanyNumber], given: Collection[CompanyNumber]
) -> tuple[tuple[CompanyNumber, CompanyNumber], ...]:
    """(had, given) of what no company can have both, also by what the numbers hold.

    A company's own RSIN says more than the VAT number that one might be read from: members of a fiscal unity share
    theirs. A number that it has already contradicts nothing.
    """
    found = []
    for new in given:
        if new not in had:
            forms = _stated_or_held([new], given)
            found += [
                (old, new) for old in had if any(contradict(a, b) for a in _stated_or_held([old], had) for b in forms)
            ]
    return tuple(found)


def _stated_or_held(numbers: Collection[CompanyNumber], all_stated: Collection[CompanyNumber]) -> list[CompanyNumber]:
    """The numbers with those they hold, but for schemes of which another number is stated."""
    stated = {(each.scheme, each.country) for each in all_stated}
    held = [held for each in numbers for held in derived_numbers(each)]
    return [*numbers, *(each for each in held if (each.scheme, each.country) not in stated)]


def is_personal(number: CompanyNumber) -> bool:
    """Whether the number of a natural person holds the citizen number; of a legal person it never does."""
    return number.country == "NL" and (number.scheme == "rsin" or bool(derived_numbers(number)))


def masked(number: CompanyNumber) -> CompanyNumber:
    """The number of a natural person as it may be shown: a citizen number in it made unreadable."""
    if not is_personal(number):
        return number
    return CompanyNumber(number.scheme, number.country, re.sub("[0-9]{7}(?=[0-9]{2}(?:B|$))", "*" * 7, number.value))


def _kvk(value: str) -> CompanyNumber:
    """The number of a Dutch company. Raises InvalidNumber."""
    text = compact(value)
    if not is_kvk_number(text):
        raise InvalidNumber("A KVK number has eight digits, zeros in front included.")
    return CompanyNumber("kvk", "NL", text)


def _establishment(value: str) -> CompanyNumber:
    """The number of a Dutch establishment. Raises InvalidNumber."""
    text = compact(value)
    if not is_establishment_number(text):
        raise InvalidNumber("An establishment number has twelve digits, zeros in front included.")
    return CompanyNumber("kvk_vestiging", "NL", text)


def _rsin(value: str) -> CompanyNumber:
    """The number of a Dutch legal person. Raises InvalidNumber."""
    text = compact(value)
    if not is_rsin(text):
        raise InvalidNumber("An RSIN has nine digits, the last of which checks the others.")
    return CompanyNumber("rsin", "NL", text)


def _vat(value: str) -> CompanyNumber:
    """A VAT number with its prefix. Raises InvalidNumber."""
    found = read_vat_number(value)
    if found is None:
        raise InvalidNumber("This is no VAT number of the EU, the United Kingdom or Northern Ireland.")
    return CompanyNumber("vat", *found)


def _lei(value: str) -> CompanyNumber:
    """A legal entity identifier. Raises InvalidNumber."""
    if not is_lei(value):
        raise InvalidNumber("An LEI has 20 letters and digits, the last two of which check the others (ISO 17442).")
    return CompanyNumber("lei", WORLD, compact(value))


def _duns(value: str) -> CompanyNumber:
    """A D-U-N-S number, written with hyphens or without. Raises InvalidNumber."""
    text = compact(value).replace("-", "")
    if not _DUNS.fullmatch(text):
        raise InvalidNumber("A D-U-N-S number has nine digits.")
    return CompanyNumber("duns", WORLD, text)


def _coh(value: str) -> CompanyNumber:
    """A British company number, filled up with zeros as the register itself does. Raises InvalidNumber."""
    text = compact(value)
    short = _COH_SHORT.fullmatch(text)
    if short is not None and len(short[1]) != 1:
        text = short[1] + short[2].zfill(8 - len(short[1]))
    if not _COH.fullmatch(text):
        raise InvalidNumber("A company number has eight digits, or two letters such as SC and six digits.")
    return CompanyNumber("coh", "GB", text)


def _kbo(value: str) -> CompanyNumber:
    """A Belgian enterprise number, as a VAT number or with points. Raises InvalidNumber."""
    text = re.sub("[.-]", "", compact(value)).removeprefix("BE")
    if not _KBO.fullmatch(text) or not eu_vat.is_valid(f"BE{text}"):
        raise InvalidNumber("An enterprise number has ten digits, of which the last two check the others.")
    return CompanyNumber("kbo", "BE", text)


def _siren(value: str) -> CompanyNumber:
    """The number of a French company. Raises InvalidNumber."""
    text = compact(value)
    if not _SIREN.fullmatch(text) or not siren.is_valid(text):
        raise InvalidNumber("A SIREN has nine digits, the last of which checks the others.")
    return CompanyNumber("siren", "FR", text)


def _siret(value: str) -> CompanyNumber:
    """The number of a French establishment. Raises InvalidNumber."""
    text = compact(value)
    if not _SIRET.fullmatch(text) or not siret.is_valid(text):
        raise InvalidNumber("A SIRET has 14 digits: a SIREN and the number of an establishment.")
    return CompanyNumber("siret", "FR", text)


def _handelsregister(value: str) -> CompanyNumber:
    """With its court: many courts have the same numbers."""
    text = " ".join(value.split())
    if len(text) > 100 or not handelsregisternummer.is_valid(text):
        raise InvalidNumber('A number of the Handelsregister names its court: "Aachen HRB 11223".')
    words = str(handelsregisternummer.validate(text)).split(" ")
    return CompanyNumber(
        "handelsregister", "DE", " ".join(_COURT_SECTIONS.get(word.casefold(), word) for word in words)
    )


_READERS: Mapping[str, Callable[[str], CompanyNumber]] = {
    "kvk": _kvk,
    "kvk_vestiging": _establishment,
    "rsin": _rsin,
    "vat": _vat,
    "lei": _lei,
    "duns": _duns,
    "coh": _coh,
    "kbo": _kbo,
    "siren": _siren,
    "siret": _siret,
    "handelsregister": _handelsregister,
}
