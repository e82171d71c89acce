"""Which sellers can be added, and whose tokens a seller may have believed."""

from typing import Any
from uuid import uuid4

import pytest

from api.administration.sellers import add_seller, find_seller
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
