"""Which addresses a customer may have us call, in every form that one can be written in."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.public_addresses import AddressRefused, NameUnknown, is_public, place_of, resolved

PRIVATE_IPV4 = (
    *("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "0.0.0.0", "255.255.255.255"),
    *("192.88.99.1", "192.88.99.254", "224.0.0.1", "240.0.0.1", "198.18.0.1", "203.0.113.1", "168.63.129.16"),
)


@pytest.mark.parametrize("address", PRIVATE_IPV4)
@pytest.mark.parametrize(
    "form",
    [
        "{0}",
        "::ffff:{0}",
        "64:ff9b::{0}",
        "::{0}",
        "2002:{1}::",
        "2001:0:{1}::",
        "2001:4860::5efe:{1}",
        "2001:4860::200:5efe:{1}",
    ],
)
def test_an_address_that_is_not_public_is_not_so_in_any_form(address: str, form: str) -> None:
    number = int(IPv4Address(address))
    words = f"{number >> 16:x}:{number & 0xFFFF:x}"
    assert not is_public(ip_address(form.format(address, words)))


@pytest.mark.parametrize(
    "address",
    [
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "3fff::1",
    ],
)
def test_ipv6_has_addresses_of_its_own_that_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.216.34",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2001:4860::5efe:808:808",
        "3ffe:ffff::1",
    ],
)
def test_public_addresses_are(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.integers(0, 2**32 - 1))
def test_every_ipv4_address_is_judged_alike_in_ipv6(number: int) -> None:
    carried = IPv6Address((0xFFFF << 32) + number)
    assert is_public(carried) == is_public(IPv4Address(number))


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://example.com/", "not_https"),
        ("ftp://example.com/", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("//example.com/", "not_https"),
        ("https:///hook", "malformed"),
        ("https://exa mple.com/", "malformed"),
        ("https://example.com\\@127.0.0.1/", "malformed"),
        ("https://example.com\r\nX: y", "malformed"),
        ("https://example.com:0/", "malformed"),
        ("https://example.com:65536/", "malformed"),
        ("https://[::1/", "malformed"),
        ("https://bücher.example/", "malformed"),
        ("https://ann:secret@example.com/", "login"),
        ("https://ann@example.com/", "login"),
        ("https://example.com/#part", "fragment"),
        ("https://2130706433/", "malformed"),
        ("https://017700000001/", "malformed"),
        ("https://0x7f000001/", "malformed"),
        ("https://0x7f.0.0.1/", "malformed"),
        ("https://0177.0.0.1/", "malformed"),
        ("https://127.1/", "malformed"),
        ("https://example.0x7f/", "malformed"),
        ("https://127.0.0.1/", "address_not_public"),
        ("https://127.0.0.1./", "address_not_public"),
        ("https://[v1.x]/", "malformed"),
        ("https://[v1.fe80::a+en1]/", "malformed"),
        ("https://[3fff::1]/", "address_not_public"),
        ("https://192.88.99.1/", "address_not_public"),
        ("https://[2001:4860:0:0:0:5efe:7f00:1]/", "address_not_public"),
        ("https://[::1]/", "address_not_public"),
        ("https://[::ffff:10.0.0.1]:8443/", "address_not_public"),
        ("https://[fe80::1%25eth0]/", "address_not_public"),
        ("https://169.254.169.254/latest/meta-data", "address_not_public"),
        ("https://localhost/", "address_not_public"),
        ("https://LOCALHOST./", "address_not_public"),
        ("https://hook.localhost/", "address_not_public"),
        ("https://metadata.google.internal/", "address_not_public"),
        ("https://example.com/" + "x" * 2000, "too_long"),
    ],
)
def test_what_is_refused_as_it_is_written(address: str, code: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        place_of(address, private_allowed=False)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("address", "authority", "target"),
    [
        ("https://example.com", "example.com", "/"),
        ("https://EXAMPLE.com./hook?a=b", "example.com", "/hook?a=b"),
        ("https://example.com:8443/hook", "example.com:8443", "/hook"),
        ("https://8.8.8.8/", "8.8.8.8", "/"),
        ("https://[2606:4700::1111]:444/", "[2606:4700::1111]:444", "/"),
    ],
)
def test_what_is_called_by_which_name(address: str, authority: str, target: str) -> None:
    place = place_of(address, private_allowed=False)
    assert (place.authority, place.target) == (authority, target)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9000/hook", "https://10.0.0.1/", "http://localhost/"])
def test_private_addresses_where_they_are_allowed(address: str) -> None:
    assert place_of(address, private_allowed=True).host


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["8.8.8.8", "::1"], ["::ffff:127.0.0.1"]])
def test_a_name_that_points_to_a_private_address_even_in_part_is_refused(found: list[str]) -> None:
    place = place_of("https://example.com/", private_allowed=False)
    with pytest.raises(AddressRefused):
        resolved(place, 5, private_allowed=False, resolver=lambda _host, _port: found)
    assert resolved(place, 5, private_allowed=True, resolver=lambda _host, _port: found) == found[0]


def test_a_name_that_nobody_knows() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    place = place_of("https://example.com/", private_allowed=False)
    with pytest.raises(NameUnknown):
        resolved(place, 5, private_allowed=False, resolver=unknown)
    with pytest.raises(NameUnknown):
        resolved(place, 5, private_allowed=False, resolver=lambda _host, _port: [])


def test_a_resolver_that_does_not_answer_is_left() -> None:
    from threading import Event

    never = Event()

    def slow(_host: str, _port: int) -> list[str]:
        never.wait(60)
        return ["8.8.8.8"]

    place = place_of("https://example.com/", private_allowed=False)
    with pytest.raises(NameUnknown):
        resolved(place, 0.05, private_allowed=False, resolver=slow)
    never.set()
