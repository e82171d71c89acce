"""Whatever bytes come: items or our own error, quickly and in bounded memory; pieces of any size give the same."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.ledger.formats.camt import read_camt
from api.ledger.formats.cii import read_cii
from api.ledger.formats.detecting import detect
from api.ledger.formats.documents import BankEntry
from api.ledger.formats.json_lines import read_json_lines
from api.ledger.formats.mt940 import read_mt940
from api.ledger.formats.ubl import read_ubl
from api.ledger.formats.unpacking import unpacked
from api.ledger.formats.xml import DEPTH_MAX, TOKEN_BYTES_MAX
from api.ledger.reading import FileUnreadable
from api.problems import BadInput
from tests.api.ledger.formats.documents_for_tests import camt, cii, entry, mt940, ubl
from tests.api.ledger.formats.outcomes import FILES, items_of, outcome

TODAY = date(2026, 3, 31)
READERS: dict[str, Callable[..., Iterator[object]]] = {
    "ubl": read_ubl,
    "cii": read_cii,
    "camt": read_camt,
    "mt940": read_mt940,
    "json_lines": lambda stream: read_json_lines(stream, TODAY),
}
JSON_LINE = b'{"kind": "invoice", "invoice_number": "1", "amount": {"amount": "1.00", "currency": "EUR"}}\n'
WHOLE = [ubl(), cii(), camt(entry()), mt940(":61:260102C1,NTRFNONREF", ":86:/EREF/1/REMI/x"), JSON_LINE]


class Dripping(io.RawIOBase):
    """A stream that gives so many bytes at a time, and cannot go back."""

    def __init__(self, content: bytes, size: int) -> None:
        self.inner = io.BytesIO(content)
        self.size = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        piece = self.inner.read(min(self.size, len(buffer)))
        buffer[: len(piece)] = piece
        return len(piece)


class Endless(io.RawIOBase):
    """A start, and then one piece again and again."""

    def __init__(self, start: bytes, piece: bytes) -> None:
        self.start, self.piece, self.given = start, piece * (50_000 // len(piece)), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        content = self.start or self.piece[: len(buffer)]
        assert len(content) <= len(buffer)
        self.start = b""
        self.given += len(content)
        assert self.given < 50_000_000, "read on and on"
        buffer[: len(content)] = content
        return len(content)


def code_of(read: Callable[[], object]) -> str | None:
    """The code of our own error, or None where there is none; any other error is the test's."""
    try:
        read()
    except BadInput as error:
        return error.code
    return None


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(content=st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_give_items_or_our_own_error(reader: Callable[..., Iterator[object]], content: bytes) -> None:
    assert code_of(lambda: list(reader(io.BytesIO(content)))) != BadInput.code


@given(
    content=st.sampled_from(WHOLE),
    place=st.integers(0, 3_000),
    cut=st.integers(0, 60),
    put=st.one_of(
        st.binary(max_size=12), st.sampled_from([b"<", b"&", b"]]>", b":61:", b"\n-\n", b"\xff", b"?20", b"/"])
    ),
)
@settings(max_examples=400, deadline=None)
@example(content=WHOLE[3], place=60, cut=0, put=b":61:\n")
def test_a_damaged_file_gives_items_or_our_own_error(content: bytes, place: int, cut: int, put: bytes) -> None:
    place %= len(content)
    damaged = content[:place] + put + content[place + cut :]
    for reader in READERS.values():
        assert code_of(lambda reader=reader: list(reader(io.BytesIO(damaged)))) != BadInput.code  # type: ignore[misc]
    assert code_of(lambda: [detect(member.stream) for member in unpacked(io.BytesIO(damaged))]) != BadInput.code


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_pieces_of_any_size_give_the_same(path: Path) -> None:
    content = path.read_bytes()
    whole = outcome(content)
    if whole == "refused: `statement_missing`":
        assert code_of(lambda: items_of(Dripping(content, 7))) == "statement_missing"
        return
    for size in (1, 7, 1_000):
        assert items_of(Dripping(content, size)) == items_of(content)


@given(st.integers(1, 300))
@settings(max_examples=25, deadline=None)
def test_json_lines_do_not_depend_on_the_pieces(size: int) -> None:
    content = JSON_LINE * 3 + b"\n[]\n{}"
    dripped = io.BufferedReader(Dripping(content, size))
    assert list(read_json_lines(dripped, TODAY)) == list(read_json_lines(io.BytesIO(content), TODAY))


BOMB = b'<!DOCTYPE x [<!ENTITY a "lol">' + b"".join(
    b'<!ENTITY a%d "%s">' % (n, b"&a%s;" % (str(n - 1).encode() if n else b"") * 10) for n in range(1, 12)
)


@pytest.mark.parametrize("reader", [read_ubl, read_cii, read_camt])
@pytest.mark.parametrize(
    "content",
    [
        BOMB + b"]><x>&a11;</x>",
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;]><x/>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY e "f">]><x>&e;</x>'.encode("utf-16"),
    ],
)
def test_a_document_type_is_refused_at_once(reader: Callable[..., Iterator[object]], content: bytes) -> None:
    for read in (reader, items_of):
        with pytest.raises(FileUnreadable) as error:
            list(read(io.BytesIO(content)))  # type: ignore[operator]
        assert error.value.code == "xml_doctype"


def test_an_entity_that_nobody_declared_is_broken_xml() -> None:
    with pytest.raises(FileUnreadable, match="Line 1") as error:
        items_of(ubl(number="<b:ID>&e;</b:ID>"))
    assert error.value.code == "xml_broken"


START = camt().partition(b"<Acct>")[0]
UNKNOWN = b'<x:a xmlns:x="urn:x">'


@pytest.mark.parametrize(
    ("start", "piece", "code"),
    [
        (START, b"<a>", "xml_too_deep"),
        (START + UNKNOWN, b"<x:a>", "xml_too_deep"),
        (START + b"<AddtlStmtInf>", b"text ", "xml_too_large"),
        (START + b"<Ntry>", b"<a/>", "xml_too_large"),
        (START + b"<!--", b"comment ", "xml_too_large"),
        (START + b'<Ntry a="', b"attribute ", "xml_too_large"),
        (START + b"<", b"name", "xml_too_large"),
        (START + b"<?target ", b"instruction ", "xml_too_large"),
    ],
)  # fmt: skip
def test_what_does_not_end_is_refused(start: bytes, piece: bytes, code: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(FileUnreadable) as error:
            list(read_camt(io.BufferedReader(Endless(start, piece), 64_000)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert error.value.code == code
    assert peak < 150_000_000 if b"<Ntry>" in start else peak < 8 * TOKEN_BYTES_MAX


def test_a_document_is_deep_enough_for_every_invoice_and_no_deeper() -> None:
    for depth, is_fine in ((DEPTH_MAX - 10, True), (DEPTH_MAX + 1, False)):
        nested = "<c:Note>" * depth + "</c:Note>" * depth
        if is_fine:
            assert len(items_of(ubl(more=nested))) == 1
        else:
            with pytest.raises(FileUnreadable):
                items_of(ubl(more=nested))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1"])
def test_other_encodings_are_understood(encoding: str) -> None:
    said = {"utf-16": "UTF-16", "utf-8-sig": "UTF-8", "iso-8859-1": "ISO-8859-1"}[encoding]
    content = ubl(number="<b:ID>CAFÉ-1</b:ID>").decode().replace('encoding="UTF-8"', f'encoding="{said}"')
    (found,) = items_of(content.encode(encoding))
    assert found.number == "CAFÉ-1"  # type: ignore[attr-defined]


@pytest.mark.parametrize("encoding", ["klingon", "utf-7", "hex", "idna", "unicode_escape", "punycode"])
def test_an_encoding_nobody_reads_is_refused(encoding: str) -> None:
    with pytest.raises(FileUnreadable) as error:
        items_of(ubl().replace(b"UTF-8", encoding.encode()))
    assert error.value.code == "encoding_unsupported"


def entries_of_many(count: int) -> Iterator[bytes]:
    start, _, end = camt().partition(b"</Stmt>")
    yield start
    account = "<DbtrAcct><Id><IBAN>NL02RABO0123456789</IBAN></Id></DbtrAcct>"
    party = f"<RltdPties><Dbtr><Pty><Nm>Jansen</Nm></Pty></Dbtr>{account}</RltdPties>"
    told = "<RmtInf><Ustrd>" + "Factuur {0} van een klant die veel te vertellen heeft " * 80 + "</Ustrd></RmtInf>"
    details = f"<TxDtls><Refs><EndToEndId>E{{0}}</EndToEndId></Refs>{party}{told}</TxDtls>"
    written = entry(details=details, reference="<AcctSvcrRef>A{0}</AcctSvcrRef>")
    yield from (written.format(number).encode() for number in range(count))
    yield b"</Stmt>" + end


class Generated(io.RawIOBase):
    """Bytes that are made while they are read."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self.parts, self.rest, self.size = parts, b"", 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        content = self.rest or next(self.parts, b"")
        piece, self.rest = content[: len(buffer)], content[len(buffer) :]
        self.size += len(piece)
        buffer[: len(piece)] = piece
        return len(piece)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file() -> None:
    """An entry costs its name in the statement and nothing else."""
    count = 12_000
    generated = Generated(entries_of_many(count))
    tracemalloc.start()
    try:
        read = sum(isinstance(item, BankEntry) for item in read_camt(io.BufferedReader(generated, 64_000)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert read == count
    assert generated.size > 50_000_000
    assert peak < 2_000_000 + 200 * count


def test_a_zip_within_its_bounds_is_read_and_a_bomb_is_not() -> None:
    def packed(content: bytes) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.xml", content)
        return file.getvalue()

    assert len(items_of(packed(camt(*[entry()] * 1_000)))) == 1_002
    bomb = packed(b"<" + b" " * 60_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(FileUnreadable) as error:
        items_of(bomb)
    assert error.value.code == "unpacked_too_large"


def test_everything_is_read_once() -> None:
    content = b"".join(entries_of_many(3))
    assert len([item for item in items_of(content) if isinstance(item, BankEntry)]) == 3
