"""Signals worked out by hand: days to keep of a contract, what a credit note proves, and what stays without news."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from scoring.cover import InsuranceTerms
from scoring.facts import CreditLimit
from scoring.monitoring.facts import (
    ChangeTold,
    FirstInvoiceFacts,
    InsolvencyTold,
    PaidItems,
    SignalFacts,
    StandingLimit,
)
from scoring.monitoring.judging import OpenSignal, judge_signals
from scoring.policy.document import parse_policy, shipped

POLICY = parse_policy(shipped()["default"])
TODAY = date(2026, 6, 1)
LIMIT = StandingLimit("l", CreditLimit("amount", Decimal(10_000)), "normal", date(2026, 1, 1))
NOBODY = SignalFacts(TODAY, "d", limit=LIMIT, limited_since=date(2026, 1, 1), terms_agreed=True)
CONTRACT = InsuranceTerms(
    Decimal("0.9"), max_extension_days=60, notify_after_days=30, handover_days=30, claim_filing_days=120
)


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


# Due on 31 January 2026, 60 days of extension: it stops on 1 April, and 30 days later, on 1 May, both are due.
@pytest.mark.parametrize(
    ("today", "was_open", "told", "look"),
    [
        ("2026-04-20", False, None, "2026-04-21"),
        ("2026-04-21", False, ("notice", 1), "2026-04-28"),
        ("2026-04-27", False, ("notice", 1), "2026-04-28"),
        ("2026-04-28", False, ("warning", 2), "2026-05-01"),
        ("2026-05-01", False, ("urgent", 3), None),
        ("2026-05-02", True, ("urgent", 3), None),  # Nobody knows whether it was done.
        ("2026-05-02", False, None, None),  # A ledger of years ago opens nothing.
    ],
)
def test_the_days_of_a_contract(today: str, was_open: bool, told: Any, look: str | None) -> None:
    facts = replace(NOBODY, as_of=day(today), oldest_unpaid_on=date(2026, 1, 31), insurance=CONTRACT)
    kinds = ("notify_deadline_near", "handover_deadline_near")
    judged = judge_signals(facts, POLICY, {kind: OpenSignal("notice", 1) for kind in kinds if was_open})
    found = {each.kind: (each.severity, each.level) for each in judged.called}
    assert found == (dict.fromkeys(kinds, told) if told else {})
    assert {each.due_on for each in judged.called} <= {date(2026, 5, 1)}
    assert judged.look_on == day(look)


def test_what_is_paid_has_no_days_to_keep() -> None:
    facts = replace(NOBODY, as_of=date(2026, 5, 1), insurance=CONTRACT)
    judged = judge_signals(facts, POLICY, {"notify_deadline_near": OpenSignal("urgent", 3)})
    assert (judged.called, judged.ended) == ((), ("notify_deadline_near",))


@pytest.mark.parametrize(
    ("today", "told"),
    [
        # Known on 12 March, to be told within 7 days: on 19 March, and not on 1 May.
        ("2026-03-12", {"notify_deadline_near": (1, "2026-03-19")}),
        ("2026-03-16", {"notify_deadline_near": (2, "2026-03-19")}),
        # Lost on 10 March, to be claimed within 120 days: on 8 July.
        ("2026-06-27", {}),
        ("2026-06-28", {"claim_deadline_near": (1, "2026-07-08")}),
        ("2026-07-08", {"claim_deadline_near": (3, "2026-07-08")}),
    ],
)
def test_the_days_of_an_insolvency(today: str, told: dict[str, tuple[int, str]]) -> None:
    own = InsolvencyTold("bankruptcy", date(2026, 3, 10), None, "r", "kvk")
    facts = replace(
        NOBODY,
        as_of=day(today),
        oldest_unpaid_on=date(2026, 1, 31),
        insurance=replace(CONTRACT, insolvency_notify_days=7, handover_days=None),
        insolvencies=(own,),
        insolvency_known_on=date(2026, 3, 12),
    )
    judged = judge_signals(facts, POLICY, {})
    near = [each for each in judged.called if each.kind.endswith("_deadline_near")]
    assert {each.kind: (each.level, str(each.due_on)) for each in near} == told


@pytest.mark.parametrize(
    ("known_on", "today", "told"),
    [
        # News of 12 March, to be told within 7 days; and still so when it was known before.
        (None, "2026-03-12", {"notify_deadline_near": (1, "2026-03-19")}),
        ("2026-03-12", "2026-03-16", {"notify_deadline_near": (2, "2026-03-19")}),
        # Lost on 10 March, to be claimed within 120 days.
        (None, "2026-06-28", {"claim_deadline_near": (1, "2026-07-08")}),
    ],
)
def test_the_days_of_an_insolvency_that_only_a_change_tells_of(
    known_on: str | None, today: str, told: dict[str, tuple[int, str]]
) -> None:
    facts = replace(
        NOBODY,
        as_of=day(today),
        oldest_unpaid_on=date(2026, 1, 31),
        insurance=replace(CONTRACT, insolvency_notify_days=7, handover_days=None),
        changes=(ChangeTold("c", "creditsafe", "insolvency", None, "Bankruptcy", "2026-03-10T09:00:00+00:00"),),
        insolvency_known_on=None if known_on is None else day(known_on),
    )
    judged = judge_signals(facts, POLICY, {})
    near = [each for each in judged.called if each.kind.endswith("_deadline_near")]
    assert {each.kind: (each.level, str(each.due_on)) for each in near} == told


def test_an_insolvency_of_the_parent_is_no_loss() -> None:
    facts = replace(
        NOBODY,
        as_of=date(2026, 7, 1),
        oldest_unpaid_on=date(2026, 6, 1),
        insurance=CONTRACT,
        insolvent_kin=("parent",),
    )
    assert {each.kind for each in judge_signals(facts, POLICY, {}).called} == {"group_insolvency_event"}


PAID, CREDITED = True, False


# Grace is 5 calendar days: what is due on Sunday 17 May may come until Friday 22 May.
@pytest.mark.parametrize(
    ("invoices", "told"),
    [
        ([("2026-05-17", "2026-05-22", PAID)], ("notice", "on_time", "2026-05-22")),
        ([("2026-05-17", "2026-05-23", PAID)], ("warning", "late", "2026-05-23")),
        ([("2026-05-17", "2026-05-20", CREDITED)], None),  # Nobody has paid anything.
        (
            [("2026-05-17", "2026-05-20", PAID), ("2026-05-17", "2026-05-30", CREDITED)],
            ("notice", "on_time", "2026-05-20"),
        ),
        ([("2026-05-17", "2026-05-20", PAID), ("2026-06-17", None, PAID)], None),
    ],
)
def test_what_proves_that_the_first_invoice_was_paid(invoices: list[Any], told: Any) -> None:
    first = tuple(
        FirstInvoiceFacts(str(place), date.fromisoformat(due), day(settled), was_paid)
        for place, (due, settled, was_paid) in enumerate(invoices)
    )
    called = judge_signals(replace(NOBODY, first_invoices=first), POLICY, {}).called
    found = [(each.severity, each.data.get("result"), each.data.get("paid_on")) for each in called]
    assert found == ([told] if told else [])


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"limit": replace(LIMIT, limit=None)}, "stays"),  # In a currency of which no rate is known.
        ({"used_amount": None}, "stays"),
        ({"limit": replace(LIMIT, limit=CreditLimit("amount", Decimal(0)))}, "ends"),
        ({"limit": replace(LIMIT, limit=CreditLimit("unlimited"))}, "ends"),
        ({"limit": None}, "ends"),
    ],
)
def test_a_limit_without_a_rate_ends_nothing(changed: dict[str, Any], says: str) -> None:
    facts = replace(NOBODY, used_amount=Decimal(9_000))
    judged = judge_signals(replace(facts, **changed), POLICY, {"limit_nearly_used": OpenSignal("warning", 2)})
    assert judged.ended == (("limit_nearly_used",) if says == "ends" else ())
    assert judged.called == ()


def items(count: int) -> PaidItems:
    return PaidItems(count, Decimal(20) if count else None, Decimal(1) if count else None)


@pytest.mark.parametrize(
    ("lately", "before", "says"),
    [
        (0, 3, "stays"),  # Who pays nothing any more is not better.
        (2, 3, "stays"),
        (0, 2, "ends"),
        (0, 0, "ends"),
    ],
)
def test_who_pays_nothing_any_more_is_not_better(lately: int, before: int, says: str) -> None:
    facts = replace(NOBODY, lately=items(lately), before=items(before))
    judged = judge_signals(facts, POLICY, {"behaviour_worsened": OpenSignal("warning", 1)})
    assert judged.ended == (("behaviour_worsened",) if says == "ends" else ())
    assert judged.look_on == (on(7) if says == "stays" else None)
    assert judge_signals(facts, POLICY, {}).look_on is None


def test_days_that_change_a_limit_or_cover_are_looked_at() -> None:
    judged = judge_signals(replace(NOBODY, changes_on=on(3), oldest_overdue_on=on(-10)), POLICY, {})
    assert judged.look_on == on(3)
    assert judge_signals(replace(NOBODY, changes_on=on(9), oldest_overdue_on=on(-10)), POLICY, {}).look_on == on(4)
