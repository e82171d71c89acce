"""Asks for one report in a process of its own: `python -m tests.api.fresh_report.other_process <order as JSON>`.

Prints the sources as JSON. Each time its source is asked, it adds a line to a file, so that the asking of all processes
counts.
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from time import sleep
from typing import Any
from uuid import UUID

from api.app import make_house
from api.config import Config
from api.records import sellers
from api.records.sessions import Sessions, connect
from providers.errors import SourceDown
from providers.settings import Price
from tests.api.fresh_report.fakes import GOOD, Check, Fake, catalog_of, plan, policy_of


@dataclass
class Order:
    """What the process is to do, together with the others of `processes`.

    `seconds` are what its source takes; `is_down`: it fails after them.
    """

    database_url: str
    secret_key: str
    seller_id: str
    debtor_id: str
    asked_file: str
    checks: int
    seconds: float
    deadline_seconds: float
    is_down: bool = False
    price: str = "0"
    processes: int = 1


def says_of(order: Order) -> Any:
    """Count one asking, and answer after a while."""

    def says(_: Any) -> Any:
        with Path(order.asked_file).open("a") as file:
            file.write("asked\n")
        sleep(order.seconds)
        if order.is_down:
            raise SourceDown("bureau", "no connection")
        return GOOD["credit_bureau"]

    return says


def wait_for_all(order: Order) -> None:
    """Go on when each of the processes has come so far."""
    asked_file = Path(order.asked_file)
    asked_file.with_suffix(f".{os.getpid()}").touch()
    while len(list(asked_file.parent.glob(f"{asked_file.stem}.*"))) < order.processes:
        sleep(0.01)


def main(order: Order) -> None:
    """Ask so many times at once."""
    sessions = Sessions(connect(order.database_url))
    bureau = Fake("bureau", "credit_bureau", says_of(order), price=Price(Decimal(order.price), "EUR"))
    house = make_house(Config(secret_keys=(order.secret_key,)), sessions=sessions, catalog=catalog_of(bureau))
    with sessions.of_nobody() as session:
        seller = sellers.get(session, UUID(order.seller_id))
    assert seller is not None
    policy = policy_of(plan({"credit_bureau": []}, deadline_seconds=order.deadline_seconds))
    check = Check(house, seller, UUID(order.debtor_id), policy)
    wait_for_all(order)
    with ThreadPoolExecutor(order.checks) as pool:
        found = [each["credit_bureau"] for each in pool.map(lambda _: check.ask(), range(order.checks))]
    told = [[each.status, each.why, each.cost is not None] for each in found]
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main(Order(**json.loads(sys.argv[1])))
