"""The benchmark of asking: a check of five sources beside the slowest of them, and a thousand checks of one company."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from api.administration.sellers import add_seller
from api.clock import real_now
from api.records.sessions import Sessions, connect
from bench.callers import authorization
from bench.database import durable_database
from bench.load import Question, ask
from bench.sandbox import calls, sandbox
from bench.servers import environment, running
from providers.catalog import Access, Catalog
from providers.memory import LocalMemory
from providers.ports import CompanyKey, Identifier

CHECK_PATH = "/v1/credit-checks"
NAME, KVK, VAT, LEI = "Gouden Gans Groothandel B.V.", "90000001", "NL899000009B01", "SANDBOX0000000000177"
# Creditsafe is called three times for a report: to sign in, to find the company, and to buy.
SLOW_SECONDS = {"kvk": 0.4, "creditsafe": 0.6, "opensanctions": 0.8, "vies": 0.7, "gleif": 0.3}
SLOWEST, BUYS = "creditsafe", "company_report"
SLOWER_MAX = 0.1
DEADLINE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Extent:
    """How often a check of five sources is measured, and how many checks ask for one company at once."""

    check_count: int
    simultaneous_count: int
    clients: int


WHOLE = Extent(check_count=20, simultaneous_count=1000, clients=200)
QUICK = Extent(check_count=2, simultaneous_count=50, clients=25)


def run(extent: Extent, folder: Path) -> None:
    """Measure, tell it on standard output, and write it to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with durable_database() as database, sandbox(SLOW_SECONDS) as address:
        engine = connect(database.app_url)
        sessions = Sessions(engine)
        variables = environment(database.app_url) | {"CREDITGATE_SANDBOX_URL": address}
        with running(("api", "serve"), variables, folder / "product.log") as product:
            lines = [
                _side_by_side(sessions, product.port, address, extent),
                _simultaneous(sessions, product.port, address, extent),
            ]
        engine.dispose()
    text = "\n".join(lines)
    print(text)
    (folder / "asking.txt").write_text(text + "\n")


def _question(sessions: Sessions, port: int, name: str) -> Question:
    """A check by a seller of its own, who has nothing stored yet and is signed in nowhere."""
    seller = add_seller(sessions, name, "test")
    company = {"country": "NL", "name": NAME, "kvk_number": KVK, "vat_number": VAT, "lei": LEI}
    body = {"company": company, "purpose": "credit_assessment", "relation": "prospect"}
    return Question(port, CHECK_PATH, json.dumps(body).encode(), 201, authorization(sessions, seller))


def _side_by_side(sessions: Sessions, port: int, address: str, extent: Extent) -> str:
    """Turns of the floor, which is the slowest source asked alone by its own client, and of a whole check over HTTP."""
    ratios, wholes, floors = [], [], []
    ask(_question(sessions, port, "warm up"))
    for place in range(extent.check_count):
        floor = _seconds(_ask_slowest, address)[0]
        whole, answer = _seconds(ask, _question(sessions, port, f"five sources {place}"))
        sources = json.loads(answer)["sources"]
        if [source["status"] for source in sources] != ["fresh"] * len(SLOW_SECONDS):
            raise RuntimeError(f"not every source answered: {sources}")
        ratios.append(whole / floor)
        wholes.append(whole)
        floors.append(floor)
    slower = median(ratios) - 1
    met = "met" if slower <= SLOWER_MAX else "NOT met"
    return (
        f"a check of five sources: {median(wholes):.2f} s, the slowest alone {median(floors):.2f} s, one after the"
        f" other at least {sum(SLOW_SECONDS.values()) + 2 * SLOW_SECONDS[SLOWEST]:.1f} s; {slower:+.1%} on the slowest,"
        f" {SLOWER_MAX:.0%} {met}"
    )


def _ask_slowest(address: str) -> None:
    company = CompanyKey(NAME, "NL", (Identifier("kvk", "NL", KVK),))
    access = Access("test", {}, lambda _: LocalMemory(), real_now(), real_now)
    catalog = Catalog(sandbox_address=address)
    if catalog.ask("credit_bureau", SLOWEST, company, access, deadline_seconds=DEADLINE_SECONDS) is None:
        raise RuntimeError("the sandbox does not know the company")


def _simultaneous(sessions: Sessions, port: int, address: str, extent: Extent) -> str:
    """So many checks of one company at once, by clients in threads; how often its report was bought."""
    question = _question(sessions, port, "simultaneous")
    before = _bought(address)
    started = time.perf_counter()
    with ThreadPoolExecutor(extent.clients) as pool:
        answers = [json.loads(each) for each in pool.map(lambda _: ask(question), range(extent.simultaneous_count))]
    seconds = time.perf_counter() - started
    outcomes = {each["outcome"] for each in answers}
    bought = _bought(address) - before
    met = "met" if bought == 1 else "NOT met"
    return (
        f"{extent.simultaneous_count:,} checks of one company by {extent.clients} clients at once: {seconds:.1f} s,"
        f" {', '.join(sorted(outcomes))}; {bought} report bought, one {met}"
    )


def _bought(address: str) -> int:
    return sum(each["times"] for each in calls(address, SLOWEST) if each["operation"] == BUYS)


def _seconds(do: Callable[[Any], Any], given: Any) -> tuple[float, Any]:
    """How long something took, and what it gave."""
    started = time.perf_counter()
    result = do(given)
    return time.perf_counter() - started, result
