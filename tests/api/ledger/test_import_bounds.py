"""Where an import stops, and how what it refused comes back."""

import gzip
import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from api.config import from_environment
from api.records import jobs
from api.records.sellers import Seller
from api.worker import run_job
from tests.api.ledger.files import HEADER, MAPPING, counts, line


@pytest.fixture
def seller(new_seller: Callable[..., Seller]) -> Seller:
    return new_seller(starts_on=date(2026, 6, 1))


@pytest.fixture
def erp(client_of: Callable[..., FlaskClient]) -> FlaskClient:
    return client_of("integration")


def upload(erp: FlaskClient, content: bytes, mapping: Any = MAPPING, **form: Any) -> Any:
    given = mapping if isinstance(mapping, str) else json.dumps(mapping)
    data = {"mapping": given, "file": (io.BytesIO(content), "a.csv"), **form}
    return erp.post("/v1/imports", data=data, content_type="multipart/form-data")


@pytest.fixture
def sent(erp: FlaskClient, house: Any, seller: Seller) -> Callable[..., dict[str, Any]]:
    """Uploads a file and does what the worker does with it; gives the job."""

    def send(content: bytes, mapping: Any = MAPPING) -> dict[str, Any]:
        started = upload(erp, content, mapping).json
        run_job(house, seller.id, UUID(started["job_id"]), is_last=False)
        with house.sessions.of(seller.id) as session:
            job = jobs.get(session, UUID(started["job_id"]))
            assert job is not None
            return {"id": started["import_id"], "state": job.state, "errors": job.errors, "result": job.result}

    return send


def refused(erp: FlaskClient, import_id: str) -> bytes:
    return erp.get(f"/v1/imports/{import_id}/refusals", headers={"Accept": "text/csv"}).data


def test_a_small_file_that_unpacks_to_a_large_one_is_read_to_the_bound_only(importing):
    packed = gzip.compress((HEADER + "".join(line(each) for each in range(3000)) + "0" * 1_000_000).encode())
    report = importing(packed, unpacked_bytes_max=500_000)
    assert report.failure["code"] == "unpacked_too_large"
    assert 0 < report.taken_count <= 3000
    assert importing(packed).failure is None


def test_the_bound_of_unpacking_follows_that_of_uploads_unless_it_is_set():
    assert from_environment({}).unpacked_bytes_max == 5_000_000_000
    assert from_environment({"CREDITGATE_IMPORT_BYTES_MAX": "1000"}).unpacked_bytes_max == 20_000
    assert from_environment({"CREDITGATE_UNPACKED_BYTES_MAX": "7"}).unpacked_bytes_max == 7


def test_an_import_stops_after_too_many_refused_lines_and_keeps_no_more_of_them(sessions, sent, seller, monkeypatch):
    monkeypatch.setattr("api.ledger.taking.REFUSED_LINES_MAX", 10)
    monkeypatch.setattr("api.ledger.sources.BATCH_LINES", 8)
    bad = "".join(line(each, bedrag="x") for each in range(40))
    job = sent((HEADER + line(99) + bad).encode())
    assert (job["state"], job["errors"][0]["code"]) == ("failed", "too_many_refusals")
    assert (job["result"]["state"], job["result"]["taken_count"], job["result"]["refused_count"]) == ("failed", 1, 15)
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(DISTINCT line) FROM import_refusal")) == 10


def test_the_job_of_a_file_that_cannot_be_read_fails_and_says_why(sent):
    job = sent(b"a;b\n")
    assert (job["state"], job["errors"][0]["code"]) == ("failed", "columns_differ")
    assert job["result"]["state"] == "failed"


CASES = {
    "too few columns": line(1)[:-5] + "\n",
    "too many columns": line(1).replace(";nee", ";nee;nee"),
    "an open quote": line(1).replace("Bakkerij 1", '"Bakkerij'),
    "a quoted delimiter": line(1, bedrag="x").replace("Bakkerij 1", '"Bakkerij ""De; Oever"""'),
    "a quoted line end": line(1, bedrag="x").replace("Bakkerij 1", '"Bakkerij\nDe Oever"'),
    "NUL": line(1).replace("Bakkerij", "Bak\0kerij"),
}


@pytest.mark.parametrize("bad", CASES.values(), ids=list(CASES))
def test_what_was_refused_comes_back_as_it_was_and_unchanged_is_refused_again(erp, sent, bad):
    content = (HEADER + line(8) + bad + line(9) + line(10, bedrag="x")).encode()
    first = sent(content)
    back = refused(erp, first["id"])
    assert (first["result"]["taken_count"], first["result"]["refused_count"]) == (2, 2)
    assert bad.replace("\0", "\ufffd").encode() in back
    again = sent(back)
    assert (again["result"]["taken_count"], again["result"]["refused_count"]) == (0, 2)


@pytest.mark.parametrize(("encoding", "lost"), [("utf-8", b"\xe9"), ("windows-1252", b"\x81"), ("ascii", b"\xe9")])
def test_lines_come_back_in_the_encoding_of_the_mapping_and_lost_letters_stay_refused(erp, sent, encoding, lost):
    mapping = {**MAPPING, "encoding": encoding}
    name = "Caf" if encoding == "ascii" else "Café"
    good = line(1, bedrag="x").replace("Bakkerij", name).encode(encoding)
    first = sent(HEADER.encode() + good + line(2).encode().replace(b"Bakkerij", b"Bak" + lost), mapping)
    back = refused(erp, first["id"])
    assert good in back
    again = sent(back.replace(b";x;", b";1,00;"), mapping)
    assert (again["result"]["taken_count"], again["result"]["refused_count"]) == (1, 1)


def test_without_a_header_the_lines_come_back_alone(erp, sent):
    mapping = {
        **MAPPING,
        "header": False,
        "columns": {"debtor_reference": "1", "invoice_number": "2", "invoiced_on": "3", "due_on": "4", "amount": "5"},
    }
    bad = b"1;F1;1-3-2026;31-3-2026;x\n"
    assert refused(erp, sent(b"1;F0;1-3-2026;31-3-2026;5,00\n" + bad, mapping)["id"]) == bad


@pytest.mark.parametrize(
    "mapping",
    [
        *("[1]", "- a: b", "a: [", "text", "# nothing", "a: &a [1]\nb: *a", '{"columns": {"amount": "\\u0000"}}'),
        *('{"constants": {"country": "\\ud800"}}', "format: 2026-01-01", "derived: {due_on: {from: 2026-01-01}}"),
        *("constants: {country: NO}", "derived: [2026-01-01]"),
    ],
)
def test_a_mapping_that_is_none_is_refused_and_breaks_nothing(erp, mapping):
    answer = upload(erp, b"x\n", mapping)
    assert answer.status_code == 422, answer.data
    assert answer.json["errors"][0]["pointer"].startswith("/mapping")


def test_a_file_name_that_cannot_be_kept_is_refused(erp):
    answer = upload(erp, b"x\n", file_name="a\0b.csv")
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/file_name")


@pytest.mark.parametrize(("country", "hint"), [("UK", "use GB"), ("XX", "ISO 3166"), ("nl", "use NL")])
def test_only_a_country_that_exists_is_taken(importing, erp, country, hint):
    report = importing(HEADER + line(1), {**MAPPING, "constants": {**MAPPING["constants"], "country": country}})
    assert (counts(report), report.refusals[0].code) == ((0, 0, 1), "not_a_country")
    assert hint in report.refusals[0].detail
    answer = erp.post("/v1/debtors", json={"name": "x", "country": country})
    assert answer.status_code == 422
    assert hint in answer.json["errors"][0]["detail"]
