"""Gathers what a document says of buyer or seller, and which of its numbers we know."""

from collections.abc import Iterable

from api.ledger.formats.documents import Party, PartyIdentifier
from api.ledger.formats.values import short
from scoring.identifiers import compact, is_kvk_number, is_lei

KVK = "0106"
LEI = "0199"
IDENTIFIERS_MAX = 20
NAME_LENGTH_MAX = 200
# Lists in which an address for electronic documents is a VAT number, and the prefix it may lack.
VAT_ENDPOINTS = {
    **{"9906": "IT", "9910": "HU", "9914": "AT", "9920": "ES", "9925": "BE", "9926": "BG", "9928": "CY", "9929": "CZ"},
    **{"9930": "DE", "9931": "EE", "9932": "GB", "9933": "EL", "9934": "HR", "9935": "IE", "9937": "LT", "9938": "LU"},
    **{"9939": "LV", "9943": "MT", "9944": "NL", "9945": "PL", "9946": "PT", "9947": "RO", "9949": "SI", "9950": "SK"},
    **{"9957": "FR"},
}


def party(name: str | None, country: str | None, vat_number: str | None, found: Iterable[PartyIdentifier]) -> Party:
    """Make a party of what stands in a document. A number that an endpoint alone gives counts where nothing else does.

    An endpoint can be that of a bookkeeper who receives for many.
    """
    identifiers = tuple(
        PartyIdentifier(short(each.scheme, 30), value, each.role)
        for each in found
        if (value := short(each.value, 100)) is not None
    )[:IDENTIFIERS_MAX]
    named = [each for each in identifiers if each.role != "endpoint"]
    kvk_number = _first(named, KVK)
    lei = _first(named, LEI)
    vat_number = compact(vat_number or "")[:50] or None
    if not (kvk_number or lei or vat_number or named):
        endpoints = [each for each in identifiers if each.role == "endpoint"]
        kvk_number, lei, vat_number = _first(endpoints, KVK), _first(endpoints, LEI), _vat_endpoint(endpoints)
    return Party(
        name=short(name, NAME_LENGTH_MAX),
        country=short((country or "").upper(), 10),
        kvk_number=kvk_number,
        vat_number=vat_number,
        lei=lei,
        identifiers=identifiers,
    )


def _first(identifiers: Iterable[PartyIdentifier], scheme: str) -> str | None:
    is_one = {KVK: is_kvk_number, LEI: is_lei}[scheme]
    numbers = (compact(each.value) for each in identifiers if each.scheme == scheme)
    return next((number for number in numbers if is_one(number)), None)


def _vat_endpoint(endpoints: Iterable[PartyIdentifier]) -> str | None:
    for each in endpoints:
        prefix = VAT_ENDPOINTS.get(each.scheme or "")
        number = compact(each.value)
        if prefix:
            return number if number.startswith(prefix) else prefix + number
    return None
