"""Which sellers can be added, and whose tokens a seller may have believed."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner

from api.administration.sellers import add_seller, find_seller, move_clock
from api.cli import main
from api.clock import real_now
from api.problems import BadInput, Conflict, NotFound
from api.records import issuers
from api.records.issuers import Terms


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": ""}, "empty"),
        ({"name": "  "}, "empty"),
        ({"name": "x" * 201}, "too_long"),
        ({"name": "one\ntwo"}, "control_character"),
        ({"name": "half \ud800"}, "control_character"),
        *(({"time_zone": zone}, "unknown_time_zone") for zone in ("Factory", "posixrules", "localtime", "../x", "")),
        *(({"currency": currency}, "not_a_currency") for currency in ("euro", "XXX", "")),
        ({"currency": "USD"}, "currency_without_policy"),
    ],
)
def test_a_seller_that_could_not_work_is_not_added(sessions, changes, code):
    given = {"name": f"Seller {uuid4()}", "mode": "test", **changes}
    with pytest.raises(BadInput) as refused:
        add_seller(sessions, **given)
    assert [fault.code for fault in refused.value.faults] == [code]
    with pytest.raises(NotFound):
        find_seller(sessions, given["name"])


def test_a_name_is_taken_once(sessions, seller):
    with pytest.raises(Conflict):
        add_seller(sessions, f" {seller.name} ", "test")


def test_a_test_sellers_clock_is_moved_on(sessions, new_seller, database_urls):
    seller = new_seller(starts_on=date(2024, 1, 30))
    settings = {"CREDITGATE_DATABASE_URL": database_urls[1], "CREDITGATE_OWNER_DATABASE_URL": None}
    for days, day in ((3, "2024-02-02"), (1, "2024-02-03")):
        asked = ["seller", "clock", "--seller", seller.name, "--forward", str(days)]
        told = CliRunner().invoke(main, asked, env=settings)
        assert (told.exit_code, told.output) == (0, f"{day}\n")
    assert find_seller(sessions, seller.name).clock_ahead == seller.clock_ahead + timedelta(days=4)


@pytest.mark.parametrize(
    ("mode", "days", "code"),
    [
        ("live", 1, "live_clock_is_real"),
        ("test", 0, "not_forward"),
        ("test", -1, "not_forward"),
        ("test", 9999, "not_forward"),
    ],
)
def test_no_other_clock_is_moved_and_none_back(sessions, new_seller, mode, days, code):
    seller = new_seller(mode)
    with pytest.raises(BadInput) as refused:
        move_clock(sessions, seller, days)
    assert [fault.code for fault in refused.value.faults] == [code]
    assert find_seller(sessions, seller.name) == seller


def terms(**changes: Any) -> Terms:
    good = {"issuer": "https://login.example/shared", "audience": f"creditgate {uuid4()}"}
    key_set_url = "https://login.example/keys"
    return Terms(
        **{**good, **changes}, key_set_url=key_set_url, algorithms=("RS256",), role_claim="r", roles={"x": "sales"}
    )


def test_an_issuer_and_audience_belong_to_one_seller(sessions, seller, new_seller):
    mine = terms()
    with sessions.of(seller.id) as session:
        issuers.add(session, mine, real_now())
    for each in (seller, new_seller()):
        with sessions.of(each.id) as session, pytest.raises(Conflict):
            issuers.add(session, mine, real_now())
    with sessions.of(seller.id) as session:
        issuers.add(session, terms(), real_now())


@pytest.mark.parametrize("name", ["issuer", "audience"])
def test_an_issuer_without_a_name_is_not_registered(sessions, seller, name):
    with sessions.of(seller.id) as session, pytest.raises(BadInput) as refused:
        issuers.add(session, terms(**{name: " "}), real_now())
    assert [fault.pointer for fault in refused.value.faults] == [f"/{name}"]
