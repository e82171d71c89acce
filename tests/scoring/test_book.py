"""The measures of a book from its sums, where there is little to measure, and what may be lost of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from scoring.book import EMPTY, PAST_COUNT_MIN, BookSums, OpenSum, measure, months_of, provide
from scoring.book_risk import ClassExposure, book_loss, class_shares
from scoring.overdue import OverdueInvoice, claim_of
from scoring.policy.provisions import ProvisionsPolicy
from scoring.receivables import MonthlySales
from scoring.statutory.interest import PartPayment
from scoring.statutory.law import dutch_law

RATES = ProvisionsPolicy().loss_rates


def open_sum(amount: int, *, disputed: bool = False) -> OpenSum:
    return OpenSum("1-30", disputed, 1, Decimal(amount), Decimal(10 * amount))


def test_nothing_has_no_days_and_no_shares_and_says_so():
    found = measure(EMPTY, 365, RATES)
    assert (found.nothing_open, found.overdue_share, found.dispute_rate) == (True, 0, 0)
    assert (found.dso, found.dbt_days, found.dbt_days_incl_open, found.collection_effectiveness) == (None,) * 4


def test_a_book_of_disputes_alone_is_not_overdue_but_outstanding():
    found = measure(replace(EMPTY, opened=(open_sum(100, disputed=True),), sales_amount=Decimal(100)), 100, RATES)
    assert (found.receivables, found.overdue, found.overdue_share, found.dispute_rate) == (100, 0, 0, 1)
    assert (found.dso, found.best_possible_dso, found.average_days_delinquent) == (100, 0, 100)
    assert found.provision.provision.gross_amount == 100


@pytest.mark.parametrize(("days", "months"), [(1, 1), (30, 1), (45, 1), (46, 2), (91, 3), (365, 12), (731, 24)])
def test_a_period_has_whole_months(days, months):
    assert months_of(days) == months


def test_a_month_that_has_not_ended_counts_the_days_that_have_passed():
    book = replace(EMPTY, opened=(open_sum(150),))
    months = (MonthlySales(2026, 6, Decimal(100), 10), MonthlySales(2026, 5, Decimal(100)))
    assert measure(replace(book, months=months), 365, RATES).dso_countback.days == Decimal("25.5")


def past(count: int, opened: int, *paid: int) -> BookSums:
    amounts = tuple(Decimal(each) for each in paid)
    return replace(
        EMPTY, opened=(open_sum(100),), past_count=count, past_paid=amounts, past_open_amount=Decimal(opened)
    )


@pytest.mark.parametrize(
    ("book", "source"),
    [
        (past(PAST_COUNT_MIN, 10, 50, 20, 10, 5, 5), "own_history"),
        (past(PAST_COUNT_MIN - 1, 10, 50, 20, 10, 5, 5), "policy"),
        (past(PAST_COUNT_MIN, 0, 50, 20, 10, 5, 5), "policy"),
    ],
)
def test_loss_rates_are_the_books_own_where_its_past_is_long_enough(book, source):
    found = provide(book, RATES)
    assert found.source == source
    own = Decimal(10) / 50  # Lost of what reached 1-30: 20 + 10 + 5 + 5 + 10.
    assert found.provision.loss_amount == 100 * (own if source == "own_history" else RATES["1-30"])


def exposure(risk_class: str | None, amount: int, pd_amount: str, without: int = 0) -> ClassExposure:
    return ClassExposure(risk_class, 1, Decimal(amount), Decimal(pd_amount), Decimal(without))


def test_expected_loss_is_pd_times_lgd_times_exposure_of_those_who_have_a_pd():
    classes = [exposure("low", 1000, "10"), exposure(None, 500, "0", 500)]
    found = book_loss(classes, Decimal("0.6"))
    assert (found.amount, found.missing, found.rated_amount, found.unrated_amount) == (6, None, 1000, 500)


@pytest.mark.parametrize(
    ("classes", "lgd", "missing"),
    [
        ([exposure("low", 1000, "10")], None, "no_loss_given_default"),
        ([exposure(None, 1000, "0", 1000)], Decimal("0.6"), "no_probability_of_default"),
    ],
)
def test_a_loss_that_cannot_be_told_is_absent_with_its_reason(classes, lgd, missing):
    assert (book_loss(classes, lgd).amount, book_loss(classes, lgd).missing) == (None, missing)


def test_nobody_owes_nothing_and_loses_nothing():
    assert class_shares([]) == ()
    assert book_loss([], Decimal("0.6")).amount == 0


def test_a_share_that_is_none_is_refused_in_the_policy():
    with pytest.raises(ValueError, match="loss_given_default"):
        ProvisionsPolicy(loss_given_default=Decimal(2))


def claim(*payments: PartPayment, credited: str = "0", vat: str | None = "0"):
    vat_amount = None if vat is None else Decimal(vat)
    invoice = OverdueInvoice(Decimal(5000), vat_amount, Decimal(credited), date(2026, 1, 1), payments)
    return claim_of(invoice, date(2026, 4, 1), dutch_law(), dutch_law().commercial_interest)


def test_an_overdue_invoice_bears_interest_until_the_day_it_is_asked_on():
    found = claim()
    assert (found.interest, found.costs, found.vat_relief_on) == (Decimal("125.14"), 625, date(2027, 1, 1))


def test_what_was_credited_was_never_owed_and_what_was_paid_in_time_bears_nothing():
    in_time = claim(PartPayment(date(2026, 1, 1), Decimal(2500)))
    assert claim(credited="2500").interest == in_time.interest == Decimal("62.57")


@pytest.mark.parametrize(("vat", "relief"), [(None, None), ("0", 0), ("5000", None)])
def test_vat_relief_is_told_where_the_vat_is_known(vat, relief):
    assert claim(vat=vat).vat_relief_amount == relief
