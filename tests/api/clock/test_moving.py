"""Moving a clock on: day by day, to the day that was asked and no further, whatever happens on the way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID

import pytest

from api import clock_moving, seller_day
from api.records import seller_clocks
from api.worker import run_job
from tests.web_checks import assert_documented, assert_problem


@pytest.mark.parametrize("role", ["admin", "finance", "credit_manager", "integration"])
@pytest.mark.parametrize("wish", [{"forward_days": 3}, {"to": "2026-01-08"}], ids=["by days", "to a day"])
def test_a_clock_is_moved_to_the_day_that_was_asked_and_keeps_its_hour(shop, role, wish):
    here = shop()
    before = here.house.clock.now(here.seller)
    job = here.asked(role, **wish)
    assert (job["state"], job["from_on"], job["to_on"]) == ("queued", "2026-01-05", "2026-01-08")
    shown = here.client(role).get("/v1/sandbox/clock").json
    assert_documented(here.app, "GET", "/v1/sandbox/clock", 200, shown)
    assert (shown["today"], shown["time_zone"]) == ("2026-01-05", "Europe/Amsterdam")
    assert shown["move"] == job | {"progress": {"done": 0, "total": 3}}
    run_job(here.house, here.seller.id, UUID(job["job_id"]), is_last=True)
    shown = here.client(role).get("/v1/sandbox/clock").json
    assert (shown["today"], shown["move"]) == ("2026-01-08", None)
    passed = here.house.clock.now(here.seller) - before
    assert timedelta(days=3) <= passed < timedelta(days=3, hours=1)


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {("", "one_needed")}),
        ({"forward_days": 2, "to": "2026-01-07"}, {("", "one_needed")}),
        ({"forward_days": 0}, {("/forward_days", "not_forward")}),
        ({"forward_days": -3}, {("/forward_days", "not_forward")}),
        ({"forward_days": 3661}, {("/forward_days", "too_far")}),
        ({"to": "2026-01-05"}, {("/to", "not_forward")}),
        ({"to": "2026-01-04"}, {("/to", "not_forward")}),
        ({"to": "2046-01-04"}, {("/to", "too_far")}),
        (
            {"forward_days": 0, "to": "2025-01-01"},
            {("", "one_needed"), ("/forward_days", "not_forward"), ("/to", "not_forward")},
        ),
        ({"to": "2026-02-30"}, {("/to", "not_a_date")}),
        ({"forward_days": "3"}, {("/forward_days", "not_a_whole_number")}),
        ({"days": 3}, {("/days", "unknown_field")}),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_every_fault_of_a_wish_is_named(shop, body, faults):
    here = shop()
    answer = here.client("finance").post("/v1/sandbox/clock", json=body)
    assert answer.status_code == 422, answer.text
    assert {(each["pointer"], each["code"]) for each in answer.json["errors"]} == faults
    assert here.client("finance").get("/v1/sandbox/clock").json["move"] is None


@pytest.mark.parametrize("body", ['{"forward_days": 3}', "{}", "not json", '{"to": 7}'])
def test_a_live_clock_is_real_whatever_is_sent(shop, body):
    here = shop(mode="live")
    client = here.client("finance")
    sent = client.post("/v1/sandbox/clock", data=body, content_type="application/json")
    assert_problem(here.app, sent, 403, "live_clock_is_real")
    assert_problem(here.app, client.get("/v1/sandbox/clock"), 403, "live_clock_is_real")


def test_a_second_move_is_told_which_one_is_at_it(shop):
    here = shop()
    job = here.asked(forward_days=2)
    answer = here.client("finance").post("/v1/sandbox/clock", json={"forward_days": 1})
    assert_problem(here.app, answer, 409, "clock_is_moved")
    assert job["job_id"] in answer.json["detail"]
    run_job(here.house, here.seller.id, UUID(job["job_id"]), is_last=True)
    here.move(forward_days=1)
    assert here.today == date(2026, 1, 8)


def test_the_same_request_moves_the_clock_once(shop):
    here = shop()
    once = {"Idempotency-Key": "move-1"}
    answers = [here.client("admin").post("/v1/sandbox/clock", json={"forward_days": 2}, headers=once) for _ in range(2)]
    assert [each.status_code for each in answers] == [202, 202]
    (job_id,) = {each.json["job_id"] for each in answers}
    for _ in range(2):
        run_job(here.house, here.seller.id, UUID(job_id), is_last=True)
    assert here.today == date(2026, 1, 7)


class Killed(BaseException):
    """The worker ends here."""


@pytest.mark.parametrize("stops", range(7))
def test_a_killed_worker_goes_on_with_the_day_it_was_at(shop, monkeypatch, stops):
    here, left = shop(), [stops]
    debtor_id = here.customer()
    here.bill(debtor_id, due_on=date(2026, 1, 6))
    job = here.asked(forward_days=3)
    ahead = here.seller.clock_ahead
    bring = clock_moving.DayOfSeller.bring

    def killed(self, seller):
        if not left[0]:
            raise Killed
        left[0] -= 1
        return bring(self, seller)

    with monkeypatch.context() as patched:
        patched.setattr(clock_moving.DayOfSeller, "bring", killed)
        with pytest.raises(Killed):
            run_job(here.house, here.seller.id, UUID(job["job_id"]), is_last=False)
    was_at = here.today
    shown = here.client("finance").get("/v1/sandbox/clock").json["move"]
    assert shown["state"] == "running"
    assert shown["progress"]["done"] <= (was_at - date(2026, 1, 5)).days
    run_job(here.house, here.seller.id, UUID(job["job_id"]), is_last=False)
    assert here.seller.clock_ahead == ahead + timedelta(days=3)
    assert here.told("opened") == [(date(2026, 1, 5), "first_payment_due", "opened")]


def test_two_workers_at_one_move_do_it_once(shop):
    here = shop()
    debtor_id = here.customer()
    here.bill(debtor_id, due_on=date(2026, 1, 6))
    job, ahead = here.asked(forward_days=10), here.seller.clock_ahead
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: run_job(here.house, here.seller.id, UUID(job["job_id"]), is_last=False), range(3)))
    assert here.seller.clock_ahead == ahead + timedelta(days=10)
    assert [(day.day, kind) for day, kind, _ in here.told("opened")] == [
        (5, "first_payment_due"),
        (12, "first_payment_overdue"),
    ]


def test_a_step_that_fails_is_named_and_stops_nothing(shop, monkeypatch):
    here = shop()

    def fail(*_):
        raise ValueError("broken")

    steps = [
        seller_day.Step(each.name, fail if each.name == "count_books" else each.of, each.cron, each.lane)
        for each in seller_day.A_DAY
    ]
    monkeypatch.setattr(seller_day, "A_DAY", tuple(steps))
    job = here.asked(forward_days=1)
    run_job(here.house, here.seller.id, UUID(job["job_id"]), is_last=True)
    result = here.client("integration").get(f"/v1/jobs/{job['job_id']}").json["result"]
    days = [each["day"] for each in result["failures"]]
    assert {each["step"] for each in result["failures"]} == {"count_books"}
    assert (days, result["today"]) == (sorted(days), "2026-01-06")
    assert set(days) == {"2026-01-05", "2026-01-06"}


def test_a_clock_does_not_move_while_somebody_works_by_it(shop):
    here = shop()
    seller = here.seller
    with ThreadPoolExecutor(1) as thread:
        with seller_clocks.standing(here.house.sessions, seller) as standing:
            assert standing == seller

            def move():
                with here.house.sessions.of_nobody() as session:
                    return seller_clocks.move_on(session, seller.id, seller.clock_ahead + timedelta(1))

            moving = thread.submit(move)
            with pytest.raises(TimeoutError):
                moving.result(timeout=0.2)
            assert here.seller == seller
        assert moving.result(timeout=10).clock_ahead == seller.clock_ahead + timedelta(1)


@pytest.mark.parametrize("by", [timedelta(0), timedelta(days=-1)], ids=["nowhere", "back"])
def test_no_clock_is_moved_back_and_no_live_one_at_all(shop, by):
    here, live = shop(), shop(mode="live")
    for seller, ahead in ((here.seller, here.seller.clock_ahead + by), (live.seller, timedelta(days=1))):
        with here.house.sessions.of_nobody() as session:
            assert seller_clocks.move_on(session, seller.id, ahead) == seller
