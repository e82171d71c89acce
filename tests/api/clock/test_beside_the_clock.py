"""What moves with a seller's clock, and what does not: the sandbox's companies do, deliveries to webhooks do not."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from api.administration.clock import Wish, enqueue
from api.app import create_app
from api.cli import main
from api.clock import Clock, real_now
from api.events.delivering import DeliveryRules, deliver_some
from api.events.feeding import append_to_feed_of
from api.records import events, webhooks
from api.webhook_signing import begin_secret
from providers.catalog import Catalog
from tests.api.conftest import FREE_FOR_ALL, NOWHERE, Client
from tests.sandbox_control import SandboxControl, serving


@pytest.fixture
def vendors() -> Iterator[SandboxControl]:
    """A sandbox of the test's own, since whom its sellers have watched is remembered."""
    with serving() as control:
        yield control


@pytest.fixture
def app(config, sessions, vendors) -> Flask:
    catalog = Catalog(sandbox_address=vendors.address, addresses=dict.fromkeys(FREE_FOR_ALL, NOWHERE))
    app = create_app(config, sessions=sessions, clock=Clock(), catalog=catalog)
    app.test_client_class = Client
    return app


@pytest.fixture
def house(app):
    return app.extensions["creditgate"]


def test_a_company_goes_bankrupt_on_its_day_and_the_run_of_that_day_tells_it(shop):
    here = shop()
    debtor_id = here.customer({"kvk_number": "90000029"})
    watched_on = here.today
    here.move(forward_days=30)
    days = {day for day, kind, _ in here.told("opened") if kind == "insolvency_event"}
    watches = here.client("finance").get("/v1/watches").json["items"]
    assert {each["provider"] for each in watches} == {"creditsafe", "kvk"}
    assert all(each["since"].startswith(str(watched_on)) for each in watches)
    # Twenty days after it was first watched: at nine of that day, so that the run of the next midnight finds it.
    assert days == {watched_on + timedelta(days=21)}
    held = here.post(
        "/orders",
        {"debtor_id": debtor_id, "order_reference": "A", "amount": {"amount": "10.00", "currency": "EUR"}},
    )
    assert "stop_supply" in [each["code"] for each in held["reasons"]]


def test_a_run_is_made_on_each_day_and_once(shop):
    here = shop()
    here.customer({"kvk_number": "90000001"})
    here.move(forward_days=4)
    query = text("SELECT created_at, state FROM job WHERE kind = 'monitoring_run' ORDER BY id")
    with here.house.sessions.of(here.seller.id) as session:
        runs = session.execute(query).all()
    begun_on = here.today - timedelta(4)
    assert [here.day_of(each.created_at) for each in runs] == [begun_on + timedelta(days) for days in range(5)]
    assert {each.state for each in runs} == {"succeeded"}


def test_a_delivery_that_failed_waits_real_hours(shop):
    """Nobody's receiver is well sooner because a clock was moved."""
    here, rules = shop(), DeliveryRules()
    now = real_now()
    with here.house.sessions.of(here.seller.id) as session:
        values = {"address": "http://127.0.0.1:9/hook", "types": None, "ordered": False, "description": None}
        webhook_id = webhooks.add(session, values, "test", now).id
        begin_secret(session, here.house.vault, webhook_id, now)
    with here.house.sessions.of(here.seller.id) as session:
        at = here.house.clock.now(here.seller)
        events.add(session, "debtor.changed.v1", {}, debtor_id=None, happened_at=at, known_at=at)
    append_to_feed_of(here.house, here.seller)
    deliver_some(here.house, here.seller.id, webhook_id, rules)
    query = text("SELECT due_at, state FROM webhook_delivery")
    with here.house.sessions.of(here.seller.id) as session:
        before = session.execute(query).one()
    here.move(forward_days=3)
    with here.house.sessions.of(here.seller.id) as session:
        assert session.execute(query).one() == before
    assert before.due_at - now < timedelta(minutes=1)


@given(st.datetimes(timezones=st.timezones()), st.data())
def test_a_delivery_is_given_up_after_some_36_hours_on_any_day_of_the_year(begun_at, data):
    rules, at, count = DeliveryRules(), begun_at, 0
    while (due_at := rules.due_at(count + 1, at)) is not None:
        assert due_at > at
        at, count = due_at, count + 1
    whole = sum(rules.waits)
    assert whole * (1 - rules.jitter) <= (at - begun_at).total_seconds() <= whole * (1 + rules.jitter)


def test_the_command_moves_the_clock_day_by_day_too(shop, config):
    here = shop()
    debtor_id = here.customer()
    here.bill(debtor_id, due_on=here.today + timedelta(1))
    settings = {"CREDITGATE_DATABASE_URL": config.database_url, "CREDITGATE_SECRET_KEYS": ",".join(config.secret_keys)}
    for wish, day in ((("--forward", "3"), "2026-01-08"), (("--to", "2026-01-14"), "2026-01-14")):
        told = CliRunner().invoke(main, ["seller", "clock", "--seller", here.seller_name, *wish], env=settings)
        assert (told.exit_code, told.stdout) == (0, f"{day}\n"), told.output
        assert "3 of 3 days" in told.stderr or "6 of 6 days" in told.stderr
    assert [day.day for day, kind, _ in here.told("opened") if kind == "first_payment_overdue"] == [12]


@pytest.mark.parametrize(
    ("mode", "wish", "words"),
    [
        ("live", ["--forward", "1"], "Only a test seller's clock"),
        ("test", ["--forward", "0"], "no way back"),
        ("test", ["--to", "2026-01-05"], "later than today, 2026-01-05"),
        ("test", [], "either forward_days or to"),
    ],
    ids=["live", "nowhere", "the same day", "nothing"],
)
def test_the_command_says_why_it_cannot(shop, config, mode, wish, words):
    here = shop(mode=mode)
    settings = {"CREDITGATE_DATABASE_URL": config.database_url, "CREDITGATE_SECRET_KEYS": ",".join(config.secret_keys)}
    told = CliRunner().invoke(main, ["seller", "clock", "--seller", here.seller_name, *wish], env=settings)
    assert (told.exit_code, words in told.output) == (1, True), told.output


def test_a_move_that_the_command_left_is_taken_up_by_a_worker(shop):
    """The queue has it from the start, to begin a little later."""
    here = shop()
    query = text(
        "SELECT args ->> 'job_id', scheduled_at FROM queue.procrastinate_jobs WHERE args ->> 'seller_id' = :id"
    )
    begins_at = real_now() + timedelta(seconds=30)
    with here.house.sessions.of(here.seller.id) as session:
        job_id = enqueue(session, here.seller, Wish(1), here.house.clock, begins_at=begins_at).id
    with here.house.sessions.of(here.seller.id) as session:
        ((named, scheduled_at),) = session.execute(query, {"id": str(here.seller.id)}).all()
    assert (UUID(named), scheduled_at) == (job_id, begins_at)
