"""What a seller reaches sources with: credentials, what processes share, and that no transaction is open meanwhile."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from prometheus_client import REGISTRY
from sqlalchemy import select, update

from api.clock import real_now
from api.records import source_calls
from api.records.alerts import AlertRecord
from api.records.secrets import PROVIDER_PREFIX, SecretUnreadable, Vault
from api.records.source_states import SourceStateRecord
from api.source_access import source_access
from providers.catalog import Catalog
from providers.errors import SourceDown, SourceRefused
from providers.http import Line, Request
from providers.memory import LocalMemory, Memory, Refusal, Token
from tests.api.asking_process import SIGNED, source
from tests.providers.test_signing import Signing
from tests.providers.vendor import ASK, Vendor, answers, vendor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["local", "stored"])
def memory(request, house, seller) -> Memory:
    """Each memory there is: both keep the same promises."""
    return LocalMemory() if request.param == "local" else source_access(house, seller).memory("vendor")


def test_a_token_is_kept_and_forgotten(memory):
    assert memory.token() is None
    for kept in (Token("first", NOW), Token("second €", NOW + timedelta(hours=1)), None):
        memory.keep_token(kept)
        assert memory.token() == kept


def test_a_refusal_is_kept_with_its_token_gone_and_forgotten(memory):
    assert memory.refusal() is None
    memory.keep_token(Token("refused", NOW))
    for at in (NOW, NOW + timedelta(minutes=20)):
        memory.keep_refusal(Refusal(at, "digest"))
        assert (memory.refusal(), memory.token()) == (Refusal(at, "digest"), None)
    memory.keep_refusal(None)
    assert memory.refusal() is None
    memory.keep_refusal(None)


def test_failures_are_counted_and_the_breaker_opens_and_closes(memory):
    assert [memory.note_failure(None), memory.note_failure(None), memory.note_failure(NOW)] == [1, 2, 3]
    assert (memory.breaker().failures, memory.breaker().opened_at) == (3, NOW)
    memory.note_failure(None)
    assert memory.breaker().opened_at == NOW
    later = NOW + timedelta(seconds=30)
    assert [memory.may_try(NOW, later), memory.may_try(NOW, later)] == [True, False]
    assert memory.breaker().opened_at == later
    memory.note_success()
    assert (memory.breaker().failures, memory.breaker().opened_at) == (0, None)
    assert not memory.may_try(later, NOW)


def test_turns_are_given_as_they_become_free_and_looking_takes_none(memory):
    assert [memory.turn(NOW, 0, 0), memory.turn(NOW, 0, 0)] == [0, 0]
    assert [memory.turn(NOW, 10, 20) for _ in range(4)] == [0, 0, 0, 10]
    assert memory.turn(NOW, 0, 0) == 30
    assert [memory.turn(NOW + timedelta(seconds=10), 10, 20) for _ in range(2)] == [0, 10]
    assert memory.turn(NOW + timedelta(hours=1), 10, 0) == 0
    assert memory.turn(NOW + timedelta(hours=1), 10, 0) == 10


@contextmanager
def lines(house, seller, *behaviours, **named) -> Iterator[tuple[Vendor, Callable[..., Line]]]:
    """A vendor, and lines to it."""
    with vendor(*behaviours) as asked:
        catalog = Catalog((source(),), sandbox_address=asked.address)

        def line(**options) -> Line:
            return catalog.line(
                catalog.source("vendor"),
                source_access(replace(house, catalog=catalog), seller, **named, **options),
                deadline_seconds=3,
            )

        yield asked, line


def test_no_transaction_is_open_while_a_source_is_called(house, seller):
    open_ones = []

    def behave(connection, request) -> None:
        open_ones.append(house.sessions.engine.pool.checkedout())
        signing(connection, request)

    signing = Signing()
    with lines(house, seller, behave) as (asked, line):
        before = house.sessions.engine.pool.checkedout()
        line().send(SIGNED)
    assert asked.paths() == ["/vendor/token", "/vendor/companies"]
    assert open_ones == [before, before]


def test_a_token_is_encrypted_in_the_database_and_told_nowhere(house, seller):
    with lines(house, seller, Signing()) as (_, line):
        line().send(SIGNED)
    with house.sessions.of(seller.id) as session:
        record = session.scalars(select(SourceStateRecord)).one()
    assert b"token-1" not in record.token
    assert house.vault.open(record.token) == "token-1"
    assert "token-1" not in repr(line().memory.token())


def test_a_token_that_no_key_opens_is_fetched_anew(house, seller):
    signing = Signing()
    with lines(house, seller, signing) as (_, line):
        line().send(SIGNED)
        other = replace(house, vault=Vault((Fernet.generate_key().decode(),)))
        assert source_access(other, seller).memory("vendor").token() is None


def test_every_call_is_a_row_and_is_counted(house, seller):
    debtor_id, decision_id = uuid4(), uuid4()
    labels = {"provider": "vendor", "operation": "report", "outcome": "ok"}
    counted = REGISTRY.get_sample_value("creditgate_source_calls_total", labels) or 0
    euros = {"provider": "vendor", "currency": "EUR"}
    cost = REGISTRY.get_sample_value("creditgate_source_cost_total", euros) or 0
    report = Request("report", "/report", cost=(Decimal("4.5"), "EUR"))
    with lines(house, seller, answers(b"[1]"), debtor_id=debtor_id, decision_id=decision_id) as (_, line):
        line().send(report)
    with house.sessions.of(seller.id) as session:
        (call,) = session.scalars(source_calls.calls(provider="vendor")).all()
    assert (call.operation, call.outcome, call.status, call.tries, call.answer_bytes) == ("report", "ok", 200, 1, 3)
    assert (call.debtor_id, call.decision_id) == (debtor_id, decision_id)
    assert (call.cost_amount, call.cost_currency) == (Decimal("4.5"), "EUR")
    assert REGISTRY.get_sample_value("creditgate_source_calls_total", labels) == counted + 1
    assert REGISTRY.get_sample_value("creditgate_source_cost_total", euros) == cost + 4.5


def test_an_opening_is_counted(house, seller):
    name, labels = "creditgate_source_breaker_openings_total", {"provider": "vendor"}
    counted = REGISTRY.get_sample_value(name, labels) or 0
    with lines(house, seller, answers(b"", 500)) as (asked, line):
        for _ in range(5):
            with pytest.raises(SourceDown):
                line().send(ASK)
        assert len(asked.asked) == 3
    assert REGISTRY.get_sample_value(name, labels) == counted + 1


def test_one_sellers_state_is_never_anothers(house, seller, new_seller):
    signing = Signing()
    with vendor(signing) as asked:
        catalog = Catalog((source(),), sandbox_address=asked.address)
        for each in (seller, new_seller()):
            catalog.line(catalog.source("vendor"), source_access(house, each), deadline_seconds=3).send(SIGNED)
    assert signing.sign_ins == 2


def test_credentials_are_read_once_for_some_seconds_and_at_once_after_a_change(house, seller):
    with house.sessions.of(seller.id) as session:
        house.vault.keep(session, PROVIDER_PREFIX + "vendor", '{"key": "open sesame"}', real_now())
    house.credentials.forget(seller.id)
    access = source_access(house, seller)
    assert access.credentials == {"vendor": {"key": "open sesame"}}
    assert "sesame" not in repr(access)
    with house.sessions.of(seller.id) as session:
        house.vault.keep(session, PROVIDER_PREFIX + "vendor", '{"key": "changed"}', real_now())
    assert source_access(house, seller).credentials is access.credentials
    house.credentials.forget(seller.id)
    assert source_access(house, seller).credentials == {"vendor": {"key": "changed"}}


def test_a_credential_that_no_key_opens_is_never_taken_for_none(house, seller):
    other = Vault((Fernet.generate_key().decode(),))
    with house.sessions.of(seller.id) as session:
        other.keep(session, PROVIDER_PREFIX + "vendor", '{"key": "x"}', real_now())
    house.credentials.forget(seller.id)
    with pytest.raises(SecretUnreadable, match="provider:vendor"):
        source_access(house, seller)


def run_processes(config, seller, asked: Vendor, project, count: int = 2, threads: int = 4, rate: int | None = None):
    """Let processes ask at the same moment; gives all their outcomes."""
    given = {
        "database_url": config.database_url,
        "key": config.secret_keys[0],
        "seller_id": str(seller.id),
        "address": asked.address,
        "threads": threads,
        "rate": rate,
    }
    command = [sys.executable, "-m", "tests.api.asking_process", json.dumps(given)]
    outcomes = []
    with ExitStack() as stack:
        running = [
            stack.enter_context(
                subprocess.Popen(command, cwd=project, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(count)
        ]
        for process in running:
            assert process.stdout.readline() == "ready\n"
        for process in running:
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in running:
            outcomes += json.loads(process.stdout.readline())
    return outcomes


def test_processes_share_a_token(config, house, seller, project):
    signing = Signing()
    with lines(house, seller, signing) as (asked, line):
        line().send(SIGNED)
        assert run_processes(config, seller, asked, project) == ["ok"] * 8
    assert (signing.sign_ins, signing.refused) == (1, 0)


def refusals_told(house, seller) -> list[tuple[str, bool]]:
    """The subjects of the alerts of refused credentials, and whether they are open."""
    with house.sessions.of(seller.id) as session:
        told = session.scalars(select(AlertRecord).where(AlertRecord.kind == "source_refused").order_by(AlertRecord.id))
        return [(each.subject, each.ended_at is None) for each in told]


def test_one_refused_sign_in_holds_for_all_processes_and_is_told_of_once(config, house, seller, project):
    with lines(house, seller, answers(b"{}", 401)) as (asked, line):
        with pytest.raises(SourceRefused):
            line().send(SIGNED)
        assert run_processes(config, seller, asked, project) == ["refused"] * 8
        assert asked.paths() == ["/vendor/token"]
    assert refusals_told(house, seller) == [("vendor", True)]
    memory = source_access(house, seller).memory("vendor")
    memory.keep_refusal(replace(memory.refusal(), at=real_now() - timedelta(minutes=16)))
    signing = Signing()
    signing.every_token_is_good = True
    with lines(house, seller, signing) as (_, line):
        line().send(SIGNED)
    assert refusals_told(house, seller) == [("vendor", False)]


def test_of_a_refusal_nothing_secret_stands_in_the_database(house, seller):
    memory = source_access(house, seller).memory("vendor")
    memory.keep_refusal(Refusal(NOW, "digest"))
    with house.sessions.of(seller.id) as session:
        kept = session.scalars(select(SourceStateRecord.refused_credentials)).one()
        session.execute(update(SourceStateRecord).values(refused_credentials=b"of another key"))
    assert b"digest" not in kept
    assert "digest" not in repr(memory.refusal())
    assert memory.refusal() == Refusal(NOW, "")  # It is of no credentials that anybody has.


def test_processes_that_begin_at_once_sign_in_once_each_at_most(config, house, seller, project):
    signing = Signing(pause=0.3)
    signing.every_token_is_good = True
    with lines(house, seller, signing) as (asked, _):
        assert run_processes(config, seller, asked, project) == ["ok"] * 8
    assert signing.sign_ins <= 2


def test_of_all_threads_of_all_processes_one_tries_a_source_again(config, house, seller, project):
    memory = source_access(house, seller).memory("vendor")
    memory.keep_token(Token("good", datetime.now(UTC) + timedelta(hours=1)))
    memory.note_failure(datetime.now(UTC) - timedelta(seconds=60))
    with lines(house, seller, answers(b"", 500)) as (asked, _):
        assert sorted(run_processes(config, seller, asked, project)) == ["breaker"] * 7 + ["down"]
        assert len(asked.asked) == 1
    assert memory.breaker().opened_at > datetime.now(UTC) - timedelta(seconds=50)


def test_a_rate_holds_for_all_processes_together(config, house, seller, project):
    memory = source_access(house, seller).memory("vendor")
    memory.keep_token(Token("good", datetime.now(UTC) + timedelta(hours=1)))
    with lines(house, seller, answers()) as (asked, _):
        outcomes = run_processes(config, seller, asked, project, threads=8, rate=15)
        assert len(asked.asked) == outcomes.count("ok")
    assert set(outcomes) == {"ok", "busy"}
    assert outcomes.count("ok") in (3, 4, 5)  # Three at once, a fifth of 15; more where the machine is slow.
