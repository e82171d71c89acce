"""`creditgate listen`: forwards a seller's events to a local address while one develops, signed as webhooks are."""

import time
from collections.abc import Iterator
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


class FeedUnread(click.ClickException):
    """The server did not give its feed."""


@click.command("listen")
@click.option("--to", "address", required=True, help="Where to, such as http://127.0.0.1:9000/hook.")
@click.option("--key", envvar="CREDITGATE_KEY", required=True, help="A key that may read events, or CREDITGATE_KEY.")
@click.option("--server", help="The address of creditgate; without it, where the settings say it listens.")
@click.option("--types", help="Only these types, separated by commas.")
@click.option("--from-start", is_flag=True, help="Also what has happened before.")
@click.option("--secret", envvar="CREDITGATE_WEBHOOK_SECRET", help="Sign with this; without it one is made and shown.")
def listen_command(
    address: str, key: str, server: str | None, types: str | None, from_start: bool, secret: str | None
) -> None:
    """Forward events to a local address until Ctrl-C, each once: what fails is told, and not tried again."""
    try:
        place_of(address, private_allowed=True)
    except AddressRefused as refused:
        raise click.ClickException(f"--to cannot be called: {refused.detail}") from refused
    signing = secret or new_secret()
    if not is_secret(signing):
        raise click.ClickException("--secret must be a secret of a webhook, such as whsec_...")
    feed = _Feed(server or from_environment().address, key, types)
    if not from_start:
        for _ in feed.new():
            pass
    if not secret:
        click.echo(f"secret: {signing}")
    click.echo(f"forwarding to {address}; Ctrl-C ends it")
    while True:
        for event in feed.new():
            click.echo(_forwarded(event, address, signing))
        time.sleep(ASK_SECONDS)


def _forwarded(event: dict[str, Any], address: str, secret: str) -> str:
    """Send an event on, and tell how that went, in a line."""
    body = answer_bytes(event)
    with HookLine(address, HookRules(private_allowed=True)) as line:
        posted = line.post(body, signed_headers([secret], event["id"], body, real_now()))
    went = (
        posted.status if posted.error is None else " ".join(str(each) for each in (posted.error, posted.status or ""))
    )
    return f"{event['type']} {event['id']}: {went} ({posted.duration_ms} ms)"


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
            yield from page["items"]
            if page["next"]:
                self._asked["after"] = page["next"]
            if len(page["items"]) < PAGE_LIMIT:
                return

    def _page(self) -> dict[str, Any]:
        try:
            answer = requests.get(self._url, params=self._asked, headers=self._headers, timeout=TIMEOUT_SECONDS)
            page: dict[str, Any] = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise FeedUnread(f"{self._url} does not answer ({type(error).__name__})") from error
        if answer.status_code != requests.codes.ok:
            raise FeedUnread(f"{self._url} answers {answer.status_code}: {page.get('detail', '')}")
        return page
