"""Tells what a file is by its first bytes, never by its name."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

from api.ledger.formats import camt, cii, mt940, ubl
from api.ledger.formats.documents import BankItem, InvoiceItem
from api.ledger.formats.streams import looked_into
from api.ledger.formats.xml import root_of
from api.ledger.reading import BOM, WIDE_BOMS, FileUnreadable

Format = Literal["ubl", "cii", "camt", "mt940", "json_lines", "csv"]
INVOICE_READERS: dict[Format, Callable[[BinaryIO], Iterator[InvoiceItem]]] = {"ubl": ubl.read_ubl, "cii": cii.read_cii}
BANK_READERS: dict[Format, Callable[[BinaryIO], Iterator[BankItem]]] = {
    "camt": camt.read_camt,
    "mt940": mt940.read_mt940,
}
START_BYTES = 64_000  # A root element comes at once; before it there may be comments.
MT940_LINES = 10
MT940_TAG = re.compile(rb":(?:20|21|25P?|28C?|60[FM]|61|62[FM]|64|65|86):|:940:")
SWIFT_BLOCK = re.compile(rb"\{1:[A-Z0-9]{1,30}\}")
WIDE_XML = (b"<\0", b"\0<")
# What people send by mistake, and what to tell them.
MISTAKEN = {
    b"%PDF": ("pdf_unsupported", "The file is a PDF; send the XML of the electronic invoice."),
    b"\xd0\xcf\x11\xe0": ("spreadsheet_unsupported", "The file is a spreadsheet; save it as CSV (UTF-8)."),
    b"PK\x03\x04": ("archive_nested", "The file is an archive; send what is in it."),
    b"\x1f\x8b": ("archive_nested", "The file is an archive; send what is in it."),
}


@dataclass(frozen=True, slots=True)
class Detected:
    """What a file is, and its bytes from the first one on."""

    format: Format
    stream: BinaryIO


def detect(stream: BinaryIO) -> Detected:
    """Say what plain bytes are. Read on in the stream that is given back.

    Raises FileUnreadable: `file_empty`, `format_unknown` for XML that is none of ours, `encoding_unsupported` for
    16-bit text that is no XML, `pdf_unsupported`, `spreadsheet_unsupported`, `archive_nested`, and what broken XML
    raises.
    """
    start, whole = looked_into(stream, START_BYTES)
    return Detected(_format(start), whole)


def _format(start: bytes) -> Format:
    for magic, (code, detail) in MISTAKEN.items():
        if start.startswith(magic):
            raise FileUnreadable(detail, code=code)
    text = start.removeprefix(BOM).lstrip()
    if not text:
        raise FileUnreadable("The file is empty.", code="file_empty")
    if start[:2] in WIDE_BOMS or start[:2] in WIDE_XML:
        if not start[:4].strip(b"\xff\xfe\0").startswith(b"<"):
            raise FileUnreadable("The file is UTF-16; save it as UTF-8.", code="encoding_unsupported")
        return _xml_format(start)
    if text.startswith(b"<"):
        return _xml_format(text if start.startswith(BOM) else start.lstrip())
    if SWIFT_BLOCK.match(text):
        return "mt940"
    lines = [line for line in text[:4_000].splitlines() if line.strip()]
    if any(MT940_TAG.match(line) for line in lines[:MT940_LINES]):
        return "mt940"
    return "json_lines" if text.startswith((b"{", b"[{")) else "csv"


def _xml_format(start: bytes) -> Format:
    root = root_of(start)
    if root is None:
        raise FileUnreadable("The file begins as XML and shows no element.", code="format_unknown")
    namespace, name = root
    if (namespace, name) in ((ubl.INVOICE, "Invoice"), (ubl.CREDIT_NOTE, "CreditNote")):
        return "ubl"
    if name == "CrossIndustryInvoice" and cii.INVOICE.fullmatch(namespace):
        return "cii"
    if name == "Document" and camt.NAMESPACE.fullmatch(namespace):
        return "camt"
    detail = f"The file is XML of another kind: {name[:60]} in {namespace[:100] or 'no namespace'}."
    raise FileUnreadable(detail, code="format_unknown")
