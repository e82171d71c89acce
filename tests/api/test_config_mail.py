"""The settings of outgoing mail: what is taken, and what is refused in one sentence."""

import pytest

from api.config import ConfigInvalid, from_environment

WHOLE = {
    "CREDITGATE_SMTP_HOST": "mail.example",
    "CREDITGATE_MAIL_SENDER": "credit@seller.example",
    "CREDITGATE_PUBLIC_URL": "https://credit.seller.example/",
}


def test_without_a_server_no_mail_is_sent():
    assert from_environment({}).mail is None


@pytest.mark.parametrize(
    ("given", "port", "security"),
    [
        ({}, 587, "starttls"),
        ({"SECURITY": "tls"}, 465, "tls"),
        ({"SECURITY": "starttls", "PORT": "2525"}, 2525, "starttls"),
        ({"HOST": "127.0.0.1", "SECURITY": "none"}, 25, "none"),
    ],
)
def test_what_is_absent_has_the_usual_value(given, port, security):
    mail = from_environment({**WHOLE, **{f"CREDITGATE_SMTP_{name}": value for name, value in given.items()}}).mail
    assert (mail.port, mail.security, mail.domain) == (port, security, "seller.example")
    assert mail.public_url == "https://credit.seller.example"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"CREDITGATE_SMTP_HOST": "", "CREDITGATE_SMTP_USER": "user"}, "CREDITGATE_SMTP_HOST"),
        ({"CREDITGATE_SMTP_HOST": "mail example"}, "CREDITGATE_SMTP_HOST"),
        ({"CREDITGATE_SMTP_PORT": "70000"}, "CREDITGATE_SMTP_PORT"),
        ({"CREDITGATE_SMTP_PORT": "-1"}, "CREDITGATE_SMTP_PORT"),
        ({"CREDITGATE_SMTP_SECURITY": "ssl"}, "CREDITGATE_SMTP_SECURITY"),
        ({"CREDITGATE_SMTP_SECURITY": "none"}, "CREDITGATE_SMTP_SECURITY"),
        ({"CREDITGATE_SMTP_USER": "user"}, "CREDITGATE_SMTP_PASSWORD"),
        ({"CREDITGATE_SMTP_PASSWORD": "secret"}, "CREDITGATE_SMTP_USER"),
        (
            {"CREDITGATE_SMTP_USER": "user", "CREDITGATE_SMTP_PASSWORD": "secr\N{LATIN SMALL LETTER E WITH ACUTE}t"},
            "PASSWORD",
        ),
        ({"CREDITGATE_SMTP_CA_FILE": "/nowhere.pem"}, "CREDITGATE_SMTP_CA_FILE"),
        ({"CREDITGATE_MAIL_SENDER": ""}, "CREDITGATE_MAIL_SENDER"),
        ({"CREDITGATE_MAIL_SENDER": "Credit <credit@seller.example>"}, "CREDITGATE_MAIL_SENDER"),
        ({"CREDITGATE_MAIL_SENDER": "a@b.example\r\nBcc: c@d.example"}, "CREDITGATE_MAIL_SENDER"),
        ({"CREDITGATE_PUBLIC_URL": ""}, "CREDITGATE_PUBLIC_URL"),
        ({"CREDITGATE_PUBLIC_URL": "http://credit.seller.example"}, "CREDITGATE_PUBLIC_URL"),
    ],
)
def test_what_cannot_be_used_is_named_and_no_secret_shown(changed, named):
    with pytest.raises(ConfigInvalid, match=named) as refused:
        from_environment({**WHOLE, **changed})
    assert not {"secret", "secr\N{LATIN SMALL LETTER E WITH ACUTE}t"} & set(str(refused.value).split())


def test_the_password_is_not_shown():
    config = from_environment({**WHOLE, "CREDITGATE_SMTP_USER": "user", "CREDITGATE_SMTP_PASSWORD": "hush-hush"})
    assert config.mail.password == "hush-hush"
    assert "hush-hush" not in repr(config)
