"""What was sent is unpacked and told apart by its content alone."""

import gzip
import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from api.ledger.formats import unpacking
from api.ledger.formats.detecting import detect
from api.ledger.formats.unpacking import unpacked
from api.ledger.reading import FileUnreadable
from tests.api.ledger.formats.documents_for_tests import camt, cii, mt940, ubl
from tests.api.ledger.formats.test_hostile_files import Dripping


def packed(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, inner in files:
            archive.writestr(name, inner)
    return content.getvalue()


def names(content: bytes, **options: int) -> list[tuple[str | None, bytes]]:
    return [(member.name, member.stream.read()) for member in unpacked(io.BytesIO(content), **options)]


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(FileUnreadable) as error:
        action()
    return error.value.code


def test_a_plain_file_and_a_gzip_are_one_file_without_a_name() -> None:
    assert names(b"abc") == [(None, b"abc")]
    assert names(gzip.compress(b"abc")) == [(None, b"abc")]


def test_a_zip_gives_its_files_by_name_without_what_systems_add() -> None:
    content = packed(
        ("b.XML", b"2"),
        ("__MACOSX/a.xml", b"x"),
        ("A.xml", b"1"),
        ("c/", b""),
        ("c/._d", b"x"),
        ("c/d", b"3"),
        (".DS_Store", b"x"),
    )
    assert names(content) == [("A.xml", b"1"), ("b.XML", b"2"), ("c/d", b"3")]
    assert [(member.name, member.stream.read()) for member in unpacked(Dripping(content, 11))] == names(content)  # type: ignore[arg-type]


def encrypted() -> bytes:
    content = bytearray(packed(("a.xml", b"1")))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + offset] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (encrypted(), "zip_encrypted"),
        (packed(("a.zip", packed(("b.xml", b"1")))), "archive_nested"),
        (packed(("a.xml", gzip.compress(b"1"))), "archive_nested"),
        (packed(("a.xml", b"1"), method=zipfile.ZIP_BZIP2), "zip_unsupported"),
        (packed(("a.xml", b"1"))[:-30], "zip_broken"),
        (b"PK\x03\x04" + b"\0" * 100, "zip_broken"),
        (packed(), "file_empty"),
        (packed(("d/", b"")), "file_empty"),
        (packed(("[Content_Types].xml", b"1"), ("xl/workbook.xml", b"2")), "spreadsheet_unsupported"),
        (packed(*((f"{n}.xml", b"") for n in range(unpacking.MEMBERS_MAX + 1))), "unpacked_too_large"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",  # Archives tell the time at which they were made.
)  # fmt: skip
def test_an_archive_is_refused_before_any_of_it_is_given(content: bytes, code: str) -> None:
    assert code_of(lambda: next(unpacked(io.BytesIO(content)))) == code


def test_what_is_inside_is_bounded_whatever_its_directory_says() -> None:
    honest = packed(("a", b"1" * 600), ("b", b"2" * 600))
    assert code_of(lambda: names(honest, bytes_max=1_000)) == "unpacked_too_large"
    lying = bytearray(honest)
    for place in [place for place in range(len(lying)) if lying[place : place + 4] == b"PK\x01\x02"]:
        lying[place + 24 : place + 28] = struct.pack("<L", 5)
    assert code_of(lambda: names(bytes(lying), bytes_max=1_000)) in ("file_broken_off", "zip_broken")
    assert code_of(lambda: names(gzip.compress(b"1" * 2_000), bytes_max=1_000)) == "unpacked_too_large"


def test_a_directory_that_claims_millions_is_not_read() -> None:
    content = bytearray(packed(("a", b"1")))
    content[-22 + 10 : -22 + 12] = struct.pack("<H", 65_000)
    assert code_of(lambda: names(bytes(content))) == "unpacked_too_large"


def test_a_damaged_file_in_an_archive_breaks_off() -> None:
    content = bytearray(packed(("a", bytes(range(256)) * 50), method=zipfile.ZIP_STORED))
    content[200] ^= 0xFF
    assert code_of(lambda: names(bytes(content))) == "file_broken_off"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (ubl(), "ubl"),
        (ubl("CreditNote"), "ubl"),
        (cii(), "cii"),
        (camt(), "camt"),
        (camt(version="052.001.06"), "camt"),
        (b"\xef\xbb\xbf" + camt(), "camt"),
        (b"<!-- a comment -->\n" + camt(), "camt"),
        (ubl().decode().replace("UTF-8", "UTF-16").encode("utf-16"), "ubl"),
        (ubl().decode().replace("UTF-8", "UTF-16").encode("utf-16-le"), "ubl"),
        (mt940(), "mt940"),
        (b"ABNANL2A\r\n940\r\nABNANL2A\r\n" + mt940(), "mt940"),
        (b"{1:F01ASNBNL21XXXX0000000000}{2:O940ASNBNL21XXXXN}{3:}{4:\r\n" + mt940(), "mt940"),
        (b'{"kind": "invoice"}\n', "json_lines"),
        (b'\xef\xbb\xbf\n {"kind": "invoice"}', "json_lines"),
        (b"number;amount\n1;2\n", "csv"),
        (b"a,b\n:20:,x\n" * 1, "mt940"),
        ("número;importe\n".encode("cp1252"), "csv"),
    ],
)
def test_content_decides_what_a_file_is(content: bytes, expected: str) -> None:
    found = detect(io.BytesIO(content))
    assert (found.format, found.stream.read()) == (expected, content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf \r\n", "file_empty"),
        (b"%PDF-1.7", "pdf_unsupported"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "spreadsheet_unsupported"),
        (packed(("a", b"1")), "archive_nested"),
        ("a;b\n".encode("utf-16"), "encoding_unsupported"),
        (b"<html><body>Log in again</body></html>", "format_unknown"),
        (b"<!DOCTYPE html><html></html>", "xml_doctype"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"/>', "format_unknown"),
        (b'<Invoice xmlns="urn:other"/>', "format_unknown"),
        (b"<>", "xml_broken"),
        (b"<!-- only a comment -->", "format_unknown"),
    ],
)
def test_what_is_none_of_ours_is_named(content: bytes, code: str) -> None:
    assert code_of(lambda: detect(io.BytesIO(content))) == code
