"""However many need one report at once, in threads and processes: one asks, and all have its answer."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import text

from api.clock import real_now
from api.fresh_report.source import Attempt
from api.records import source_questions
from api.records.base import new_id
from api.records.sellers import Seller
from api.wiring import House
from providers.settings import Price
from tests.api.fresh_report.fakes import DOWN, Check, Fake, catalog_of, good, house_with, new_debtor, plan, policy_of
from tests.api.fresh_report.other_process import Order

PLAN = plan({"credit_bureau": []}, deadline_seconds=20)


def check_of(house: House, seller: Seller, *fakes: Fake, **given: Any) -> Check:
    policy = policy_of({**PLAN, **given})
    return Check(house_with(house, catalog_of(*fakes)), seller, new_debtor(house, seller), policy)


def reports_count(house: House, seller: Seller) -> int:
    with house.sessions.of(seller.id) as session:
        return session.scalar(text("SELECT count(*) FROM credit_report")) or 0


def all_at_once(check: Check, count: int) -> Counter[tuple[str, str | None, bool]]:
    start = Barrier(count)

    def ask(_: int) -> tuple[str, str | None, bool]:
        start.wait()
        found = check.ask()["credit_bureau"]
        return found.status, found.why, found.cost is not None

    with ThreadPoolExecutor(count) as pool:
        return Counter(pool.map(ask, range(count)))


@pytest.mark.parametrize("count", [200, pytest.param(1000, marks=pytest.mark.slow)])
def test_simultaneous_checks_of_one_company_buy_one_report(house: House, seller: Seller, count: int) -> None:
    bureau = good("bureau", "credit_bureau", seconds=2)
    check = check_of(house, seller, bureau, deadline_seconds=45)
    told = all_at_once(check, count)
    assert told["fresh", None, True] == 1, "one check bought it"
    assert told["fresh", None, False] + told["cached", None, False] == count - 1
    assert (len(bureau.asked), reports_count(house, seller)) == (1, 1)


def test_a_dead_source_is_not_tried_by_each_waiter_in_turn(house: House, seller: Seller) -> None:
    dead = Fake("bureau", "credit_bureau", DOWN, seconds=1)
    check = check_of(house, seller, dead)
    told = all_at_once(check, 50)
    assert told == {("unavailable", "down", False): 50}
    assert len(dead.asked) == 1


def test_what_one_may_not_spend_is_no_failure_that_others_share(house: House, seller: Seller) -> None:
    bureau = good("bureau", "credit_bureau", price=Price(Decimal("4.50"), "EUR"))
    poor = check_of(house, seller, bureau, cost_max=1)
    assert poor.ask()["credit_bureau"].why == "cost_max"
    rich = Check(poor.house, seller, poor.debtor_id, policy_of(PLAN))
    assert rich.ask()["credit_bureau"].status == "fresh"


def test_different_companies_do_not_wait_for_each_other(house: House, seller: Seller) -> None:
    bureau = good("bureau", "credit_bureau", seconds=1)
    checks = [check_of(house, seller, bureau) for _ in range(4)]
    begun = monotonic()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Check.ask, checks))
    assert (len(bureau.asked), monotonic() - begun < 4 * bureau.seconds) == (4, True)


@pytest.fixture
def started(
    house: House, seller: Seller, database_urls: tuple[str, str], tmp_path: Path
) -> Callable[..., "subprocess.Popen[str]"]:
    """Starts a process that asks; give it `debtor_id`."""

    def start(**given: Any) -> "subprocess.Popen[str]":
        order = Order(
            database_url=database_urls[1],
            secret_key=house.config.secret_keys[0],
            seller_id=str(seller.id),
            asked_file=str(tmp_path / "asked"),
            **{"checks": 1, "seconds": 3, "deadline_seconds": 20, **given},
        )
        command = [sys.executable, "-m", "tests.api.fresh_report.other_process", json.dumps(asdict(order))]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    return start


def answers_of(process: "subprocess.Popen[str]") -> Any:
    """What a process prints at last; what it logs comes before."""
    return json.loads(process.communicate(timeout=60)[0].splitlines()[-1])


def asked_count(tmp_path: Path) -> int:
    return len((tmp_path / "asked").read_text().splitlines()) if (tmp_path / "asked").exists() else 0


def test_two_processes_buy_one_report(started: Any, house: House, seller: Seller, tmp_path: Path) -> None:
    debtor_id = str(new_debtor(house, seller))
    processes = [started(debtor_id=debtor_id, checks=20, seconds=2, processes=2) for _ in range(2)]
    told = [tuple(each) for process in processes for each in answers_of(process)]
    assert len(told) == 40
    assert {(status, why) for status, why, _ in told} <= {("fresh", None), ("cached", None)}
    assert sum(is_bought for *_, is_bought in told) == 1
    assert (asked_count(tmp_path), reports_count(house, seller)) == (1, 1)


def test_a_failure_is_shared_by_two_processes(started: Any, house: House, seller: Seller, tmp_path: Path) -> None:
    debtor_id = str(new_debtor(house, seller))
    given = {"debtor_id": debtor_id, "checks": 10, "seconds": 2, "processes": 2, "is_down": True}
    processes = [started(**given) for _ in range(2)]
    told = [tuple(each) for process in processes for each in answers_of(process)]
    assert set(told) == {("unavailable", "down", False)}
    assert asked_count(tmp_path) == 1


def test_the_question_of_a_killed_process_is_taken_over_after_its_deadline(
    started: Any, house: House, seller: Seller, tmp_path: Path
) -> None:
    bureau = good("bureau", "credit_bureau")
    check = check_of(house, seller, bureau)
    killed = started(debtor_id=str(check.debtor_id), seconds=60, deadline_seconds=6)
    while asked_count(tmp_path) == 0 and killed.poll() is None:
        sleep(0.05)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    waiting = check.ask()["credit_bureau"]
    assert (waiting.status, waiting.why, len(bureau.asked)) == ("unavailable", "late", 0)
    sleep(1.1)
    assert (check.ask()["credit_bureau"].status, len(bureau.asked)) == ("fresh", 1)


def test_what_a_killed_process_had_ordered_is_not_ordered_again_for_an_hour(
    started: Any, house: House, seller: Seller, tmp_path: Path
) -> None:
    price = Price(Decimal("4.50"), "EUR")
    bureau, other = good("bureau", "credit_bureau", price=price), good("other", "credit_bureau", price=price)
    check = check_of(house, seller, bureau, other)
    killed = started(debtor_id=str(check.debtor_id), seconds=60, deadline_seconds=3, price="4.50")
    while asked_count(tmp_path) == 0 and killed.poll() is None:
        sleep(0.05)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert check.ask()["credit_bureau"].why == "late"
    sleep(1.1)
    found = check.ask()["credit_bureau"]
    assert (found.status, found.provider, found.tried) == ("fresh", "other", (Attempt("bureau", "lost"),))
    with house.sessions.of(seller.id) as session:
        query = text("SELECT provider, fault, cost_amount FROM credit_report ORDER BY id")
        assert [tuple(row) for row in session.execute(query)] == [("bureau", "lost", None), ("other", None, 4.5)]
    assert (len(bureau.asked), reports_count(house, seller)) == (0, 2)


def test_only_an_order_that_nobody_told_the_end_of_is_one_that_may_be_lost(house: House, seller: Seller) -> None:
    debtor_id, now = new_debtor(house, seller), real_now()
    asker = new_id()
    times = {"answer_by": now, "held_until": now}

    def claimed() -> Any:
        return source_questions.claim(session, debtor_id, "credit_bureau", asker, now=now, **times)

    with house.sessions.of(seller.id) as session:
        assert claimed().ordered_of is None
        assert claimed().ordered_of is None, "it had not come to an order"
        source_questions.order(session, debtor_id, "credit_bureau", asker, "bureau")
        assert claimed().ordered_of == "bureau"
        assert claimed().ordered_of == "bureau", "until it is kept"
        source_questions.failed(
            session, debtor_id, "credit_bureau", asker, provider="bureau", why="down", held_until=now
        )
        assert claimed().ordered_of is None, "its failure was told"


def test_a_question_is_held_by_one(house: House, seller: Seller) -> None:
    debtor_id, now = new_debtor(house, seller), real_now()
    one, other = new_id(), new_id()

    def claim(asker: Any, at: Any) -> bool:
        until = {"answer_by": at + timedelta(seconds=5), "held_until": at + timedelta(seconds=6)}
        with house.sessions.of(seller.id) as session:
            return source_questions.claim(session, debtor_id, "credit_bureau", asker, now=at, **until) is not None

    assert [claim(one, now), claim(other, now), claim(other, now + timedelta(seconds=5.9))] == [True, False, False]
    with house.sessions.of(seller.id) as session:
        source_questions.answered(session, debtor_id, "credit_bureau", other)  # Not its own.
    assert not claim(other, now)
    assert claim(other, now + timedelta(seconds=6))
    with house.sessions.of(seller.id) as session:
        soon = now + timedelta(seconds=7)
        source_questions.failed(session, debtor_id, "credit_bureau", other, provider="x", why="down", held_until=soon)
        source_questions.hold(session, debtor_id, "credit_bureau", other, now + timedelta(seconds=60))
        held = source_questions.held(session, debtor_id, "credit_bureau")
        assert held is not None
        assert (held.why, held.held_until) == ("down", soon), "what has failed is not held any longer"
