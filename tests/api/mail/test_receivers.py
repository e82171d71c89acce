"""Whom an alert is mailed to."""

from pathlib import Path

import pytest

from api.mail.people import Person
from api.mail.receivers import receivers
from scoring.monitoring.kinds import KINDS

SAM, FAY, FIN, LEA = "sam@example.com", "fay@example.com", "finance@example.com", "lea@example.com"
OWNERS = {"account_owner": SAM, "credit_owner": FAY}
NOBODY = {"account_owner": None, "credit_owner": None}


def told(kind, severity, owners=OWNERS, finance=FIN, **people):
    """Each receiver as text: address, audience, and when: `now`, `day`, or both."""
    known = {each: Person(each) for each in (SAM, FAY, FIN)}
    known |= {each.address: each for each in people.values()}
    found = receivers(kind, severity, owners, known, finance)
    return {
        each.address.partition("@")[
            0
        ]: f"{each.audience} {'now' if each.at_once else ''}{'day' if each.in_digest else ''}"
        for each in found
    }


@pytest.mark.parametrize(
    ("kind", "severity", "owners", "finance", "expected"),
    [
        ("first_payment_due", "notice", OWNERS, FIN, {"sam": "sales day"}),
        ("first_payment_overdue", "urgent", OWNERS, FIN, {"sam": "sales nowday", "fay": "finance nowday"}),
        ("over_limit", "warning", OWNERS, FIN, {"fay": "finance day"}),
        ("sanctions_hit", "urgent", OWNERS, FIN, {"fay": "finance nowday"}),
        ("over_limit", "warning", NOBODY, FIN, {"finance": "finance day"}),
        ("first_payment_due", "notice", NOBODY, FIN, {"finance": "finance day"}),
        ("first_payment_due", "notice", {**OWNERS, "account_owner": None}, FIN, {"finance": "finance day"}),
        (
            "held_order_overdue",
            "warning",
            {**OWNERS, "credit_owner": None},
            FIN,
            {"sam": "sales day", "finance": "finance day"},
        ),
        (
            "delivered_past_the_gate",
            "urgent",
            {"account_owner": SAM, "credit_owner": SAM},
            FIN,
            {"sam": "finance nowday"},
        ),
        ("statement_missing", "warning", {}, FIN, {"finance": "finance day"}),
        ("sanctions_hit", "urgent", NOBODY, None, {}),
        ("a_kind_to_come", "warning", OWNERS, FIN, {"fay": "finance day"}),
    ],
)
def test_owners_are_told_and_finance_where_there_is_none(kind, severity, owners, finance, expected):
    assert told(kind, severity, owners, finance) == expected


SALES, FINANCE = frozenset({"sales"}), frozenset({"finance"})
BOTH = SALES | FINANCE


@pytest.mark.parametrize(
    ("kind", "severity", "person", "expected"),
    [
        # What he said himself.
        ("over_limit", "warning", Person(FAY, digest_hour=None), {}),
        ("over_limit", "warning", Person(FAY, kinds=frozenset({"sanctions_hit"})), {}),
        ("over_limit", "warning", Person(FAY, kinds=frozenset({"over_limit"})), {"fay": "finance day"}),
        # An urgent alert is told at once to somebody, whatever its owner said.
        (
            "sanctions_hit",
            "urgent",
            Person(FAY, urgent_at_once=False),
            {"fay": "finance day", "finance": "finance nowday"},
        ),
        ("sanctions_hit", "urgent", Person(FAY, kinds=frozenset()), {"finance": "finance nowday"}),
        ("sanctions_hit", "urgent", Person(FIN, urgent_at_once=False, digest_hour=None), {"fay": "finance nowday"}),
        # What he may see is what his roles say, not what a debtor calls him.
        ("over_limit", "warning", Person(FAY, roles=SALES), {"finance": "finance day"}),
        ("first_payment_overdue", "warning", Person(SAM, roles=FINANCE), {"sam": "finance day", "fay": "finance day"}),
        # Who has no key any more is told nothing.
        ("sanctions_hit", "urgent", Person(FAY, has_left=True), {"finance": "finance nowday"}),
        # Who may read more than sales may read what sales is told.
        ("first_payment_due", "notice", Person(SAM, roles=FINANCE), {"sam": "finance day"}),
        ("first_payment_due", "notice", Person(SAM, roles=frozenset({"credit_manager"})), {"sam": "finance day"}),
        ("first_payment_due", "notice", Person(SAM, roles=BOTH), {"sam": "finance day"}),
        ("terms_not_signed", "warning", Person(SAM, roles=BOTH), {"sam": "finance day"}),
        ("over_limit", "warning", Person(FAY, roles=BOTH), {"fay": "finance day"}),
        ("first_payment_due", "notice", Person(SAM, roles=FINANCE, has_left=True), {"finance": "finance day"}),
        # Who asked for every debtor.
        (
            "first_payment_due",
            "notice",
            Person(LEA, scope="all", roles=FINANCE),
            {"sam": "sales day", "lea": "finance day"},
        ),
        (
            "first_payment_due",
            "notice",
            Person(LEA, scope="all", roles=FINANCE, kinds=frozenset({"over_limit"})),
            {"sam": "sales day"},
        ),
        (
            "over_limit",
            "warning",
            Person(LEA, scope="all", roles=FINANCE),
            {"fay": "finance day", "lea": "finance day"},
        ),
        ("over_limit", "warning", Person(LEA, scope="all", roles=SALES), {"fay": "finance day"}),
        ("over_limit", "warning", Person(LEA, scope="all", roles=FINANCE, has_left=True), {"fay": "finance day"}),
    ],
)
def test_each_is_told_as_he_wants_and_may(kind, severity, person, expected):
    assert told(kind, severity, person=person) == expected


def test_one_of_finance_who_owns_a_debtor_for_both_is_told_of_what_sales_is_told_without_a_finance_address():
    fay = Person(FAY, roles=FINANCE)
    owners = {"account_owner": FAY, "credit_owner": FAY}
    assert told("first_payment_due", "notice", owners, finance=None, fay=fay) == {"fay": "finance day"}


@pytest.mark.parametrize("kind", KINDS)
def test_who_reads_what_finance_does_hears_of_every_kind_of_his_own_debtors(kind):
    fay = Person(FAY, roles=FINANCE)
    severity = KINDS[kind].severities[-1]
    owners = {"account_owner": FAY, "credit_owner": FAY}
    assert told(kind, severity, owners, fay=fay).keys() == {"fay"}
    assert "lea" in told(kind, severity, lea=Person(LEA, scope="all", roles=FINANCE))


def test_of_three_kinds_only_sales_is_told_as_the_page_on_mail_says():
    of_sales_alone = {name for name, kind in KINDS.items() if "finance" not in kind.told}
    assert of_sales_alone == {"first_payment_due", "first_payment_received", "terms_not_signed"}
    page = Path("docs/mail.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in of_sales_alone)
