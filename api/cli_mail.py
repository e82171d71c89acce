"""The command that tries the mail server: one message to one address, and what became of it."""

import click

from api.clock import real_now
from api.config import from_environment
from api.mail.messages import AddressUnusable, make_message
from api.mail.rendering import Written
from api.mail.smtp import NotTaken, Server
from api.mail.words import WORDS
from api.records.base import new_id
from scoring.reasons import Language


@click.group()
def mail() -> None:
    """Try the mail server."""


@mail.command("test")
@click.option("--to", "address", required=True, help="Who gets the message.")
@click.option("--language", type=click.Choice(["en", "nl"]), default="en", show_default=True)
def test_command(address: str, language: Language) -> None:
    """Send one message with the settings of mail, and say whether the server took it. It needs no database."""
    config = from_environment().mail
    if config is None:
        raise click.ClickException("no mail is sent: CREDITGATE_SMTP_HOST is not set")
    text = WORDS["test_text"].of(language)
    written = Written(WORDS["test_subject"].of(language), f"{text}\n", f"<!doctype html><p>{text}</p>")
    server = Server(config)
    try:
        server.send(make_message(written, address, config, new_id(), real_now(), None), address)
    except AddressUnusable as error:
        raise click.ClickException(f"address_unusable: {error}") from error
    except NotTaken as fault:
        lasting = "for good" if fault.is_for_good else "for now"
        raise click.ClickException(f"not taken {lasting}: {fault.code}: {fault.detail}") from fault
    finally:
        server.quit()
    click.echo(f"{config.host}:{config.port} took the message for {address}.")
