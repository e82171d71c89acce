"""Every call is metered, however it went."""

import contextlib
from decimal import Decimal

import pytest

from providers.errors import NotUnderstood, SourceError
from providers.http import Request
from providers.memory import BreakerState, LocalMemory
from tests.providers.vendor import answers, failure_of, line_to, sends, slowly, vendor

CUT = sends(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
COST = (Decimal("4.50"), "EUR")


@pytest.mark.parametrize(
    ("behaviour", "outcome", "status", "cost"),
    [
        (answers(b'{"a": 1}'), "ok", 200, COST),
        (answers(b"<report/>"), "not_understood", 200, COST),
        (answers(b"{}", 404), "ok", 404, None),
        (answers(b"{}", 400), "not_understood", 400, None),
        (answers(b"{}", 401), "refused", 401, None),
        (answers(b"{}", 429), "busy", 429, None),
        (answers(b"{}", 503), "down", 503, None),
        (CUT, "down", None, COST),
        (answers(b"<!doctype html>"), "down", 200, None),
        (answers(b"[" + b"1," * 600_000 + b"1]"), "not_understood", 200, COST),
    ],
)
def test_every_call_is_metered_with_what_it_cost(behaviour, outcome, status, cost):
    memory = LocalMemory()
    with vendor(behaviour) as metered, contextlib.suppress(SourceError):
        line_to(metered.address, memory=memory, answer_bytes_max=1_000_000).send(
            Request("report", "/", expect=(200, 404), cost=COST)
        )
    (call,) = memory.calls
    assert (call.provider, call.operation, call.outcome) == ("vendor", "report", outcome)
    assert (call.status, call.tries, call.cost) == (status, 1, cost)
    assert call.seconds > 0
    read = {("ok", 200): (8,), ("ok", 404): (2,), ("not_understood", 200): (9, 0)}
    assert call.answer_bytes in read.get((outcome, status), (0,))


@pytest.mark.parametrize(
    ("behaviours", "retries", "charged"), [((CUT, CUT, answers()), 2, 3), ((CUT, answers(b"", 503)), 1, 1)]
)
def test_each_try_that_was_probably_charged_is_counted(behaviours, retries, charged):
    memory = LocalMemory()
    with vendor(*behaviours) as failing, contextlib.suppress(SourceError):
        line_to(failing.address, memory=memory, retries=retries).send(Request("report", "/", cost=COST))
    assert memory.calls[0].cost == (COST[0] * charged, "EUR")


@pytest.mark.parametrize("fault", ["no connection", "no TLS"])
def test_a_report_is_not_charged_where_nothing_could_be_sent(fault):
    memory, order = LocalMemory(), Request("report", "/", cost=COST, repeatable=False)
    with vendor(sends(b"This is no TLS")) as failing:
        address = "http://127.0.0.1:9" if fault == "no connection" else failing.address.replace("http:", "https:")
        failure = failure_of(line_to(address, memory=memory), order)
    assert (memory.calls[0].cost, failure.charged, failure.may_have_sold, failure.lost_report) == (
        *(None, None),
        *(False, False),
    )


@pytest.mark.parametrize(
    ("behaviour", "is_lost"),
    [
        (CUT, True),
        (answers(b"[" + b"1," * 600_000 + b"1]"), True),
        (answers(b"{}", headers={"Content-Encoding": "gzip"}), True),
        (slowly(b"HTTP/1.1 200 OK\r\n", b"x", every=0.7), True),
        (answers(b"<html>"), False),
        (answers(b"{}", 503), False),
        (answers(b"{}", 429), False),
        (answers(b"{}", 302, {"Location": "/elsewhere"}), False),
    ],
)
def test_a_report_is_lost_where_its_answer_is(behaviour, is_lost):
    order = Request("report", "/", cost=COST, repeatable=False)
    with vendor(behaviour) as failing:
        failure = failure_of(line_to(failing.address, seconds=0.5, answer_bytes_max=1_000_000), order)
        found_again = Request("order", "/", method="POST", json={}, cost=COST, repeatable=False)
        read = failure_of(line_to(failing.address, seconds=0.5, answer_bytes_max=1_000_000), found_again)
    assert (failure.lost_report, failure.charged) == ((True, COST) if is_lost else (False, None))
    assert not read.lost_report, "what is ordered is read by another call"


@pytest.mark.parametrize(
    ("behaviour", "request_", "may_have_sold"),
    [
        (CUT, Request("report", "/", cost=COST), True),
        (CUT, Request("report", "/", repeatable=False), True),
        (CUT, Request("find", "/"), False),
        (answers(b"{}", 503), Request("report", "/", cost=COST), False),
        (None, Request("report", "/", cost=COST), False),
    ],
)
def test_of_a_report_that_was_cut_it_is_told_that_it_may_have_been_sold(behaviour, request_, may_have_sold):
    with vendor(behaviour or answers()) as failing:
        address = failing.address if behaviour else "http://127.0.0.1:9"
        failure = failure_of(line_to(address), request_)
    assert (failure.code, failure.may_have_sold) == ("down", may_have_sold)


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        (Request("profile", "/", cost=COST), None),
        (Request("report", "/", repeatable=False), b"<report/>"),
        (Request("register", "/", cost=(Decimal(0), "EUR")), None),
        (Request("find", "/"), None),
        (Request("sign_in", "/", method="POST", json={}), None),
    ],
)
def test_only_what_may_have_been_bought_is_handed_on_where_it_is_no_document(request_, body):
    with vendor(answers(b"<report/>")) as unreadable:
        failure = failure_of(line_to(unreadable.address), request_)
    assert isinstance(failure, NotUnderstood)
    assert failure.body == body


def test_an_error_of_our_own_is_metered_and_not_taken_for_one_of_the_source():
    memory = LocalMemory()
    with vendor(answers()) as never, pytest.raises(TypeError):
        line_to(never.address, memory=memory).send(Request("ask", "/", json={"amount": object()}))
    assert [call.outcome for call in memory.calls] == ["failed"]
    assert memory.breaker() == BreakerState()


def test_a_reply_that_cannot_be_read_does_not_end_a_row_of_nothing():
    memory = LocalMemory()
    with vendor(answers(b"<")) as unreadable:
        assert isinstance(failure_of(line_to(unreadable.address, memory=memory)), NotUnderstood)
    assert memory.breaker() == BreakerState()
