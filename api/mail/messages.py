"""Makes the message of a mail: its headers, its two forms, and the address that ends such mails with one click."""

from collections.abc import Mapping
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any, cast
from uuid import UUID

from api.config_mail import MailConfig
from api.mail.rendering import Written, write_mail
from api.mail.tokens import Stream, token_of
from api.records.mails import Kind, MailRecord
from api.records.secrets import Vault
from api.records.sellers import Seller
from scoring.reasons.registry import Language

NAME = "creditgate"
WHOLE = ("Subject", "Message-ID", "List-Unsubscribe")
LINE_LENGTH_MAX = 900


class WholeLines(EmailPolicy):
    """Leaves some headers in one line, up to the 998 characters that mail allows.

    The library would write an address that is too long for a line as encoded words, which no mail program posts to.
    """

    def fold(self, name: str, value: str) -> str:
        """Write one header."""
        return f"{name}: {value}{self.linesep}" if _is_whole(name, value) else str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        """Write one header as bytes."""
        whole = _is_whole(name, value)
        return f"{name}: {value}{self.linesep}".encode("ascii") if whole else bytes(super().fold_binary(name, value))


def _is_whole(name: str, value: str) -> bool:
    return name in WHOLE and value.isascii() and len(value) < LINE_LENGTH_MAX


POLICY = WholeLines(linesep="\r\n")


class AddressUnusable(ValueError):
    """No mail can be sent to an address of this form."""


def message_of(mail: MailRecord, seller: Seller, config: MailConfig, vault: Vault) -> EmailMessage:
    """Make the message of a mail; each attempt has the same id. Raises AddressUnusable."""
    unsubscribe_url = None
    if mail.may_unsubscribe:
        token = token_of(Stream(seller.id, mail.address, cast(Kind, mail.kind)), vault)
        unsubscribe_url = f"{config.public_url}/v1/mail-unsubscriptions/{token}"
    language = cast(Language, mail.language)
    written = write_mail(mail.content, mail.digest_on, language, seller, unsubscribe_url)
    return make_message(written, mail.address, config, mail.id, mail.made_at, unsubscribe_url)


def make_message(
    written: Written, address: str, config: MailConfig, mail_id: UUID, made_at: datetime, unsubscribe_url: str | None
) -> EmailMessage:
    """Make a message to one address. Raises AddressUnusable. The library refuses line ends in headers."""
    message = EmailMessage(policy=POLICY)
    headers: Mapping[str, Any] = {
        "From": Address(NAME, addr_spec=config.sender),
        "To": _address(address),
        "Subject": plain_header(written.subject),
        "Date": format_datetime(made_at),
        "Message-ID": f"<{mail_id}@{config.domain}>",
        "Auto-Submitted": "auto-generated",
    }
    for name, value in headers.items():
        message[name] = value
    if unsubscribe_url is not None:
        # RFC 8058: a mail program posts to the address, without showing it.
        message["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    return message


def plain_header(text: str) -> str:
    """Give a text as the value of a header: one line, in which nothing can be read as an encoded word.

    The library decodes what looks like one, and would write the line end that it holds.
    """
    return "".join(each if each.isprintable() else " " for each in text).replace("=?", "= ?")


def _address(text: str) -> Address:
    try:
        address = Address(addr_spec=text)
    except (MessageError, ValueError, IndexError) as error:
        raise AddressUnusable("It is not an address that mail can be sent to.") from error
    if "=?" in text:  # What looks like an encoded word would be decoded, see above.
        raise AddressUnusable("It is not an address that mail can be sent to.")
    if not address.domain or not address.domain.isascii():
        raise AddressUnusable("Its domain is not one that mail can be sent to.")
    return address
