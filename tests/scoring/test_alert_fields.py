"""What of an alert's data is told to whom, and how it reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.monitoring.kinds import KINDS, alert_kind
from scoring.reasons.alert_fields import ALERT_FIELDS, alert_lines, told_to

MONEY = {"amount": "1250.50", "currency": "EUR"}
DATA = {
    "order_reference": "4711",
    "amount": MONEY,
    "exposure_amount": MONEY,
    "limit_amount": MONEY,
    "provider": "creditsafe",
    "reasons": [{"code": "grade_too_low"}],
    "grade": "G7",
    "due_at": None,
}


@pytest.mark.parametrize(
    ("audience", "is_natural_person", "names"),
    [
        ("finance", False, ["order_reference", "amount", "limit_amount", "exposure_amount", "provider"]),
        ("finance", True, ["order_reference", "amount", "limit_amount", "exposure_amount", "provider"]),
        ("sales", False, ["order_reference", "amount"]),
        ("sales", True, []),
    ],
)
def test_who_is_told_what(audience, is_natural_person, names):
    assert list(told_to(DATA, audience, is_natural_person=is_natural_person)) == names


@pytest.mark.parametrize(
    ("language", "data", "lines"),
    [
        ("en", {"amount": MONEY}, [("Amount", "EUR 1,250.50")]),
        ("nl", {"amount": MONEY}, [("Bedrag", "EUR 1.250,50")]),
        ("nl", {"due_on": "2026-03-01"}, [("Vervalt op", "01-03-2026")]),
        ("en", {"due_at": "2026-03-01T23:30:00+00:00"}, [("Deadline", "2026-03-02")]),  # Already tomorrow there.
        ("en", {"overdue_days": 3}, [("Days overdue", "3 days")]),
        ("en", {"due_on": "soon", "order_reference": "4711"}, [("Order", "4711"), ("Due on", "soon")]),
        ("en", {"due_on": "soon"}, [("Due on", "soon")]),
        (
            "nl",
            {"risk_class_before": "low", "risk_class": "high"},
            [("Klasse voorheen", "laag"), ("Klasse nu", "hoog")],
        ),
        ("nl", {"outcome": "decline"}, [("Besluit", "afgewezen")]),
        ("en", {"outcome": "brand_new"}, [("Decision", "brand_new")]),
        ("nl", {"result": "on_time"}, [("Betaald", "op tijd")]),
        (
            "en",
            {"late_days": "21.3", "late_days_before": "4"},
            [("Paid late by", "21.3 days"), ("Before, by", "4 days")],
        ),
        ("nl", {"late_share_before": "0.125"}, [("Deel voorheen", "12,5%")]),
        ("en", {"share_reached": "0.80"}, [("Of the limit, at least", "80%")]),
        ("nl", {"overdue_days_reached": 30}, [("Over de vervaldatum, minstens", "30 dagen")]),
        ("en", {"promised_amount": MONEY, "noted_by": "x"}, [("Promised", "EUR 1,250.50"), ("Noted by", "x")]),
        ("nl", {"scope": "group"}, [("Limiet van", "het hele concern")]),
        ("en", {"differs": "debtor"}, [("What differs", "the order is another debtor's")]),
        ("en", {"noted_by": "key:0190a1b2-0000-7000-8000-000000000001"}, [("Noted by", "a machine")]),
        ("nl", {"missing_after_on": "2026-03-01"}, [("Na het afschrift tot en met", "01-03-2026")]),
        ("en", {"failing_since": "2026-03-01T23:30:00+00:00"}, [("Fails since", "2026-03-02")]),
        (
            "en",
            {"amount": {"amount": "much", "currency": "EUR"}},
            [("Amount", "{'amount': 'much', 'currency': 'EUR'}")],
        ),
    ],
)
def test_how_it_reads(language, data, lines):
    assert alert_lines(data, language, "Europe/Amsterdam") == lines


values = st.one_of(st.none(), st.text(), st.integers(), st.booleans(), st.lists(st.text()), st.just(MONEY))


@given(data=st.dictionaries(st.sampled_from([*ALERT_FIELDS, "grade", "pd"]), values), person=st.booleans())
def test_sales_never_reads_more_than_finance_and_all_of_it_can_be_written(data, person):
    sales, finance = (told_to(data, who, is_natural_person=person) for who in ("sales", "finance"))
    assert sales.items() <= finance.items()
    hidden = {"grade", "pd", "exposure_amount", "limit_amount", "owed_amount", "used_amount", "risk_class", "late_days"}
    assert not hidden & sales.keys()
    for language in ("en", "nl"):
        assert len(alert_lines(finance, language, "Europe/Amsterdam")) == len(finance)


@pytest.mark.parametrize(("kind", "title"), [("brand_new_kind", "Brand new kind"), ("", "Alert"), ("___", "Alert")])
def test_a_kind_without_words_is_told_all_the_same(kind, title):
    found = alert_kind(kind)
    assert (found.title.en, found.told) == (title, {"finance"})
    assert kind not in KINDS
