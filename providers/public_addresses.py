"""Which addresses a customer may have us call: https, in public, and nothing that reaches into our own network."""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from threading import Event, Thread
from urllib.parse import urlsplit

LENGTH_MAX = 2_000
PLAIN = re.compile(r"[\x21-\x7e]+")
HOST_NAME = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
# What resolvers, and not only ours, read as a number of an IPv4 address: 2130706433, 0x7f.1, 0177.0.0.1.
NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa")
# Public by their numbers, and yet answered by the cloud that a machine runs in.
OF_CLOUDS = (IPv4Network("168.63.129.16/32"), IPv4Network("192.0.0.0/24"))
# No place of anybody: the relays of 6to4, which are no more, pass on to whoever says to be the nearest one.
ANYCAST_6TO4 = IPv4Network("192.88.99.0/24")
# IPv6 forms that carry an IPv4 address in their last 32 bits.
CARRIES_IPV4 = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"), IPv6Network("::ffff:0:0:0/96"))
NOT_FOR_US = (
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("fec0::/10"),
    IPv6Network("5f00::/16"),
    IPv6Network("3fff::/20"),
)
# An interface of ISATAP: the IPv4 address it is reached by follows.
ISATAP = (0x0000_5EFE, 0x0200_5EFE)

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address points: `host` in small letters, without the brackets of IPv6; `target` is path and query."""

    is_https: bool
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as they stand in the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_https else 80) else f"{host}:{self.port}"


class AddressRefused(ValueError):
    """We do not call this address: `code` says why, for programs."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def place_of(address: str, *, private_allowed: bool) -> Place:
    """Read an address. Raises AddressRefused for one that we would not call whatever its name resolves to.

    `private_allowed` lets in http, and addresses of private networks and of this machine.
    """
    if len(address) > LENGTH_MAX:
        raise AddressRefused("too_long", f"Longer than {LENGTH_MAX} characters.")
    if not PLAIN.fullmatch(address) or "\\" in address:
        raise AddressRefused("malformed", "Must be an address of plain characters without spaces.")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressRefused("malformed", "Must be an address such as https://example.com/hook.") from error
    if parts.scheme != "https" and not (parts.scheme == "http" and private_allowed):
        raise AddressRefused("not_https", "Must begin with https://.")
    # Brackets are for IPv6; of the addresses to come that may stand in them too (v1.x) there are none.
    if not host or port == 0 or ("[" in parts.netloc and ":" not in host):
        raise AddressRefused("malformed", "Must be an address such as https://example.com/hook.")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("login", "Must not hold a login: deliveries are signed.")
    if parts.fragment or address.endswith("#"):
        raise AddressRefused("fragment", "Must not have a part after #.")
    host = host.rstrip(".") if host.count(".") and not host.endswith("..") else host
    _refuse_host(host, private_allowed)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme == "https", host, port or (443 if parts.scheme == "https" else 80), target)


def _refuse_host(host: str, private_allowed: bool) -> None:
    try:
        number: Address | None = ip_address(host)
    except ValueError:
        number = None
    if number is None and (not HOST_NAME.fullmatch(host) or NUMBER.fullmatch(host.rpartition(".")[2])):
        raise AddressRefused("malformed", "The host is neither a name nor an IP address in its common form.")
    is_local = any(host == name or host.endswith(f".{name}") for name in LOCAL_NAMES)
    if not private_allowed and (is_local if number is None else not is_public(number)):
        raise AddressRefused("address_not_public", "Must be an address that is reached in public.")


def is_public(address: Address) -> bool:
    """Say whether an IP address is one of the public internet, whichever form it is written in."""
    if isinstance(address, IPv6Address):
        is_ours = address.scope_id is not None or address.teredo is not None
        if is_ours or any(address in network for network in NOT_FOR_US):
            return False
        carried = _carried(address)
        if carried is not None:
            return is_public(carried)
        if int(address) >> 32 & 0xFFFF_FFFF in ISATAP and not is_public(IPv4Address(int(address) & 0xFFFF_FFFF)):
            return False
        return address.is_global and not (address.is_multicast or address.is_reserved)
    not_theirs = any(address in network for network in (*OF_CLOUDS, ANYCAST_6TO4))
    return address.is_global and not (address.is_multicast or address.is_reserved or not_theirs)


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if any(address in network for network in CARRIES_IPV4):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


class NameUnknown(Exception):
    """A name resolves to nothing, or not in time."""


def system_resolver(host: str, port: int) -> list[str]:
    """Ask the machine's resolver; gives IP addresses. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def resolved(place: Place, seconds: float, *, private_allowed: bool, resolver: Resolver = system_resolver) -> str:
    """Resolve a host once, and give the IP address to connect to, which is checked as all others of it.

    Raises NameUnknown, and AddressRefused where one of them is not public: whose name points into our network in part
    does so on purpose. The resolver has no time limit of its own, so it is left when the time is over.
    """
    found: list[str] = []
    done = Event()

    def ask() -> None:
        try:
            found.extend(resolver(place.host, place.port))
        except (OSError, UnicodeError):
            found.clear()
        finally:
            done.set()

    Thread(target=ask, name="creditgate-resolver", daemon=True).start()
    if not done.wait(seconds) or not found:
        raise NameUnknown(place.host)
    if not private_allowed and not all(is_public(ip_address(each)) for each in found):
        raise AddressRefused("address_not_public", "The name points to an address that is not public.")
    return found[0]
