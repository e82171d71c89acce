"""TLS is always verified, by the public authorities or by those that are named for one vendor."""

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from providers.catalog import Access, Catalog, Source
from providers.errors import SourceDown
from providers.memory import LocalMemory
from providers.settings import SourceSettings
from tests.providers.vendor import ASK, NOW, answers, failure_of, line_to, slowly, vendor


def certificate(folder: Path, host: str) -> Path:
    """A root of nobody's that vouches for itself at `host`; its key is beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A root of the state")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "root.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "root.pem"


def serving(root: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(root, root.parent / "key.pem")
    return context


def test_a_vendor_is_trusted_only_by_the_authorities_named_for_it(tmp_path):
    root = certificate(tmp_path, "127.0.0.1")
    with vendor(answers(b'{"a": 1}'), tls=serving(root)) as state:
        line = line_to(state.address)
        assert type(failure_of(line)) is SourceDown
        assert replace(line, ca_file=str(root)).send(ASK).document == {"a": 1}
        assert type(failure_of(line)) is SourceDown
        assert len(state.asked) == 1


def test_a_certificate_for_another_host_is_not_trusted(tmp_path):
    root = certificate(tmp_path, "127.0.0.2")
    with vendor(answers(), tls=serving(root)) as other:
        assert "TLS" in str(failure_of(replace(line_to(other.address), ca_file=str(root))))
        assert other.asked == []


def test_a_slow_answer_through_tls_is_cut_too(tmp_path):
    root = certificate(tmp_path, "127.0.0.1")
    trickling = slowly(b"HTTP/1.1 200 OK\r\nX-Slow: ", *[b"a"] * 100)
    with vendor(trickling, tls=serving(root)) as slow:
        failure_of(replace(line_to(slow.address, seconds=0.6), ca_file=str(root)))
        assert slow.asked
        assert not slow.finished


@pytest.mark.parametrize(("mode", "ca_file"), [("live", "/etc/root.pem"), ("test", None)])
def test_the_catalog_names_them_for_the_real_vendor_alone(mode, ca_file):
    source = Source(SourceSettings("kvk", "https://kvk.example"), in_sandbox=True)
    catalog = Catalog((source,), sandbox_address="http://127.0.0.1:1", ca_files={"kvk": "/etc/root.pem"})
    access = Access(mode, {}, lambda _: LocalMemory(), NOW, lambda: NOW)
    assert catalog.line(source, access, deadline_seconds=1).ca_file == ca_file
