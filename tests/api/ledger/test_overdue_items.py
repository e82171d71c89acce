"""What is overdue, invoice by invoice: interest on what is left, costs, VAT relief, and rates that are missing."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from api.records.public_rates import PublicRateRecord
from tests.api.ledger.test_measures import (  # noqa: F401
    add_debtor,
    bill,
    book,
    debtor_id,
    erp,
    measured,
    money,
    pay,
    seller,
)


def items(client, debtor, query=""):
    return measured(client, f"debtors/{debtor}/overdue-items", query)


def test_each_overdue_invoice_says_what_the_law_adds(erp, book):  # noqa: F811
    found = items(erp, book)
    assert [each["invoice_number"] for each in found["items"]] == ["F4", "F2", "F5"]
    disputed, part, dollars = found["items"]
    assert (disputed["disputed"], disputed["overdue_days"], disputed["vat_relief_amount"]) == (True, 90, None)
    assert disputed["interest"] == money("7.51")  # 300 x 10.15 % x 90 / 365
    assert disputed["vat_relief_on"] == "2027-03-03"
    assert (part["open_amount"], part["overdue_days"]) == (money("600.00"), 31)
    # Ten days over 1,000.00 give 2.78, which the 400.00 pays first; 21 days over the 602.78 that is left give 3.52.
    assert part["interest"] == money("6.30")
    assert part["collection_costs"] == money("90.00")
    assert (part["provisional"], part["provisional_from"], part["rate_pct"]) == (False, None, "10.15")
    assert part["rate_source"]
    assert part["vat_relief_amount"] == money("0.00")
    assert [dollars[name] for name in ("interest", "collection_costs", "vat_relief_on")] == [None, None, None]
    euros, others = found["totals"]
    assert (euros["items_count"], euros["disputed_count"], euros["open_amount"]) == (2, 1, "900.00")
    assert (euros["interest"], euros["collection_costs"], euros["collection_costs_together"]) == (
        "13.81",
        "135.00",
        "135.00",
    )
    assert (others["currency"], others["open_amount"], others["interest"]) == ("USD", "80.00", None)


def test_vat_relief_is_the_vat_in_what_is_open(erp, debtor_id):  # noqa: F811
    bill(erp, debtor_id, "F1", "12100.00", "2026-01-01", "2026-01-31", vat_amount=money("2100.00"))
    pay(erp, debtor_id, "P1", "6050.00", "2026-02-15", "F1")
    (item,) = items(erp, debtor_id)["items"]
    assert (item["vat_relief_on"], item["vat_relief_amount"]) == ("2027-01-31", money("1050.00"))


def test_a_half_year_without_a_rate_is_provisional_until_somebody_adds_it(erp, debtor_id, sessions):  # noqa: F811
    bill(erp, debtor_id, "F1", "1000.00", "2026-05-01", "2026-05-31")
    (item,) = items(erp, debtor_id, "?as_of=2027-01-11")["items"]
    assert (item["provisional"], item["provisional_from"]) == (True, "2027-01-01")
    rate = {"kind": "statutory_commercial_interest", "name": "NL", "known_at": datetime(2050, 5, 1, tzinfo=UTC)}
    with sessions.of_nobody() as session:
        session.add(PublicRateRecord(valid_on=date(2097, 7, 1), value=Decimal("20"), source="told by us", **rate))
    (item,) = items(erp, debtor_id, "?as_of=2097-07-20")["items"]
    assert (item["rate_pct"], item["rate_source"], item["provisional_from"]) == ("20", "told by us", "2027-01-01")
    (item,) = items(erp, debtor_id, "?as_of=2097-07-20&known_at=2049-12-31")["items"]
    assert item["rate_source"] != "told by us"


def test_pages_follow_each_other_and_the_totals_stay(erp, debtor_id):  # noqa: F811
    for place in range(5):
        bill(erp, debtor_id, f"F{place}", "100.00", "2026-04-01", "2026-04-30")
    seen, query = [], "?limit=2"
    while query:
        page = items(erp, debtor_id, query)
        seen += [each["invoice_number"] for each in page["items"]]
        assert page["totals"][0]["items_count"] == 5
        query = f"?limit=2&after={page['next']}" if page["next"] else ""
    assert sorted(seen) == [f"F{place}" for place in range(5)]
    refused = erp.get(f"/v1/debtors/{debtor_id}/overdue-items?after=x")
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "bad_cursor")


def test_a_spreadsheet_gets_the_same_rows(erp, book):  # noqa: F811
    answer = erp.get(f"/v1/debtors/{book}/overdue-items?limit=1", headers={"Accept": "text/csv"})
    head, row = answer.text.splitlines()
    assert head.startswith("invoice_id,invoice_number,invoiced_on,due_on,overdue_days,disputed,amount,amount_currency")
    assert ",F4,2026-02-01,2026-03-03,90,true,300.00,EUR,300.00,EUR,7.51,EUR," in row
    assert 'rel="next"' in answer.headers["Link"]


def test_the_past_is_told_by_both_clocks(erp, debtor_id, sessions):  # noqa: F811
    bill(erp, debtor_id, "F1", "1000.00", "2026-04-01", "2026-05-01")
    pay(erp, debtor_id, "P1", "1000.00", "2026-05-11", "F1")
    assert items(erp, debtor_id)["items"] == []
    (item,) = items(erp, debtor_id, "?as_of=2026-05-10")["items"]
    assert (item["open_amount"], item["interest"]) == (money("1000.00"), money("2.50"))
    assert items(erp, debtor_id, "?as_of=2026-05-10&known_at=2026-05-31")["items"] == []


@pytest.mark.parametrize("day", ["1970-01-01", "2000-01-01"])
def test_what_is_older_than_the_law_we_have_in_numbers_has_none(erp, debtor_id, day):  # noqa: F811
    bill(erp, debtor_id, "F1", "1000.00", day, day)
    (item,) = items(erp, debtor_id)["items"]
    assert (item["interest"], item["collection_costs"]) == (None, None)
