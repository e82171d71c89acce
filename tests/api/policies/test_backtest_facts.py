"""The facts of an order of the past: those that a check of the evening before would have had."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy.orm import Session

from api.check_facts import Judged, Question, gather
from api.policies.backtest.judging import JudgedOrder, Period, judged
from api.policy_shelf import Rules
from api.records import book_lateness, checks, public_rates
from api.records.public_rates import PublicRate
from api.records.reports import ReportRecord
from api.records.sellers import Seller
from api.records.sessions import Sessions
from providers.stored_facts import as_document
from scoring.facts import Asked, BureauFacts, CheckFacts
from scoring.policy.document import parse_policy, shipped
from tests.examples import examples
from tests.records.random_ledgers import TODAY, Learner, Step, line, steps

POLICY = parse_policy(shipped()["default"])
SLOW = settings(max_examples=examples(8, 20), phases=[Phase.generate], suppress_health_check=list(HealthCheck))
TOMORROW = TODAY + timedelta(1)


def order(learner: Learner, owner: int, day: object = TOMORROW, **values: object) -> None:
    bill = line("invoice", learner, owner, f"order-{owner}-{day}", day, Decimal(70), **values)
    learner.learn(lambda each: each.take(replace(bill, due_on=bill.dated_on)))


def judged_of(learner: Learner) -> dict[UUID, list[JudgedOrder]]:
    """The judged orders of each debtor."""
    period = Period(TODAY - timedelta(900), TOMORROW, False, "Europe/Amsterdam")
    with learner.sessions.snapshot_of(learner.seller_id) as session:
        return {each.ledger.debtor.id: list(each.orders) for each in judged(session, [POLICY], period)}


def facts_of_check(session: Session, debtor_id: UUID) -> CheckFacts:
    """What a credit check of today looks at, where no source is asked."""
    start = checks.start(session, debtor_id)
    assert start is not None
    question = Question(Asked(order_amount=Decimal(70)), (), ())
    return gather(session, Judged(start.debtor, question, Rules(1, "", POLICY), ()), TODAY)


@SLOW
@given(learnt=steps())
def test_an_order_of_tomorrow_has_the_facts_of_a_check_of_today(
    sessions: Sessions, new_seller: Callable[..., Seller], learnt: list[Step]
) -> None:
    learner = Learner.new(sessions, new_seller().id)
    for step in learnt:
        learner.learn(step)
    assert POLICY.evidence.lateness is not None
    with sessions.of(learner.seller_id) as session:
        book_lateness.count(session, TODAY, POLICY.evidence.lateness.window_days)
    with sessions.of(learner.seller_id) as session:
        checked = {debtor_id: facts_of_check(session, debtor_id) for debtor_id in learner.debtor_ids}
    for owner in (0, 1):
        order(learner, owner)
    for debtor_id, orders in judged_of(learner).items():
        assert orders[-1].bill.invoiced_on == TOMORROW
        assert tuple(map(without_empty_book, orders[-1].facts)) == (without_empty_book(checked[debtor_id]),)


def without_empty_book(facts: CheckFacts) -> CheckFacts:
    """The facts with no book where nothing of it was settled: whether there is a row of zeros says nothing."""
    behaviour = facts.behaviour
    assert behaviour is not None
    lateness = behaviour.lateness
    assert lateness is not None
    if lateness.book is not None and lateness.book.count:
        return facts
    return replace(facts, behaviour=replace(behaviour, lateness=replace(lateness, book=None, book_counted_on=None)))


def report(pd: str, days_ago: int) -> ReportRecord:
    retrieved_at = datetime.combine(TODAY - timedelta(days_ago), time(23, 30), UTC)  # The day after, in Amsterdam.
    facts = BureauFacts("test", retrieved_at.date(), pd=Decimal(pd), horizon_months=12)
    return ReportRecord(
        kind="credit_bureau",
        provider="test",
        retrieved_at=retrieved_at,
        raw={},
        facts=as_document(facts),
        cost_amount=None,
        cost_currency=None,
        purpose=None,
        relation=None,
    )


def test_a_report_counts_from_the_day_it_was_fetched(sessions: Sessions, seller: Seller) -> None:
    learner = Learner.new(sessions, seller.id)
    with sessions.of(seller.id) as session:
        for each in (report("0.01", 50), report("0.2", 20)):
            each.debtor_id = learner.debtor_ids[0]
            session.add(each)
    for days in (60, 49, 48, 19, 18, 0):
        order(learner, 0, TODAY - timedelta(days))
    order(learner, 1, TODAY)
    told = {
        debtor_id: [facts.bureau and str(facts.bureau.pd) for each in orders for facts in each.facts]
        for debtor_id, orders in judged_of(learner).items()
    }
    # Fetched on the 49th and the 19th day ago, so known to orders of the day after; and only to those of that debtor.
    mine, other = learner.debtor_ids
    assert told == {mine: [None, None, "0.01", "0.01", "0.2", "0.2"], other: [None]}


def test_what_is_owed_in_another_currency_is_converted_by_the_rate_of_that_day(
    sessions: Sessions, seller: Seller
) -> None:
    learner, day = Learner.new(sessions, seller.id), TODAY - timedelta(100)
    with sessions.of(seller.id) as session:
        rates = [PublicRate("exchange", "USD", day - timedelta(ago), Decimal(2 + ago), "test") for ago in (1, 2)]
        public_rates.add(session, rates, learner.known_at)
    order(learner, 0, day - timedelta(30), currency="USD")
    order(learner, 0, day)
    order(learner, 0, day + timedelta(60))
    (rated, stale) = (each.facts[0].exposure for each in judged_of(learner)[learner.debtor_ids[0]])
    assert (rated.amount, rated.other_currencies) == (Decimal("23.33"), ())  # 70 dollars at 3 to the euro.
    # Sixty days later that rate is too old, and nobody converts by it.
    assert (stale.amount, stale.other_currencies) == (Decimal(70), ("USD",))


def test_a_first_invoice_that_is_open_waits_for_its_payment(sessions: Sessions, seller: Seller) -> None:
    learner = Learner.new(sessions, seller.id)
    for days in (30, 20):
        order(learner, 0, TODAY - timedelta(days))
    orders = judged_of(learner)[learner.debtor_ids[0]]
    assert [each.facts[0].debtor.first_payment_pending for each in orders] == [False, True]
