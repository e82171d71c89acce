"""What holds of every order: the prepayment is the least, more room never hurts, nothing hides a reason, replays."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.stock_erp import credit_warning
from scoring.canonical import canonical_json
from scoring.documents import DocumentInvalid
from scoring.engines import EngineUnknown, judge_order
from scoring.facts import CreditLimit
from scoring.order_stages import (
    OrderProgress,
    beyond_amount,
    kept_amount,
    stages_of,
    still_to_invoice,
    waiting_stages,
)
from scoring.orders import (
    LimitLevel,
    OpenItems,
    OrderAsked,
    OrderFacts,
    OrderJudgement,
    order_facts_document,
    order_facts_from_document,
    release_order,
)
from tests.scoring.ordered import CENT, STRICT, any_order, any_order_of_money, any_order_of_room, level, order
from tests.scoring.strategies import cents
from tests.scoring.test_order_stages import any_progress, on

RANKS = ["accept", "accept_prepayment", "hold_first_payment", "refer", "decline"]


def judged(facts: OrderFacts) -> OrderJudgement:
    return release_order(facts, STRICT)


def paid(facts: OrderFacts, amount: Decimal) -> OrderFacts:
    """The facts after so much more of the order was prepaid and booked."""
    return replace(facts, asked=replace(facts.asked, prepaid_cleared=facts.asked.prepaid_cleared + amount))


def heaviest(found: OrderJudgement) -> str:
    return max((each.effect for each in found.reasons if each.effect in RANKS), key=RANKS.index, default="accept")


@given(any_order)
def test_the_outcome_is_the_heaviest_that_a_reason_calls_for(facts: OrderFacts) -> None:
    found = judged(facts)
    assert found.outcome == heaviest(found)
    assert (found.prepayment_required is not None) == (found.outcome == "accept_prepayment")


@given(any_order_of_money)
def test_what_must_be_prepaid_is_the_smallest_sum_that_is_enough(facts: OrderFacts) -> None:
    found = judged(facts)
    assume(found.outcome == "accept_prepayment")
    required = found.prepayment_required
    assert required is not None
    assert CENT <= required <= facts.asked.amount - facts.asked.prepaid_cleared
    assert judged(paid(facts, required)).outcome == "accept"
    assert judged(paid(facts, required - CENT)).outcome == "accept_prepayment"


@given(any_order_of_room())
def test_where_only_the_room_is_wanting_the_sum_is_what_does_not_fit(facts: OrderFacts) -> None:
    found, asked = judged(facts), facts.asked
    assert found.headroom is not None
    room = min(each.most - each.exposure for each in facts.levels if each.most is not None) + asked.own_exposure
    assert found.headroom == room
    if asked.is_prepaid or asked.adds <= room:
        assert (found.outcome, found.prepayment_required) == ("accept", None)
    elif room < 0:
        assert found.prepayment_required == asked.amount - asked.prepaid_cleared
    else:
        assert found.prepayment_required == asked.counted_amount - asked.prepaid_cleared - room


@given(any_order_of_room(), any_progress(), st.none() | st.integers(0, 120).map(on))
def test_what_waits_keeps_no_more_than_the_limits_leave(
    facts: OrderFacts, progress: OrderProgress, horizon_on: date | None
) -> None:
    """However it is spread over days, and whatever of it was delivered or paid: what has left counts in any case."""
    left = still_to_invoice(progress)
    assume(left)
    own = stages_of(progress, None, may_deliver=False).delivered
    counted = left - beyond_amount(progress, horizon_on)
    facts = replace(facts, asked=OrderAsked(left, counted, progress.prepaid, own))
    found = judged(facts)
    assume(found.outcome == "accept_prepayment")
    required = found.prepayment_required
    assert required is not None
    kept = kept_amount(progress, required, horizon_on)
    waiting = waiting_stages(progress, required, kept)
    assert (waiting.reserved, waiting.delivered, waiting.scheduled) == (kept, own, 0)
    room = min(each.most - each.exposure for each in facts.levels if each.most is not None) + own
    assert waiting.counted <= max(own, room)
    # What it keeps is what it needs once that is paid.
    paid_for = stages_of(replace(progress, prepaid=progress.prepaid + required), horizon_on)
    assert waiting.counted <= paid_for.counted + required


@given(any_order_of_room())
def test_an_accepted_order_stays_within_every_limit(facts: OrderFacts) -> None:
    if judged(facts).outcome == "accept" and not facts.asked.is_prepaid:
        for each in facts.levels:
            assert each.most is not None
            assert each.exposure - facts.asked.own_exposure + facts.asked.adds <= each.most


@given(any_order_of_room())
def test_the_gate_holds_what_an_erp_out_of_the_box_would_warn_of(facts: OrderFacts) -> None:
    """That one sum knows no group, horizon or guarantee; where there is none the two agree."""
    own, asked = facts.levels[0], facts.asked
    alone = replace(
        facts,
        levels=(replace(own, secured_amount=Decimal(0)),),
        asked=replace(asked, counted_amount=asked.amount, prepaid_cleared=Decimal(0)),
    )
    assert own.limit.amount is not None
    warned = credit_warning(own.exposure, Decimal(0), asked.amount, asked.own_exposure, own.limit.amount)
    assert warned.warns is (judged(alone).outcome == "accept_prepayment")


def roomier(one: LimitLevel, more: Decimal) -> LimitLevel:
    """The same level with a higher limit, where it is an amount."""
    if one.limit.amount is None:
        return one
    return replace(one, limit=CreditLimit("amount", one.limit.amount + more))


@given(any_order, cents(0, 20_000))
def test_more_room_never_makes_the_answer_worse(facts: OrderFacts, more: Decimal) -> None:
    wider = replace(facts, levels=tuple(roomier(each, more) for each in facts.levels))
    one, other = judged(facts), judged(wider)
    assert other.outcome.rank <= one.outcome.rank
    if one.prepayment_required is not None and other.prepayment_required is not None:
        assert other.prepayment_required <= one.prepayment_required
    unlimited = tuple(
        each if each.limit.kind == "none" else replace(each, limit=CreditLimit("unlimited")) for each in facts.levels
    )
    assert judged(replace(facts, levels=unlimited)).outcome.rank <= other.outcome.rank


@given(any_order, cents(0, 20_000))
def test_paying_more_before_never_makes_the_answer_worse(facts: OrderFacts, amount: Decimal) -> None:
    assert judged(paid(facts, amount)).outcome.rank <= judged(facts).outcome.rank


@given(any_order)
def test_a_further_limit_of_the_group_never_makes_the_answer_better(facts: OrderFacts) -> None:
    fewer = replace(facts, levels=facts.levels[:1])
    assert judged(fewer).outcome.rank <= judged(facts).outcome.rank


# What takes each reason away, or each of two that one fact may give.
CURES: list[tuple[set[str], dict[str, object]]] = [
    ({"account_on_hold"}, {"on_hold": False}),
    ({"parent_insolvent"}, {"parent_insolvent": False}),
    ({"stop_supply"}, {"supply_stopped": False}),
    ({"sanctions_hit", "sanctions_possible"}, {"sanctions": None}),
    ({"terms_not_agreed"}, {"terms_agreed": True}),
    ({"onboarding_incomplete"}, {"onboarding_missing": ()}),
    ({"first_payment_pending", "critical_debtor"}, {"first_payment": "first_paid_on_time"}),
    ({"cover_stopped"}, {"max_extension_days": None}),
    ({"dunning_level"}, {"dunning_level": 0}),
    ({"currency_not_converted"}, {"other_currencies": ()}),
    ({"cover_stopped", "oldest_open_item", "overdue_share"}, {"items": OpenItems()}),
    ({"limit_missing_or_expired", "limit_exceeded"}, {"levels": (level("unlimited"),)}),
]


@given(any_order, st.sampled_from(CURES))
def test_a_reason_stands_whatever_else_does(facts: OrderFacts, cure: tuple[set[str], dict[str, object]]) -> None:
    """Curing one thing takes away its own reasons, and neither brings another nor hides one."""
    cured, change = cure
    before = [each.code for each in judged(facts).reasons]
    after = [each.code for each in judged(replace(facts, **change)).reasons]  # type: ignore[arg-type]
    assert after == [each for each in before if each not in cured]


@given(any_order)
def test_reasons_stand_in_their_fixed_order(facts: OrderFacts) -> None:
    fixed = [
        *("sanctions_hit", "sanctions_possible", "insolvency_event", "debtor_not_active", "account_on_hold"),
        *("held_by_procedure", "parent_insolvent", "stop_supply", "event_unknown", "currency_not_converted"),
        *("limit_missing_or_expired", "terms_not_agreed", "onboarding_incomplete", "first_payment_pending"),
        *("critical_debtor", "cover_stopped", "oldest_open_item", "overdue_share", "dunning_level"),
        *("max_document_value", "limit_exceeded", "prepayment_share"),
    ]
    places = [fixed.index(each.code) for each in judged(facts).reasons]
    assert places == sorted(places)


@given(any_order)
def test_facts_survive_being_kept_and_give_the_same_bytes(facts: OrderFacts) -> None:
    document = order_facts_document(facts)
    again = order_facts_from_document(document)
    assert again == facts
    assert canonical_json(order_facts_document(again)) == canonical_json(document)
    judgement = canonical_json(judge_order("2", facts, STRICT).document())
    assert canonical_json(judge_order("2", again, STRICT).document()) == judgement
    assert canonical_json(judge_order("1", again, STRICT).document()) == judgement


def test_kept_facts_that_cannot_be_read_name_every_fault() -> None:
    document = order_facts_document(order())
    document["asked"]["amount"] = "-5"
    document["risk_class"] = "fine"
    document["levels"][0]["limit"] = {"kind": "unlimited", "amount": "5"}
    del document["terms_agreed"]
    with pytest.raises(DocumentInvalid) as caught:
        order_facts_from_document(document)
    assert {fault.path for fault in caught.value.faults} == {"asked", "risk_class", "levels.0.limit", "terms_agreed"}


def test_kept_facts_without_the_debtors_own_limit_are_refused() -> None:
    document = order_facts_document(order(levels=(level(), level(scope="group"))))
    del document["levels"][0]
    with pytest.raises(DocumentInvalid, match="own limit"):
        order_facts_from_document(document)


def test_an_engine_that_is_not_kept_judges_no_order() -> None:
    with pytest.raises(EngineUnknown, match="'3'"):
        judge_order("3", order(), STRICT)
