"""Unpacks what was sent: a file as it is, gzip, or a zip of files, in bounded memory and to a bounded size."""

import io
import struct
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

from api.ledger.formats.streams import DAMAGED, broken_off, looked_into, pieces
from api.ledger.reading import BUFFER_BYTES, GZIP, UNPACKED_BYTES_MAX, FileUnreadable, opened

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
MEMBERS_MAX = 1_000
DIRECTORY_BYTES_MAX = 1_000_000
RATIO_MAX = 200  # Statements shrink to a thirtieth; a bomb to a thousandth.
RATIO_FREE_BYTES = 10_000_000
NAME_LENGTH_MAX = 200
END_OF_DIRECTORY, END_OF_DIRECTORY_64 = b"PK\x05\x06", b"PK\x06\x07"
END_BYTES = 22
COMMENT_BYTES_MAX = 65_535
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of what was sent; `name` is None for a file that is no archive. Read it before the next is asked for."""

    name: str | None
    stream: BinaryIO


def unpacked(stream: BinaryIO, bytes_max: int = UNPACKED_BYTES_MAX) -> Iterator[Member]:
    """Give the files in what was sent, those of a zip in the order of their names.

    Raises FileUnreadable: `zip_broken`, `zip_encrypted`, `zip_unsupported`, `archive_nested`, `unpacked_too_large`,
    `spreadsheet_unsupported`, and while a member is read `unpacked_too_large` and `file_broken_off`.
    """
    start, whole = looked_into(stream, len(ZIP[0]))
    if start not in ZIP:
        yield Member(None, opened(whole, bytes_max, takes_wide=True))
        return
    with TemporaryFile() as spool:
        yield from _members(_spooled(whole, spool, bytes_max), bytes_max)


def _spooled(stream: BinaryIO, spool: IO[bytes], bytes_max: int) -> IO[bytes]:
    """Put an archive in a temporary file: what it holds is listed at its end, where few streams can go."""
    size = 0
    for piece in pieces(stream):
        size += len(piece)
        if size > bytes_max:
            raise _too_large(bytes_max)
        spool.write(piece)
    return spool


def _members(file: IO[bytes], bytes_max: int) -> Iterator[Member]:
    packed_size = _check_directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except (*DAMAGED, NotImplementedError, ValueError, struct.error) as error:
        raise _broken() from error
    with archive:
        infos = _wanted(archive.infolist())
        _check(archive, infos, packed_size, bytes_max)
        for info in infos:
            with _opened(archive, info) as member:
                yield Member(_shown(info.filename), io.BufferedReader(_Guarded(member), BUFFER_BYTES))


def _check_directory(file: IO[bytes]) -> int:
    """Refuse a directory that would not fit in memory, before it is read. Gives the size of the archive."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - END_BYTES - COMMENT_BYTES_MAX))
    tail = file.read()
    place = len(tail) - END_BYTES
    if not (place >= 0 and tail[place : place + 4] == END_OF_DIRECTORY and tail[-2:] == b"\0\0"):
        place = tail.rfind(END_OF_DIRECTORY)
    if place < 0 or len(tail) < place + END_BYTES:
        raise _broken()
    if tail[max(0, place - 20) : place].startswith(END_OF_DIRECTORY_64):
        raise FileUnreadable("The zip is of the kind for more than 4 GB (zip64).", code="zip_unsupported")
    members_count, directory_bytes = struct.unpack("<HL", tail[place + 10 : place + 16])
    if members_count > MEMBERS_MAX or directory_bytes > DIRECTORY_BYTES_MAX:
        raise FileUnreadable(f"The zip holds more than {MEMBERS_MAX:,} files.", code="unpacked_too_large")
    file.seek(0)
    return size


def _wanted(infos: Sequence[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """Give the files that people put in, without what their systems add, in the order of their names."""
    wanted = []
    for info in infos:
        parts = info.filename.split("/")
        if not (info.is_dir() or "__MACOSX" in parts or parts[-1].startswith("._") or parts[-1] == ".DS_Store"):
            wanted.append(info)
    return sorted(wanted, key=lambda info: (info.filename.casefold(), info.filename))


def _check(archive: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo], packed_size: int, bytes_max: int) -> None:
    """Refuse an archive as a whole, before any of it is given."""
    if len(infos) > MEMBERS_MAX:
        raise FileUnreadable(f"The zip holds more than {MEMBERS_MAX:,} files.", code="unpacked_too_large")
    if not infos:
        raise FileUnreadable("There is no file in the zip.", code="file_empty")
    if any(info.filename == "[Content_Types].xml" for info in infos):
        raise FileUnreadable("The file is a spreadsheet; save it as CSV (UTF-8).", code="spreadsheet_unsupported")
    total = sum(info.file_size for info in infos)
    if total > bytes_max:
        raise _too_large(bytes_max)
    if total > max(RATIO_FREE_BYTES, RATIO_MAX * packed_size):
        detail = f"The zip unpacks to more than {RATIO_MAX} times its size, which no statement or invoice does."
        raise FileUnreadable(detail, code="unpacked_too_large")
    for info in infos:
        if info.flag_bits & 0x1:
            raise FileUnreadable(f"{_shown(info.filename)} in the zip is encrypted.", code="zip_encrypted")
        if info.compress_type not in METHODS:
            raise FileUnreadable(f"{_shown(info.filename)} is packed in a way we do not read.", code="zip_unsupported")
        with _opened(archive, info) as member:
            try:
                start = member.read(4)
            except DAMAGED as error:
                raise broken_off(f"in {_shown(info.filename)}") from error
        if start in ZIP or start.startswith(GZIP):
            detail = f"{_shown(info.filename)} in the zip is an archive itself; put its files in directly."
            raise FileUnreadable(detail, code="archive_nested")


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(info)
    except (*DAMAGED, NotImplementedError, RuntimeError, ValueError, struct.error) as error:
        raise _broken() from error


class _Guarded(io.RawIOBase):
    """The bytes of one member, never more than the directory says; what is damaged is said our way."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            piece = self._member.read(len(buffer))
        except DAMAGED as error:
            raise broken_off("within the zip") from error
        buffer[: len(piece)] = piece
        return len(piece)


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:NAME_LENGTH_MAX]


def _broken() -> FileUnreadable:
    return FileUnreadable("The zip is damaged.", code="zip_broken")


def _too_large(bytes_max: int) -> FileUnreadable:
    return FileUnreadable(f"The file unpacks to more than {bytes_max:,} bytes.", code="unpacked_too_large")
