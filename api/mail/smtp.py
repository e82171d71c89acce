"""Hands messages to the mail server, and tells a refusal for good from one that may pass."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage

from api.config_mail import MailConfig

TIMEOUT_SECONDS = 20  # For each answer of the server.
DETAIL_LENGTH_MAX = 300


class NotTaken(Exception):
    """The server did not take a message, or could not be asked.

    `is_for_good`: it will not take this one later either. `is_of_server`: nothing else can be sent now either.
    """

    def __init__(self, code: str, detail: str, *, is_for_good: bool = False, is_of_server: bool = False) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.is_for_good = is_for_good
        self.is_of_server = is_of_server


class Server:
    """One connection to the mail server, opened when it is needed and closed after a fault."""

    def __init__(self, config: MailConfig, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._config = config
        self._timeout_seconds = timeout_seconds
        self._connection: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, address: str) -> None:
        """Hand over a message for one address. Raises NotTaken."""
        try:
            self._send(message, address)
        except NotTaken:
            self.close()
            raise

    def _send(self, message: EmailMessage, address: str) -> None:
        connection = self._connection or self._connect()
        try:
            connection.send_message(message, self._config.sender, [address])
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _refused("receiver_refused", code, text) from error
        except smtplib.SMTPSenderRefused as error:  # A fault of our settings, that somebody may mend.
            raise NotTaken("sender_refused", _told(error.smtp_code, error.smtp_error), is_of_server=True) from error
        except smtplib.SMTPDataError as error:
            raise _refused("message_refused", error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise NotTaken("address_not_supported", "The server takes no such address.", is_for_good=True) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotTaken("connection_lost", f"The connection was lost: {type(error).__name__}.") from error

    def _connect(self) -> smtplib.SMTP:
        config = self._config
        try:
            context = ssl.create_default_context(cafile=config.ca_file)
            # Our own name is the sender's domain: looking the machine's up may take longer than the mail.
            if config.security == "tls":
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    config.host, config.port, config.domain, timeout=self._timeout_seconds, context=context
                )
            else:
                connection = smtplib.SMTP(config.host, config.port, config.domain, timeout=self._timeout_seconds)
            self._connection = connection
            if config.security == "starttls":
                connection.starttls(context=context)
            if config.user is not None and config.password is not None:
                connection.login(config.user, config.password)
        except smtplib.SMTPAuthenticationError as error:  # Its text may repeat what was sent.
            detail = f"The server refuses the login ({error.smtp_code})."
            raise NotTaken("login_refused", detail, is_of_server=True) from error
        except (smtplib.SMTPException, OSError) as error:
            detail = f"The server does not answer as it should: {type(error).__name__}."
            raise NotTaken("server_unavailable", detail, is_of_server=True) from error
        return connection

    def quit(self) -> None:
        """Take leave of the server, if there is a connection."""
        if self._connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
        self.close()

    def close(self) -> None:
        """Close the connection, if there is one, without a word: it is broken, or may be."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _refused(code: str, smtp_code: int, text: bytes | str) -> NotTaken:
    return NotTaken(code, _told(smtp_code, text), is_for_good=500 <= smtp_code <= 599)


def _told(smtp_code: int, text: bytes | str) -> str:
    """What the server said, as one line that can be shown."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    plain = "".join(each if each.isprintable() else " " for each in words)
    return f"{smtp_code} {plain}"[:DETAIL_LENGTH_MAX].strip()
