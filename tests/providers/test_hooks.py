"""Posts to receivers of every kind, over real HTTP and TLS on this machine."""

import datetime as dt
import socket
import ssl
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from providers.hooks import ANSWER_BYTES_MAX, HookLine, HookRules, Posted
from tests.api.events.receiver import Answer, Receiver, Sent, receiving, status

QUICK = HookRules(connect_seconds=2, answer_seconds=1, private_allowed=True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def post(address: str, rules: HookRules = QUICK) -> Posted:
    with HookLine(address, rules) as line:
        return line.post(b'{"a":1}', {"Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (status(200, b"thanks"), (200, None)),
        (status(204), (204, None)),
        (status(301, Location="/elsewhere"), (301, "redirected")),
        (status(307, Location="http://127.0.0.1:1/"), (307, "redirected")),
        (status(304), (304, "redirected")),
        (status(400), (400, "refused")),
        (status(410), (410, "gone")),
        (status(429), (429, "refused")),
        (status(500, b"x" * 10 * ANSWER_BYTES_MAX), (500, "refused")),
        (status(200, b"x" * 10 * ANSWER_BYTES_MAX), (200, None)),
    ],
)
def test_each_status(receiver: Receiver, answer: Answer, told: tuple[int, str | None]) -> None:
    receiver.answer = answer
    posted = post(receiver.address)
    assert (posted.status, posted.error) == told
    assert [(each.path, each.body) for each in receiver.sent] == [("/hook?of=us", b'{"a":1}')]


def _silent(_handler: BaseHTTPRequestHandler, _sent: Sent) -> None:
    time.sleep(3)


def _late(handler: BaseHTTPRequestHandler, sent: Sent) -> None:
    time.sleep(1.5)
    status(200)(handler, sent)


def _trickle(start: bytes) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, _sent: Sent) -> None:
        handler.wfile.write(start)
        for _ in range(60):
            handler.wfile.write(b"x")
            time.sleep(0.1)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        _silent,
        _late,
        _trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
        _trickle(b"HTTP/1.1 200 OK\r\n\r\n"),
        _trickle(b"HTTP/1.1 200 OK\r\nX-Long: "),
        _trickle(b""),
    ],
    ids=["silent", "late", "body", "body without an end", "head", "status"],
)
def test_whoever_takes_too_long_is_cut(receiver: Receiver, answer: Answer) -> None:
    receiver.answer = answer
    began = time.monotonic()
    posted = post(receiver.address)
    assert (posted.status, posted.error) == (None, "timeout")
    assert time.monotonic() - began < 2.5  # It would have gone on for much longer.


@pytest.mark.parametrize(
    ("sent", "holds", "told"),
    [
        (b"", True, (None, "timeout")),
        (b"", False, (None, "cut")),
        (b"x" * 1000, False, (None, "cut")),
        (b"x" * (ANSWER_BYTES_MAX + 1), True, (200, None)),
    ],
    ids=["nothing of it", "hung up", "a little of it", "as much as is read"],
)
def test_of_an_answer_that_is_said_to_be_huge_the_first_part_must_come(
    receiver: Receiver, sent: bytes, holds: bool, told: tuple[int | None, str | None]
) -> None:
    def huge(handler: BaseHTTPRequestHandler, _: Sent) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n" + sent)
        handler.close_connection = True
        time.sleep(3 if holds else 0)

    receiver.answer = huge
    posted = post(receiver.address)
    assert (posted.status, posted.error) == told


def test_nobody_there() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert post(f"http://127.0.0.1:{port}/").error == "no_connection"


def test_who_hangs_up_and_who_speaks_something_else(receiver: Receiver) -> None:
    receiver.answer = lambda handler, _: handler.connection.shutdown(socket.SHUT_RDWR)
    assert post(receiver.address).error == "cut"
    receiver.answer = lambda handler, _: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")
    assert post(receiver.address).error in ("cut", "not_understood")


def test_one_connection_is_kept_for_all_posts_of_a_line(receiver: Receiver) -> None:
    ports = set()

    def note(handler: BaseHTTPRequestHandler, sent: Sent) -> None:
        ports.add(handler.client_address[1])
        status(200, b"ok")(handler, sent)

    receiver.answer = note
    with HookLine(receiver.address, QUICK) as line:
        assert [line.post(b"{}", {}).error for _ in range(5)] == [None] * 5
    assert len(ports) == 1


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "https://localhost:{port}/"]
)
def test_nothing_is_sent_to_a_private_address(receiver: Receiver, address: str) -> None:
    posted = post(address.format(port=receiver.port), HookRules())
    assert (posted.status, posted.error) == (None, "address_not_allowed")
    assert receiver.sent == []


def test_a_name_that_points_elsewhere_the_second_time_is_asked_once(receiver: Receiver) -> None:
    answers = iter([["127.0.0.1"], ["192.0.2.1"]])
    rules = HookRules(private_allowed=True, resolver=lambda _host, _port: next(answers))
    with HookLine(f"http://hooks.example:{receiver.port}/", rules) as line:
        assert [line.post(b"{}", {}).error for _ in range(3)] == [None] * 3
    assert {each.headers["host"] for each in receiver.sent} == {f"hooks.example:{receiver.port}"}


def test_a_name_that_points_to_this_machine_is_refused(receiver: Receiver) -> None:
    rules = HookRules(resolver=lambda _host, _port: ["127.0.0.1"])
    assert post(f"https://hooks.example:{receiver.port}/", rules).error == "address_not_allowed"
    unknown = HookRules(resolver=lambda _host, _port: [])
    assert post("https://hooks.example/", unknown).error == "name_not_found"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of hooks.example, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "pair.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_tls_is_with_the_host_by_its_name_at_the_address_that_was_checked(certificates: Path) -> None:
    asked_for: list[str | None] = []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificates)
    server.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    trusted = ssl.create_default_context(cafile=str(certificates))
    with receiving(server) as receiver:

        def told(host: str, context: ssl.SSLContext | None) -> Posted:
            rules = HookRules(private_allowed=True, resolver=lambda _host, _port: ["127.0.0.1"], ssl_context=context)
            return post(f"https://{host}:{receiver.port}/hook", rules)

        assert told("hooks.example", trusted).status == 204
        assert asked_for == ["hooks.example"]
        assert told("other.example", trusted).error == "tls_failed"
        assert told("hooks.example", None).error == "tls_failed"  # Public authorities do not vouch for it.
        assert len(receiver.sent) == 1


def test_who_takes_a_connection_and_never_shakes_hands_is_cut() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        rules = HookRules(connect_seconds=0.5, answer_seconds=1, private_allowed=True)
        posted = post(f"https://127.0.0.1:{server.getsockname()[1]}/", rules)
    assert posted.error == "timeout"
