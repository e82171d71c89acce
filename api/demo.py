"""The demonstration: one test seller with a small ledger of the sandbox's companies, and keys to try it with."""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from api import demo_orders
from api.administration.sellers import add_seller
from api.clock import Clock, real_now
from api.ledger.importing import Ordered, run_import
from api.ledger.mapping import read_mapping
from api.records import identities, keys, sellers
from api.records.identities import Reference
from api.records.keys import ROLES, NewKey
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.wiring import House

NAME = "demo"
INSURER_ID = UUID("00000000-0000-7000-8000-000000000001")  # A made-up insurer.
HEADER = "debtor;name;kvk;number;invoiced;due;amount;paid"
MAPPING = {
    "delimiter": ";",
    "columns": {
        "debtor_reference": "debtor",
        "debtor_name": "name",
        "kvk_number": "kvk",
        "invoice_number": "number",
        "invoiced_on": "invoiced",
        "due_on": "due",
        "amount": "amount",
        "paid_on": "paid",
    },
    "constants": {"debtor_system": "erp", "currency": "EUR", "country": "NL"},
    "date_formats": ["YYYY-MM-DD"],
}
# Number and name as in the sandbox, the amount of an invoice, and the days after the due date on which it is paid.
DEBTORS = (
    ("1001", "Gouden Gans Groothandel B.V.", "90000001", 3200, (-6, -2, 0, -4, 1)),
    ("1002", "Middenmaat Meubelen B.V.", "90000002", 2100, (3, 8, 12, 5, 7)),
    ("1003", "Traag en Later Transport B.V.", "90000003", 1800, (28, 35, 41, 52, 38)),
)
MONTHS, TERM_DAYS = 18, 30


def prepare(house: House) -> dict[str, str]:
    """Make the demonstration seller on an empty database, revoke its last keys and make new ones.

    Gives a key for each role; none where others have sellers and there is no demonstration.
    """
    sessions = house.sessions
    with sessions.of_nobody() as session:
        seller = sellers.named(session, NAME)
        is_empty = not sellers.every(session)
    if seller is None and not is_empty:
        return {}
    seller = seller or add_seller(sessions, NAME, "test")
    _fill(sessions, seller)
    demo_orders.fill(house, seller)
    return _new_keys(sessions, seller)


def _fill(sessions: Sessions, seller: Seller) -> None:
    """Give an empty ledger its lines: one transaction, so that a killed start leaves none."""
    clock = Clock()
    with sessions.of(seller.id) as session:
        if identities.by_reference(session, Reference("erp", DEBTORS[0][0])):
            return
    ledger = "\n".join([HEADER, *_lines(clock.today(seller))]) + "\n"
    run_import(sessions, seller, clock, io.BytesIO(ledger.encode()), Ordered(read_mapping(MAPPING)))


def _lines(today: date) -> Iterator[str]:
    """Give an invoice a month for each debtor, with what was paid by now."""
    for reference, name, kvk_number, amount, days_late in DEBTORS:
        for month in range(MONTHS):
            invoiced_on = today - timedelta(days=30 * (MONTHS - month))
            due_on = invoiced_on + timedelta(days=TERM_DAYS)
            paid_on = due_on + timedelta(days=days_late[month % len(days_late)])
            paid = paid_on.isoformat() if paid_on <= today else ""
            number = f"{reference}-{month + 1:03}"
            yield f"{reference};{name};{kvk_number};{number};{invoiced_on};{due_on};{amount + 45 * month}.00;{paid}"


def _new_keys(sessions: Sessions, seller: Seller) -> dict[str, str]:
    now = real_now()
    made = {}
    with sessions.of(seller.id) as session:
        for record in keys.every(session):
            if record.is_demo and record.revoked_at is None:
                keys.revoke(session, record.id, now)
        for role in ROLES:
            # Machines have no subject; the others are made-up persons, since only persons decide.
            subject = None if role in ("integration", "insurer") else f"{role.replace('_', '.')}@demo.example"
            insurer_id = INSURER_ID if role == "insurer" else None
            new = NewKey(role, f"demo {role}", subject=subject, insurer_id=insurer_id, is_demo=True)
            made[role] = keys.add(session, seller, new, now)
    return made


def shown(made: dict[str, str], address: str | None) -> str:
    """Give what a person is shown: the keys and, where the server answers on an address, a command to try."""
    if not made:
        return f"{_listening(address)}There are sellers already, so no demonstration was added."
    lines = [f"{_listening(address)}Keys of the demonstration seller; those of the last time are revoked:", ""]
    lines += [f"  {role:15} {key}" for role, key in made.items()]
    if address:
        lines += [
            "",
            "Shall we sell to Gouden Gans Groothandel, 5,000 euro on account?",
            "",
            f"  curl -s {address}/v1/credit-checks \\",
            f"    -H 'Authorization: Bearer {made['finance']}' \\",
            "    -H 'Content-Type: application/json' \\",
            '    -d \'{"company": {"country": "NL", "kvk_number": "90000001"},',
            '         "order_amount": {"amount": "5000.00", "currency": "EUR"},',
            '         "purpose": "credit_assessment", "relation": "customer"}\'',
            "",
            "May an order of 9,000 euro of Middenmaat Meubelen go out?",
            "",
            f"  curl -s {address}/v1/orders \\",
            f"    -H 'Authorization: Bearer {made['integration']}' \\",
            "    -H 'Content-Type: application/json' \\",
            '    -d \'{"debtor_reference": {"system": "erp", "value": "1002"}, "order_reference": "4711",',
            '         "amount": {"amount": "9000.00", "currency": "EUR"}}\'',
        ]
    return "\n".join(lines)


def _listening(address: str | None) -> str:
    return f"creditgate listens on {address} (documentation: {address}/docs)\n\n" if address else ""
