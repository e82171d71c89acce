"""What a batch of ledger lines does: rows once, balances that are sums, days that can be made again."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.records import debtors, ledger_drift
from api.records.debtor_days import SUMS, DebtorDayRecord
from api.records.invoices import CreditNoteRecord, InvoiceRecord
from api.records.ledger_batch import take
from api.records.ledger_lines import LedgerLine, LineResult, numbered
from api.records.payments import PaymentRecord
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.examples import examples

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = date(2026, 1, 1)


def debtor_of(session: Session) -> UUID:
    return debtors.add(
        session, {"name": "Bakkerij De Oever", "country": "NL"}, phase="monitoring", names=(), now=NOW
    ).id


@pytest.fixture
def debtor_id(sessions: Sessions, seller: Seller) -> UUID:
    with sessions.of(seller.id) as session:
        return debtor_of(session)


def invoice(debtor_id: UUID, number: str = "2026-1", amount: str = "100.00", **values: object) -> LedgerLine:
    return replace(
        LedgerLine(1, "invoice", debtor_id, numbered(number), number, DAY, Decimal(amount), "EUR", DAY + timedelta(30)),
        **values,
    )


def payment(debtor_id: UUID, reference: str, amount: str, *settles: tuple[str, str], **values: object) -> LedgerLine:
    parts = tuple((numbered(number), Decimal(part)) for number, part in settles)
    line = LedgerLine(
        1, "payment", debtor_id, numbered(reference), reference, DAY + timedelta(40), Decimal(amount), "EUR"
    )
    return replace(line, settles=parts, **values)


def credit_note(debtor_id: UUID, number: str, amount: str, *settles: tuple[str, str], **values: object) -> LedgerLine:
    return replace(payment(debtor_id, number, amount, *settles, **values), kind="credit_note")


@pytest.fixture
def taking(sessions: Sessions, seller: Seller) -> Callable[..., list[LineResult]]:
    """Takes lines, numbered in their order, in a transaction of its own."""

    def run(*lines: LedgerLine) -> list[LineResult]:
        with sessions.of(seller.id) as session:
            return take(session, [replace(each, line=number) for number, each in enumerate(lines, 1)], NOW)

    return run


def balances(session: Session, debtor_id: UUID) -> dict[str, Decimal]:
    rows = session.execute(
        text("SELECT stage, amount FROM exposure_balance WHERE debtor_id = :id AND amount <> 0"), {"id": debtor_id}
    )
    return {row.stage: row.amount for row in rows}


def days(session: Session, debtor_id: UUID) -> list[tuple[object, ...]]:
    columns = [getattr(DebtorDayRecord, name) for name in ("currency", "day", *SUMS)]
    rows = session.execute(select(*columns).where(DebtorDayRecord.debtor_id == debtor_id).order_by(*columns[:2]))
    return [tuple(row) for row in rows if any(row[2:])]


def assert_sound(session: Session) -> None:
    """Nothing derived may differ from what it is derived from."""
    assert ledger_drift.every(session) == []
    wrong = session.execute(
        text(
            "SELECT i.id FROM invoice i LEFT JOIN allocation a ON a.invoice_id = i.id GROUP BY i.seller_id, i.id"
            " HAVING i.open_amount <> i.amount - coalesce(sum(a.amount), 0) OR i.open_amount < 0"
            " OR i.paid_amount <> coalesce(sum(a.amount) FILTER (WHERE a.payment_id IS NOT NULL), 0)"
            " OR i.settled_on IS DISTINCT FROM CASE WHEN i.open_amount = 0 THEN coalesce("
            " max(a.happened_on) FILTER (WHERE a.payment_id IS NOT NULL), max(a.happened_on)) END"
        )
    ).all()
    assert wrong == []
    unused = session.execute(
        text(
            "SELECT c.id FROM credit_note c LEFT JOIN allocation a ON a.credit_note_id = c.id"
            " GROUP BY c.seller_id, c.id"
            " HAVING c.unused_amount <> c.amount - coalesce(sum(a.amount), 0) OR c.unused_amount < 0"
        )
    ).all()
    assert unused == []
    over_used = session.execute(
        text(
            "SELECT p.id FROM payment p JOIN allocation a ON a.payment_id = p.id GROUP BY p.seller_id, p.id"
            " HAVING sum(a.amount) > p.amount"
        )
    ).all()
    assert over_used == []
    money_in = session.execute(
        text(
            "SELECT (SELECT coalesce(sum(amount), 0) FROM payment) + (SELECT coalesce(sum(amount), 0) FROM credit_note)"
        )
    ).scalar_one()
    billed = session.execute(text("SELECT coalesce(sum(amount), 0) FROM invoice")).scalar_one()
    owed = session.execute(text("SELECT coalesce(sum(amount), 0) FROM exposure_balance")).scalar_one()
    assert owed == billed - money_in


def test_an_invoice_and_its_settlement_come_in_one_line(sessions, seller, debtor_id, taking):
    settled = invoice(debtor_id, paid_on=DAY + timedelta(36), paid_amount=Decimal(100))
    assert [result.state for result in taking(settled)] == ["taken"]
    with sessions.of(seller.id) as session:
        record = session.scalars(select(InvoiceRecord)).one()
        assert (record.open_amount, record.paid_amount, record.settled_on) == (0, 100, DAY + timedelta(36))
        assert balances(session, debtor_id) == {}
        (settled_day,) = [row for row in days(session, debtor_id) if row[5]]
        # exposure change, invoiced, due and open, count, amount, days x amount, late over 0, 5, 15, 30, 60;
        # how many: paid, late over 0, 5, 15, 30, 60, due and open
        assert settled_day[2:] == (-100, 0, 0, 1, 100, 600, 100, 100, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0)
        assert_sound(session)


def test_the_same_content_again_is_known_and_other_content_is_refused_naming_what_differs(debtor_id, taking):
    assert [each.state for each in taking(invoice(debtor_id), invoice(debtor_id))] == ["taken", "known"]
    (known,) = taking(invoice(debtor_id))
    assert known.state == "known"
    (refused,) = taking(invoice(debtor_id, amount="95.00", due_on=DAY + timedelta(14)))
    assert (refused.state, refused.code) == ("refused", "reference_taken")
    assert refused.detail == "known with other content: due_on 2026-01-31, amount 100"


@pytest.mark.parametrize("at_once", [True, False], ids=["in one batch", "in batches of their own"])
def test_settlements_that_grow_over_time_are_payments_of_what_came_more(sessions, seller, debtor_id, taking, at_once):
    told = [
        invoice(debtor_id),
        invoice(debtor_id, paid_on=DAY + timedelta(10), paid_amount=Decimal(40)),
        invoice(debtor_id, paid_on=DAY + timedelta(50), paid_amount=Decimal(100)),
    ]
    results = taking(*told) if at_once else [result for line in told for result in taking(line)]
    assert [each.state for each in results] == ["taken"] * 3
    assert [each.state for each in taking(*told)] == ["known"] * 3
    with sessions.of(seller.id) as session:
        paid = session.execute(
            select(PaymentRecord.paid_on, PaymentRecord.amount).order_by(PaymentRecord.paid_on)
        ).all()
        assert paid == [(DAY + timedelta(10), 40), (DAY + timedelta(50), 60)]
        assert_sound(session)


def test_an_older_settlement_that_comes_late_is_known(debtor_id, taking):
    taking(invoice(debtor_id, paid_on=DAY + timedelta(50), paid_amount=Decimal(100)))
    assert taking(invoice(debtor_id, paid_on=DAY + timedelta(10), paid_amount=Decimal(40)))[0].state == "known"
    assert taking(invoice(debtor_id))[0].state == "known"


def test_the_same_settlement_on_another_day_is_refused(debtor_id, taking):
    taking(invoice(debtor_id, paid_on=DAY + timedelta(50), paid_amount=Decimal(100)))
    (result,) = taking(invoice(debtor_id, paid_on=DAY + timedelta(51), paid_amount=Decimal(100)))
    assert (result.code, result.detail) == ("reference_taken", "known with other content: paid_on 2026-02-20")


def test_what_an_invoice_cannot_take_stays_unallocated(sessions, seller, debtor_id, taking):
    taking(invoice(debtor_id))
    results = taking(
        payment(debtor_id, "p1", "70.00", ("2026-1", "70.00")), payment(debtor_id, "p2", "70.00", ("2026-1", "70.00"))
    )
    assert [each.state for each in results] == ["taken", "taken"]
    with sessions.of(seller.id) as session:
        assert balances(session, debtor_id) == {"unallocated": Decimal(-40)}
        assert_sound(session)


def test_a_credit_note_lowers_its_invoice_and_is_no_payment_behaviour(sessions, seller, debtor_id, taking):
    taking(invoice(debtor_id), credit_note(debtor_id, "c1", "120.00", ("2026-1", "120.00")))
    with sessions.of(seller.id) as session:
        assert session.scalars(select(CreditNoteRecord)).one().unused_amount == 20
        assert session.scalars(select(InvoiceRecord)).one().settled_on == DAY + timedelta(40)
        assert not any(row[5] for row in days(session, debtor_id))
        assert balances(session, debtor_id) == {"unallocated": Decimal(-20)}
        assert_sound(session)


def paid(amount: str, day: int = 30) -> dict[str, object]:
    return {"paid_on": DAY + timedelta(day), "paid_amount": Decimal(amount)}


@pytest.mark.parametrize("at_once", [True, False], ids=["in one batch", "in batches of their own"])
@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (["80"], [80]),
        (["50", "80"], [50, 30]),
        (["100"], [80]),  # Paid in full: what was open of it.
        (["70", "100"], [70, 10]),
        (["20"], [20]),  # As much as was credited, and paid all the same.
    ],
)
def test_what_was_paid_in_all_is_held_against_payments_and_not_against_credits(
    sessions, seller, debtor_id, taking, told, expected, at_once
):
    taking(invoice(debtor_id))
    taking(credit_note(debtor_id, "c1", "20.00", ("2026-1", "20.00")))
    lines = [invoice(debtor_id, **paid(amount, 30 + place)) for place, amount in enumerate(told)]
    results = taking(*lines) if at_once else [result for line in lines for result in taking(line)]
    assert [each.state for each in results] == ["taken"] * len(lines)
    assert {each.state for each in taking(*lines)} == {"known"}
    with sessions.of(seller.id) as session:
        amounts = session.scalars(select(PaymentRecord.amount).order_by(PaymentRecord.paid_on)).all()
        assert amounts == expected
        assert session.scalars(select(InvoiceRecord.open_amount)).one() == 80 - sum(expected)
        assert balances(session, debtor_id).get("unallocated") is None
        assert_sound(session)


def test_a_late_credit_note_does_not_make_a_prompt_payer_late(sessions, seller, debtor_id, taking):
    taking(invoice(debtor_id), payment(debtor_id, "p1", "80.00", ("2026-1", "80.00"), dated_on=DAY + timedelta(30)))
    taking(credit_note(debtor_id, "c1", "20.00", ("2026-1", "20.00"), dated_on=DAY + timedelta(55)))
    with sessions.of(seller.id) as session:
        assert session.scalars(select(InvoiceRecord.settled_on)).one() == DAY + timedelta(30)
        (settled_day,) = [row for row in days(session, debtor_id) if row[5]]
        # day; count, amount, days x amount, late over 0
        assert (settled_day[1], *settled_day[5:9]) == (DAY + timedelta(30), 1, 80, 0, 0)
        assert_sound(session)


def test_a_small_rest_that_is_paid_late_settles_the_invoice_on_that_day(sessions, seller, debtor_id, taking):
    taking(invoice(debtor_id, **paid("99.99", 30)))
    taking(invoice(debtor_id, **paid("100.00", 60)))
    with sessions.of(seller.id) as session:
        assert session.scalars(select(InvoiceRecord.settled_on)).one() == DAY + timedelta(60)
        assert_sound(session)


def test_money_that_named_no_invoice_settles_the_ones_that_are_named_later(sessions, seller, debtor_id, taking):
    taking(invoice(debtor_id, "1"), invoice(debtor_id, "2"), payment(debtor_id, "p1", "170.00"))
    first = payment(debtor_id, "p1", "170.00", ("1", "100.00"))
    both = payment(debtor_id, "p1", "170.00", ("1", "100.00"), ("2", "70.00"))
    assert [taking(line)[0].state for line in (first, first, both, both, first)] == [
        *("taken", "known", "taken", "known", "known")
    ]
    with sessions.of(seller.id) as session:
        assert balances(session, debtor_id) == {"invoiced": Decimal(30)}
        opened = session.execute(select(InvoiceRecord.open_amount, InvoiceRecord.settled_on)).all()
        assert sorted(opened, key=lambda row: row[0]) == [(0, DAY + timedelta(40)), (30, None)]
        assert session.scalars(select(PaymentRecord.amount)).all() == [170]
        assert_sound(session)


@pytest.mark.parametrize("at_once", [True, False], ids=["in one batch", "in batches of their own"])
def test_the_rest_of_an_overpaid_invoice_goes_to_the_invoice_that_is_named_next(
    sessions, seller, debtor_id, taking, at_once
):
    taking(invoice(debtor_id, "1"), invoice(debtor_id, "2", "200.00"), invoice(debtor_id, "3"))
    lines = [payment(debtor_id, "p1", "250.00", (number, "250.00")) for number in ("1", "2", "3")]
    results = taking(*lines) if at_once else [result for line in lines for result in taking(line)]
    assert [each.state for each in results] == ["taken", "taken", "refused"]
    assert results[2].detail == "known with other content: all of it is allocated to other invoices"
    assert [each.state for each in taking(*lines)] == ["known", "known", "refused"]
    with sessions.of(seller.id) as session:
        amounts = session.execute(select(InvoiceRecord.invoice_number, InvoiceRecord.open_amount)).all()
        assert sorted(amounts) == [("1", 0), ("2", 50), ("3", 100)]
        assert_sound(session)


@pytest.mark.parametrize(
    ("values", "detail"),
    [
        ({"amount": Decimal("99.00")}, "amount 100"),
        ({"dated_on": DAY}, "paid_on 2026-02-10"),
        ({"currency": "USD"}, "currency EUR"),
    ],
)
def test_other_content_of_a_payment_is_refused_also_with_allocations(debtor_id, taking, values, detail):
    taking(invoice(debtor_id, currency=str(values.get("currency", "EUR"))), payment(debtor_id, "p1", "100.00"))
    (result,) = taking(replace(payment(debtor_id, "p1", "100.00", ("2026-1", "50.00")), **values))
    assert (result.code, result.detail) == ("reference_taken", f"known with other content: {detail}")


@pytest.mark.parametrize("kind", ["invoice", "payment", "credit_note"])
@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_an_amount_that_is_not_above_zero_is_refused_before_it_is_stored(debtor_id, taking, kind, amount):
    with pytest.raises(ValueError, match=f"line 1: amount {amount} must be above zero"):
        taking(replace(invoice(debtor_id, amount=amount), kind=kind))


@pytest.mark.parametrize("told", [{"paid_amount": Decimal(50)}, {"paid_on": DAY}, paid("100.01"), paid("0.00")])
def test_a_settlement_that_is_none_is_refused_before_it_is_stored(debtor_id, taking, told):
    with pytest.raises(ValueError, match="line 1: paid_on and paid_amount"):
        taking(invoice(debtor_id, **told))


def test_a_payment_of_an_invoice_nobody_sent_is_refused_and_can_come_again(debtor_id, taking):
    late = payment(debtor_id, "p1", "100.00", ("2026-1", "100.00"))
    assert taking(late)[0].code == "invoice_unknown"
    taking(invoice(debtor_id))
    assert taking(late)[0].state == "taken"
    assert taking(late)[0].state == "known"
    assert taking(replace(late, settles=()))[0].state == "known"


def test_a_payment_in_another_currency_than_its_invoice_is_refused(debtor_id, taking):
    taking(invoice(debtor_id))
    (result,) = taking(payment(debtor_id, "p1", "100.00", ("2026-1", "100.00"), currency="USD"))
    assert (result.code, result.detail) == ("currency_differs", "invoice 2026-1 is in EUR")


def test_a_dispute_may_come_later_and_takes_the_invoice_out_of_behaviour_and_overdue(
    sessions, seller, debtor_id, taking
):
    paid = {"paid_on": DAY + timedelta(36), "paid_amount": Decimal(100)}
    taking(invoice(debtor_id, **paid), invoice(debtor_id, "2026-2"))
    results = taking(invoice(debtor_id, disputed=True, **paid), invoice(debtor_id, "2026-2", disputed=True))
    assert [each.state for each in results] == ["taken", "taken"]
    assert [each.state for each in taking(invoice(debtor_id, **paid))] == ["known"]
    with sessions.of(seller.id) as session:
        assert not any(row[4] or row[5] for row in days(session, debtor_id))
        assert_sound(session)


def test_two_sellers_may_use_the_same_numbers(sessions, new_seller):
    for _ in range(2):
        other = new_seller()
        with sessions.of(other.id) as session:
            debtor_id = debtor_of(session)
            lines = [invoice(debtor_id), payment(debtor_id, "p1", "100.00", ("2026-1", "100.00"), line=2)]
            assert [each.state for each in take(session, lines, NOW)] == ["taken", "taken"]


amounts = st.decimals("0.01", "200", places=2)
offsets = st.integers(0, 120).map(lambda days: DAY + timedelta(days))
numbers = st.sampled_from([f"n{number}" for number in range(4)])


@st.composite
def told(draw: st.DrawFn) -> dict[str, object]:
    """One line about one of two debtors and four numbers, so that lines often meet."""
    kind = draw(st.sampled_from(["invoice", "invoice", "payment", "credit_note"]))
    line: dict[str, object] = {"kind": kind, "debtor": draw(st.integers(0, 1)), "number": draw(numbers)}
    if kind == "invoice":
        amount = draw(st.sampled_from([Decimal(100), Decimal(80)]))
        paid = draw(st.none() | st.decimals("0.01", amount, places=2) | st.just(amount))
        line |= {"amount": amount, "dated_on": DAY, "due_on": DAY + timedelta(30), "disputed": draw(st.booleans())}
        line |= {"paid_amount": paid, "paid_on": None if paid is None else draw(offsets)}
    else:
        amount = draw(amounts | st.just(Decimal(150)))  # Often the same payment again, for other invoices.
        names = draw(st.lists(numbers, max_size=2 if kind == "payment" else 1, unique=True))
        line |= {
            "amount": amount,
            "dated_on": draw(offsets | st.just(DAY)),
            "settles": [(name, amount / len(names)) for name in names],
        }
        line["settles"] = tuple((numbered(name), part.quantize(Decimal("0.01"))) for name, part in line["settles"])
    return line


@settings(max_examples=examples(20, 60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(told(), max_size=8), min_size=1, max_size=5))
def test_whatever_comes_in_whatever_batches_the_books_are_sound(
    sessions: Sessions, new_seller: Callable[[], Seller], batches: Sequence[Sequence[dict[str, object]]]
):
    seller = new_seller()
    with sessions.of(seller.id) as session:
        ids = [debtor_of(session), debtor_of(session)]
    for batch in batches:
        lines = [
            LedgerLine(
                line=place,
                debtor_id=ids[each["debtor"]],
                identity=numbered(each["number"]),
                currency="EUR",
                **{name: value for name, value in each.items() if name != "debtor"},
            )
            for place, each in enumerate(batch)
        ]
        with sessions.of(seller.id) as session:
            assert [result.line for result in take(session, lines, NOW)] == list(range(len(lines)))
        with sessions.of(seller.id) as session:
            assert_sound(session)
    with sessions.of(seller.id) as session:
        # A batch repeated at the end, when every invoice is there, adds nothing the second time.
        take(session, lines, NOW)
    with sessions.of(seller.id) as session:
        assert "taken" not in {result.state for result in take(session, lines, NOW)}
        assert_sound(session)
