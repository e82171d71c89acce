"""How alerts of every kind read in a mail, to each who is told, in both languages: nothing of it is an id or a code."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from api.mail.contents import content, fact_of
from api.mail.rendering import write_mail
from api.records.alert_names import Names
from api.records.alerts import AlertRecord
from api.records.debtors import DebtorRecord
from api.records.sellers import Seller
from scoring.monitoring.kinds import KINDS

SELLER = Seller(UUID(int=1), "Voorbeeld B.V.", "live", "Europe/Amsterdam", "EUR", timedelta())
ALERT, DEBTOR, KIN, INVOICE, ORDER = (UUID(int=number) for number in range(2, 7))
NAMES = Names({KIN: DebtorRecord(name="Kaartenhuis B.V.", is_natural_person=False)}, {INVOICE: "F-7"}, {ORDER: "4711"})


def id_of(number):
    return str(UUID(int=number))


def euro(amount):
    return {"amount": amount, "currency": "EUR"}


LIMIT = {
    "change_id": id_of(7),
    "provider": "creditsafe",
    "kind": "limit",
    "old": "30000",
    "new": "12000",
    "changed_at": "2026-03-01T23:30:00+00:00",
}
# The data of each kind, as whoever opens it tells them.
DATA = {
    "first_payment_due": {"invoice_ids": [str(INVOICE)], "due_on": "2026-03-05"},
    "first_payment_overdue": {"invoice_ids": [str(INVOICE)], "due_on": "2026-03-05"},
    "first_payment_received": {"invoice_ids": [str(INVOICE)], "paid_on": "2026-03-05", "result": "late"},
    "limit_nearly_used": {
        "limit_id": id_of(1),
        "limit_amount": euro("10000"),
        "used_amount": euro("8100"),
        "share_reached": "0.80",
    },
    "behaviour_worsened": {
        "late_days": "21.3",
        "late_days_before": "4",
        "late_share": "0.5",
        "late_share_before": "0.125",
    },
    "class_worsened": {
        "decision_id": id_of(1),
        "limit_id": id_of(1),
        "outcome": "decline",
        "risk_class": "high",
        "risk_class_before": "low",
    },
    "overdue_items": {"oldest_due_on": "2026-02-01", "overdue_days_reached": 30},
    "promise_due": {
        "promise_ids": [id_of(1)],
        "promises_count": 2,
        "promised_on": "2026-03-01",
        "noted_by": "ann@example.com",
        "promised_amount": euro("100.00"),
    },
    "promise_broken": {
        "promise_ids": [id_of(1)],
        "promises_count": 1,
        "promised_on": "2026-03-01",
        "noted_by": "ann@example.com",
        "promised_amount": euro("100.00"),
        "unpaid_amount": euro("60.00"),
    },
    "not_invoiced": {"order_ids": [str(ORDER)], "orders_count": 1, "oldest_delivered_on": "2026-02-20"},
    "terms_not_signed": {"limit_id": id_of(1), "since_on": "2026-02-01"},
    "cover_stop_near": {"oldest_due_on": "2026-02-01", "cover_stop_on": "2026-04-01"},
    "cover_stopped": {"oldest_due_on": "2026-02-01", "cover_stop_on": "2026-04-01"},
    "notify_deadline_near": {"oldest_due_on": "2026-02-01", "deadline_on": "2026-04-01"},
    "handover_deadline_near": {"oldest_due_on": "2026-02-01", "deadline_on": "2026-04-01"},
    "claim_deadline_near": {"oldest_due_on": "2026-02-01", "deadline_on": "2026-04-01"},
    "insolvency_event": {
        "providers": ["kvk"],
        "events": [{"code": "bankruptcy", "occurred_on": "2026-02-27", "provider": "kvk", "report_id": id_of(2)}],
        "changes": [{**LIMIT, "kind": "insolvency", "old": None, "new": "bankruptcy"}],
    },
    "group_insolvency_event": {"insolvent_debtor_ids": [str(KIN)], "insolvent_count": 1},
    "concentration": {"debtor_id": id_of(3), "owed_amount": euro("50000"), "book_share": "0.25"},
    "over_limit": {
        "limit_amount": euro("10000"),
        "exposure_amount": euro("12000"),
        "over_limit_amount": euro("2000"),
        "scope": "group",
    },
    "limit_expired": {"limit_id": id_of(1), "scope": "own", "valid_until": "2026-02-28"},
    "review_due": {"limit_id": id_of(1), "scope": "group", "next_review_on": "2026-02-28", "valid_until": None},
    "limit_not_taken_over": {
        "scope": "own",
        "merged_debtor_id": str(KIN),
        "limit": {"kind": "amount", "amount": euro("1000")},
        "valid_until": None,
    },
    "referral_overdue": {
        "application_id": id_of(1),
        "state": "referred",
        "due_at": "2026-03-01T10:00:00+00:00",
        "owner": "fay@example.com",
    },
    "cover_reduced": {
        "state": "granted",
        "before": euro("10000"),
        "after": euro("5000"),
        "valid_from": "2026-03-01",
        "valid_until": None,
    },
    "cover_withdrawn": {
        "state": "withdrawn",
        "before": euro("10000"),
        "after": euro("0"),
        "valid_from": "2026-03-01",
        "valid_until": None,
    },
    "cover_unknown": {
        "provider": "atradius",
        "cover_request_ids": [id_of(1)],
        "insurance_policy_ids": [id_of(2)],
    },
    "sanctions_hit": {"provider": "opensanctions", "entity_ids": ["NK-1"]},
    "sanctions_possible": {"provider": "opensanctions", "entity_ids": ["NK-1"]},
    "held_order_overdue": {"order_id": str(ORDER), "due_at": "2026-03-01T10:00:00+00:00", "owner": "fay@example.com"},
    "delivered_past_the_gate": {
        "order_id": str(ORDER),
        "order_reference": "4711",
        "delivery_reference": "L1",
        "amount": euro("100"),
        "reasons": [{"code": "x"}],
    },
    "invoiced_above_order": {
        "order_id": str(ORDER),
        "order_reference": "4711",
        "order_amount": euro("100"),
        "invoiced_amount": euro("120"),
    },
    "invoiced_without_release": {
        "order_id": str(ORDER),
        "order_reference": "4711",
        "state": "held",
        "order_amount": euro("100"),
        "invoiced_amount": euro("120"),
    },
    "order_differs": {"id": id_of(4), "order_id": str(ORDER), "order_reference": "4711", "differs": "currency"},
    "prepayment_returned": {"order_id": str(ORDER), "order_reference": "4711", "amount": euro("100")},
    "statement_missing": {
        "account": "NL91ABNA0417164300",
        "currency": "EUR",
        "after": {"until_on": "2026-02-01", "sequence_number": "3"},
        "before": {"from_on": "2026-02-03", "sequence_number": "5"},
        "difference": "10.00",
    },
    "statement_repeated": {"account": "NL91ABNA0417164300", "currency": "EUR", "statements": []},
    "source_refused": {"provider": "kvk"},
    "source_down": {"provider": "kvk", "code": "timeout"},
    "bureau_change": {"changes_count": 1, "changes": [LIMIT]},
    "notice_unreadable": {"notice_id": id_of(1), "provider": "dnb", "fault": "no JSON"},
    "webhook_paused": {
        "webhook_id": id_of(1),
        "description": "ERP",
        "reason": "timeout",
        "failing_since": "2026-03-01T10:00:00+00:00",
    },
}


def text_of(kind, audience, language, is_natural_person=False):
    debtor = DebtorRecord(id=DEBTOR, name="Middenmaat B.V.", is_natural_person=is_natural_person)
    alert = AlertRecord(
        id=ALERT,
        kind=kind,
        severity=KINDS[kind].severities[-1],
        data=DATA[kind],
        due_on=date(2026, 3, 9),
        opened_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    return write_mail(content(new=[fact_of(alert, debtor, audience, NAMES)]), None, language, SELLER, None).text


# Figures of bureaus, limits, what is owed, and who told it: not for sales.
HIDDEN = ("30000", "12000", "creditsafe", "kvk", "EUR 10,000", "EUR 12,000", "EUR 8,100", "EUR 50,000")


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_reads_without_ids_and_codes(kind, language):
    for audience in ("sales", "finance"):
        text = text_of(kind, audience, language)
        lines = [each for each in text.splitlines() if str(ALERT) not in each]
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-|key:|[{}\[\]]|None|\w_\w", "\n".join(lines))
        assert "Middenmaat B.V." in text
        assert audience == "finance" or not any(each in text for each in HIDDEN)


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_natural_person_sales_reads_that_there_is_an_alert_and_no_more(kind):
    lines = text_of(kind, "sales", "en", is_natural_person=True).splitlines()
    labels = [each.split(":")[0].strip() for each in lines if each.startswith("  ")]
    assert labels == ["Debtor", "Since", "What to do", "Alert"]


@pytest.mark.parametrize(
    ("kind", "audience", "language", "line"),
    [
        ("bureau_change", "finance", "en", "Limit by the bureau: from 30000 to 12000 (2026-03-02, creditsafe)"),
        ("insolvency_event", "finance", "nl", "Procedure: faillissement (27-02-2026, kvk)"),
        ("insolvency_event", "sales", "en", "Procedure: bankruptcy (2026-02-27)"),
        ("group_insolvency_event", "sales", "nl", "Insolvent: Kaartenhuis B.V."),
        ("first_payment_due", "sales", "nl", "Facturen: F-7"),
        ("held_order_overdue", "sales", "en", "Order: 4711"),
        ("limit_not_taken_over", "finance", "en", "Limit was of: Kaartenhuis B.V."),
        ("over_limit", "finance", "nl", "Limiet van: het hele concern"),
        ("order_differs", "finance", "en", "What differs: the currency"),
        ("statement_missing", "finance", "en", "After the statement until: 2026-02-01"),
        ("statement_missing", "finance", "nl", "Voor het afschrift vanaf: 03-02-2026"),
    ],
)
def test_what_its_reader_must_know_stands_in_it(kind, audience, language, line):
    assert f"  {line}\n" in text_of(kind, audience, language)
