"""Documents over HTTP: taken by their bytes, stored once, given back as files, and seen by nobody else."""

import io
import zipfile
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from api.acceptance.documents_kinds import EXTENSIONS, FILE_NAME_LENGTH_MAX, Unfit, clean_name, media_type_of
from api.records import debtors
from api.records.sellers import Seller
from api.wiring import House
from tests.web_checks import assert_documented, assert_problem

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
TOLD = {"type": "delivery_note", "source": "the carrier", "dated_on": "2026-02-03"}


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return buffer.getvalue()


DOCX = zipped(**{"word__document.xml": "<w/>"})
ODT = zipped(mimetype="application/vnd.oasis.opendocument.text")


@pytest.fixture
def finance(client_of: Callable[..., FlaskClient]) -> FlaskClient:
    return client_of("finance", subject="ann@example.com")


def send(client: FlaskClient, content: bytes, *, kind: str = "", name: str = "note.pdf", **told: Any) -> Any:
    query = {**TOLD, "file_name": name, **told}
    return client.post("/v1/documents", query_string=query, data=content, content_type=kind or None)


@pytest.fixture
def debtor_id(house: House, seller: Seller) -> str:
    from api.records.identities import Reference

    with house.sessions.of(seller.id) as session:
        now, names = house.clock.now(seller), [Reference("erp", "1001")]
        values = {"name": "Buyer B.V.", "country": "NL"}
        return str(debtors.add(session, values, phase="acceptance", names=names, now=now).id)


def test_a_document_is_stored_and_given_back_as_it_came(app: Flask, finance: FlaskClient) -> None:
    made = send(finance, PDF, kind="application/pdf", name="C:\\scans\\..\\note 1.pdf")
    assert made.status_code == 201, made.text
    assert_documented(app, "post", "/v1/documents", 201, made.json)
    assert made.json["sha256"] == sha256(PDF).hexdigest()
    assert (made.json["file_name"], made.json["media_type"]) == ("note 1.pdf", "application/pdf")
    assert (made.json["size_bytes"], made.json["added_by"]) == (len(PDF), "ann@example.com")
    path = f"/v1/documents/{made.json['id']}"
    shown = finance.get(path)
    assert shown.json == made.json
    assert_documented(app, "get", "/v1/documents/{document_id}", 200, shown.json)
    fetched = finance.get(f"{path}/content")
    assert fetched.data == PDF
    assert fetched.headers["Content-Disposition"] == 'attachment; filename="note 1.pdf"'
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"


def test_the_same_bytes_are_one_document(finance: FlaskClient, client_of: Callable[..., FlaskClient]) -> None:
    first = send(finance, PDF)
    again = send(client_of("sales", subject="bob@example.com"), PDF, name="other.pdf")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert len(finance.get("/v1/documents").json["items"]) == 1


def test_what_is_told_otherwise_of_the_same_bytes_is_not_dropped_unseen(
    app: Flask, finance: FlaskClient, debtor_id: str
) -> None:
    first = send(finance, PDF)
    other = {"type": "order", "source": "elsewhere", "dated_on": "2026-02-04", "debtor_id": debtor_id}
    problem = assert_problem(app, send(finance, PDF, **other), 409, "document_known")
    assert first.json["id"] in problem["detail"]
    assert {each["pointer"] for each in problem["errors"]} == {f"/{name}" for name in other}
    assert "Kept as delivery_note." in {each["detail"] for each in problem["errors"]}


def test_a_form_is_taken_as_a_body_is_and_once_by_its_key(finance: FlaskClient, debtor_id: str) -> None:
    def form(**more: str) -> Any:
        data = {**TOLD, "debtor_id": debtor_id, "file": (io.BytesIO(PNG), "foto.png", "image/png"), **more}
        headers = {"Idempotency-Key": "one"}
        return finance.post("/v1/documents", data=data, content_type="multipart/form-data", headers=headers)

    first, again = form(), form()
    assert (first.status_code, first.json["debtor_id"], first.json["file_name"]) == (201, debtor_id, "foto.png")
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert form(source="another").json["code"] == "idempotency_key_reused"


def test_a_debtor_is_named_by_our_id_or_by_the_callers_own(app: Flask, finance: FlaskClient, debtor_id: str) -> None:
    made = send(finance, PDF, debtor_system="erp", debtor_value="1001")
    assert made.json["debtor_id"] == debtor_id
    send(finance, PNG, name="x.png", type="order")
    listed = finance.get("/v1/documents", query_string={"debtor_id": debtor_id, "type": "delivery_note"}).json
    assert_documented(app, "get", "/v1/documents", 200, listed)
    assert [each["id"] for each in listed["items"]] == [made.json["id"]]
    assert finance.get(f"/v1/documents?debtor_id={debtor_id}&type=order").json["items"] == []
    assert_problem(app, send(finance, DOCX, debtor_id=str(uuid4())), 404, "debtor_not_found")
    assert_problem(app, send(finance, DOCX, debtor_system="erp", debtor_value="9"), 404, "debtor_not_found")


def test_every_fault_is_named(app: Flask, finance: FlaskClient) -> None:
    answer = send(finance, PDF, type="secret", source=" ", dated_on="2026-02-30", debtor_system="erp")
    faults = {each["pointer"]: each["code"] for each in assert_problem(app, answer, 422, "bad_input")["errors"]}
    assert faults == {"/type": "not_a_choice", "/source": "empty", "/dated_on": "not_a_date"}
    ahead = send(finance, b"MZ", type="secret", dated_on="2199-01-01")
    faults = {each["pointer"]: each["code"] for each in assert_problem(app, ahead, 422, "bad_input")["errors"]}
    assert faults == {"/type": "not_a_choice", "/dated_on": "in_the_future", "/file": "executable"}
    unknown = finance.post("/v1/documents", data={**TOLD, "colour": "red"}, content_type="multipart/form-data")
    told = {each["pointer"] for each in assert_problem(app, unknown, 422, "bad_input")["errors"]}
    assert told == {"/colour", "/file"}


def test_what_is_too_large_is_refused(app: Flask, finance: FlaskClient) -> None:
    assert send(finance, PDF + bytes(10_000_000 - len(PDF))).status_code == 201
    assert_problem(app, send(finance, PDF + bytes(10_000_001 - len(PDF))), 413, "too_large")
    assert_problem(app, send(finance, bytes(10_200_000)), 413, "too_large")


def test_html_is_only_ever_bytes_to_save(finance: FlaskClient) -> None:
    made = send(finance, b"<!DOCTYPE html><script>alert(1)</script>", kind="text/html", name="mail.html").json
    assert made["media_type"] == "text/html"
    fetched = finance.get(f"/v1/documents/{made['id']}/content")
    assert fetched.content_type == "application/octet-stream"
    assert fetched.headers["Content-Disposition"].startswith("attachment")


def test_nobody_else_sees_it(
    app: Flask, finance: FlaskClient, client_of: Callable[..., FlaskClient], new_seller: Callable[..., Seller]
) -> None:
    made = send(finance, PDF).json
    other = client_of("finance", seller=new_seller())
    for path in (f"/v1/documents/{made['id']}", f"/v1/documents/{made['id']}/content"):
        assert_problem(app, other.get(path), 404, "document_not_found")
        assert_problem(app, client_of("sales").get(path), 403, "not_allowed")
    assert other.get("/v1/documents").json["items"] == []
    assert send(other, PDF).status_code == 201


@pytest.mark.parametrize(
    ("content", "claimed", "name", "expected"),
    [
        (PDF, "", "x", "application/pdf"),
        (PDF, "application/pdf", "x.pdf", "application/pdf"),
        (PDF, "application/octet-stream", "x.pdf", "application/pdf"),
        (PNG, "image/png", "x.png", "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(9), "image/jpg", "x.jpg", "image/jpeg"),
        (b"MM\x00*" + bytes(9), "", "x.tif", "image/tiff"),
        (DOCX, "", "x.docx", next(each for each in EXTENSIONS if each.endswith("wordprocessingml.document"))),
        (ODT, "", "x.odt", "application/vnd.oasis.opendocument.text"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Invoice/>", "text/xml", "x.xml", "application/xml"),
        (b"  <HTML><body>", "", "x.htm", "text/html"),
        (b"a;b\n1;2\n", "text/csv", "x.csv", "text/csv"),
        (b'{"a": 1}', "application/json", "x.json", "application/json"),
        (b"From: ann@example.com\r\nTo: bob@example.com\r\n\r\nHi", "message/rfc822", "x.eml", "message/rfc822"),
        (b"De levering is akkoord.\n", "text/plain", "x.txt", "text/plain"),
        (PDF, "image/png", "x.png", "not_what_it_claims"),
        (PDF, "text/plain", "x.txt", "not_what_it_claims"),
        (b"<html>", "text/plain", "x.txt", "not_what_it_claims"),
        (b"plain", "application/pdf", "x.pdf", "not_what_it_claims"),
        (b"no headers", "message/rfc822", "x.eml", "not_what_it_claims"),
        (b"", "", "x.pdf", "empty"),
        (b"MZ\x90\x00", "", "x.pdf", "executable"),
        (b"\x7fELF\x02", "application/pdf", "x.pdf", "executable"),
        (b"#!/bin/sh\nrm -rf /\n", "text/plain", "x.txt", "executable"),
        (b"del *.*", "text/plain", "x.bat", "executable"),
        (PDF, "application/pdf", "invoice.pdf.exe ", "executable"),
        (zipped(**{"word__document.xml": "", "word__vbaProject.bin": "x"}), "", "x.docx", "executable"),
        (zipped(**{"META-INF__MANIFEST.MF": ""}), "", "x.zip", "archive"),
        (zipped(mimetype="application/epub+zip"), "", "x.epub", "archive"),
        (b"PK\x03\x04 and no more", "", "x.docx", "unknown_kind"),
        (b"\x00\x01\x02", "", "x.bin", "unknown_kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", "x.doc", "unknown_kind"),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, claimed: str, name: str, expected: str) -> None:
    try:
        told = media_type_of(content, claimed, name)
    except Unfit as unfit:
        told = unfit.code
    assert told == expected


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\a\\b.PDF", "b.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("\u202efdp.exe\u202c", "fdp.exe.pdf"),
        ("facture é.pdf", "facture é.pdf"),
        ('say "hi".pdf', "say hi.pdf"),
        ("page.html", "page.html.pdf"),
    ],
)
def test_a_name_is_cleaned(name: str, kept: str) -> None:
    assert clean_name(name, "application/pdf") == kept


@given(name=st.text(), kind=st.sampled_from(sorted(EXTENSIONS)))
def test_no_name_leads_out_of_its_folder_or_hides_its_ending(name: str, kind: str) -> None:
    kept = clean_name(name, kind)
    assert not set(kept) & set('/\\<>:"|?*\r\n\x00')
    assert kept.lower().endswith(EXTENSIONS[kind])
    assert not kept.startswith(".")
    assert len(kept) <= FILE_NAME_LENGTH_MAX + 5
    assert clean_name(kept, kind) == kept


class TestSeveralDebtors:
    PATH = "/v1/documents/{document_id}/debtors"

    @pytest.fixture
    def members(self, house: House, seller: Seller) -> list[str]:
        with house.sessions.of(seller.id) as session:
            now = house.clock.now(seller)
            values = {"country": "NL"}
            add = lambda: debtors.add(session, values, phase="acceptance", names=[], now=now)  # noqa: E731
            return [str(add().id) for _ in range(2)]

    def secured(self, client: FlaskClient, debtor_id: str, document_id: str) -> int:
        body = {"kind": "pledge", "document_id": document_id}
        return client.post(f"/v1/debtors/{debtor_id}/securities", json=body).status_code

    def test_one_paper_is_evidence_of_each_debtor_that_it_names(
        self, app: Flask, finance: FlaskClient, debtor_id: str, members: list[str]
    ) -> None:
        made = send(finance, PDF, debtor_id=debtor_id).json
        path = self.PATH.format(document_id=made["id"])
        assert [self.secured(finance, each, made["id"]) for each in members] == [422, 422]
        named = finance.post(path, json={"debtor_id": members[0]})
        assert named.status_code == 201, named.text
        assert_documented(app, "post", self.PATH, 201, named.json)
        assert (named.json["debtor_id"], named.json["also_debtor_ids"]) == (debtor_id, members[:1])
        assert [self.secured(finance, each, made["id"]) for each in (debtor_id, *members)] == [201, 201, 422]
        for each in (debtor_id, members[0]):
            listed = finance.get(f"/v1/documents?debtor_id={each}").json["items"]
            assert [one["id"] for one in listed] == [made["id"]]
        assert finance.get(f"/v1/documents?debtor_id={members[1]}").json["items"] == []
        assert len(finance.get("/v1/documents").json["items"]) == 1

    def test_a_paper_that_names_a_debtor_names_the_one_it_is_merged_into(
        self, finance: FlaskClient, debtor_id: str, members: list[str]
    ) -> None:
        made = send(finance, PDF, debtor_id=debtor_id).json
        finance.post(self.PATH.format(document_id=made["id"]), json={"debtor_id": members[0]})
        merged = finance.post(f"/v1/debtors/{members[1]}/merges", json={"merged_debtor_id": members[0]})
        assert merged.status_code == 201, merged.text
        assert self.secured(finance, members[1], made["id"]) == 201

    def test_who_is_named_already_is_told_so(self, finance: FlaskClient, debtor_id: str, members: list[str]) -> None:
        made = send(finance, PDF, debtor_id=debtor_id).json
        path = self.PATH.format(document_id=made["id"])
        first = {"debtor_reference": {"system": "erp", "value": "1001"}}
        assert finance.post(path, json=first).status_code == 200
        answers = [finance.post(path, json={"debtor_id": members[0]}) for _ in range(2)]
        assert [each.status_code for each in answers] == [201, 200]
        assert answers[0].json == answers[1].json
        keyed = [finance.post(path, json={"debtor_id": members[1]}, headers={"Idempotency-Key": "k"}) for _ in "ab"]
        assert [each.status_code for each in keyed] == [201, 201]

    def test_whom_nobody_knows_no_paper_names(self, app: Flask, finance: FlaskClient, debtor_id: str) -> None:
        made = send(finance, PDF, debtor_id=debtor_id).json
        path = self.PATH.format(document_id=made["id"])
        assert_problem(app, finance.post(path, json={"debtor_id": str(uuid4())}), 404, "debtor_not_found")
        nowhere = self.PATH.format(document_id=uuid4())
        assert_problem(app, finance.post(nowhere, json={"debtor_id": debtor_id}), 404, "document_not_found")
        for body in ({}, 1, None, [], "x"):
            assert_problem(app, finance.post(path, json=body), 422, "bad_input")
