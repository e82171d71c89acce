"""Where a redirect may lead: to the same host, below the same address, and nowhere else."""

import re
from urllib.parse import SplitResult, urljoin, urlsplit

REDIRECTS = frozenset({301, 302, 303, 307, 308})
# What may stand in an address (RFC 3986). Readers disagree on anything else, a backslash above all, and so on its host.
_ADDRESS = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,4000}", re.ASCII)
_DOTS = re.compile(r"(^|/)(\.|%2e){1,2}(/|$)", re.IGNORECASE)


def redirected(url: str, location: str | None, address: str) -> str | None:
    """The address to go to from `url`; None where that is not below `address`, of the same scheme, host and port."""
    if location is None or not _ADDRESS.fullmatch(location):
        return None
    try:
        there = urljoin(url, location)
        target, home = urlsplit(there), urlsplit(address)
        is_same_place = _place(target) == _place(home) and target.username is None and target.password is None
    except ValueError:
        return None
    below = home.path.rstrip("/")
    if not is_same_place or _DOTS.search(target.path) or not f"{target.path}/".startswith(f"{below}/"):
        return None
    return there


def _place(split: SplitResult) -> tuple[str, str | None, int | None]:
    return split.scheme, split.hostname, split.port or {"http": 80, "https": 443}.get(split.scheme)
