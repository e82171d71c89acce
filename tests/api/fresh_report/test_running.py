"""A plan is run: side by side, one provider after the other, within its time and its money. Real threads and SQL."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import text

from api.fresh_report.source import Attempt
from api.records.sellers import Seller
from api.source_access import source_access
from api.wiring import House
from providers.errors import NotUnderstood, SourceBusy, SourceDown, SourceLate, SourceLeftAlone, SourceRefused
from providers.memory import BreakerState
from providers.settings import Price
from tests.api.fresh_report.fakes import (
    DOWN,
    GOOD,
    KVK,
    Check,
    Fake,
    catalog_of,
    five,
    good,
    house_with,
    later,
    new_debtor,
    plan,
    policy_of,
)

NewCheck = Callable[..., Check]
PAID = Price(Decimal("4.50"), "EUR")


@pytest.fixture
def new_check(house: House, seller: Seller) -> NewCheck:
    """Makes the asking of a check of one new debtor by one plan, with these sources."""

    def make(*fakes: Fake, plans: Any = (), numbers: Any = None, **sources: Any) -> Check:
        check = Check(
            house_with(house, catalog_of(*fakes)), seller, new_debtor(house, seller), policy_of(*plans, **sources)
        )
        return check if numbers is None else Check(check.house, seller, check.debtor_id, check.policy, numbers)

    return make


def rows(check: Check, columns: str = "kind, provider, facts IS NOT NULL, fault") -> list[Any]:
    with check.house.sessions.of(check.seller.id) as session:
        query = f"SELECT {columns} FROM credit_report WHERE debtor_id = :id ORDER BY kind, id"
        return [tuple(row) for row in session.execute(text(query), {"id": check.debtor_id})]


def told(sources: Any) -> dict[str, tuple[str, str | None]]:
    return {kind: (source.status, source.why) for kind, source in sources.items()}


def test_five_sources_take_as_long_as_the_slowest(new_check: NewCheck) -> None:
    fakes = five(company_register=1.0, credit_bureau=2.0, sanctions_list=1.5, vat_register=1.8, entity_register=0.5)
    check = new_check(*fakes)
    begun = monotonic()
    found = check.ask()
    whole = monotonic() - begun
    assert told(found) == dict.fromkeys(GOOD, ("fresh", None))
    slowest = max(source.took_seconds or 0 for source in found.values())
    assert slowest >= 2.0
    assert whole <= slowest * 1.1


def test_what_was_told_is_used_again_while_fresh(new_check: NewCheck) -> None:
    fakes = five()
    check = new_check(*fakes)
    check.ask()
    again = check.planned()[1]
    assert {source.status for source in again} == {"cached"}
    check.ask()
    assert [len(each.asked) for each in fakes] == [1] * 5


def test_the_next_is_asked_where_one_is_down_or_does_not_know_the_company(new_check: NewCheck) -> None:
    dead, strange, third = (
        Fake("a", "credit_bureau", DOWN),
        Fake("b", "credit_bureau", None),
        good("c", "credit_bureau"),
    )
    fourth = good("d", "credit_bureau")
    check = new_check(dead, strange, third, fourth, plans=[plan({"credit_bureau": ["a", "b", "c", "d"]})])
    found = check.ask()["credit_bureau"]
    assert (found.status, found.provider, found.why) == ("fresh", "c", None)
    assert found.tried == (Attempt("a", "down"), Attempt("b", "not_found"))
    assert [len(each.asked) for each in (dead, strange, third, fourth)] == [1, 1, 1, 0]
    assert rows(check) == [("credit_bureau", "b", False, None), ("credit_bureau", "c", True, None)]


def test_the_order_is_that_of_the_plan_and_without_one_that_of_the_catalog(new_check: NewCheck) -> None:
    one, other = good("a", "credit_bureau"), good("b", "credit_bureau")
    assert new_check(one, other).ask()["credit_bureau"].provider == "a"
    planned = new_check(one, other, plans=[plan({"credit_bureau": ["b", "a"]})])
    assert planned.ask()["credit_bureau"].provider == "b"


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ([DOWN, None], ("unavailable", "down")),
        ([None, DOWN], ("unavailable", "down")),
        ([None, None], ("not_found", None)),
        ([SourceLate("a", "x"), SourceBusy("b", "x")], ("unavailable", "late")),
        ([SourceRefused("a", "x"), None], ("unavailable", "refused")),
        ([NotUnderstood("a", "x"), None], ("unavailable", "not_understood")),
        ([KeyError("a fault of ours"), None], ("unavailable", "failed")),
    ],
)
def test_an_outage_is_never_taken_for_not_known(new_check: NewCheck, says: list[Any], expected: Any) -> None:
    fakes = [Fake(name, "credit_bureau", each) for name, each in zip("ab", says, strict=True)]
    check = new_check(*fakes, plans=[plan({"credit_bureau": []})])
    assert told(check.ask())["credit_bureau"] == expected


def test_who_did_not_know_the_company_is_not_asked_again_but_who_was_down_is(new_check: NewCheck) -> None:
    dead, strange = Fake("a", "credit_bureau", DOWN), Fake("b", "credit_bureau", None)
    check = new_check(dead, strange, plans=[plan({"credit_bureau": []})])
    check.ask()
    sleep(1.1)  # A failure is shared for a second.
    dead.says = GOOD["credit_bureau"]
    assert check.ask()["credit_bureau"].status == "fresh"
    assert (len(dead.asked), len(strange.asked)) == (2, 1)


def test_a_dead_source_costs_its_deadline_and_no_more(new_check: NewCheck) -> None:
    dead = good("dead", "credit_bureau", seconds=60)
    others = [each for each in five() if each.kind != "credit_bureau"]
    check = new_check(dead, *others, plans=[plan({key: [] for key in GOOD}, deadline_seconds=1.5)])
    begun = monotonic()
    found = check.ask()
    whole = monotonic() - begun
    assert 1.5 <= whole < 1.5 * 2 < dead.seconds
    assert told(found) == {
        kind: ("unavailable", "late") if kind == "credit_bureau" else ("fresh", None) for kind in GOOD
    }
    assert found["credit_bureau"].as_facts().status == "unavailable"  # type: ignore[union-attr]


def test_a_slow_source_leaves_the_next_one_its_share_of_the_time(new_check: NewCheck) -> None:
    slow, quick = good("slow", "credit_bureau", seconds=60), good("quick", "credit_bureau")
    found = new_check(slow, quick, plans=[plan({"credit_bureau": ["slow", "quick"]}, deadline_seconds=2)]).ask()
    assert (found["credit_bureau"].status, found["credit_bureau"].provider) == ("fresh", "quick")


def test_what_was_paid_for_is_kept_when_it_comes_too_late(new_check: NewCheck) -> None:
    slow = good("slow", "credit_bureau", seconds=3, price=PAID)
    check = new_check(slow, plans=[plan({"credit_bureau": []}, deadline_seconds=1)])
    assert told(check.ask())["credit_bureau"] == ("unavailable", "late")
    begun = monotonic()
    assert told(check.ask())["credit_bureau"] == ("unavailable", "late"), (
        "it is late already: nobody waits for it again"
    )
    assert monotonic() - begun < 1 / 2, "less than half of what the first one waited"
    while not rows(check, "facts IS NOT NULL") and monotonic() - begun < 20:
        sleep(0.05)
    sleep(0.2)
    again = check.ask()["credit_bureau"]
    assert (again.status, again.cost) == ("cached", None)
    assert len(slow.asked) == 1
    assert rows(check, "cost_amount, cost_currency, purpose, relation") == [
        (Decimal("4.5000"), "EUR", "credit_assessment", "prospect")
    ]


def test_what_was_bought_is_kept_though_its_share_of_the_time_is_over_and_the_next_has_told(
    new_check: NewCheck,
) -> None:
    slow, quick = good("slow", "credit_bureau", seconds=3, price=PAID), good("quick", "credit_bureau")
    check = new_check(slow, quick, plans=[plan({"credit_bureau": ["slow", "quick"]}, deadline_seconds=2)])
    begun = monotonic()
    found = check.ask()["credit_bureau"]
    assert (found.status, found.provider, monotonic() - begun < 2) == ("fresh", "quick", True)
    assert source_access(check.house, check.seller).memory("slow").breaker().opened_at is not None
    while len(rows(check)) < 2 and monotonic() - begun < 20:
        sleep(0.05)
    sleep(0.2)
    assert rows(check, "provider, facts IS NOT NULL, cost_amount") == [
        ("quick", True, Decimal(0)),
        ("slow", True, Decimal("4.5000")),
    ]


def test_who_only_waited_for_a_turn_says_nothing_against_the_source(new_check: NewCheck) -> None:
    crowded = good("crowded", "credit_bureau", seconds=3, price=PAID, is_under_way=False)
    check = new_check(crowded, plans=[plan({"credit_bureau": []}, deadline_seconds=1)])
    assert told(check.ask())["credit_bureau"] == ("unavailable", "busy")
    assert source_access(check.house, check.seller).memory("crowded").breaker() == BreakerState()


def test_stale_facts_stay_where_nobody_answers(new_check: NewCheck, house: House) -> None:
    fake = good("a", "credit_bureau")
    check = new_check(fake, plans=[plan({"credit_bureau": []})])
    check.ask()
    fake.says = DOWN
    aged = Check(
        house_with(house, check.house.catalog, clock=later(house, timedelta(days=91))),
        check.seller,
        check.debtor_id,
        check.policy,
    )
    found = aged.ask()["credit_bureau"]
    assert (found.status, found.why, found.failed, found.facts is not None) == ("stale", "down", True, True)


@pytest.mark.parametrize(
    ("register", "expected"),
    [
        ({"document": {"status": "active"}}, ("fresh", None)),
        ({"document": {"status": "dissolved"}}, ("not_asked", "stopped")),
        (None, ("not_asked", "stopped")),
        (DOWN, ("fresh", None)),
    ],
)
def test_no_report_is_bought_about_a_company_that_is_known_to_have_ended(
    new_check: NewCheck, register: Any, expected: Any
) -> None:
    bureau = good("bureau", "credit_bureau", price=PAID)
    steps = [
        {"ask": {"company_register": [], "sanctions_list": []}, "stop_when": ["ended", "unknown"]},
        {"credit_bureau": []},
    ]
    check = new_check(
        Fake("register", "company_register", register), good("list", "sanctions_list"), bureau, plans=[plan(*steps)]
    )
    assert told(check.ask())["credit_bureau"] == expected
    assert len(bureau.asked) == (expected[0] == "fresh")


@pytest.mark.parametrize(
    ("register", "kind", "expected"),
    [
        (DOWN, "company_register", ("not_asked", "stopped")),
        (GOOD["company_register"], "company_register", ("fresh", None)),
        (DOWN, "entity_register", ("fresh", None)),
    ],
)
def test_no_report_is_bought_while_a_needed_source_is_down(
    new_check: NewCheck, register: Any, kind: Any, expected: Any
) -> None:
    bureau = good("bureau", "credit_bureau", price=PAID)
    steps = [{"ask": {kind: []}, "stop_when": ["unavailable"]}, {"credit_bureau": []}]
    check = new_check(Fake("register", kind, register), bureau, plans=[plan(*steps)])
    assert told(check.ask())["credit_bureau"] == expected
    assert len(bureau.asked) == (expected[0] == "fresh")


@pytest.mark.parametrize(
    ("cost_max", "prices", "expected", "cost"),
    [
        (None, {}, ("fresh", "dear"), None),
        (10, {"dear": 8}, ("fresh", "dear"), Decimal(8)),
        (8, {"dear": 8}, ("fresh", "dear"), Decimal(8)),
        (5, {"dear": 8}, ("fresh", "cheap"), Decimal("4.50")),
        (5, {}, ("fresh", "cheap"), Decimal("4.50")),
        (4, {"dear": 8}, ("not_asked", "cost_max"), None),
        (4, {}, ("not_asked", "price_unknown"), None),
        (0, {"dear": 0}, ("fresh", "dear"), Decimal(0)),
    ],
)
def test_no_more_is_spent_than_the_plan_allows(
    new_check: NewCheck, cost_max: Any, prices: Any, expected: Any, cost: Any
) -> None:
    dear, cheap = good("dear", "credit_bureau", price=None), good("cheap", "credit_bureau", price=PAID)
    limits = {} if cost_max is None else {"cost_max": cost_max}
    check = new_check(dear, cheap, plans=[plan({"credit_bureau": ["dear", "cheap"]}, **limits)], prices=prices)
    found = check.ask()["credit_bureau"]
    assert (found.status, found.provider if found.status == "fresh" else found.why) == expected
    assert (None if found.cost is None else found.cost[0]) == cost


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (DOWN, ("fresh", "b")),
        (SourceLeftAlone("a", "x"), ("fresh", "b")),
        (SourceRefused("a", "x"), ("fresh", "b")),
        (None, ("fresh", "b")),
        (SourceDown("a", "was cut", may_have_sold=True), ("unavailable", "a")),
        (SourceLate("a", "x", may_have_sold=False), ("fresh", "b")),
        (SourceLate("a", "x"), ("unavailable", "a")),
        (NotUnderstood("a", "x"), ("unavailable", "a")),
    ],
)
def test_what_was_not_sold_leaves_its_price_for_the_next(new_check: NewCheck, first: Any, expected: Any) -> None:
    one, other = Fake("a", "credit_bureau", first, price=PAID), good("b", "credit_bureau", price=PAID)
    check = new_check(one, other, plans=[plan({"credit_bureau": ["a", "b"]}, cost_max=6)])
    found = check.ask()["credit_bureau"]
    assert (found.status, found.provider) == expected
    assert len(other.asked) == (expected[0] == "fresh")


def test_questions_side_by_side_share_one_maximum(new_check: NewCheck) -> None:
    fakes = [
        good(f"the_{kind}", kind, price=PAID, seconds=0.2)
        for kind in ("company_register", "credit_bureau", "sanctions_list")
    ]
    check = new_check(
        *fakes, plans=[plan({key: [] for key in ("company_register", "credit_bureau", "sanctions_list")}, cost_max=10)]
    )
    found = check.ask()
    asked = [kind for kind, source in found.items() if source.status == "fresh"]
    refused = [source.why for source in found.values() if source.status == "not_asked"]
    assert (len(asked), refused) == (2, ["cost_max"])
    assert sum(len(each.asked) for each in fakes) == 2


def test_a_price_in_another_currency_is_not_known_in_the_maximum_s(new_check: NewCheck) -> None:
    fake = good("a", "credit_bureau", price=Price(Decimal("1.00"), "GBP"))
    check = new_check(fake, plans=[plan({"credit_bureau": []}, cost_max=100)])
    assert told(check.ask())["credit_bureau"] == ("not_asked", "price_unknown")


def test_without_a_vat_number_nobody_asks_for_it_and_nobody_hears_of_it(new_check: NewCheck) -> None:
    fakes = five()
    found = new_check(*fakes, numbers=(KVK,)).ask()
    assert "vat_register" not in found
    assert told(found) == {kind: ("fresh", None) for kind in GOOD if kind != "vat_register"}


def test_without_any_number_only_the_sanctions_list_is_asked(new_check: NewCheck) -> None:
    found = new_check(*five(), numbers=()).ask()
    assert told(found) == {
        "company_register": ("not_asked", "no_number"),
        "credit_bureau": ("not_asked", "no_number"),
        "sanctions_list": ("fresh", None),
    }
    assert [source.kind for source in found.values() if source.needed] == ["sanctions_list"]


def test_a_needed_kind_that_no_plan_asks_is_missed(new_check: NewCheck) -> None:
    check = new_check(good("list", "sanctions_list"), plans=[plan({"sanctions_list": []})])
    found = check.ask()
    assert told(found)["credit_bureau"] == ("not_asked", "nobody")
    assert found["credit_bureau"].as_facts().needed  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("register", "expected"),
    [
        ({"document": {"status": "active", "name": "Told B.V."}}, ("fresh", None)),
        ({"document": {"status": "active"}}, ("not_asked", "no_name")),
        (None, ("not_asked", "no_name")),
        (DOWN, ("not_asked", "no_name")),
    ],
)
def test_a_sanctions_list_is_asked_by_the_name_that_the_register_tells(
    new_check: NewCheck, register: Any, expected: Any
) -> None:
    names: list[str | None] = []

    def screen(company: Any) -> Any:
        names.append(company.name)
        return GOOD["sanctions_list"]

    fakes = (Fake("register", "company_register", register), Fake("list", "sanctions_list", screen))
    check = new_check(*fakes, plans=[plan({"sanctions_list": [], "company_register": []})])
    check.name = None
    assert told(check.ask())["sanctions_list"] == expected
    assert names == (["Told B.V."] if expected[0] == "fresh" else [])
