"""A process of its own that asks a source in several threads, for tests of what processes share; prints how it went."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from api.app import make_house
from api.config import Config
from api.records import sellers
from api.source_access import source_access
from providers.catalog import Catalog, Source
from providers.errors import SourceError
from providers.http import Line, Request, Signature
from providers.memory import Token
from providers.settings import Rate, SourceSettings


def source() -> Source:
    """A source whose protocol the test's own vendor speaks."""
    known = SourceSettings("vendor", "https://vendor.example", credentials=("key",), retries=0)
    return Source(known, in_sandbox=True)


def sign_in(line: Line) -> Token:
    """Get a token from the test's vendor."""
    document = line.send(Request("sign_in", "/token", method="POST", json={})).document
    return Token(document["token"], line.real_now() + timedelta(hours=1))


SIGNATURE = Signature(sign_in, lambda token: {"Authorization": f"Bearer {token}"})
SIGNED = Request("ask", "/companies", signature=SIGNATURE)


def main(database_url: str, key: str, seller_id: str, address: str, threads: int, rate: int | None) -> list[str]:
    """Ask once in each thread; gives the outcomes."""
    catalog = Catalog((source(),), sandbox_address=address)
    house = make_house(Config(database_url=database_url, secret_keys=(key,)), catalog=catalog)
    with house.sessions.of_nobody() as session:
        seller = sellers.get(session, UUID(seller_id))
    assert seller is not None

    def ask(_: int) -> str:
        line = catalog.line(catalog.source("vendor"), source_access(house, seller), deadline_seconds=3)
        limited = replace(line.settings, rate=Rate(rate, 60.0) if rate else None)  # The sandbox itself has none.
        try:
            replace(line, settings=limited).send(SIGNED)
        except SourceError as error:
            return error.code
        return "ok"

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(ask, range(threads)))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(**json.loads(sys.argv[1]))) + "\n")
