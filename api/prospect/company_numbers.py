"""The official numbers a caller names a company by, checked and in the one form in which they are compared."""

import re
from collections.abc import Mapping
from typing import Any

from stdnum.eu import vat as eu_vat

from api.problems import Fault
from providers.ports import LEI_COUNTRY, Identifier
from scoring.identifiers import compact, is_kvk_number, is_lei, vat_scheme_of

_FORMS = {
    "rsin": re.compile(r"[0-9]{9}", re.ASCII),
    "duns": re.compile(r"[0-9]{9}", re.ASCII),
    "coh": re.compile(r"[A-Z0-9]{2}[0-9]{6}", re.ASCII),
}
_VAT_FORM = re.compile(r"[A-Z]{2}[0-9A-Z]{2,14}", re.ASCII)


def read_numbers(given: Mapping[str, Any], pointer: str = "") -> tuple[tuple[Identifier, ...], list[Fault]]:
    """Identifiers of `kvk_number`, `vat_number`, `lei` and `identifiers` in `given`, the most trusted first.

    `country` in `given` (ISO 3166-1 alpha-2) may not contradict a number. Faults lie below the JSON `pointer`.
    """
    readers = {"kvk_number": _kvk, "vat_number": _vat, "lei": _lei}
    identifiers: list[Identifier] = []
    faults: list[Fault] = []
    for name, read in readers.items():
        value = given.get(name)
        if value is None:
            continue
        identifier = read(value)
        if identifier is None:
            faults.append(Fault(f"{pointer}/{name}", f"invalid_{name}", f"This is no valid {name}."))
        elif given.get("country") not in (None, identifier.country) and identifier.country != LEI_COUNTRY:
            detail = f"A number of {identifier.country} names no company of {given['country']}."
            faults.append(Fault(f"{pointer}/{name}", "other_country", detail))
        else:
            identifiers.append(identifier)
    for index, each in enumerate(given.get("identifiers") or ()):
        number = _other(each["scheme"], each.get("country") or given.get("country"), each["value"])
        if number is None:
            words = f"This is no valid number of the scheme {each['scheme']}, or its country is missing."
            faults.append(Fault(f"{pointer}/identifiers/{index}", "invalid_identifier", words))
        else:
            identifiers.append(number)
    return tuple(dict.fromkeys(identifiers)), faults


def _other(scheme: str, country: str | None, value: str) -> Identifier | None:
    """The number of any scheme; of one we do not know, every number is taken as it stands."""
    known = {"kvk": _kvk, "vat": _vat, "lei": _lei}
    if scheme in known:
        return known[scheme](value)
    form = _FORMS.get(scheme)
    text = compact(value)
    return Identifier(scheme, country, text) if country and (form is None or form.fullmatch(text)) else None


def _kvk(value: str) -> Identifier | None:
    text = compact(value)
    return Identifier("kvk", "NL", text) if is_kvk_number(text) else None


def _vat(value: str) -> Identifier | None:
    text = compact(value).replace(".", "")
    if vat_scheme_of(text) is not None:
        return Identifier("vat", "NL", text if text.startswith("NL") else f"NL{text}")
    # The library fills short Dutch numbers up with zeros, so Dutch ones are done by now.
    if not _VAT_FORM.fullmatch(text) or text.startswith("NL") or not eu_vat.is_valid(text):
        return None
    # Greece alone writes another prefix than its country code.
    return Identifier("vat", "GR" if text.startswith("EL") else text[:2], eu_vat.compact(text))


def _lei(value: str) -> Identifier | None:
    return Identifier("lei", LEI_COUNTRY, compact(value)) if is_lei(value) else None
