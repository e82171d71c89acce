"""Lists page without losing or doubling a row, whatever their keys are."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from api.records.secrets import SecretRecord
from tests.web_checks import assert_problem

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def things(house, seller) -> list[str]:
    """Ten rows of which several share the first key, in the order of both."""
    with house.sessions.of(seller.id) as session:
        for number in range(10):
            changed_at = START + timedelta(microseconds=number // 3)
            session.add(SecretRecord(name=f"thing {number}", ciphertext=b"", changed_at=changed_at))
    return [f"thing {number}" for number in range(10)]


@pytest.mark.parametrize("limit", [1, 3, 9, 10, 11])
def test_the_pages_together_are_the_list(client_of, things, limit):
    client, seen, after = client_of("sales"), [], ""
    while after is not None:
        page = client.get(f"/v1/things?limit={limit}" + (f"&after={after}" if after else "")).json
        assert 0 < len(page["items"]) <= limit
        seen += page["items"]
        after = page["next"]
    assert seen == things


def test_a_row_that_comes_in_meanwhile_moves_no_other(client_of, things, house, seller):
    client = client_of("sales")
    first = client.get("/v1/things?limit=5").json
    with house.sessions.of(seller.id) as session:
        session.add(SecretRecord(name="earlier", ciphertext=b"", changed_at=START - timedelta(1)))
    second = client.get(f"/v1/things?limit=200&after={first['next']}").json
    assert first["items"] + second["items"] == things


def test_an_empty_list_is_one_empty_page(client_of):
    assert client_of("sales").get("/v1/things").json == {"items": [], "next": None}


@pytest.mark.parametrize("rows", [50, 51])
def test_a_page_has_50_rows_unless_told_otherwise(client_of, house, seller, rows):
    with house.sessions.of(seller.id) as session:
        session.add_all(SecretRecord(name=f"{n:03}", ciphertext=b"", changed_at=START) for n in range(rows))
    page = client_of("sales").get("/v1/things").json
    assert (len(page["items"]), page["next"] is None) == (50, rows == 50)


@pytest.mark.parametrize(
    "values",
    [
        None,
        7,
        {},
        [],
        ["2026-01-01"],
        ["2026-01-01T00:00:00+00:00", "a", "b"],
        ["nonsense", "a"],
        [7, "a"],
        ["2026-01-01T00:00:00+00:00", "a\0"],
        ["2026-01-01T00:00:00+00:00", "\ud800"],
    ],
)
def test_a_cursor_of_another_list_is_refused(app, client_of, values):
    cursor = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
    problem = assert_problem(app, client_of("sales").get(f"/v1/things?after={cursor}"), 422, "bad_input")
    assert [fault["code"] for fault in problem["errors"]] == ["bad_cursor"]


@pytest.mark.parametrize("cursor", ["x", "!!!!", "AAAA", "é", "%20"])
def test_a_cursor_that_is_none_is_refused(app, client_of, cursor):
    assert_problem(app, client_of("sales").get(f"/v1/things?after={cursor}"), 422, "bad_input")
