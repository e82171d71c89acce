"""Mail over HTTP: how a person wants it, what became of it, and ending it without a key."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from api.clock import real_now
from api.mail.contents import content
from api.mail.posting import post_due
from api.mail.smtp import Server
from api.mail.tokens import Stream, token_of
from api.records import mails
from api.records.mails import MailRecord, NewMail
from api.worker import MAILS_KEPT, forget_old
from tests.api.mail.test_rendering import FACT
from tests.web_checks import assert_documented, assert_problem

PATH, ANN = "/v1/mail-preferences", "ann@example.com"
DEFAULT = {"language": "en", "kinds": None, "urgent_at_once": True, "digest_hour": 7, "scope": "own"}
WANTED = {"language": "nl", "kinds": ["over_limit"], "urgent_at_once": False, "digest_hour": 16, "scope": "all"}


def test_a_person_says_how_he_wants_mail(app, client_of):
    ann = client_of("finance", subject=ANN)
    read = ann.get(PATH)
    assert_documented(app, "get", PATH, 200, read.json)
    assert read.json == {"subject": ANN, "is_default": True, **DEFAULT}
    put = ann.put(PATH, json=WANTED)
    assert_documented(app, "put", PATH, 200, put.json)
    assert put.json == ann.get(PATH).json == {"subject": ANN, "is_default": False, **WANTED}
    assert client_of("finance", subject="bob@example.com").get(PATH).json["is_default"]


def test_it_is_of_the_person_and_not_of_the_key(client_of, new_seller):
    client_of("finance", subject=ANN).put(PATH, json=WANTED)
    assert client_of("sales", subject="ANN@example.com").get(PATH).json["language"] == "nl"
    assert client_of("finance", subject=ANN, seller=new_seller()).get(PATH).json["is_default"]


@pytest.mark.parametrize("role", ["sales", "integration", "admin"])
def test_all_debtors_are_for_who_may_read_alerts(app, client_of, role):
    client = client_of(role, subject=ANN)
    assert_problem(app, client.put(PATH, json=WANTED), 403, "own_debtors_only")
    assert client.put(PATH, json={**WANTED, "scope": "own"}).status_code == 200


def test_a_machine_gets_no_mail(app, client_of):
    machine = client_of("integration")
    assert_problem(app, machine.get(PATH), 403, "person_needed")
    assert_problem(app, machine.put(PATH, json=WANTED), 403, "person_needed")


def test_every_fault_is_named(app, client_of):
    wrong = {"language": "fr", "kinds": ["no_such"], "urgent_at_once": "perhaps", "digest_hour": 24, "more": 1}
    problem = assert_problem(app, client_of("finance", subject=ANN).put(PATH, json=wrong), 422, "bad_input")
    named = {each["pointer"] for each in problem["errors"]}
    assert named == {"/language", "/kinds/0", "/urgent_at_once", "/digest_hour", "/scope", "/more"}


def test_a_kind_is_named_once(app, client_of):
    twice = {**WANTED, "kinds": ["over_limit", "over_limit"]}
    problem = assert_problem(app, client_of("finance", subject=ANN).put(PATH, json=twice), 422, "bad_input")
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [("/kinds", "repeated")]


@pytest.mark.parametrize("role", ["admin", "finance", "credit_manager"])
def test_what_became_of_mails_is_shown(app, client_of, role, sessions, seller, mailing, mailbox):
    mailbox.at_receiver[ANN] = ["550 no such user\x07"]
    with sessions.of(seller.id) as session:
        for address in (ANN, "bob@example.com"):
            mails.add(session, NewMail(address, "urgent", "en", content(new=[FACT]), True), real_now())
    post_due(mailing, Server(mailing.config.mail))
    client = client_of(role)
    listed = client.get("/v1/mails").json
    assert_documented(app, "get", "/v1/mails", 200, listed)
    assert [(each["address"], each["state"]) for each in listed["items"]] == [
        ("bob@example.com", "sent"),
        (ANN, "parked"),
    ]
    (parked,) = client.get("/v1/mails?state=parked").json["items"]
    assert (parked["fault_code"], parked["fault_detail"]) == ("receiver_refused", "550 no such user")
    assert parked["alert_ids"] == [FACT["alert_id"]]
    assert len(client.get(f"/v1/mails?address={ANN}").json["items"]) == 1
    page = client.get("/v1/mails?limit=1").json
    assert client.get(f"/v1/mails?limit=1&after={page['next']}").json["items"] == [parked]


@pytest.fixture
def parked(sessions, seller, mailing, mailbox):
    """Makes a mail that the server refuses for good; gives its id."""

    def make(made_at=None):
        mailbox.at_receiver[ANN] = ["550 no such user"]
        with sessions.of(seller.id) as session:
            new = NewMail(ANN, "urgent", "en", content(new=[FACT]), True)
            mail_id = mails.add(session, new, made_at or real_now())
        post_due(mailing, Server(mailing.config.mail))
        mailbox.at_receiver.pop(ANN, None)
        return mail_id

    return make


def test_a_person_has_a_parked_mail_sent_again(app, client_of, parked, mailing, mailbox):
    path, admin = f"/v1/mails/{parked()}/resends", client_of("admin", subject="adm@example.com")
    assert_problem(app, client_of("finance").post(path), 403, "person_needed")
    answer = admin.post(path)
    assert answer.status_code == 201, answer.text
    assert_documented(app, "post", "/v1/mails/{mail_id}/resends", 201, answer.json)
    assert (answer.json["state"], answer.json["attempts"], answer.json["resent_by"]) == (
        "waiting",
        0,
        "adm@example.com",
    )
    assert_problem(app, admin.post(path), 409, "mail_not_parked")
    post_due(mailing, Server(mailing.config.mail))
    (message,) = mailbox.of(ANN)
    assert FACT["debtor"] in message["Subject"]
    (sent,) = admin.get(f"/v1/mails?address={ANN}").json["items"]
    assert (sent["state"], sent["attempts"], sent["fault_code"]) == ("sent", 1, None)
    assert_problem(app, admin.post(path), 409, "mail_not_parked")
    assert_problem(app, admin.post(f"/v1/mails/{FACT['alert_id']}/resends"), 404, "mail_not_found")


def test_the_same_request_twice_sends_once(client_of, parked, mailing, mailbox):
    path, admin = f"/v1/mails/{parked()}/resends", client_of("admin", subject="adm@example.com")
    admin.environ_base["HTTP_IDEMPOTENCY_KEY"] = "once"
    first = admin.post(path)
    post_due(mailing, Server(mailing.config.mail))
    assert (admin.post(path).json, len(mailbox.of(ANN))) == (first.json, 1)


def test_what_mails_told_is_erased_after_three_months(app, client_of, parked, house, sessions, seller, mailing):
    old = real_now() - MAILS_KEPT
    parked_id = parked(old - timedelta(days=1))
    with sessions.of(seller.id) as session:
        for made_at in (old - timedelta(days=1), old + timedelta(days=1)):
            told = content(new=[FACT], open=[FACT, FACT], ended=[])
            mails.add(session, NewMail("bob@example.com", "urgent", "en", told, True), made_at)
    post_due(mailing, Server(mailing.config.mail))
    with sessions.of(seller.id) as session:
        waits = mails.add(session, NewMail("late@example.com", "urgent", "en", content(new=[FACT]), True), old)
    for _ in range(2):
        forget_old(house)
    with sessions.of(seller.id) as session:
        kept = {each.id: each for each in session.scalars(select(MailRecord))}
    erased = [each for each in kept.values() if each.erased_at is not None]
    assert sorted(each.address for each in erased) == [ANN, "bob@example.com"]
    assert all("Middenmaat" not in str(each.content) for each in erased)
    assert sum("Middenmaat" in str(each.content) for each in kept.values()) == 2
    assert waits in kept
    admin = client_of("admin", subject="adm@example.com")
    listed = admin.get("/v1/mails").json
    assert_documented(app, "get", "/v1/mails", 200, listed)
    shown = {each["id"]: each["alert_ids"] for each in listed["items"]}
    assert sorted(len(shown[str(each.id)]) for each in erased) == [1, 3]
    assert all(ids == [FACT["alert_id"]] * len(ids) for ids in shown.values())
    assert_problem(app, admin.post(f"/v1/mails/{parked_id}/resends"), 410, "mail_erased")


@pytest.mark.parametrize(
    ("kind", "changed"), [("urgent", {"urgent_at_once": False}), ("digest", {"digest_hour": None})]
)
def test_one_click_ends_one_kind_of_mail(app, client_of, seller, house, kind, changed):
    ann = client_of("finance", subject=ANN)
    ann.put(PATH, json={**DEFAULT, "language": "nl"})
    path = f"/v1/mail-unsubscriptions/{token_of(Stream(seller.id, ANN, kind), house.vault)}"
    anybody = app.test_client()
    page = anybody.get(path)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "Stoppen" in page.text
    assert ann.get(PATH).json["urgent_at_once"]  # Nothing ends by looking: mail programs look at links.
    for _ in range(2):
        done = anybody.post(path, data={"List-Unsubscribe": "One-Click"})
        assert (done.status_code, ANN in done.text) == (200, True)
    assert ann.get(PATH).json == {"subject": ANN, "is_default": False, **DEFAULT, "language": "nl", **changed}


def test_who_never_said_anything_can_end_it_too(app, client_of, seller, house):
    path = f"/v1/mail-unsubscriptions/{token_of(Stream(seller.id, ANN, 'digest'), house.vault)}"
    assert app.test_client().post(path).status_code == 200
    assert client_of("finance", subject=ANN).get(PATH).json["digest_hour"] is None


def test_the_address_in_a_mail_is_the_one_that_works(app, client_of, sessions, seller, mailing, mailbox):
    with sessions.of(seller.id) as session:
        mails.add(session, NewMail(ANN, "urgent", "en", content(new=[FACT]), True), real_now())
    post_due(mailing, Server(mailing.config.mail))
    (message,) = mailbox.of(ANN)
    assert b"\r\nList-Unsubscribe: <https://credit.seller.example/v1/mail-unsubscriptions/" in mailbox.taken[-1][1]
    path = re.fullmatch(r"<https://credit\.seller\.example(/.*)>", message["List-Unsubscribe"])[1]
    assert app.test_client().post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client_of("finance", subject=ANN).get(PATH).json["urgent_at_once"] is False


def test_what_nobody_gave_ends_nothing(app, seller, house, new_seller):
    token = token_of(Stream(seller.id, ANN, "digest"), house.vault)
    of_another_purpose = house.vault.seal('{"seller": "x", "address": "ann@example.com", "kind": "digest"}').decode()
    for wrong in ("x", token[:-4] + "AAAA", token * 20, of_another_purpose, house.vault.seal("text").decode()):
        for method in ("get", "post"):
            answer = getattr(app.test_client(), method)(f"/v1/mail-unsubscriptions/{wrong}")
            assert_problem(app, answer, 404, "not_found")
