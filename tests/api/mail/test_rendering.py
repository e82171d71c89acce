"""How a mail reads, and that nothing in it can be more than text."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP, default
from html.parser import HTMLParser
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.mail.contents import SHOWN_MAX, content
from api.mail.messages import AddressUnusable, make_message
from api.mail.rendering import write_mail
from api.records.sellers import Seller
from scoring.reasons.plain import one_line
from tests.api.mail.receiving import config_of

SELLER = Seller(UUID(int=1), "Voorbeeld B.V.", "live", "Europe/Amsterdam", "EUR", timedelta())
FACT = {
    "alert_id": str(UUID(int=2)),
    "kind": "over_limit",
    "severity": "warning",
    "debtor_id": str(UUID(int=3)),
    "debtor": "Middenmaat B.V.",
    "since": "2026-02-28T23:30:00+00:00",
    "ended_at": None,
    "data": {"over_limit_amount": {"amount": "1250.50", "currency": "EUR"}},
}
CONFIG = config_of(25)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = date(2026, 3, 2)


def written(told, kind="digest", language="en", unsubscribe_url="https://u.example/t", seller=SELLER):
    return write_mail(told, DAY if kind == "digest" else None, language, seller, unsubscribe_url)


@pytest.mark.parametrize(
    ("language", "subject", "lines"),
    [
        (
            "en",
            "Credit alerts of 2026-03-02: 1 new, 0 open, 1 ended",
            [
                "A debtor stands above its limit",
                "Debtor: Middenmaat B.V.",
                "Since: 2026-03-01",
                "Above the limit: EUR 1,250.50",
            ],
        ),
        (
            "nl",
            "Kredietmeldingen van 02-03-2026: 1 nieuw, 0 open, 1 afgelopen",
            [
                "Een debiteur staat boven de limiet",
                "Debiteur: Middenmaat B.V.",
                "Sinds: 01-03-2026",
                "Boven de limiet: EUR 1.250,50",
            ],
        ),
    ],
)
def test_a_digest_tells_all_that_is_needed_in_both_forms(language, subject, lines):
    told = content(new=[FACT], open=[], ended=[{**FACT, "ended_at": "2026-03-02T09:00:00+00:00"}])
    mail = written(told, language=language)
    assert mail.subject == subject
    assert Tags(mail.html).links == ["https://u.example/t"]
    for line in [*lines, str(UUID(int=2)), "https://u.example/t"]:
        assert line in mail.text
        for part in line.split(": "):
            assert part in mail.html


@pytest.mark.parametrize(
    ("facts", "mode", "subject"),
    [
        ([FACT], "live", "Urgent: A debtor stands above its limit - Middenmaat B.V."),
        ([{**FACT, "debtor": None}], "live", "Urgent: A debtor stands above its limit"),
        ([FACT, FACT], "live", "2 urgent alerts"),
        ([FACT] * 80, "live", "80 urgent alerts"),
        ([FACT], "test", "[test] Urgent: A debtor stands above its limit - Middenmaat B.V."),
        ([{**FACT, "kind": "brand_new"}], "live", "Urgent: Brand new - Middenmaat B.V."),
    ],
)
def test_the_subject_of_an_urgent_mail(facts, mode, subject):
    mail = written(content(new=facts), "urgent", seller=replace(SELLER, mode=mode))
    assert mail.subject == subject


def test_a_long_part_is_cut_and_says_so():
    mail = written(content(new=[FACT] * (SHOWN_MAX + 7)), "urgent")
    assert mail.text.count("Since:") == SHOWN_MAX
    assert "And 7 more." in mail.text
    assert "And 7 more." in mail.html


def test_the_most_severe_comes_first():
    facts = [{**FACT, "severity": each} for each in ("notice", "urgent", "warning")]
    assert [each["severity"] for each in content(open=facts)["open"]] == ["urgent", "warning", "notice"]


def test_who_cannot_end_it_is_told_why_he_gets_it():
    mail = written(content(new=[FACT]), "urgent", unsubscribe_url=None)
    assert "finance address of Voorbeeld B.V." in mail.text


class Tags(HTMLParser):
    """The tags and addresses of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


hostile = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "Evil\r\nBcc: all@example.com",
            "<script>alert(1)</script>",
            '"><img src=x onerror=y>',
            "{{ 7 * 7 }}{% for x in y %}",
            "=?utf-8?q?=0d=0aBcc:_x@y.z?=",
            "\u2028\u2029\x85\x00",
            "{0.__class__}",
        ]
    ),
)


@example(name="=??Q?=0D", reference="", kind="urgent")
@example(name="=?utf-8?q?=0d=0aBcc:_x@y.z?=", reference="", kind="urgent")
@given(name=hostile, reference=hostile, kind=st.sampled_from(["urgent", "digest"]))
def test_whatever_a_debtor_is_called_stays_text(name, reference, kind):
    fact = {**FACT, "debtor": one_line(name, 120) or None, "data": {"order_reference": reference}}
    plain = written(content(new=[{**FACT, "data": {"order_reference": "4711"}}]), kind)
    mail = written(content(new=[fact]), kind)
    expected, found = Tags(plain.html), Tags(mail.html)
    assert found.tags == expected.tags
    assert found.links == expected.links
    assert mail.text.count("\n") == plain.text.count("\n")
    message = make_message(mail, "ann@example.com", CONFIG, UUID(int=4), NOW, "https://u.example/t")
    read = message_from_bytes(message.as_bytes(policy=SMTP), policy=default)
    names = [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
    ]
    assert [each for each in read.keys() if not each.startswith(("MIME", "Content"))] == names  # noqa: SIM118
    assert read["To"] == "ann@example.com"
    assert [each.get_content_type() for each in read.iter_parts()] == ["text/plain", "text/html"]


def test_a_message_ends_with_one_click():
    message = make_message(
        written(content(new=[FACT])), "ann@example.com", CONFIG, UUID(int=4), NOW, "https://u.example/t"
    )
    assert message["List-Unsubscribe"] == "<https://u.example/t>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "ann@",
        "@example.com",
        "a,b@example.com",
        "=?utf-8?q?a=0db?=@example.com",
        "a@b@example.com",
        "<ann@example.com>",
        "ann@ex ample.com",
        "a@b.example,c@d.example",
        "ann@exämple.com",
    ],
)
def test_what_is_no_single_address_is_refused(address):
    with pytest.raises(AddressUnusable):
        make_message(written(content(new=[FACT])), address, CONFIG, UUID(int=4), NOW, None)
