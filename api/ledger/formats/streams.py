"""Reads bytes piece by piece, and says it our way when a packed or broken file ends early."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from api.ledger.reading import BUFFER_BYTES, FileUnreadable

PIECE_BYTES = 64_000
# What gzip, zip and files raise when what they hold is damaged.
DAMAGED = (EOFError, OSError, zlib.error, zipfile.BadZipFile)


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """Give the bytes of a stream in pieces. Raises FileUnreadable `file_broken_off` when it cannot be read on."""
    read_count = 0
    while True:
        try:
            piece = stream.read(PIECE_BYTES)
        except DAMAGED as error:
            raise broken_off(f"after {read_count:,} bytes") from error
        if not piece:
            return
        read_count += len(piece)
        yield piece


def lines(stream: BinaryIO, bytes_max: int) -> Iterator[tuple[int, bytes, bool]]:
    """Give number (from 1), bytes and whether it was cut, of each line; of a longer one its first `bytes_max` bytes.

    Raises FileUnreadable `file_broken_off`.
    """
    number = 0
    try:
        while raw := stream.readline(bytes_max):
            number += 1
            is_cut = len(raw) == bytes_max and not raw.endswith(b"\n")
            if is_cut:
                while (rest := stream.readline(bytes_max)) and not rest.endswith(b"\n"):
                    pass
            yield number, raw, is_cut
    except DAMAGED as error:
        raise broken_off(f"after line {number}") from error


def broken_off(where: str) -> FileUnreadable:
    """Make the error of a file that cannot be read to its end."""
    return FileUnreadable(f"The file breaks off {where}.", code="file_broken_off")


def looked_into(stream: BinaryIO, bytes_count: int) -> tuple[bytes, BinaryIO]:
    """Give the first bytes of a stream, as many as it has up to a number, and a stream that begins with them.

    Raises FileUnreadable `file_broken_off`.
    """
    start = b""
    try:
        while len(start) < bytes_count and (piece := stream.read(bytes_count - len(start))):
            start += piece
    except DAMAGED as error:
        raise broken_off("in its first bytes") from error
    return start, io.BufferedReader(_Joined(start, stream), BUFFER_BYTES)


class _Joined(io.RawIOBase):
    """The start of a stream that was read ahead, and the rest behind it."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start = memoryview(start)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._start[: len(buffer)] or self._rest.read(len(buffer))
        self._start = self._start[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)
