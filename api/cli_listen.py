"""`creditgate listen`: forwards a seller's events to a local address while one develops, signed as webhooks are."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click
import requests

from api.clock import real_now
from api.config import from_environment
from api.webhook_signing import is_secret, new_secret, signed_headers
from api.wiring import answer_bytes
from providers.hooks import HookLine, HookRules
from providers.public_addresses import AddressRefused, place_of

PAGE_LIMIT = 200
ASK_SECONDS, TIMEOUT_SECONDS = 1.0, 10
AGAIN_SECONDS, AGAIN_SECONDS_MAX = 1.0, 30.0
TOO_MANY, BROKEN = 429, 500


class FeedUnread(click.ClickException):
    """The server did not give its feed."""


class FeedLost(FeedUnread):
    """It did not give it now, and may give it later: it is away, starts anew, or has too much to do."""


@click.command("listen")
@click.option("--to", "address", required=True, help="Where to, such as http://127.0.0.1:9000/hook.")
@click.option("--key", envvar="CREDITGATE_KEY", required=True, help="A key that may read events, or CREDITGATE_KEY.")
@click.option("--server", help="The address of creditgate; without it, where the settings say it listens.")
@click.option("--types", help="Only these types, separated by commas.")
@click.option("--from-start", is_flag=True, help="Also what has happened before.")
@click.option("--secret", envvar="CREDITGATE_WEBHOOK_SECRET", help="Sign with this; without it one is made and shown.")
@click.option("--headers", "shows_headers", is_flag=True, help="Show what each delivery is signed with.")
def listen_command(
    address: str,
    key: str,
    server: str | None,
    types: str | None,
    from_start: bool,
    secret: str | None,
    shows_headers: bool,
) -> None:
    """Forward events to a local address until Ctrl-C, each once: what fails is told, and not tried again.

    A server that goes away is asked until it is back. Ends with status 0 by Ctrl-C, and with 1 where it cannot go on.
    """
    try:
        place_of(address, private_allowed=True)
    except AddressRefused as refused:
        raise click.ClickException(f"--to cannot be called: {refused.detail}") from refused
    signing = secret or new_secret()
    if not is_secret(signing):
        raise click.ClickException("--secret must be a secret of a webhook, such as whsec_...")
    feed = _Feed(server or from_environment().address, key, types)
    listener = _Listener(address, signing, shows_headers)
    try:
        if not from_start:
            for _ in feed.new():
                pass
        if not secret:
            click.echo(f"secret: {signing}")
        click.echo(f"forwarding to {address}; Ctrl-C ends it")
        _forward(feed, listener)
    except KeyboardInterrupt:
        click.echo(f"\n{listener.taken} taken, {listener.failed} failed")


def _forward(feed: "_Feed", listener: "_Listener") -> None:
    """Send on what is new, for ever; after a server was away, from where it was."""
    wait = AGAIN_SECONDS
    while True:
        try:
            for event in feed.new():
                listener.forward(event)
                wait = AGAIN_SECONDS
            if wait > AGAIN_SECONDS:
                click.echo("there again")
                wait = AGAIN_SECONDS
            time.sleep(ASK_SECONDS)
        except FeedLost as lost:
            click.echo(f"{lost.message}; asked again in {wait:.0f} s", err=True)
            time.sleep(wait)
            wait = min(2 * wait, AGAIN_SECONDS_MAX)


@dataclass(slots=True)
class _Listener:
    """Where events go on to, and how many were taken there."""

    address: str
    secret: str
    shows_headers: bool
    taken: int = 0
    failed: int = 0

    def forward(self, event: Mapping[str, Any]) -> None:
        """Send an event on, and tell how that went, in a line."""
        body = answer_bytes(event)
        headers = signed_headers([self.secret], event["id"], body, real_now())
        with HookLine(self.address, HookRules(private_allowed=True)) as line:
            posted = line.post(body, headers)
        went = [posted.status] if posted.error is None else [posted.error, posted.status]
        self.taken += posted.error is None
        self.failed += posted.error is not None
        told = " ".join(str(each) for each in went if each is not None)
        click.echo(f"{event['type']} {event['id']}: {told} ({posted.duration_ms} ms)")
        if self.shows_headers:
            for name, value in headers.items():
                click.echo(f"    {name}: {value}")


class _Feed:
    """The feed of a server over HTTP, read on from where it was."""

    def __init__(self, server: str, key: str, types: str | None) -> None:
        self._url = f"{server.rstrip('/')}/v1/events"
        self._headers = {"Authorization": f"Bearer {key}"}
        self._asked: dict[str, str | int] = {"limit": PAGE_LIMIT, **({"types": types} if types else {})}

    def new(self) -> Iterator[dict[str, Any]]:
        """Give what is new, to the end of the feed. Raises FeedUnread."""
        while True:
            page = self._page()
            if page["next"]:  # Before they are given: whoever stops in between gets none of them twice.
                self._asked["after"] = page["next"]
            yield from page["items"]
            if len(page["items"]) < PAGE_LIMIT:
                return

    def _page(self) -> dict[str, Any]:
        try:
            answer = requests.get(self._url, params=self._asked, headers=self._headers, timeout=TIMEOUT_SECONDS)
            page: dict[str, Any] = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise FeedLost(f"{self._url} does not answer ({type(error).__name__})") from error
        if answer.status_code != requests.codes.ok:
            kind = FeedLost if answer.status_code == TOO_MANY or answer.status_code >= BROKEN else FeedUnread
            raise kind(f"{self._url} answers {answer.status_code}: {page.get('detail', '')}")
        return page
