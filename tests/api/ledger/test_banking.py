"""What bank statements do to a ledger: booked where it is certain, proposed where not, each entry once."""

from datetime import timedelta
from decimal import Decimal

import pytest

from api.records import debtor_days, payments
from tests.api.ledger.bank_ledger import POLICY
from tests.api.ledger.statements import (
    ACCOUNT,
    DAY,
    PAYER,
    credit_note,
    entry,
    invoice,
    statement,
)

RF = "RF18539007547034"


# --- Booked by itself ------------------------------------------------------------------------------------------------

PLAIN = {"counterparty_account": PAYER, "counterparty_name": "BAKKERIJ DE OEVER BV"}
BOOKED = {
    "our reference": ([entry("e", "100.00", reference=RF)], {"I-2001": 0, "I-2002": 250}, "reference", 0),
    "our reference, part": ([entry("e", "60.00", reference=RF)], {"I-2001": 40, "I-2002": 250}, "reference", 0),
    "our reference, too much": ([entry("e", "130.00", reference=RF)], {"I-2001": 0, "I-2002": 250}, "reference", -30),
    "our collection": ([entry("e", "100.00", end_to_end_id="INC-77")], {"I-2001": 0, "I-2002": 250}, "collection", 0),
    "a number": ([entry("e", "250.00", remittance_text="betreft I-2002")], {"I-2001": 100, "I-2002": 0}, "number", 0),
    "a number apart": ([entry("e", "250.00", referred_numbers=("I-2002",))], {"I-2001": 100, "I-2002": 0}, "number", 0),
    "numbers": (
        [entry("e", "350.00", remittance_text="I 2001, I 2002")],
        {"I-2001": 0, "I-2002": 0},
        "numbers",
        0,
    ),
    "a cent short": ([entry("e", "249.98", remittance_text="I-2002")], {"I-2001": 100, "I-2002": 0}, "number", 0),
}


@pytest.mark.parametrize("case", BOOKED)
def test_what_is_certain_is_booked(bank, case):
    entries, left, rule, unallocated = BOOKED[case]
    debtor_id = bank.debtor()
    bank.bill(
        invoice(debtor_id, "I-2001", remittance_reference=RF, collection_reference="INC-77"),
        invoice(debtor_id, "I-2002", "250.00"),
    )
    report = bank.receive(*statement(*entries))
    assert report.states["booked"] == 1
    assert bank.open() == left
    assert bank.rows("SELECT DISTINCT rule FROM allocation") == [(rule,)]
    assert bank.balances().get("unallocated", 0) == unallocated
    payment = bank.rows("SELECT p.id = e.id, p.bank_entry_id = e.id, p.identity FROM payment p, bank_entry e")
    assert payment == [(True, True, f"bank:{ACCOUNT}:e")]


def test_an_account_is_learnt_from_a_number_and_then_tells_the_debtor(bank):
    debtor_id = bank.debtor()
    bank.bill(invoice(debtor_id, "I-2001"), invoice(debtor_id, "I-2002", "250.00"))
    first = entry("a", "100.00", remittance_text="I-2001", **PLAIN)
    bank.receive(*statement(first, entry("b", "250.00", remittance_text="thank you", **PLAIN)))
    assert bank.open() == {"I-2001": 0, "I-2002": 0}
    assert bank.rows("SELECT account, debtor_id FROM debtor_account") == [(PAYER, debtor_id)]
    assert bank.rows("SELECT rule FROM allocation ORDER BY id") == [("number",), ("account",)]


def test_an_account_that_only_fits_by_amount_is_not_learnt(bank):
    debtor_id = bank.debtor()
    bank.learn(debtor_id)
    other = {**PLAIN, "counterparty_account": "NL20INGB0007654321"}
    bank.bill(invoice(debtor_id, "I-2001"))
    bank.receive(*statement(entry("a", "100.00", **other)))
    assert bank.states() == {"a": "proposed"}
    assert bank.rows("SELECT proposals -> 0 ->> 'why' FROM bank_entry") == [("name_alike",)]
    bank.receive(*statement(entry("b", "100.00", **PLAIN), reference="S2"))
    assert bank.open() == {"I-2001": 0}
    assert len(bank.rows("SELECT account FROM debtor_account")) == 1


def test_a_discount_that_is_taken_in_time_is_granted_and_a_difference_written_off(bank):
    debtor_id = bank.debtor()
    terms = {"discount_amount": Decimal("2.00"), "discount_until": DAY + timedelta(14)}
    bank.bill(invoice(debtor_id, "I-2001", **terms), invoice(debtor_id, "I-2002", "250.00"))
    bank.receive(
        *statement(
            entry("a", "98.00", 14, remittance_text="I-2001"), entry("b", "249.96", 15, remittance_text="I-2002")
        )
    )
    assert bank.open() == {"I-2001": 0, "I-2002": 0}
    granted = bank.rows("SELECT kind, amount, unused_amount FROM credit_note ORDER BY kind")
    assert granted == [("payment_difference", Decimal("0.04"), 0), ("settlement_discount", 2, 0)]
    assert bank.rows("SELECT paid_amount, settled_on FROM invoice ORDER BY invoice_number") == [
        (98, DAY + timedelta(14)),
        (Decimal("249.96"), DAY + timedelta(15)),
    ]


def test_a_credit_note_that_is_left_is_used_by_the_payment_that_reckons_with_it(bank):
    debtor_id = bank.debtor()
    bank.learn(debtor_id)
    bank.bill(
        invoice(debtor_id, "I-2001"), invoice(debtor_id, "I-2002", "250.00"), credit_note(debtor_id, "C-1", "30.00")
    )
    bank.receive(*statement(entry("a", "320.00", **PLAIN)))
    assert bank.open() == {"I-2001": 0, "I-2002": 0}
    assert bank.rows("SELECT unused_amount FROM credit_note") == [(0,)]
    assert bank.balances() == {}
    paid = "SELECT coalesce(sum(amount), 0) FROM allocation WHERE payment_id IS NOT NULL"
    assert bank.rows(paid) == [(320,)]


def test_two_payments_of_one_statement_do_not_settle_one_invoice_twice(bank):
    debtor_id = bank.debtor()
    bank.learn(debtor_id)
    bank.bill(invoice(debtor_id, "I-2001"))
    same = {"remittance_text": "I-2001", **PLAIN}
    bank.receive(*statement(entry("a", "100.00", **same), entry("b", "100.00", **same)))
    assert bank.states() == {"a": "booked", "b": "booked"}
    assert bank.balances() == {"unallocated": -100}


def test_a_discount_is_granted_once_however_many_payments_would_take_it(bank):
    debtor_id = bank.debtor()
    bank.learn(debtor_id)
    terms = {"discount_amount": Decimal("2.00"), "discount_until": DAY + timedelta(14)}
    bank.bill(invoice(debtor_id, "I-2001", **terms))
    same = {"remittance_text": "I-2001", **PLAIN}
    bank.receive(*statement(entry("a", "98.00", 14, **same), entry("b", "98.00", 14, **same)))
    assert bank.rows("SELECT amount FROM credit_note") == [(2,)]
    assert bank.balances() == {"unallocated": -98}


@pytest.mark.parametrize(
    ("told", "days"),
    [
        ({"transaction_code": "PMNT-IDDT-ESDD"}, 56),
        ({"transaction_code": "PMNT-IDDT-BBDD", "mandate_reference": "M-1"}, None),
        ({"mandate_reference": "M-1"}, 56),
        ({"end_to_end_id": "INC-77"}, 56),
        ({"transaction_code": "PMNT-RCDT-ESCT"}, None),
    ],
)
def test_a_direct_debit_can_be_asked_back_for_eight_weeks_unless_it_is_between_companies(bank, told, days):
    debtor_id = bank.debtor()
    bank.bill(invoice(debtor_id, "I-2001", collection_reference="INC-77"))
    bank.receive(*statement(entry("a", "100.00", 31, **{"remittance_text": "I-2001", **told})))
    until = None if days is None else DAY + timedelta(31 + days)
    assert bank.rows("SELECT returnable_until FROM payment") == [(until,)]


# --- Left to a person, or to nobody ----------------------------------------------------------------------------------


def test_two_that_fit_are_proposed_and_the_money_is_booked_with_its_debtor(bank):
    debtor_id = bank.debtor()
    bank.learn(debtor_id)
    bank.bill(invoice(debtor_id, "I-2001"), invoice(debtor_id, "I-2002"))
    bank.receive(*statement(entry("a", "100.00", **PLAIN)))
    assert bank.states() == {"a": "proposed"}
    assert bank.balances() == {"invoiced": 200, "unallocated": -100}
    ((proposals,),) = bank.rows("SELECT proposals FROM bank_entry")
    assert [each["why"] for each in proposals[:2]] == ["several_fit", "several_fit"]
    assert {each["allocations"][0]["number"] for each in proposals[:2]} == {"I-2001", "I-2002"}


def test_money_in_another_currency_is_matched_within_it_only(bank):
    debtor_id = bank.debtor()
    bank.learn(debtor_id)
    bank.bill(invoice(debtor_id, "I-2001"), invoice(debtor_id, "I-2002", currency="USD"))
    bank.receive(*statement(entry("a", "100.00", currency="USD", **PLAIN)))
    assert bank.open() == {"I-2001": 100, "I-2002": 0}


def test_what_is_no_payment_of_a_debtor_is_passed_over(bank):
    bank.debtor()
    told = statement(
        entry("rent", "-900.00", counterparty_name="Landlord"),
        entry("costs", "-3.10", is_charge=True),
        entry("bounced", "50.00", return_reason="AC04"),
        entry("own", "5000.00", counterparty_account="NL02ABNA0123456789"),
    )
    report = bank.receive(
        *told, *statement(entry("x", "-5000.00", counterparty_account=ACCOUNT), account="NL02ABNA0123456789")
    )
    assert report.states == {"passed_over": 5}


def test_an_intraday_report_is_counted_and_not_kept(bank):
    report = bank.receive(*statement(entry("a", "100.00"), entry("b", "1.00"), kind="intraday_report"))
    assert (report.intraday_count, report.taken_count) == (2, 0)
    assert "intraday_report" in report.notes
    assert bank.states() == {}


# --- Returns ---------------------------------------------------------------------------------------------------------

COLLECTED = {"end_to_end_id": "INC-77", "mandate_reference": "M-1", "transaction_code": "PMNT-IDDT-ESDD"}
BACK = {"return_reason": "MD06", "is_reversal": False}
RETURNS = {
    "end to end": {"end_to_end_id": "INC-77"},
    "mandate": {"mandate_reference": "M-1"},
    "mandate and account": {"mandate_reference": "M-1", "counterparty_account": PAYER},
    "the bank's reference": {"entry_reference": "BANK-1"},
    "the bank's reference in the text": {"remittance_text": "storno BANK-1"},
    "account, amount and text": {"counterparty_account": PAYER, "remittance_text": "storno incasso januari MD06"},
}


@pytest.mark.parametrize("case", RETURNS)
def test_a_returned_direct_debit_opens_its_invoice_again_with_its_old_due_date(bank, case):
    debtor_id = bank.debtor()
    bank.bill(invoice(debtor_id, "I-2001", collection_reference="INC-77"))
    paid = entry(
        "a",
        "100.00",
        31,
        counterparty_account=PAYER,
        remittance_text="incasso januari",
        entry_reference="BANK-1",
        **COLLECTED,
    )
    bank.receive(*statement(paid))
    assert bank.rows("SELECT returnable_until FROM payment") == [(paid.booked_on + timedelta(56),)]
    assert bank.open() == {"I-2001": 0}
    report = bank.receive(*statement(entry("r", "-100.00", 35, **BACK, **RETURNS[case]), reference="S2"))
    assert report.states == {"returned": 1}
    assert bank.rows("SELECT open_amount, paid_amount, settled_on, due_on FROM invoice") == [
        (100, 0, None, DAY + timedelta(30))
    ]
    assert bank.balances() == {"invoiced": 100}
    assert bank.rows("SELECT amount, happened_on FROM allocation ORDER BY id") == [
        (100, DAY + timedelta(31)),
        (-100, DAY + timedelta(35)),
    ]
    assert bank.rows("SELECT amount, reason, returned_on FROM payment_return") == [(100, "MD06", DAY + timedelta(35))]
    assert len(bank.rows("SELECT id FROM event WHERE type = 'payment.returned.v1'")) == 1
    with bank.sessions.of(bank.seller.id) as session:
        view = debtor_days.behaviour(session, debtor_id, "EUR", DAY + timedelta(50), POLICY.evidence)
    assert (view.behaviour.settled_count, view.behaviour.oldest_overdue_days) == (0, 20)
    # Paid after all: late by what passed since the old due date.
    bank.receive(*statement(entry("b", "100.00", 60, remittance_text="I-2001"), reference="S3"))
    assert bank.rows("SELECT settled_on FROM invoice") == [(DAY + timedelta(60),)]
    with bank.sessions.of(bank.seller.id) as session:
        view = debtor_days.behaviour(session, debtor_id, "EUR", DAY + timedelta(61), POLICY.evidence)
    assert (view.behaviour.settled_count, view.behaviour.dbt_days) == (1, 30)


def test_a_discount_goes_with_the_payment_that_is_taken_back(bank):
    debtor_id = bank.debtor()
    terms = {"discount_amount": Decimal("2.00"), "discount_until": DAY + timedelta(14)}
    bank.bill(invoice(debtor_id, "I-2001", **terms))
    bank.receive(*statement(entry("a", "98.00", 14, remittance_text="I-2001", end_to_end_id="E1")))
    bank.receive(*statement(entry("r", "-98.00", 20, end_to_end_id="E1", **BACK), reference="S2"))
    assert bank.open() == {"I-2001": 100}
    assert bank.balances() == {"invoiced": 100}
    bank.receive(*statement(entry("b", "100.00", 30, remittance_text="I-2001", end_to_end_id="E2"), reference="S3"))
    assert bank.open() == {"I-2001": 0}


def test_a_return_and_the_payment_that_makes_up_for_it_in_one_statement(bank):
    debtor_id = bank.debtor()
    bank.bill(invoice(debtor_id, "I-2001", collection_reference="INC-77"))
    bank.receive(
        *statement(
            entry("a", "100.00", 31, counterparty_account=PAYER, **COLLECTED),
            entry("r", "-100.00", 35, end_to_end_id="INC-77", **BACK),
            entry("b", "100.00", 40, counterparty_account=PAYER, remittance_text="I-2001"),
        )
    )
    assert bank.states() == {"a": "booked", "r": "returned", "b": "booked"}
    assert bank.rows("SELECT open_amount, settled_on FROM invoice") == [(0, DAY + timedelta(40))]
    assert bank.balances() == {}


def test_a_return_of_two_like_payments_is_left_to_a_person(bank):
    debtor_id = bank.debtor()
    bank.bill(invoice(debtor_id, "I-2001"), invoice(debtor_id, "I-2002"))
    bank.receive(
        *statement(
            entry("a", "100.00", 31, remittance_text="I-2001", end_to_end_id="E"),
            entry("b", "100.00", 31, remittance_text="I-2002", end_to_end_id="E"),
            entry("r", "-100.00", 35, end_to_end_id="E", **BACK),
            entry("q", "-77.00", 35, end_to_end_id="F", **BACK),
        )
    )
    assert bank.states() == {"a": "booked", "b": "booked", "r": "proposed", "q": "proposed"}
    (proposals,) = (dict(bank.rows("SELECT identity, proposals FROM bank_entry"))["r"],)
    assert [each["rule"] for each in proposals] == ["return", "return"]


def test_a_return_that_comes_before_its_payment_waits_for_it(bank):
    debtor_id = bank.debtor()
    bank.bill(invoice(debtor_id, "I-2001", collection_reference="INC-77"))
    bank.receive(*statement(entry("r", "-100.00", 35, end_to_end_id="INC-77", **BACK), reference="S2"))
    assert bank.states() == {"r": "proposed"}
    report = bank.receive(*statement(entry("a", "100.00", 31, **COLLECTED)))
    assert bank.states() == {"r": "returned", "a": "booked"}
    assert report.states == {"booked": 1, "returned": 1, "proposed": -1}
    assert bank.open() == {"I-2001": 100}


def test_money_that_went_back_is_not_proposed_any_more(bank):
    debtor_id = bank.debtor()
    bank.learn(debtor_id)
    bank.bill(invoice(debtor_id, "I-2001"), invoice(debtor_id, "I-2002"))
    bank.receive(*statement(entry("a", "100.00", end_to_end_id="E", **PLAIN)))
    assert bank.states() == {"a": "proposed"}
    bank.receive(*statement(entry("r", "-100.00", 45, end_to_end_id="E", **BACK), reference="S2"))
    assert bank.states() == {"a": "booked", "r": "returned"}
    assert bank.rows("SELECT proposals FROM bank_entry WHERE identity = 'a'") == [(None,)]
    assert bank.balances() == {"invoiced": 200}


def test_a_return_that_the_bank_tells_twice_takes_nothing_more_back(bank):
    debtor_id = bank.debtor()
    bank.bill(invoice(debtor_id, "I-2001", collection_reference="INC-77"))
    bank.receive(*statement(entry("a", "100.00", 31, **COLLECTED)))
    for identity in ("r", "q"):
        bank.receive(*statement(entry(identity, "-100.00", 35, end_to_end_id="INC-77", **BACK), reference=identity))
    assert bank.states() == {"a": "booked", "r": "returned", "q": "proposed"}
    assert bank.balances() == {"invoiced": 100}


def test_a_payment_and_its_return_move_the_sums_of_its_group(bank):
    parent_id, debtor_id = bank.debtor("Holding"), bank.debtor()
    bank.rows(f"UPDATE debtor SET parent_id = '{parent_id}' WHERE id = '{debtor_id}' RETURNING id")
    bank.bill(invoice(debtor_id, "I-2001", collection_reference="INC-77"))
    below = f"SELECT stage, below_amount FROM exposure_balance WHERE debtor_id = '{parent_id}' AND below_amount <> 0"
    bank.receive(*statement(entry("a", "100.00", 31, **COLLECTED)))
    assert bank.rows(below) == []
    bank.receive(*statement(entry("r", "-100.00", 35, end_to_end_id="INC-77", **BACK), reference="S2"))
    assert bank.rows(below) == [("invoiced", 100)]


# --- Notifications ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turned", [False, True], ids=["notification first", "statement first"])
def test_a_notification_explains_a_batch(bank, turned):
    debtor_id = bank.debtor()
    bank.bill(invoice(debtor_id, "I-2001"), invoice(debtor_id, "I-2002", "250.00"))
    told = [
        statement(
            entry("n1", "100.00", remittance_text="I-2001", entry_reference="B"),
            entry("n2", "250.00", remittance_text="I-2002", entry_reference="B"),
            kind="notification",
            reference="N",
        ),
        statement(entry("s", "350.00", entry_reference="B", is_batch=True, transactions_count=2)),
    ]
    first, second = reversed(told) if turned else told
    bank.receive(*first)
    assert bank.open() == {"I-2001": 100, "I-2002": 250}
    bank.receive(*second)
    assert bank.states() == {"n1": "booked", "n2": "booked", "s": "explained"}
    assert bank.open() == {"I-2001": 0, "I-2002": 0}
    for each in told:
        assert bank.receive(*each).taken_count == 0


@pytest.mark.parametrize("turned", [False, True], ids=["notification first", "statement first"])
def test_what_a_statement_itself_books_is_not_booked_again_for_its_notification(bank, turned):
    debtor_id = bank.debtor()
    bank.bill(invoice(debtor_id, "I-2001"))
    told = [
        statement(entry("n", "100.00", remittance_text="I-2001", entry_reference="B"), kind="notification"),
        statement(entry("s", "100.00", remittance_text="I-2001", entry_reference="B")),
    ]
    for each in reversed(told) if turned else told:
        bank.receive(*each)
    assert bank.states() == {"n": "explained", "s": "booked"}
    assert bank.balances() == {}


def test_a_batch_that_the_notification_does_not_add_up_to_is_left_to_a_person(bank):
    bank.debtor()
    bank.receive(*statement(entry("n", "99.00", entry_reference="B"), kind="notification"))
    bank.receive(*statement(entry("s", "100.00", entry_reference="B", is_batch=True, transactions_count=2)))
    assert bank.states() == {"n": "announced", "s": "proposed"}


def test_what_can_be_asked_back_is_told_until_it_no_longer_can(bank):
    debtor_id = bank.debtor()
    bank.bill(invoice(debtor_id, "I-2001", collection_reference="INC-77"))
    paid = entry("a", "100.00", 31, end_to_end_id="INC-77", counterparty_account=PAYER)
    bank.receive(*statement(paid))
    last_day = paid.booked_on + timedelta(56)

    def returnable(on):
        with bank.sessions.of(bank.seller.id) as session:
            return payments.returnable(session, debtor_id, on, None)

    assert [returnable(last_day), returnable(last_day + timedelta(1))] == [{"EUR": 100}, {}]
    back = entry("r", "-100.00", 35, end_to_end_id="INC-77", return_reason="MD06", counterparty_account=PAYER)
    bank.receive(*statement(back, reference="S2"))
    assert returnable(last_day) == {}  # It is open again instead.
