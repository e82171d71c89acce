"""Notices of vendors: who may send, what is kept, that a repeat changes nothing, and what becomes of what is told."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from api.records import watches
from api.records.identities import OfficialNumber
from api.records.watches import Watch
from api.worker import run_job
from tests.web_checks import assert_documented, assert_problem

DUNS = "490000017"
ELEMENT = "organization.legalEvents.hasBankruptcy"


def notice(duns=DUNS, element=ELEMENT, at="2026-03-01T12:00:00Z", current=True):
    told = {"element": element, "previous": False, "current": current, "timestamp": at}
    return json.dumps({"type": "UPDATE", "organization": {"duns": duns}, "elements": [told]}).encode()


@pytest.fixture
def office(client_of):
    return client_of("admin")


@pytest.fixture
def address(office):
    made = office.post("/v1/notice-addresses", json={"provider": "dnb"})
    assert made.status_code == 201, made.text
    return made.json["path"]


@pytest.fixture
def stranger(app):
    """Sends as vendors do: with no key."""
    return app.test_client()


@pytest.fixture
def watched(followed, sessions, seller):
    debtor_id = followed("90000001")
    with sessions.of(seller.id) as session:
        number = OfficialNumber("duns", "US", DUNS)
        watches.keep(session, debtor_id, Watch("dnb", "watched", number, datetime(2026, 1, 1, tzinfo=UTC)))
    return debtor_id


@pytest.fixture
def work(house, sessions, seller):
    """Does the jobs that read notices, and gives how they ended."""

    def do():
        query = text("SELECT id FROM job WHERE kind = 'notice' AND state = 'queued' ORDER BY id")
        with sessions.of(seller.id) as session:
            ids = list(session.scalars(query))
        for job_id in ids:
            run_job(house, seller.id, job_id, is_last=True)
        with sessions.of(seller.id) as session:
            states = text("SELECT state FROM job WHERE id = ANY(:ids) ORDER BY id")
            return list(session.scalars(states, {"ids": ids}))

    return do


def test_a_bankruptcy_that_is_told_stops_supply_and_a_repeat_changes_nothing(
    app, office, stranger, address, watched, *, work, minute, open_alerts, house, seller
):
    taken = stranger.post(address, data=notice())
    assert (taken.status_code, taken.json) == (202, {"state": "received"})
    assert_documented(app, "POST", "/v1/notices/{provider}/{token}", 202, taken.json)
    assert work() == ["succeeded"]
    assert open_alerts() == [("insolvency_event", str(watched))]
    assert stranger.post(address, data=notice()).status_code == 202
    assert work() == []
    listed = office.get("/v1/notices")
    assert_documented(app, "GET", "/v1/notices", 200, listed.json)
    assert [(each["state"], each["changes_count"]) for each in listed.json["items"]] == [("read", 1)]
    minute()
    with house.sessions.of(seller.id) as session:
        assert session.scalars(text("SELECT kind FROM hold")).all() == ["stop_supply"]


def test_the_same_change_in_another_notice_is_one_change(office, stranger, address, watched, work, open_alerts):
    stranger.post(address, data=notice())
    stranger.post(address, data=notice() + b"\n")
    assert work() == ["succeeded", "succeeded"]
    assert [each["changes_count"] for each in office.get("/v1/notices").json["items"]] == [0, 1]
    assert open_alerts() == [("insolvency_event", str(watched))]


def test_what_is_told_of_companies_that_nobody_watches_is_not_kept(stranger, address, watched, work, erp, open_alerts):
    stranger.post(address, data=notice(duns="490000025"))
    assert work() == ["succeeded"]
    assert erp.get("/v1/source-changes").json["items"] == []
    assert open_alerts() == []


def test_an_unreadable_notice_is_kept_and_told_of_until_it_can_be_read(
    app, office, stranger, address, watched, work, open_alerts, monkeypatch
):
    stranger.post(address, data=b"this is no notice")
    assert work() == ["failed"]
    (kept,) = office.get("/v1/notices?state=unreadable").json["items"]
    assert kept["fault"] == "line 1 is no JSON"
    assert open_alerts() == [("notice_unreadable", kept["id"])]
    monkeypatch.setattr("providers.dnb.notifications.Files.read", lambda *_: ())
    again = office.post("/v1/notice-readings", json={"notice_id": kept["id"]})
    assert again.status_code == 202
    assert_documented(app, "POST", "/v1/notice-readings", 202, again.json)
    assert work() == ["succeeded"]
    assert open_alerts() == []
    assert_problem(app, office.post("/v1/notice-readings", json={"notice_id": kept["id"]}), 409, "notice_read")


@pytest.mark.parametrize(
    "change", ["another secret", "another seller", "another vendor", "no token", "not hexadecimal"]
)
def test_whoever_has_not_the_token_is_told_nothing(app, stranger, address, change, sessions, seller):
    secret = address.rpartition("/")[2]
    path = {
        "another secret": f"/v1/notices/dnb/{secret[:32]}{'0' * 64}",
        "another seller": f"/v1/notices/dnb/{uuid4().hex}{secret[32:]}",
        "another vendor": f"/v1/notices/creditsafe/{secret}",
        "no token": "/v1/notices/dnb/x",
        "not hexadecimal": f"/v1/notices/dnb/{'z' * 96}",
    }[change]
    assert_problem(app, stranger.post(path, data=notice()), 404, "not_found")
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM notice")) == 0


def test_a_notice_has_content_and_a_bound(app, stranger, address, config):
    assert_problem(app, stranger.post(address, data=b""), 422, "empty_notice")
    assert stranger.post(address, data=b"x" * (config.body_bytes_max + 1)).status_code == 413


def test_a_new_address_leaves_the_old_one_a_day_and_an_ended_one_none(app, office, stranger, address, sessions, seller):
    new = office.post("/v1/notice-addresses", json={"provider": "dnb"})
    assert_documented(app, "POST", "/v1/notice-addresses", 201, new.json)
    for path in (address, new.json["path"]):
        assert stranger.post(path, data=path.encode()).status_code == 202
    items = office.get("/v1/notice-addresses").json["items"]
    assert [each["ends_at"] is None for each in items] == [True, False]
    assert "path" not in items[0]
    ended = office.post(f"/v1/notice-addresses/{new.json['id']}/revocations")
    assert_documented(app, "POST", "/v1/notice-addresses/{address_id}/revocations", 200, ended.json)
    assert stranger.post(new.json["path"], data=b"later").status_code == 404
    with sessions.of(seller.id) as session:
        session.execute(
            text("UPDATE notice_address SET ends_at = ends_at - interval '1 day' WHERE ends_at IS NOT NULL")
        )
    assert stranger.post(address, data=b"later").status_code == 404


def test_a_token_is_shown_once_and_kept_nowhere(office, sessions, seller):
    headers = {"Idempotency-Key": "once"}
    made, repeated = (
        office.post("/v1/notice-addresses", json={"provider": "dnb"}, headers=headers).json for _ in range(2)
    )
    assert repeated == {**made, "path": None}
    secret = made["path"].rpartition("/")[2][32:]
    with sessions.of(seller.id) as session:
        kept = session.execute(text("SELECT row_to_json(a)::text FROM notice_address a")).all()
    assert UUID(made["id"])
    assert secret not in str(kept)


def test_an_address_is_made_only_for_whom_we_can_read(app, office):
    problem = assert_problem(
        app, office.post("/v1/notice-addresses", json={"provider": "creditsafe"}), 422, "bad_input"
    )
    assert problem["errors"][0]["code"] == "not_a_sender"
