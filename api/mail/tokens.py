"""Tokens of the addresses that end mail: sealed, so that nobody can make one, or read whose it is."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

import orjson

from api.records.mails import KINDS, Kind
from api.records.secrets import SecretUnreadable, Vault

PURPOSE = "unsubscribe"
LENGTH_MAX = 2000  # As its route says too.


@dataclass(frozen=True, slots=True)
class Stream:
    """The mails of one kind to one address of a seller."""

    seller_id: UUID
    address: str
    kind: Kind


def token_of(stream: Stream, vault: Vault) -> str:
    """Write the token of a stream; it holds as long as the secret key it was made with is kept."""
    told = {"for": PURPOSE, "seller": str(stream.seller_id), "address": stream.address, "kind": stream.kind}
    return vault.seal(orjson.dumps(told).decode()).decode("ascii")


def stream_of(token: str, vault: Vault) -> Stream | None:
    """Read a token; None for what is none of ours."""
    if len(token) > LENGTH_MAX or not token.isascii():
        return None
    try:
        told = orjson.loads(vault.open(token.encode("ascii")))
    except (SecretUnreadable, ValueError):
        return None
    if not isinstance(told, dict) or told.get("for") != PURPOSE or told.get("kind") not in KINDS:
        return None
    return Stream(UUID(told["seller"]), str(told["address"]), cast(Kind, told["kind"]))
