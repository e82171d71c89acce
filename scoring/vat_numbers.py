"""VAT numbers of the EU, the United Kingdom and Northern Ireland: each country has its length, then check digits."""

import re

from stdnum.eu import vat as eu_vat
from stdnum.gb import vat as gb_vat

from scoring.identifiers import compact, vat_scheme_of

# What follows the prefix, as VIES lists it. The library takes shorter numbers for some, and fills them up with zeros.
_FORMS = {
    **{"AT": r"U[0-9]{8}", "BE": r"[01][0-9]{9}", "BG": r"[0-9]{9,10}", "CY": r"[0-9]{8}[A-Z]", "CZ": r"[0-9]{8,10}"},
    **{"DE": r"[0-9]{9}", "DK": r"[0-9]{8}", "EE": r"[0-9]{9}", "EL": r"[0-9]{9}", "FI": r"[0-9]{8}"},
    **{"ES": r"[A-Z0-9][0-9]{7}[A-Z0-9]", "FR": r"[A-HJ-NP-Z0-9]{2}[0-9]{9}", "HR": r"[0-9]{11}", "HU": r"[0-9]{8}"},
    **{"IE": r"[0-9][A-Z0-9+*][0-9]{5}[A-Z]{1,2}", "IT": r"[0-9]{11}", "LT": r"[0-9]{9}|[0-9]{12}", "LU": r"[0-9]{8}"},
    **{"LV": r"[0-9]{11}", "MT": r"[0-9]{8}", "PL": r"[0-9]{10}", "PT": r"[0-9]{9}", "RO": r"[0-9]{2,10}"},
    **{"SE": r"[0-9]{12}", "SI": r"[0-9]{8}", "SK": r"[0-9]{10}"},
    **dict.fromkeys(("XI", "GB"), r"[0-9]{9}|[0-9]{12}|GD[0-9]{3}|HA[0-9]{3}"),
}
_FORM = {prefix: re.compile(form, re.ASCII) for prefix, form in _FORMS.items()}
_OLD_BELGIAN = re.compile(r"[0-9]{9}", re.ASCII)  # Of before 2005; the authorities read it with a zero in front.
# Greece and Northern Ireland write another prefix than their country's code.
_COUNTRIES = {"EL": "GR", "XI": "GB"}


def read_vat_number(value: str) -> tuple[str, str] | None:
    """The country (ISO 3166-1 alpha-2) of a VAT number, and the number with its prefix; None when it is none.

    Without a prefix it is read as a Dutch one. A number of Great Britain is right, though VIES does not know it.
    """
    text = re.sub("[.-]", "", compact(value))
    if vat_scheme_of(text) is not None:
        return "NL", text if text.startswith("NL") else f"NL{text}"
    prefix, rest = ("EL" if text.startswith("GR") else text[:2]), text[2:]
    if prefix == "BE" and _OLD_BELGIAN.fullmatch(rest):
        rest = f"0{rest}"
    form = _FORM.get(prefix)
    if form is None or not form.fullmatch(rest):
        return None
    is_valid = gb_vat.is_valid(rest) if prefix == "GB" else eu_vat.is_valid(prefix + rest)
    return (_COUNTRIES.get(prefix, prefix), prefix + rest) if is_valid else None
