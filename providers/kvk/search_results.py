"""What a search of KVK finds, as candidates: one for each company, of the rows of its establishments."""

from providers.payload import Payload
from providers.ports import Candidate, Identifier
from scoring.facts import RegisterStatus
from scoring.identifiers import is_kvk_number

# Which row tells most of the company itself.
ROW_ORDER = ("rechtspersoon", "hoofdvestiging", "nevenvestiging")
ADDRESS_ORDER = ("hoofdvestiging", "rechtspersoon", "nevenvestiging")
# Not confirmed which of these words is used; where inactive ones are not asked for, it is left out.
ACTIVE = {"Ja": True, "J": True, "Nee": False, "N": False, None: True}


def candidates(provider: str, found: object, establishment: str | None = None) -> tuple[Candidate, ...]:
    """The companies of a page of results, in its order; empty for None. Raises NotUnderstood.

    Of its establishments a company is given the one that was asked for alone: there may be a thousand.
    """
    if found is None:
        return ()
    page = Payload(provider, found)
    if "resultaten" not in page.names() and page.number("totaal") != 0:
        raise page.not_understood("resultaten", "are missing")
    companies: dict[str, list[Payload]] = {}
    for row in page.items("resultaten"):
        number = row.text("kvkNummer")
        if number is None or not is_kvk_number(number):
            raise row.not_understood("kvkNummer", "is no number of a company")
        companies.setdefault(number, []).append(row)
    return tuple(_candidate(provider, number, rows, establishment) for number, rows in companies.items())


def _candidate(provider: str, number: str, rows: list[Payload], establishment: str | None) -> Candidate:
    ordered = sorted(rows, key=lambda row: _rank(row, ROW_ORDER))
    names = [name for name in (row.text("naam") for row in ordered) if name]
    if not names:
        raise ordered[0].not_understood("naam", "is missing")
    name, *trade_names = dict.fromkeys(names)
    has_establishment = establishment is not None and any(row.text("vestigingsnummer") == establishment for row in rows)
    rsin = next((value for value in (row.text("rsin") for row in ordered) if value), None)
    return Candidate(
        provider=provider,
        identifiers=(
            Identifier("kvk", "NL", number),
            *((Identifier("rsin", "NL", rsin),) if rsin else ()),
            *((Identifier("kvk_vestiging", "NL", establishment),) if establishment and has_establishment else ()),
        ),
        name=name,
        trade_names=tuple(trade_names),
        country="NL",
        address=_address(sorted(rows, key=lambda row: _rank(row, ADDRESS_ORDER))),
        legal_form=None,
        status=_status(ordered, is_legal_person=rsin is not None),
    )


def _rank(row: Payload, order: tuple[str, ...]) -> int:
    kind = row.text("type")
    return order.index(kind) if kind in order else len(order)


def _status(rows: list[Payload], *, is_legal_person: bool) -> RegisterStatus:
    """Of the company itself where it is among the rows: an establishment that closed does not end the company."""
    itself = [row for row in rows if row.text("type") != "nevenvestiging"]
    active = []
    for row in itself or rows:
        word = row.text("actief")
        if word not in ACTIVE:
            raise row.not_understood("actief", "is neither yes nor no")
        active.append(ACTIVE[word])
    if any(active):
        return "active"
    is_legal_person = is_legal_person or any(row.text("type") == "rechtspersoon" for row in rows)
    return "dissolved" if is_legal_person else "deregistered"


def _address(rows: list[Payload]) -> str | None:
    """In one line, of the first row that has one; a shielded address is not among them."""
    return next((line for line in map(_address_line, rows) if line), None)


def _address_line(row: Payload) -> str | None:
    inland, abroad = row.section("adres", "binnenlandsAdres"), row.section("adres", "buitenlandsAdres")
    box = _digits(inland, "postbusnummer")
    street = [inland.text("straatnaam"), _digits(inland, "huisnummer"), inland.text("huisletter")]
    parts = [
        " ".join(filter(None, street)) or (f"Postbus {box}" if box else None),
        " ".join(filter(None, [inland.text("postcode"), inland.text("plaats")])),
        abroad.text("straatHuisnummer"),
        abroad.text("postcodeWoonplaats"),
        abroad.text("land"),
    ]
    return ", ".join(filter(None, parts)) or None


def _digits(address: Payload, name: str) -> str | None:
    number = address.number(name)
    return None if number is None else str(number)
