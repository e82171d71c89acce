"""Says in one line what comes of a file, in the words of docs/formats.md."""

import io
from collections import Counter
from pathlib import Path
from typing import Any

from api.ledger.formats.detecting import BANK_READERS, INVOICE_READERS, detect
from api.ledger.formats.documents import BankEntry, InvoiceDocument, Refused, StatementEnd, StatementHead
from api.ledger.formats.unpacking import unpacked
from api.ledger.reading import FileUnreadable

SAMPLES = Path(__file__).parent / "samples"
SOURCES = ("camt_genkgo", "camt_oca", "mt940_wolph", "peppol_bis3")
FILES = sorted(path for source in SOURCES for path in (SAMPLES / source).iterdir())
ORDER = ("statement", "intraday report", "notification", "entry", "invoice", "credit note", "not booked")
PLURALS = {"entry": "entries", "not booked": "not booked"}


def items_of(content: bytes | io.RawIOBase) -> list[object]:
    """Everything that the readers give of a file, whatever it is."""
    stream: Any = io.BytesIO(content) if isinstance(content, bytes) else content
    items: list[object] = []
    for member in unpacked(stream):
        found = detect(member.stream)
        reader = {**INVOICE_READERS, **BANK_READERS}[found.format]
        items += reader(found.stream)
    return items


def outcome(content: bytes) -> str:
    """What is taken and refused of a file, counted."""
    try:
        items = items_of(content)
    except FileUnreadable as error:
        return f"refused: `{error.code}`"
    counts: Counter[str] = Counter()
    for item in items:
        if isinstance(item, StatementHead | InvoiceDocument):
            counts[item.kind.replace("_", " ")] += 1
        elif isinstance(item, BankEntry):
            counts["entry"] += 1
        elif isinstance(item, StatementEnd):
            counts["not booked"] += item.pending_count + item.information_count
    said = [
        f"{counts[what]} {PLURALS.get(what, what + 's') if counts[what] > 1 else what}"
        for what in ORDER
        if counts[what]
    ]
    refused = Counter(item.code for item in items if isinstance(item, Refused))
    said += [f"{count} refused: `{code}`" if said else f"refused: `{code}`" for code, count in sorted(refused.items())]
    return ", ".join(said)
