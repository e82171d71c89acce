"""A source that does not take our credentials: remembered for a while, so that no account is locked by our trying."""

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import orjson

from providers.errors import SourceRefused
from providers.memory import Refusal

if TYPE_CHECKING:
    from providers.http import Line

# Vendors lock an account after a handful of wrong sign-ins within minutes, some for twice as long each time.
REMEMBERED = timedelta(minutes=15)


def credentials_digest(line: "Line") -> str:
    """A text that stands for what a line signs in with, so that no credential is the key of anything."""
    known = orjson.dumps([line.provider, line.address, sorted(line.credentials.items())])
    return sha256(known).hexdigest()


def refuse_if_refused(line: "Line", kept: Refusal | None) -> None:
    """Raise SourceRefused where the source did not take these very credentials a moment ago."""
    if kept is None or line.real_now() >= kept.at + REMEMBERED:
        return
    if kept.credentials == credentials_digest(line):
        raise SourceRefused(line.provider, "did not take these credentials a moment ago: a person must look at them")


def note_refused(line: "Line") -> None:
    """Remember for all processes that the source does not take these credentials."""
    line.memory.keep_refusal(Refusal(line.real_now(), credentials_digest(line)))
