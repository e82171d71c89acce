"""Registration authorities of the LEI register (its codes) whose numbers we know by a scheme of ours."""

from scoring.company_numbers import CompanyNumber, InvalidNumber, read_number

KVK = "RA000463"
ENGLAND_AND_WALES, NORTHERN_IRELAND, SCOTLAND = "RA000585", "RA000586", "RA000587"
BELGIAN_ENTERPRISES = "RA000025"
_SCHEMES = {
    KVK: "kvk",
    ENGLAND_AND_WALES: "coh",
    NORTHERN_IRELAND: "coh",
    SCOTLAND: "coh",
    BELGIAN_ENTERPRISES: "kbo",
}


def registered_number(authority: str | None, number: str | None) -> CompanyNumber | None:
    """The number an entity is registered by; None where the authority is not known here, or it has no such numbers."""
    scheme = _SCHEMES.get(authority or "")
    if scheme is None or number is None:
        return None
    try:
        return read_number(scheme, None, number)
    except InvalidNumber:
        return None
