"""What is told of a debtor, by facts and days: where each signal begins, rises and ends, and that none flaps."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.facts import CreditLimit
from scoring.money import Money
from scoring.monitoring.book import concentrations
from scoring.monitoring.cover import warning_days
from scoring.monitoring.facts import (
    ChangeTold,
    DeliveredOrder,
    FirstInvoiceFacts,
    InsolvencyTold,
    NewerDecision,
    PaidItems,
    SignalFacts,
    StandingLimit,
)
from scoring.monitoring.judging import OpenSignal, SignalJudgement, effect_of, judge_signals
from scoring.monitoring.kinds import KINDS, OF_DEBTOR, owner_of
from scoring.monitoring.told import held_level
from scoring.policy.document import PolicyInvalid, parse_policy, shipped
from scoring.promises import Promise, state_of

DOCUMENT = shipped()["default"]
POLICY = parse_policy(DOCUMENT)
TODAY = date(2026, 6, 1)
LIMIT = StandingLimit("l", CreditLimit("amount", Decimal(10_000)), "normal", date(2026, 1, 1))
NOBODY = SignalFacts(TODAY, "d", limit=LIMIT, limited_since=date(2026, 1, 1), terms_agreed=True)


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


def of(**changed: Any) -> SignalFacts:
    return replace(NOBODY, **changed)


def told(facts: SignalFacts, **are_open: tuple[str, int]) -> dict[str, tuple[str, int]]:
    """What is to be open: severity and level by kind."""
    judged = judge_signals(facts, POLICY, {kind: OpenSignal(*each) for kind, each in are_open.items()})  # type: ignore[arg-type]
    return {each.kind: (each.severity, each.level) for each in judged.called}


def opened(judged: SignalJudgement) -> dict[str, OpenSignal]:
    return {each.kind: OpenSignal(each.severity, each.level) for each in judged.called}


def test_of_a_debtor_of_whom_all_is_well_nothing_is_told() -> None:
    judged = judge_signals(NOBODY, POLICY, {})
    assert (judged.called, judged.ended, judged.look_on) == ((), (), None)


@pytest.mark.parametrize(
    ("due", "settled", "kind", "look"),
    [
        (8, None, None, 1),  # A week before is tomorrow.
        (7, None, "first_payment_due", 13),
        (0, None, "first_payment_due", 6),
        (-5, None, "first_payment_due", 1),  # The last day of the grace.
        (-6, None, "first_payment_overdue", None),
        (-6, -6, "first_payment_received", 9),
        (-20, -14, "first_payment_received", 1),
        (-20, -15, None, None),  # Told for two weeks.
    ],
)
def test_the_first_payment_is_told_by_days(due: int, settled: int | None, kind: str | None, look: int | None) -> None:
    invoice = FirstInvoiceFacts("i", on(due), None if settled is None else on(settled))
    judged = judge_signals(of(first_invoices=(invoice,)), POLICY, {})
    assert [each.kind for each in judged.called] == ([kind] if kind else [])
    assert judged.look_on == (None if look is None else on(look))


@pytest.mark.parametrize(("paid", "severity", "result"), [(-4, "notice", "on_time"), (-3, "warning", "late")])
def test_sales_hears_whether_the_first_payment_came_in_time(paid: int, severity: str, result: str) -> None:
    facts = of(first_invoices=(FirstInvoiceFacts("a", on(-20), on(-20)), FirstInvoiceFacts("b", on(-9), on(paid))))
    (signal,) = judge_signals(facts, POLICY, {}).opened
    assert (signal.severity, signal.data["result"], signal.data["invoice_ids"]) == (severity, result, ["a", "b"])
    assert owner_of(signal.kind) == "sales"


@pytest.mark.parametrize(
    ("used", "before", "level"),
    [
        (4999, 0, 0),
        (5000, 0, 1),
        (4999, 1, 1),  # Between the share and its margin it stays as it is.
        (4500, 1, 1),
        (4499, 1, 0),
        (8000, 1, 2),
        (7500, 2, 2),
        (7499, 2, 1),
        (7999, 1, 1),
        (12_000, 0, 2),
        (4499, 2, 0),
    ],
)
def test_use_of_the_limit_is_told_at_shares_and_ends_below_a_margin(used: int, before: int, level: int) -> None:
    was = {"limit_nearly_used": (("notice", "warning")[before - 1], before)} if before else {}
    expected = {"limit_nearly_used": (("notice", "warning")[level - 1], level)} if level else {}
    assert told(of(used_amount=Decimal(used)), **was) == expected


@pytest.mark.parametrize(
    "limit",
    [
        None,
        replace(LIMIT, limit=CreditLimit("amount", Decimal(0))),
        replace(LIMIT, limit=CreditLimit("unlimited")),
        replace(LIMIT, valid_until=on(-1)),
    ],
)
def test_without_a_limit_in_force_none_of_it_is_used(limit: StandingLimit | None) -> None:
    assert told(of(limit=limit, used_amount=Decimal(9_000))) == {}


def test_what_cannot_be_converted_neither_opens_nor_ends() -> None:
    facts = of(used_amount=None)
    assert told(facts) == {}
    assert judge_signals(facts, POLICY, {"limit_nearly_used": OpenSignal("notice", 1)}).ended == ()


def items(count: int, days: str | None, share: str | None) -> PaidItems:
    return PaidItems(count, None if days is None else Decimal(days), None if share is None else Decimal(share))


@pytest.mark.parametrize(
    ("lately", "before", "was_open", "is_open"),
    [
        (items(3, "12", "0"), items(3, "2", "0"), False, True),
        (items(3, "11.9", "0"), items(3, "2", "0"), False, False),
        (items(3, "11.9", "0"), items(3, "2", "0"), True, True),
        (items(3, "7", "0"), items(3, "2", "0"), True, True),
        (items(3, "6.9", "0"), items(3, "2", "0"), True, False),
        (items(3, "2", "0.5"), items(3, "2", "0.25"), False, True),
        (items(3, "2", "0.36"), items(3, "2", "0.25"), True, True),
        (items(3, "2", "0.34"), items(3, "2", "0.25"), True, False),
        (items(2, "40", "1"), items(3, "2", "0"), False, False),  # Two invoices are no behaviour.
        (items(3, "40", "1"), items(0, None, None), False, False),
    ],
)
def test_behaviour_against_before(lately: PaidItems, before: PaidItems, was_open: bool, is_open: bool) -> None:
    was = {"behaviour_worsened": ("warning", 1)} if was_open else {}
    assert ("behaviour_worsened" in told(of(lately=lately, before=before), **was)) is is_open


@pytest.mark.parametrize(
    ("outcome", "risk_class", "expected"),
    [
        ("accept", "high", ("warning", 2)),
        ("accept", "normal", None),
        ("accept", "low", None),
        ("accept", None, None),
        ("decline", "normal", ("urgent", 4)),
        ("decline", None, ("urgent", 4)),
    ],
)
def test_a_newer_decision_of_a_worse_class(outcome: str, risk_class: Any, expected: Any) -> None:
    facts = of(decision=NewerDecision("c", TODAY, outcome, risk_class))
    found = told(facts).get("class_worsened")
    assert (found and found[0]) == (expected and expected[0])
    assert told(replace(facts, limit=None)) == {}


@pytest.mark.parametrize(
    ("days", "severity", "look"),
    [(13, None, 1), (14, "notice", 16), (29, "notice", 1), (30, "warning", 30), (60, "urgent", None)],
)
def test_overdue_items_by_age(days: int, severity: str | None, look: int | None) -> None:
    judged = judge_signals(of(oldest_overdue_on=on(-days)), POLICY, {})
    assert [each.severity for each in judged.called] == ([severity] if severity else [])
    assert judged.look_on == (None if look is None else on(look))


def test_what_was_delivered_and_not_invoiced_is_one_alert() -> None:
    orders = tuple(DeliveredOrder(f"{days:02}", on(-days)) for days in (30, 14, 13))
    judged = judge_signals(of(not_invoiced=orders), POLICY, {})
    (signal,) = judged.called
    assert (signal.data["order_ids"], signal.data["orders_count"]) == (["30", "14"], 2)
    assert judged.look_on == on(1)


@pytest.mark.parametrize(
    ("changed", "is_told"),
    [
        ({"limited_since": on(-14)}, True),
        ({"limited_since": on(-13)}, False),
        ({"limited_since": on(-14), "terms_agreed": True}, False),
        ({"limited_since": None, "limit": None}, False),
    ],
)
def test_terms_that_nobody_signed(changed: dict[str, Any], is_told: bool) -> None:
    assert ("terms_not_signed" in told(of(**{"terms_agreed": False, **changed}))) is is_told


def test_the_days_on_which_a_stop_of_cover_is_told() -> None:
    # The example of a period of 60 days: half, 80 %, ten, three and no days before.
    due_on = date(2026, 1, 31)
    days = warning_days(due_on, 60, POLICY.alerts)
    assert [str(each) for each in days] == ["2026-03-02", "2026-03-20", "2026-03-22", "2026-03-29", "2026-04-01"]
    assert warning_days(due_on, 0, POLICY.alerts) == [due_on]


@pytest.mark.parametrize(
    ("today", "kind", "severity", "look"),
    [
        ("2026-03-01", None, None, "2026-03-02"),
        ("2026-03-02", "cover_stop_near", "notice", "2026-03-20"),
        ("2026-03-22", "cover_stop_near", "warning", "2026-03-29"),
        ("2026-04-01", "cover_stop_near", "urgent", "2026-04-02"),
        ("2026-04-02", "cover_stopped", "urgent", None),
    ],
)
def test_cover_stops_by_the_oldest_unpaid_invoice(
    today: str, kind: str | None, severity: str | None, look: str | None
) -> None:
    facts = of(as_of=date.fromisoformat(today), oldest_unpaid_on=date(2026, 1, 31), max_extension_days=60)
    judged = judge_signals(facts, POLICY, {"cover_stop_near": OpenSignal("notice", 1)})
    assert [(each.kind, each.severity) for each in judged.called] == ([(kind, severity)] if kind else [])
    assert judged.look_on == (None if look is None else date.fromisoformat(look))
    assert judged.ended == (() if kind == "cover_stop_near" else ("cover_stop_near",))


def test_an_insolvency_reaches_the_members_of_a_group_until_it_has_ended() -> None:
    kin = of(insolvent_kin=("parent", "child"))
    judged = judge_signals(kin, POLICY, {})
    assert [(each.kind, each.data["insolvent_debtor_ids"]) for each in judged.opened] == [
        ("group_insolvency_event", ["child", "parent"])
    ]
    assert judge_signals(NOBODY, POLICY, opened(judged)).ended == ("group_insolvency_event",)


@pytest.mark.parametrize(
    ("insolvencies", "changes", "providers", "look"),
    [
        ([("bankruptcy", None, "kvk")], [], ["kvk"], None),
        ([], [("creditsafe", "insolvency", "Bankruptcy")], ["creditsafe"], None),
        ([("bankruptcy", 2, "kvk")], [("dnb", "status", "In liquidation")], ["dnb", "kvk"], 2),
        ([("bankruptcy", 2, "kvk"), ("moratorium_final", 5, "dnb")], [], ["dnb", "kvk"], 2),
        ([("bankruptcy", 0, "kvk")], [], None, None),  # It has ended today.
        ([], [("creditsafe", "insolvency", "No")], None, None),
        ([], [("creditsafe", "negative_event", "Judgment of 1,200")], None, None),
    ],
)
def test_an_insolvency_is_one_alert_that_names_all_who_tell_of_it(
    insolvencies: list[tuple[str, int | None, str]],
    changes: list[tuple[str, str, str]],
    providers: list[str] | None,
    look: int | None,
) -> None:
    told = tuple(
        InsolvencyTold(code, on(-3), None if days is None else on(days), f"r{number}", provider)
        for number, (code, days, provider) in enumerate(insolvencies)
    )
    said = tuple(
        ChangeTold(f"c{number}", provider, kind, None, new, "2026-05-01T00:00:00+00:00")
        for number, (provider, kind, new) in enumerate(changes)
    )
    judged = judge_signals(of(insolvencies=told, changes=said), POLICY, {})
    assert [each.kind for each in judged.opened] == ([] if providers is None else ["insolvency_event"])
    assert [each.data["providers"] for each in judged.opened] == ([] if providers is None else [providers])
    assert judged.look_on == (None if look is None else on(look))


def test_an_alert_of_an_insolvency_shows_so_many_of_those_who_tell_of_it() -> None:
    told = tuple(InsolvencyTold("bankruptcy", on(-each), None, f"r{each:02}", "kvk") for each in range(30))
    (signal,) = judge_signals(of(insolvencies=told), POLICY, {}).opened
    assert [each["report_id"] for each in signal.data["events"]] == [f"r{each:02}" for each in range(20)]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "is_natural_person", "effect"),
    [
        ("insolvency_event", False, "stop_supply"),
        ("insolvency_event", True, "review"),
        ("insolvency_event", None, "review"),  # Who may be a person counts as one.
        ("class_worsened", False, "lower"),
        ("class_worsened", None, "review"),
        ("cover_stopped", True, "look_again"),
        ("overdue_items", False, "none"),
    ],
)
def test_no_machine_does_a_natural_person_harm(kind: str, is_natural_person: bool | None, effect: str) -> None:
    assert effect_of(kind, POLICY, is_natural_person=is_natural_person) == effect


def test_a_policy_of_before_tells_and_touches_nothing() -> None:
    kept = ("limit_used_shares", "cover_stop_days_before", "vat_relief_months", "name_similarity_min")
    older = parse_policy({**DOCUMENT, "alerts": {name: DOCUMENT["alerts"][name] for name in kept}})
    assert judge_signals(of(used_amount=Decimal(9_000)), older, {}).opened
    assert {effect_of(kind, older, is_natural_person=False) for kind in KINDS} == {"none"}


@pytest.mark.parametrize("name", ["behaviour_days_better", "behaviour_share_better", "concentration_exit_share"])
def test_an_alert_that_ends_above_where_it_begins_is_refused(name: str) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy({**DOCUMENT, "alerts": {**DOCUMENT["alerts"], name: 1 if "share" in name else 99}})
    assert [each.path for each in refused.value.faults] == [f"alerts.{name}"]


AMOUNTS = st.decimals(0, 30_000, places=2)
DAYS = st.none() | st.integers(-90, 30).map(on)
PAID = st.builds(PaidItems, st.integers(0, 5), st.decimals(-20, 60, places=1), st.decimals(0, 1, places=2))
PROMISES = st.lists(
    st.builds(
        lambda number, promised, grace, booked, left, waits: Promise(
            str(number),
            Money(Decimal(100), "EUR"),
            on(promised),
            on(promised + grace),
            "ann@example.com",
            Decimal(booked),
            Decimal(left),
            Decimal(max(0, 100 - booked)),
            waits,
        ),
        st.integers(0, 99),
        st.integers(-20, 20),
        st.integers(0, 3),
        st.sampled_from([0, 40, 100]),
        st.sampled_from([0, 60, 100]),
        st.booleans(),
    ),
    max_size=4,
).map(tuple)
FACTS = st.builds(
    of,
    promises=PROMISES,
    used_amount=st.none() | AMOUNTS,
    oldest_overdue_on=DAYS,
    oldest_unpaid_on=DAYS,
    max_extension_days=st.none() | st.integers(0, 90),
    lately=PAID,
    before=PAID,
    first_invoices=st.lists(
        st.builds(FirstInvoiceFacts, st.just("i"), st.integers(-60, 30).map(on), DAYS), max_size=3
    ).map(tuple),
    not_invoiced=st.lists(st.builds(DeliveredOrder, st.text(min_size=1), st.integers(-40, 0).map(on)), max_size=3).map(
        tuple
    ),
    limited_since=DAYS,
    terms_agreed=st.booleans(),
    insolvencies=st.lists(
        st.builds(
            InsolvencyTold, st.just("bankruptcy"), st.just(TODAY), DAYS, st.just("r"), st.sampled_from(["kvk", "dnb"])
        ),
        max_size=3,
    ).map(tuple),
    changes=st.lists(
        st.builds(
            ChangeTold,
            st.text(min_size=1),
            st.just("dnb"),
            st.sampled_from(["insolvency", "status", "score"]),
            st.none(),
            st.sampled_from(["Bankruptcy", "No", None]),
            st.just("2026-05-01T00:00:00+00:00"),
        ),
        max_size=3,
    ).map(tuple),
    insolvent_kin=st.lists(st.text(min_size=1), max_size=2).map(tuple),
    decision=st.none()
    | st.builds(
        NewerDecision,
        st.just("c"),
        st.just(TODAY),
        st.sampled_from(["accept", "refer", "decline"]),
        st.sampled_from(["low", "normal", "high", None]),
    ),
)
OPEN = st.dictionaries(
    st.sampled_from(OF_DEBTOR),
    st.builds(OpenSignal, st.sampled_from(["notice", "warning", "urgent"]), st.integers(1, 4)),
)


@given(FACTS, OPEN)
def test_the_same_facts_twice_give_nothing_new(facts: SignalFacts, are_open: dict[str, OpenSignal]) -> None:
    judged = judge_signals(facts, POLICY, are_open)
    unknown = {kind: each for kind, each in are_open.items() if kind not in judged.ended}
    again = judge_signals(facts, POLICY, {**unknown, **opened(judged)})
    assert (again.opened, again.raised, again.ended) == ((), (), ())
    assert set(opened(again)) == set(opened(judged))


# Invoices, days and terms, and the id of a limit: nothing of what a debtor owes, may owe or is worth.
OF_PROMISES = {"promise_ids", "promises_count", "promised_on", "promised_amount", "noted_by"}  # Which sales notes.
READ_BY_SALES = {"invoice_ids", "due_on", "paid_on", "result", "limit_id", "since_on"} | OF_PROMISES


@given(FACTS)
def test_no_alert_of_sales_tells_of_credit(facts: SignalFacts) -> None:
    judged = judge_signals(facts, POLICY, {})
    for each in judged.called:
        if owner_of(each.kind) == "sales":
            assert set(each.data) <= READ_BY_SALES


@given(FACTS)
def test_of_a_natural_person_no_effect_goes_further_than_a_review(facts: SignalFacts) -> None:
    harsh = replace(POLICY, alerts=replace(POLICY.alerts, effects=dict.fromkeys(OF_DEBTOR, "stop_supply")))
    for each in judge_signals(facts, harsh, {}).called:
        for is_person in (True, None):
            assert effect_of(each.kind, harsh, is_natural_person=is_person) in ("none", "look_again", "review")


@given(FACTS, OPEN)
def test_each_kind_is_told_once_and_what_is_over_was_open(facts: SignalFacts, are_open: dict[str, OpenSignal]) -> None:
    judged = judge_signals(facts, POLICY, are_open)
    kinds = [each.kind for each in judged.called]
    assert len(kinds) == len(set(kinds))
    assert set(judged.ended) <= set(are_open) - set(kinds)
    assert judged.look_on is None or judged.look_on > facts.as_of


@given(FACTS)
def test_until_the_next_look_time_changes_nothing(facts: SignalFacts) -> None:
    judged = judge_signals(facts, POLICY, {})
    until = judged.look_on or facts.as_of + timedelta(days=200)
    for days in range(1, min(20, (until - facts.as_of).days)):
        later = judge_signals(replace(facts, as_of=facts.as_of + timedelta(days=days)), POLICY, opened(judged))
        assert (later.opened, later.raised, later.ended) == ((), (), ())


@given(PROMISES, st.integers(1, 60))
def test_no_promise_is_looked_at_late(promises: tuple[Promise, ...], days: int) -> None:
    """Looked at on the days that the looks themselves name, all is told as if somebody had looked each day."""
    facts, are_open, look_on, stood = of(promises=promises), {}, TODAY, {}
    for day in (on(number) for number in range(days)):
        now = replace(facts, as_of=day)
        if look_on is not None and day >= look_on:
            judged = judge_signals(now, POLICY, are_open)
            are_open, look_on = opened(judged), judged.look_on
            stood = {each: state_of(each, day) for each in promises}
        assert opened(judge_signals(now, POLICY, {})) == are_open
        assert {each: state_of(each, day) for each in promises} == stood


def promise(promised: int, booked: int = 0, *, waits: bool = True, rest: int | None = None, **more: Any) -> Promise:
    """A promise of 100, with two days of grace, of an invoice of 100."""
    values: dict[str, Any] = {
        "id": f"p{promised}",
        "amount": Money(Decimal(100), "EUR"),
        "promised_on": on(promised),
        "last_on": on(promised + 2),
        "made_by": "ann@example.com",
        "booked_amount": Decimal(booked),
        "left_amount": Decimal(100 - booked),
        "rest_amount": Decimal(100 - booked if rest is None else rest),
        "waits": waits,
        **more,
    }
    return Promise(**values)


@pytest.mark.parametrize(
    ("promises", "kinds", "look"),
    [
        ([promise(3)], {}, 3),
        ([promise(0)], {"promise_due": ("notice", 1)}, 3),
        ([promise(-2)], {"promise_due": ("notice", 1)}, 1),
        ([promise(-3)], {"promise_broken": ("warning", 1)}, None),
        ([promise(-3, 40)], {"promise_broken": ("warning", 1)}, None),
        ([promise(-2, 100)], {}, None),
        ([promise(1, 100)], {}, None),  # Paid before its day.
        ([promise(-3, waits=False)], {}, None),  # Promised anew, or paid by now.
        ([promise(-3, rest=0)], {}, None),  # Paid, if late: what is open beside it was not promised.
        ([promise(-30), promise(-20)], {"promise_broken": ("warning", 2)}, None),
        ([promise(-3), promise(-1), promise(5)], {"promise_broken": ("warning", 1), "promise_due": ("notice", 1)}, 2),
    ],
)
def test_promises_are_told_on_their_day_and_when_they_are_broken(
    promises: list[Promise], kinds: dict[str, tuple[str, int]], look: int | None
) -> None:
    judged = judge_signals(of(promises=tuple(promises)), POLICY, {})
    assert {each.kind: (each.severity, each.level) for each in judged.called} == kinds
    assert judged.look_on == (None if look is None else on(look))


def test_an_alert_names_the_promises_and_who_noted_them() -> None:
    told = (promise(-9, 40), promise(-8, made_by="bob@example.com"), promise(0))
    broken, due = sorted(judge_signals(of(promises=told), POLICY, {}).called, key=lambda each: each.kind)
    assert broken.data == {
        "promise_ids": ["p-9", "p-8"],
        "promises_count": 2,
        "promised_on": str(on(-9)),
        "noted_by": "ann@example.com, bob@example.com",
        "promised_amount": {"amount": "200", "currency": "EUR"},
        "unpaid_amount": {"amount": "160", "currency": "EUR"},
    }
    assert (due.data["promise_ids"], due.due_on, owner_of(due.kind)) == (["p0"], on(2), "sales")
    other = promise(-8, amount=Money(Decimal(100), "USD"))
    (mixed,) = judge_signals(of(promises=(told[0], other)), POLICY, {}).called
    assert {"promised_amount", "unpaid_amount"}.isdisjoint(mixed.data)  # Nothing is summed across currencies.


@given(st.lists(st.decimals(0, 1, places=2), min_size=1, max_size=30))
def test_a_share_that_moves_within_the_margin_changes_nothing(shares: list[Decimal]) -> None:
    thresholds, margin = (Decimal("0.5"), Decimal("0.8")), Decimal("0.05")
    level = 0
    for share in shares:
        after = held_level(share, thresholds, margin, level)
        if after > level:
            assert share >= thresholds[after - 1]
        if after < level:
            assert share < thresholds[level - 1] - margin
        level = after


BOOK = {**{str(number): Decimal(100) for number in range(7)}, "large": Decimal(0)}


@pytest.mark.parametrize(
    ("owed", "are_open", "is_told"),
    [
        (174, (), False),
        (175, (), True),  # A fifth of 875.
        (174, ("large",), True),
        (124, ("large",), True),
        (123, ("large",), False),  # Less than 15 % of 823.
    ],
)
def test_on_whom_the_book_hangs(owed: int, are_open: tuple[str, ...], is_told: bool) -> None:
    found = concentrations({**BOOK, "large": Decimal(owed)}, are_open, POLICY)
    assert set(found) == ({"large"} if is_told else set())


@pytest.mark.parametrize("count", [0, 1, 5])
def test_of_a_book_of_few_each_owes_much_and_nothing_is_told(count: int) -> None:
    assert concentrations({str(number): Decimal(100) for number in range(count)}, (), POLICY) == {}
