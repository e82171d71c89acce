"""How a call behaves over real sockets, whatever the other side does."""

import gzip
import logging
import socket
import tracemalloc
from decimal import Decimal

import pytest
import requests
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.errors import NotUnderstood, SourceDown, SourceError, SourceLate, SourceRefused
from providers.http import Reply, Request
from providers.memory import LocalMemory
from tests.providers.vendor import ASK, answers, line_to, sends, slowly, vendor

BOMB = gzip.compress(gzip.compress(b"0" * 200_000_000))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"


def test_nobody_listening_is_down():
    with socket.create_server(("127.0.0.1", 0)) as closing:
        address = f"http://127.0.0.1:{closing.getsockname()[1]}"
    with pytest.raises(SourceDown) as failure:
        line_to(address).send(ASK)
    assert type(failure.value) is SourceDown


def test_a_host_without_an_address_is_down():
    with pytest.raises(SourceDown):
        line_to("http://nowhere.invalid", seconds=3).send(ASK)


JSON_200 = {"Content-Type": "application/json"}
TELLING = [
    ("cut in the body", sends(HEAD + b"{"), SourceDown),
    ("cut in the head", sends(b"HTTP/1.1 200 OK\r\nContent-"), SourceDown),
    ("nothing at all", sends(b""), SourceDown),
    ("not HTTP", sends(b"SSH-2.0-OpenSSH_9.6\r\n"), SourceDown),
    ("a header that never ends", sends(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n"), SourceDown),
    ("broken JSON", answers(b'{"a": 1'), NotUnderstood),
    ("a page", answers(b"<html>Login</html>"), SourceDown),
    ("a page after a comment", answers(b"\xef\xbb\xbf\n<!-- x --><HTML>"), SourceDown),
    ("a page of which the header tells", answers(b"<h1>Sorry", headers={"Content-Type": "text/html"}), SourceDown),
    ("no page", answers(b"<report/>", headers={"Content-Type": "text/xml"}), NotUnderstood),
    ("half a document that says it is a page", answers(b'{"a"', headers={"Content-Type": "text/html"}), NotUnderstood),
    ("another encoding", answers('{"a": "é"}'.encode("latin-1")), NotUnderstood),
    ("a NUL", answers(b'{"a": ["x\\u0000"]}'), NotUnderstood),
    ("a NUL in a name", answers(b'{"a\\u0000": 1}'), NotUnderstood),
    ("half a character", answers(b'"\\ud800"'), NotUnderstood),
    ("too deep", answers(b"[" * 5000 + b"]" * 5000), NotUnderstood),
    ("a redirect to no address", answers(b"", 301, headers={"Location": "a://[A"}), NotUnderstood),
    ("a redirect with a huge body", answers(b"a" * 9_000_000, 302, headers={"Location": "//["}), NotUnderstood),
    ("no gzip", answers(b"{}", headers={"Content-Encoding": "gzip"}), NotUnderstood),
    ("a huge body", answers(b"[" + b"1," * 600_000 + b"1]"), NotUnderstood),
    ("500", answers(b"{}", 500), SourceDown),
    ("503 as a page", answers(b"<html>", 503), SourceDown),
    ("401", answers(b"{}", 401), SourceRefused),
    ("403", answers(b"{}", 403), SourceRefused),
    ("400", answers(b"{}", 400), NotUnderstood),
    ("404 that nobody expects", answers(b"{}", 404), NotUnderstood),
]


@pytest.mark.parametrize(("behaviour", "kind"), [each[1:] for each in TELLING], ids=[each[0] for each in TELLING])
def test_what_cannot_be_used_is_the_error_it_means(behaviour, kind):
    with vendor(behaviour) as telling, pytest.raises(SourceError) as failure:
        line_to(telling.address, answer_bytes_max=1_000_000).send(ASK)
    assert type(failure.value) is kind


@pytest.mark.parametrize(
    ("body", "document"),
    [(b"", None), (b" \n", None), (b'{"a": [1]}', {"a": [1]}), (b'"\\\\u0000"', "\\u0000"), (b"[]", [])],
)
def test_what_can_be_read_is_read(body, document):
    with vendor(answers(body)) as telling:
        assert line_to(telling.address).send(ASK).document == document


@pytest.mark.parametrize(
    ("what", "status", "body"),
    [
        ({"cost": (Decimal("0.02"), "EUR")}, 200, None),  # What is read again for so little is not worth keeping.
        ({"repeatable": False}, 200, b"<report/>"),  # By a contract whose prices nobody told.
        ({"repeatable": False}, 404, None),
        ({"repeatable": False, "method": "POST", "json": {}}, 200, None),  # What is ordered is read by another call.
        ({}, 200, None),  # A free search, or a sign-in, whose answer may hold a token.
    ],
)
def test_a_body_that_nobody_can_read_is_handed_on_only_where_it_is_what_was_paid_for(what, status, body):
    with vendor(answers(b"<report/>", status)) as telling, pytest.raises(NotUnderstood) as failure:
        line_to(telling.address).send(Request("ask", "/", expect=(200, 404), **what))
    assert failure.value.body == body


@pytest.mark.parametrize("inner", [b"1", b'"\\u0000"'])
@pytest.mark.parametrize("depth", [300, 600, 1020, 5000])
def test_a_document_that_nobody_could_walk_through_is_not_understood(depth, inner):
    """Not kept either: what cannot be read is not even to be encoded again."""
    for body in (b"[" * depth + inner + b"]" * depth, b'{"a":' * depth + inner + b"}" * depth):
        with vendor(answers(body)) as telling, pytest.raises(NotUnderstood):
            line_to(telling.address).send(ASK)


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip"])
def test_a_gzip_bomb_is_refused_before_it_has_unpacked(encoding):
    packed = BOMB if encoding == "gzip, gzip" else gzip.decompress(BOMB)
    with vendor(answers(packed, headers={"Content-Encoding": encoding})) as telling:
        tracemalloc.start()
        with pytest.raises(NotUnderstood, match="larger than"):
            line_to(telling.address, seconds=20, answer_bytes_max=1_000_000).send(ASK)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 20_000_000


def test_gzip_is_read():
    with vendor(answers(gzip.compress(b'{"a": 1}'), headers={"Content-Encoding": "gzip"})) as telling:
        assert line_to(telling.address).send(ASK).document == {"a": 1}


@responses.activate
def test_answers_that_are_made_up_in_a_test_go_the_same_way():
    responses.get("https://vendor.example/companies", body=b'{"a": 1}')
    responses.get("https://vendor.example/companies", body=requests.ConnectTimeout())
    assert line_to("https://vendor.example").send(ASK).document == {"a": 1}
    with pytest.raises(SourceLate):
        line_to("https://vendor.example").send(ASK)


def test_connections_are_used_again():
    with vendor(answers()) as telling:
        for _ in range(5):
            line_to(telling.address).send(ASK)
        assert telling.connections == 1


def test_no_cookie_of_one_seller_is_sent_for_another():
    with vendor(answers(headers={"Set-Cookie": "session=of-seller-a; Path=/"})) as telling:
        for _ in range(2):
            line_to(telling.address).send(ASK)
        assert not any(b"cookie" in request.lower() for request in telling.asked)


@pytest.mark.parametrize("is_sandbox", [True, False])
def test_only_the_sandbox_is_told_what_time_it_is_for_the_seller(is_sandbox):
    with vendor(answers()) as telling:
        line_to(telling.address, is_sandbox=is_sandbox).send(ASK)
    assert (b"Creditgate-Now: 2026-03-01T12:00:00+00:00" in telling.asked[0]) is is_sandbox


def test_neither_proxies_nor_a_netrc_of_the_environment_are_used(tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with vendor(answers()) as proxy, vendor(answers()) as telling:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        monkeypatch.delenv("NO_PROXY", raising=False)
        line_to(telling.address).send(ASK)
    assert proxy.asked == []
    assert b"authorization" not in telling.asked[0].lower()


SECRETS = ("hush-hush", "Gans B.V.", "geheim", "s3cret")


@pytest.mark.parametrize(
    "behaviour",
    [
        sends(HEAD + b"{"),
        sends(b""),
        answers(b"hush-hush geheim"),
        answers(b"hush-hush", 500),
        answers(b"hush-hush", 400),
        answers(b"", 302, {"Location": "https://elsewhere.example/hush-hush"}),
        sends(b"HTTP/1.1 200 OK\r\nbroken header geheim\r\nContent-Length: 3\r\n\r\nabc"),
        slowly(*[b""] * 50),
    ],
)
def test_no_secret_is_in_errors_logs_or_reprs(behaviour, caplog):
    caplog.set_level(logging.DEBUG)
    request = Request(
        "ask", "/x?name=Gans B.V.", params={"key": "hush-hush"}, headers={"X-Key": "s3cret"}, basic=("u", "geheim")
    )
    with vendor(behaviour) as telling:
        line = line_to(telling.address, seconds=0.5)
        with pytest.raises(SourceError) as failure:
            line.send(request)
    chain, told = failure.value, ""
    while chain is not None:
        told += repr(chain) + str(chain)
        chain = chain.__cause__ or chain.__context__
    told += caplog.text + repr(line) + repr(request) + repr(line.memory.calls)
    assert not any(secret in told for secret in (*SECRETS, "sesame"))


@pytest.mark.parametrize("secret", ["naïve-€", "two\nlines"])
def test_a_credential_that_no_header_can_carry_is_refused_without_being_told(secret):
    with vendor(answers()) as telling, pytest.raises(SourceRefused) as failure:
        line_to(telling.address).send(Request("ask", "/", headers={"X-Key": secret}))
    assert secret not in repr(failure.value)
    assert telling.asked == []


def test_a_password_may_have_any_letters():
    with vendor(answers()) as telling:
        line_to(telling.address).send(Request("ask", "/", basic=("user", "naïve-€")))
    assert b"Authorization: Basic" in telling.asked[0]


STATUS_LINES = st.sampled_from(
    [b"HTTP/1.1 200 OK", b"HTTP/1.1 404 No", b"HTTP/1.0 200", b"HTTP/1.1 999 X", b"HTTP/2 200"]
)
HEADERS = st.lists(
    st.sampled_from(
        [
            *(b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: 99999999999", b"Content-Length: x"),
            *(b"Transfer-Encoding: chunked", b"Content-Encoding: gzip", b"Content-Encoding: br, gzip, deflate"),
            *(
                b"Retry-After: 0",
                b"Retry-After: x",
                b"Location: /",
                b"Location: //x",
                b"Location: http://[",
                b"Location:a://[A",
                b": ",
            ),
            *(b"Connection: close", b"Set-Cookie: a=b; Domain=", b"Content-Type: text/html; charset=x"),
        ]
    )
    | st.binary(max_size=30),
    max_size=4,
)
RAW = st.binary(max_size=200) | st.builds(
    lambda line, headers, body: b"\r\n".join([line, *headers, b"", body]),
    STATUS_LINES | st.integers(0, 999).map(lambda status: b"HTTP/1.1 %d X" % status),
    HEADERS,
    st.binary(max_size=100)
    | st.sampled_from([b"{}", b"null", b"5\r\n{   }\r\n0\r\n\r\n", gzip.compress(b"{}"), b"NaN"]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RAW, st.sampled_from([(200,), (200, 404), (200, 301, 401, 429, 500)]))
def test_whatever_is_sent_the_result_is_a_reply_or_a_source_error(raw, expect):
    memory = LocalMemory()
    with vendor(sends(raw)) as telling:
        try:
            reply = line_to(telling.address, seconds=1.0, memory=memory).send(Request("ask", "/", expect=expect))
        except SourceError:
            reply = None
    assert reply is None or (isinstance(reply, Reply) and reply.status in expect)
    (call,) = memory.calls
    assert (call.outcome == "ok") == (reply is not None)
