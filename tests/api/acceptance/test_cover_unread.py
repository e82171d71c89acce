"""Covers that stand and cannot be read: lost at the insurer, or an insurer that does not answer."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from api.monitoring.asking import end_outages
from providers.atradius.client import Atradius
from providers.errors import SourceDown
from providers.insurers import CoverNotFound
from tests.api.acceptance.covering import FULL, PART, Covering
from tests.api.acceptance.insurance import add_paper
from tests.web_checks import assert_documented, assert_problem


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets each read of a cover fail so; with None they are read again."""
    really = Atradius.read_cover

    def fail(error: Exception | None) -> None:
        def failing(*_: Any) -> Any:
            assert error is not None
            raise error

        monkeypatch.setattr(Atradius, "read_cover", really if error is None else failing)

    return fail


LOST = CoverNotFound("atradius", "the cover is in none of the lists")
DOWN = SourceDown("atradius", "is down")


def letter(insured: Covering, debtor_id: UUID, state: str, amount: str | None = None) -> Any:
    money = {} if amount is None else {"amount": {"amount": amount, "currency": "EUR"}}
    paper = add_paper(insured.client, f"letter {uuid4()}")
    named = {"debtor_id": str(debtor_id), "insurance_policy_id": insured.policy["id"]}
    return insured.client.post("/v1/cover-decisions", json={**named, "state": state, "document_id": paper, **money})


def test_a_cover_that_the_insurer_does_not_know_is_told_once_until_it_is_read(
    app: Flask, insured: Covering, reads: Any
) -> None:
    debtor_id, request = insured.asked(FULL)
    insured.later(1.1)
    reads(LOST)
    assert insured.look() == 1
    shown = insured.shown(request)
    assert_documented(app, "get", "/v1/cover-requests/{request_id}", 200, shown)
    assert (shown["state"], shown["fault"]["code"]) == ("decided", "cover_not_found")
    (alert,) = insured.client.get(f"/v1/alerts?kind=cover_unknown&debtor_id={debtor_id}").json["items"]
    assert (alert["severity"], alert["for_role"], alert["state"]) == ("urgent", "finance", "open")
    assert alert["data"] == {
        "provider": "atradius",
        "cover_request_ids": [request["id"]],
        "insurance_policy_ids": [insured.policy["id"]],
    }
    for days in (2.2, 90):
        insured.later(days)
        assert insured.look() == 1
        assert insured.alerts() == ["cover_unknown"]
    reads(None)
    insured.later(91.1)
    assert insured.look() == 1
    assert insured.alerts() == []
    assert insured.shown(request)["fault"] is None


def test_a_debtor_of_whom_two_covers_are_lost_has_one_alert(insured: Covering, reads: Any) -> None:
    stays, first = insured.asked(FULL)
    goes, second = insured.asked(PART)
    merged = insured.client.post(f"/v1/debtors/{stays}/merges", json={"merged_debtor_id": str(goes)})
    assert merged.status_code == 201, merged.text
    insured.later(1.1)
    reads(LOST)
    assert insured.look() == 2
    ((data,),) = insured.rows("SELECT data FROM alert WHERE kind = 'cover_unknown' AND ended_at IS NULL")
    assert data["cover_request_ids"] == [first["id"], second["id"]]


def test_what_the_insurer_writes_of_a_lost_cover_replaces_it(app: Flask, insured: Covering, reads: Any) -> None:
    debtor_id, _ = insured.asked(FULL)
    assert_problem(app, letter(insured, debtor_id, "withdrawn"), 409, "insurer_connected")
    insured.later(1.1)
    reads(LOST)
    insured.look()
    insured.later(1.2)
    answer = letter(insured, debtor_id, "withdrawn")
    assert answer.status_code == 201, answer.text
    insured.look()
    assert "cover_unknown" not in insured.alerts()
    insured.later(2.3)
    insured.look()  # It is asked for still, and is no news.
    assert "cover_unknown" not in insured.alerts()
    assert insured.client.post("/v1/cover-requests", json=insured.request(debtor_id)).status_code == 202


def test_a_change_of_a_lost_cover_fails_and_says_why(insured: Covering, reads: Any) -> None:
    _, request = insured.asked(FULL)
    reads(LOST)
    more = {"amount": {"amount": "25000.00", "currency": "EUR"}}
    change = insured.client.post(f"/v1/cover-requests/{request['id']}/changes", json=more).json
    done = insured.run(change)
    assert (done["state"], done["fault"]["code"]) == ("failed", "cover_not_found")
    insured.later(1.1)
    insured.look()  # What it was to change is read again, since nothing follows it.
    assert insured.alerts() == ["cover_unknown"]


def test_an_insurer_that_is_silent_for_days_is_told_once_however_many_the_covers(insured: Covering, reads: Any) -> None:
    for number in (FULL, PART):
        insured.asked(number)
    reads(DOWN)
    insured.later(1.1)
    assert insured.look() == 2
    insured.later(2.5)
    insured.look()
    assert insured.alerts() == []
    for days in (3.2, 4.2):
        insured.later(days)
        insured.look()
        assert insured.alerts() == ["source_down"]
    ((subject, data),) = insured.rows("SELECT subject, data FROM alert WHERE kind = 'source_down'")
    assert (subject, data) == ("atradius", {"provider": "atradius", "code": "down"})
    end_outages(insured.house, insured.seller, {})  # A run that does not ask it says nothing of it.
    assert insured.alerts() == ["source_down"]
    reads(None)
    insured.later(5.2)
    assert insured.look() == 2
    assert insured.alerts() == []


def test_a_cover_is_lost_since_the_insurer_said_so_and_not_since_it_was_down(insured: Covering, reads: Any) -> None:
    insured.asked(FULL)
    reads(DOWN)
    insured.later(1.1)
    insured.look()
    reads(LOST)
    insured.later(2.2)
    insured.look()
    (since,) = insured.rows("SELECT failing_since = changed_at FROM cover_request")[0]
    assert since
    assert insured.alerts() == ["cover_unknown"]
