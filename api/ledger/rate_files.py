"""Files of exchange rates as they are published: plain, or packed as zip or gzip, read whole and within bounds."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from api.ledger.reference_rates import ReferenceRatesInvalid, rates_of_csv, rates_of_xml
from api.problems import BadInput
from api.records.public_rates import PublicRate
from scoring.exchange import EURO, Rate

BYTES_MAX = 100_000_000  # The whole history is some 10 million bytes, as XML.
ZIP, GZIP, BOM = b"PK\x03\x04", b"\x1f\x8b", b"\xef\xbb\xbf"


class RateFileUnreadable(BadInput):
    """The file as a whole cannot be read."""

    code = "file_unreadable"


@dataclass(frozen=True, slots=True)
class RateFile:
    """What a file gives: rates to keep, and what cannot be one, with the reason."""

    rates: list[PublicRate] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def read_rate_file(stream: BinaryIO, latest_on: date) -> RateFile:
    """Read the rates of a file; one of a day after `latest_on` is refused. Raises RateFileUnreadable."""
    found = RateFile()
    for content in _contents(_bounded(stream)):
        for rate in _rates_of(content):
            try:
                found.rates.append(_public_rate(rate, latest_on))
            except ValueError as error:
                found.refused.append(f"{rate.currency} of {rate.rate_on}: {error}")
    if not found.rates and not found.refused:
        raise RateFileUnreadable("There is no rate in it.")
    return found


def _public_rate(rate: Rate, latest_on: date) -> PublicRate:
    if rate.rate_on > latest_on:
        raise ValueError("its day has not come")
    if rate.currency == EURO:
        raise ValueError("a euro is a euro")
    return PublicRate("exchange", rate.currency, rate.rate_on, rate.per_euro, rate.source)


def _rates_of(content: bytes) -> list[Rate]:
    """Read plain CSV or XML whole: of a file that breaks off nothing is taken."""
    try:
        if content.removeprefix(BOM).lstrip().startswith(b"<"):
            return list(rates_of_xml(content))
        return list(rates_of_csv(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise RateFileUnreadable("It is neither CSV nor XML of exchange rates: it is not UTF-8.") from error
    except ReferenceRatesInvalid as error:
        raise RateFileUnreadable(f"It is no file of exchange rates: {error}.") from error


def _contents(packed: bytes) -> Iterator[bytes]:
    """Give what is in a file; a zip may hold several."""
    try:
        if packed.startswith(ZIP):
            with zipfile.ZipFile(io.BytesIO(packed)) as archive:
                for name in archive.namelist():
                    if not name.endswith("/"):
                        with archive.open(name) as member:
                            yield _bounded(member)
        elif packed.startswith(GZIP):
            with gzip.open(io.BytesIO(packed)) as member:
                yield _bounded(member)
        else:
            yield packed
    except (OSError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise RateFileUnreadable(f"It cannot be unpacked: {error}.") from error


def _bounded(stream: object) -> bytes:
    content: bytes = stream.read(BYTES_MAX + 1)  # type: ignore[attr-defined]
    if len(content) > BYTES_MAX:
        raise RateFileUnreadable(f"It holds more than {BYTES_MAX:,} bytes.")
    return content
