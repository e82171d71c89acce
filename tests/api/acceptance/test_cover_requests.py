"""Cover asked of the sandbox's insurer through the real client: decided, waited for, cut, lost and found again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.acceptance.cover_looking import look
from api.records.sellers import Seller
from providers.atradius.client import Atradius
from providers.errors import SourceDown
from tests.api.acceptance.covering import FULL, PART, PENDING, REDUCED, REFUSED, WITHDRAWN, Covering
from tests.sandbox_control import SandboxControl
from tests.web_checks import assert_documented, assert_problem


def orders(sandbox: SandboxControl, company: str) -> int:
    """How often cover was ordered for a company."""
    return sandbox.calls("atradius", "ask_cover", company)


def standing(insured: Covering, debtor_id: UUID, as_of: str | None = None) -> tuple[str, str]:
    shown = insured.covers(debtor_id, as_of)
    return shown["standing"], shown["insured_limit"]["amount"]


@pytest.mark.parametrize(
    ("number", "state", "amount", "standing_now"),
    [
        (FULL, "granted", "10000.00", ("in_force", "10000.00")),
        (PART, "granted_in_part", "6000.00", ("in_force", "6000.00")),
        (REFUSED, "refused", "0.00", ("refused", "0.00")),
    ],
)
def test_what_the_insurer_decides_is_kept_as_it_is_told(
    app: Flask, insured: Covering, number: str, state: str, amount: str, standing_now: tuple[str, str]
) -> None:
    debtor_id = insured.debtor(number)
    asked = insured.ask(debtor_id)
    assert_documented(app, "post", "/v1/cover-requests", 202, asked)
    assert asked["state"] == "queued"
    done = insured.run(asked)
    assert_documented(app, "get", "/v1/cover-requests/{request_id}", 200, done)
    assert (done["state"], done["fault"]) == ("decided", None)
    shown = insured.client.get(f"/v1/debtors/{debtor_id}/covers").json
    assert_documented(app, "get", "/v1/debtors/{debtor_id}/covers", 200, shown)
    (decision,) = shown["items"][0]["decisions"]
    assert (decision["state"], decision["amount"]["amount"], decision["source"]) == (state, amount, "insurer")
    assert decision["response_code"] == {"granted": "2", "granted_in_part": "5", "refused": "3"}[state]
    assert standing(insured, debtor_id) == standing_now
    told = insured.rows(f"SELECT data FROM event WHERE debtor_id = '{debtor_id}' AND type = 'debtor.cover_changed.v1'")
    assert [each[0]["state"] for each in told] == [state]
    job = insured.client.get(f"/v1/jobs/{asked['job_id']}").json
    assert (job["state"], job["result"]["state"]) == ("succeeded", "decided")


def test_what_waits_is_looked_at_again_until_it_is_decided(insured: Covering) -> None:
    debtor_id, request = insured.asked(PENDING)
    assert request["state"] == "pending"
    assert standing(insured, debtor_id) == ("not_decided", "0.00")
    assert insured.look() == 0
    insured.later(1)
    assert insured.look() == 1
    assert insured.shown(request)["state"] == "pending"
    day = insured.later(4)
    assert insured.look() == 1
    assert insured.shown(request)["state"] == "decided"
    assert standing(insured, debtor_id) == ("in_force", "10000.00")
    assert insured.covers(debtor_id)["decisions"][0]["decided_on"] == day


def test_a_reduction_becomes_known_and_takes_effect_when_the_notice_has_run(insured: Covering) -> None:
    debtor_id, request = insured.asked(REDUCED)
    assert standing(insured, debtor_id) == ("in_force", "10000.00")
    day = insured.later(31)
    assert insured.look() == 1
    assert insured.alerts() == ["cover_reduced"]
    assert standing(insured, debtor_id) == ("in_force", "10000.00")
    begins, before = insured.later(61), insured.later(60)
    assert standing(insured, debtor_id, before) == ("in_force", "10000.00")
    assert standing(insured, debtor_id, begins) == ("in_force", "5000.00")
    newest = insured.covers(debtor_id)["decisions"][0]
    assert (newest["state"], newest["decided_on"], newest["valid_from"]) == ("reduced", day, begins)
    (data,) = insured.rows("SELECT data FROM alert WHERE kind = 'cover_reduced'")[0]
    assert (data["before"]["amount"], data["after"]["amount"], data["valid_from"]) == ("10000.00", "5000.00", begins)
    insured.look()
    assert len(insured.covers(debtor_id)["decisions"]) == 2
    assert insured.shown(request)["look_again_at"] is not None


def test_a_withdrawal_takes_effect_on_the_day_the_insurer_states(insured: Covering) -> None:
    debtor_id, request = insured.asked(WITHDRAWN)
    stated = insured.later(45)
    before = insured.later(44)
    insured.later(47)
    assert insured.look() == 1
    assert insured.alerts() == ["cover_withdrawn"]
    assert standing(insured, debtor_id, before) == ("in_force", "10000.00")
    assert standing(insured, debtor_id, stated) == ("withdrawn", "0.00")
    assert insured.shown(request)["look_again_at"] is None
    assert insured.look() == 0
    assert insured.client.post("/v1/cover-requests", json=insured.request(debtor_id)).status_code == 202


def merged(insured: Covering, goes: UUID, stays: UUID) -> None:
    sent = {"merged_debtor_id": str(goes)}
    assert insured.client.post(f"/v1/debtors/{stays}/merges", json=sent).status_code == 201


def test_a_withdrawal_on_the_number_of_a_merged_debtor_reaches_the_one_that_stays(insured: Covering) -> None:
    goes, _ = insured.asked(WITHDRAWN)
    stays = insured.debtor(None, "Buyer Two B.V.")
    merged(insured, goes, stays)
    assert standing(insured, stays) == ("in_force", "10000.00")
    stated = insured.later(45)
    insured.later(47)
    assert insured.look() == 1
    assert insured.alerts() == ["cover_withdrawn"]
    assert insured.rows("SELECT debtor_id FROM alert WHERE kind = 'cover_withdrawn'") == [(stays,)]
    assert standing(insured, stays, stated) == ("withdrawn", "0.00")


def test_two_covers_of_merged_debtors_are_held_apart_and_never_added_up(insured: Covering) -> None:
    goes, _ = insured.asked(FULL, "10000.00")
    stays, _ = insured.asked(PART, "10000.00")
    merged(insured, goes, stays)
    assert standing(insured, stays) == ("in_force", "6000.00")  # What the insurer said last.
    before = insured.rows("SELECT count(*) FROM cover_decision")
    for day in (2, 4):
        insured.later(day)
        assert insured.look() == 2
    # Each says what it said before: that is no news, however much the other covers.
    assert insured.rows("SELECT count(*) FROM cover_decision") == before
    assert insured.alerts() == []


@pytest.mark.parametrize("fault", ["error", "cut", "broken_json", "maintenance", "rate_limited"])
def test_an_insurer_that_fails_is_asked_once_all_the_same(
    insured: Covering, sandbox: SandboxControl, fault: str
) -> None:
    debtor_id, name = insured.debtor(FULL), "Gouden Gans Groothandel B.V."
    request, before = insured.ask(debtor_id), orders(sandbox, name)
    with sandbox.fault(fault, provider="atradius", match=f'"{insured.policy["numbers"]["policy_id"]}"', times=1):
        waiting = insured.run(request)
    assert waiting["state"] == "sent", waiting
    assert waiting["fault"]["code"].startswith("source_")
    assert standing(insured, debtor_id) == ("not_decided", "0.00")
    insured.later(1)
    assert insured.look() == 1
    done = insured.shown(request)
    assert (done["state"], done["fault"]) == ("decided", None)
    assert standing(insured, debtor_id) == ("in_force", "10000.00")
    was_done = fault in ("cut", "broken_json")
    assert orders(sandbox, name) - before == (1 if was_done else 2)
    assert insured.rows("SELECT count(*) FROM cover_decision") == [(1,)]


def test_a_slow_insurer_is_waited_for(insured: Covering, sandbox: SandboxControl) -> None:
    request = insured.ask(insured.debtor(FULL))
    with sandbox.fault("slow", provider="atradius", match="covers", seconds=1, times=1):
        assert insured.run(request)["state"] == "decided"


def test_a_worker_that_is_killed_after_it_ordered_orders_nothing_twice(
    insured: Covering, sandbox: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    debtor_id, name = insured.debtor(PART), "Middenmaat Meubelen B.V."
    request, before = insured.ask(debtor_id), orders(sandbox, name)
    really = Atradius.request_cover

    def killed(*arguments: Any) -> Any:
        really(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as killing:
        killing.setattr(Atradius, "request_cover", killed)
        with pytest.raises(KeyboardInterrupt):
            insured.run(request)
    assert insured.shown(request)["state"] == "sent"
    # While the one that was killed may still be at it, nobody else is.
    assert insured.run(request)["state"] == "sent"
    insured.do("UPDATE cover_request SET leased_until = '2000-01-01'")
    insured.later(1)
    assert insured.look() == 1
    assert insured.shown(request)["state"] == "decided"
    assert standing(insured, debtor_id) == ("in_force", "6000.00")
    assert orders(sandbox, name) - before == 1


def test_a_job_that_runs_twice_asks_and_records_once(insured: Covering, sandbox: SandboxControl) -> None:
    debtor_id = insured.debtor(FULL)
    request, before = insured.ask(debtor_id), orders(sandbox, "Gouden Gans Groothandel B.V.")
    insured.run(request)
    insured.do(f"UPDATE job SET state = 'running' WHERE id = '{request['job_id']}'")
    insured.run(request)
    assert orders(sandbox, "Gouden Gans Groothandel B.V.") - before == 1
    assert insured.rows("SELECT count(*) FROM cover_decision") == [(1,)]


def test_two_who_look_at_once_ask_once(insured: Covering, monkeypatch: pytest.MonkeyPatch) -> None:
    request = insured.ask(insured.debtor(FULL))
    really, inner = Atradius.request_cover, []

    def beside(*arguments: Any) -> Any:
        inner.append(look(insured.house, insured.seller, UUID(request["id"])))
        return really(*arguments)

    monkeypatch.setattr(Atradius, "request_cover", beside)
    assert insured.run(request)["state"] == "decided"
    assert inner == [None]


def test_who_was_overtaken_keeps_nothing(insured: Covering, monkeypatch: pytest.MonkeyPatch) -> None:
    debtor_id = insured.debtor(FULL)
    request, really = insured.ask(debtor_id), Atradius.request_cover

    def slept(*arguments: Any) -> Any:
        answer = really(*arguments)
        insured.do("UPDATE cover_request SET leased_until = leased_until + interval '1 hour'")
        return answer

    monkeypatch.setattr(Atradius, "request_cover", slept)
    assert look(insured.house, insured.seller, UUID(request["id"])) is None
    assert insured.shown(request)["state"] == "sent"
    assert standing(insured, debtor_id) == ("not_decided", "0.00")


def test_how_long_it_waits_grows_with_each_failure(insured: Covering, monkeypatch: pytest.MonkeyPatch) -> None:
    request = insured.ask(insured.debtor(FULL))

    def down(*_: Any) -> Any:
        raise SourceDown("atradius", "is down")

    monkeypatch.setattr(Atradius, "find_buyers", down)
    insured.later(0)
    insured.run(request)
    waits = []
    for _ in range(8):
        (minutes,) = insured.rows("SELECT extract(epoch FROM look_again_at - changed_at) / 60 FROM cover_request")[0]
        waits.append(int(minutes))
        insured.do("UPDATE cover_request SET look_again_at = '2000-01-01'")
        insured.look()
    assert waits == [5, 10, 20, 40, 80, 160, 320, 360]
    # Nothing was ordered yet, so it still waits for its turn.
    assert insured.shown(request)["state"] == "queued"


def test_what_the_insurer_does_not_take_is_told_with_every_fault(app: Flask, insured: Covering) -> None:
    insured.asked(FULL)
    # Another debtor of ours that is the same company to the insurer.
    other = insured.debtor(None, name="Gouden Gans Groothandel B.V.")
    insured.do(f"UPDATE debtor_identifier SET debtor_id = '{other}'")
    request = insured.run(insured.ask(other))
    assert_documented(app, "get", "/v1/cover-requests/{request_id}", 200, request)
    assert (request["state"], request["fault"]["code"]) == ("failed", "source_not_taken")
    assert "already exists" in request["fault"]["faults"][0]["detail"]
    job = insured.client.get(f"/v1/jobs/{request['job_id']}").json
    assert (job["state"], job["errors"][0]["code"]) == ("failed", "source_not_taken")
    assert insured.look() == 0


@pytest.mark.parametrize(("number", "code"), [("90000099", "buyer_unknown"), (None, "buyer_unknown")])
def test_a_buyer_that_the_insurer_does_not_know_is_told(insured: Covering, number: str | None, code: str) -> None:
    _, request = insured.asked(number)  # type: ignore[arg-type]
    assert (request["state"], request["fault"]["code"]) == ("failed", code)


def test_a_source_that_this_seller_cannot_use_is_told(
    insured: Covering, new_seller: Callable[..., Seller], client_of: Callable[..., FlaskClient]
) -> None:
    from tests.api.acceptance.covering import covering

    live = new_seller("live")
    own = covering(insured.house, live, lambda role, **more: client_of(role, seller=live, **more), insured.patch)
    _, request = own.asked(FULL)
    assert (request["state"], request["fault"]["code"]) == ("failed", "source_refused")
    assert "credentials" in request["fault"]["detail"]


def test_more_or_less_is_asked_of_a_cover_that_stands(insured: Covering) -> None:
    debtor_id, request = insured.asked(FULL)
    path = f"/v1/cover-requests/{request['id']}/changes"
    more = insured.client.post(path, json={"amount": {"amount": "25000.00", "currency": "EUR"}})
    assert more.status_code == 202, more.text
    assert standing(insured, debtor_id) == ("in_force", "10000.00")
    changed = insured.run(more.json)
    assert (changed["state"], changed["kind"], changed["replaces_id"]) == ("decided", "change", request["id"])
    assert standing(insured, debtor_id) == ("in_force", "25000.00")
    less = insured.client.post(
        f"/v1/cover-requests/{changed['id']}/changes", json={"amount": {"amount": "8000.00", "currency": "EUR"}}
    )
    insured.run(less.json)
    # We asked for it ourselves: so it is no cut, and there is no notice.
    assert standing(insured, debtor_id) == ("in_force", "8000.00")
    assert insured.alerts() == []
    insured.later(2)
    assert insured.look() == 1


@pytest.mark.parametrize("amount", ["25000.00", "4000.00"])
def test_a_change_whose_answer_was_lost_is_made_once(
    insured: Covering, monkeypatch: pytest.MonkeyPatch, amount: str
) -> None:
    debtor_id, request = insured.asked(FULL)
    sent: list[Any] = []
    really = Atradius.change_cover

    def lost(*arguments: Any) -> Any:
        sent.append(really(*arguments))
        raise SourceDown("atradius", "the answer was lost")

    path, body = f"/v1/cover-requests/{request['id']}/changes", {"amount": {"amount": amount, "currency": "EUR"}}
    change = insured.client.post(path, json=body).json
    with monkeypatch.context() as losing:
        losing.setattr(Atradius, "change_cover", lost)
        assert insured.run(change)["state"] == "sent"
        insured.later(1)
        assert insured.look() == 1
    assert len(sent) == 1
    assert insured.shown(change)["state"] == "decided"
    assert standing(insured, debtor_id) == ("in_force", amount)


def test_a_cover_is_given_back(app: Flask, insured: Covering) -> None:
    debtor_id, request = insured.asked(FULL)
    made = insured.client.post(f"/v1/cover-requests/{request['id']}/withdrawals")
    assert made.status_code == 202, made.text
    assert_documented(app, "post", "/v1/cover-requests/{request_id}/withdrawals", 202, made.json)
    assert insured.run(made.json)["state"] == "decided"
    assert insured.shown(request)["state"] == "withdrawn"
    assert standing(insured, debtor_id) == ("cancelled", "0.00")
    assert insured.alerts() == []
    again = insured.client.post(f"/v1/cover-requests/{request['id']}/withdrawals")
    assert_problem(app, again, 409, "request_followed")
    assert insured.run(insured.ask(debtor_id))["state"] == "decided"
    assert standing(insured, debtor_id) == ("in_force", "10000.00")


def test_what_nobody_decided_is_taken_back_without_a_decision(app: Flask, insured: Covering) -> None:
    debtor_id = insured.debtor(PENDING)
    queued = insured.ask(debtor_id)
    taken = insured.client.post(f"/v1/cover-requests/{queued['id']}/withdrawals")
    assert (taken.status_code, taken.json["state"]) == (200, "withdrawn")
    assert insured.run(queued)["state"] == "withdrawn"
    waiting = insured.run(insured.ask(debtor_id))
    assert waiting["state"] == "pending"
    made = insured.client.post(f"/v1/cover-requests/{waiting['id']}/withdrawals").json
    insured.run(made)
    assert insured.shown(waiting)["state"] == "withdrawn"
    assert standing(insured, debtor_id) == ("not_decided", "0.00")
    assert insured.covers(debtor_id)["decisions"] == []


def test_a_withdrawal_whose_answer_was_lost_is_found_done(insured: Covering, monkeypatch: pytest.MonkeyPatch) -> None:
    debtor_id, request = insured.asked(FULL)
    made = insured.client.post(f"/v1/cover-requests/{request['id']}/withdrawals").json
    really, sent = Atradius.withdraw_cover, []

    def lost(*arguments: Any) -> Any:
        sent.append(really(*arguments))
        raise SourceDown("atradius", "the answer was lost")

    monkeypatch.setattr(Atradius, "withdraw_cover", lost)
    assert insured.run(made)["state"] == "sent"
    insured.later(1)
    insured.look()
    assert (insured.shown(made)["state"], len(sent)) == ("decided", 1)
    assert standing(insured, debtor_id) == ("cancelled", "0.00")


def test_what_cannot_be_asked_is_refused(
    app: Flask, insured: Covering, client_of: Callable[..., FlaskClient], new_seller: Callable[..., Seller]
) -> None:
    debtor_id = insured.debtor(FULL)

    def post(client: FlaskClient = insured.client, **more: Any) -> Any:
        return client.post("/v1/cover-requests", json={**insured.request(debtor_id), **more})

    other = post(amount={"amount": "10.00", "currency": "USD"})
    assert assert_problem(app, other, 422, "bad_input")["errors"][0]["code"] == "other_currency"
    assert_problem(app, post(amount={"amount": "0.00", "currency": "EUR"}), 422, "bad_input")
    assert_problem(app, post(insurance_policy_id=str(uuid4())), 404, "insurance_policy_not_found")
    assert_problem(app, post(debtor_id=str(uuid4())), 404, "debtor_not_found")
    assert_problem(app, post(application_id=str(uuid4())), 404, "application_not_found")
    assert_problem(app, post(client_of("sales", subject="bob@example.com")), 403, "not_allowed")
    foreign = client_of("finance", seller=new_seller())
    assert_problem(app, post(foreign), 404, "debtor_not_found")
    first = post()
    assert first.status_code == 202
    assert_problem(app, post(), 409, "cover_request_open")
    insured.run(first.json)
    assert_problem(app, post(), 409, "cover_stands")
    listed = insured.client.get(
        "/v1/cover-requests", query_string={"debtor_id": str(debtor_id), "state": "decided"}
    ).json
    assert_documented(app, "get", "/v1/cover-requests", 200, listed)
    assert [each["id"] for each in listed["items"]] == [first.json["id"]]
    assert_problem(app, foreign.get(f"/v1/cover-requests/{first.json['id']}"), 404, "cover_request_not_found")


def test_a_request_is_one_by_its_key(insured: Covering) -> None:
    body, headers = insured.request(insured.debtor(FULL)), {"Idempotency-Key": "cover-1"}
    first, again = (insured.client.post("/v1/cover-requests", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json == again.json
    assert insured.rows("SELECT count(*) FROM cover_request") == [(1,)]
