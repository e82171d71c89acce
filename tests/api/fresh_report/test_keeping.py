"""What was bought is kept as it came before it is read, whatever it is, and is not bought twice."""

import base64
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from api.fresh_report.source import Attempt
from api.records.sellers import Seller
from api.wiring import House
from providers.errors import NotUnderstood, SourceDown
from providers.settings import FREE, Price
from tests.api.fresh_report.fakes import (
    DOWN,
    GOOD,
    Check,
    Fake,
    catalog_of,
    good,
    house_with,
    later,
    new_debtor,
    plan,
    policy_of,
)
from tests.examples import examples

PAID = Price(Decimal("4.50"), "EUR")
PLAN = plan({"credit_bureau": []})


def check_of(house: House, seller: Seller, *fakes: Fake) -> Check:
    return Check(house_with(house, catalog_of(*fakes)), seller, new_debtor(house, seller), policy_of(PLAN))


def aged(check: Check, house: House, **by: float) -> Check:
    """The same asking some time later, when nobody waits for the one before any more."""
    with house.sessions.of(check.seller.id) as session:
        session.execute(text("DELETE FROM source_question"))
    clock = later(house, timedelta(**by))
    return Check(house_with(house, check.house.catalog, clock=clock), check.seller, check.debtor_id, check.policy)


def kept(check: Check) -> list[Any]:
    with check.house.sessions.of(check.seller.id) as session:
        query = text("SELECT raw, facts, fault, cost_amount FROM credit_report WHERE debtor_id = :id ORDER BY id")
        return [tuple(row) for row in session.execute(query, {"id": check.debtor_id})]


def test_what_cannot_be_read_is_kept_and_read_again_before_anything_is_bought(house: House, seller: Seller) -> None:
    bureau = good("a", "credit_bureau", price=PAID, is_readable=False)
    check = check_of(house, seller, bureau)
    first = check.ask()["credit_bureau"]
    assert (first.status, first.why, first.cost) == ("unavailable", "not_understood", (Decimal("4.50"), "EUR"))
    assert kept(check) == [(GOOD["credit_bureau"], None, "not_understood", Decimal("4.5"))]
    aged_check = aged(check, house, days=89)
    again = aged_check.ask()["credit_bureau"]
    assert (again.status, again.why, again.cost, len(bureau.asked)) == ("unavailable", "not_understood", None, 1)
    bureau.is_readable = True  # Our mapping was mended.
    mended = aged(check, house, days=89, minutes=1).ask()["credit_bureau"]
    assert (mended.status, mended.facts is not None, mended.cost, len(bureau.asked)) == ("cached", True, None, 1)
    assert [row[2] for row in kept(check)] == [None]


def test_what_could_not_be_read_is_bought_again_once_it_is_old(house: House, seller: Seller) -> None:
    bureau = good("a", "credit_bureau", price=PAID, is_readable=False)
    check = check_of(house, seller, bureau)
    check.ask()
    aged(check, house, days=91).ask()
    assert len(bureau.asked) == 2


def test_where_one_cannot_be_read_the_next_is_asked(house: House, seller: Seller) -> None:
    garbled, other = good("a", "credit_bureau", price=PAID, is_readable=False), good("b", "credit_bureau", price=PAID)
    check = check_of(house, seller, garbled, other)
    found = check.ask()["credit_bureau"]
    assert (found.status, found.provider, found.cost) == ("fresh", "b", (PAID.amount, "EUR"))
    assert found.tried == (Attempt("a", "not_understood", (PAID.amount, "EUR")),)


CENTS = Price(Decimal("0.02"), "EUR")


@pytest.mark.parametrize(
    ("kind", "price", "asked"),
    [
        ("credit_bureau", FREE, 2),
        ("credit_bureau", None, 1),
        ("company_register", CENTS, 2),
        ("company_register", PAID, 1),
        ("sanctions_list", None, 2),
    ],
)
def test_what_cost_little_and_cannot_be_read_is_asked_for_again_by_the_next_check(
    house: House, seller: Seller, kind: Any, price: Any, asked: int
) -> None:
    source = good("a", kind, is_readable=False, price=price)
    check = check_of(house, seller, source)
    check = Check(check.house, seller, check.debtor_id, policy_of(plan({kind: []})))
    assert check.ask()[kind].why == "not_understood"
    assert aged(check, house, minutes=1).ask()[kind].why == "not_understood"
    assert len(source.asked) == asked


def test_bytes_that_are_no_document_are_kept_where_they_were_paid_for(house: House, seller: Seller) -> None:
    body = b"<html>\xff\x00sorry</html>"
    paid = Fake("a", "credit_bureau", NotUnderstood("a", "no JSON", body=body), price=PAID)
    check = check_of(house, seller, paid)
    assert check.ask()["credit_bureau"].why == "not_understood"
    (raw, facts, fault, cost) = kept(check)[0]
    assert (base64.b64decode(raw["base64"]), facts, fault, cost) == (body, None, "not_json", Decimal("4.5"))
    aged(check, house, hours=23).ask()
    assert len(paid.asked) == 1
    aged(check, house, hours=25).ask()
    assert len(paid.asked) == 2, "what was spoilt on its way is asked for again after a day"
    free = Fake("a", "credit_bureau", NotUnderstood("a", "no JSON", body=body))
    other = check_of(house, seller, free)
    other.ask()
    assert kept(other) == []


def lost(cost: Any = (PAID.amount, "EUR")) -> SourceDown:
    """What a client raises where the answer to an order was lost."""
    error = SourceDown("a", "was cut", may_have_sold=True)
    error.lost_report, error.charged = True, cost
    return error


def test_a_report_whose_answer_was_lost_is_not_ordered_again_for_an_hour(house: House, seller: Seller) -> None:
    cut, other = Fake("a", "credit_bureau", lost(), price=PAID), Fake("b", "credit_bureau", DOWN, price=PAID)
    check = check_of(house, seller, cut, other)
    first = check.ask()["credit_bureau"]
    assert (first.why, first.provider, first.cost) == ("down", "a", (PAID.amount, "EUR"))
    assert first.tried == (Attempt("b", "down"),)
    assert kept(check) == [(None, None, "lost", Decimal("4.5"))]
    within = aged(check, house, minutes=59).ask()["credit_bureau"]
    assert (within.why, within.provider, within.cost, len(cut.asked)) == ("lost", "a", None, 1)
    other.says = GOOD["credit_bureau"]
    followed = aged(check, house, minutes=59, seconds=30).ask()["credit_bureau"]
    assert (followed.status, followed.provider, followed.tried) == ("fresh", "b", (Attempt("a", "lost"),))


def test_after_an_hour_a_lost_report_is_ordered_once_more(house: House, seller: Seller) -> None:
    cut = Fake("a", "credit_bureau", lost(), price=PAID)
    check = check_of(house, seller, cut)
    check.ask()
    cut.says = GOOD["credit_bureau"]
    found = aged(check, house, minutes=61).ask()["credit_bureau"]
    assert (found.status, found.cost, len(cut.asked)) == ("fresh", (PAID.amount, "EUR"), 2)


def test_a_loss_hides_nothing_that_was_told_before(house: House, seller: Seller) -> None:
    bureau = good("a", "credit_bureau", price=PAID)
    check = check_of(house, seller, bureau)
    check.ask()
    bureau.says = lost()
    old = aged(check, house, days=91).ask()["credit_bureau"]
    assert (old.status, old.why, old.facts is not None, len(bureau.asked)) == ("stale", "down", True, 2)
    again = aged(check, house, days=91, minutes=1).ask()["credit_bureau"]
    assert (again.status, again.why, again.facts is not None, len(bureau.asked)) == ("stale", "lost", True, 2)


# Each example is a debtor of its own in the database: shrinking would take minutes.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(document=JSON)
@settings(
    max_examples=examples(15, 40),
    deadline=None,
    phases=PHASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_comes_is_kept_and_can_be_read_again(house: House, seller: Seller, document: Any) -> None:
    raw = {"document": document}
    seen: list[Any] = []

    class Recording(Fake):
        def facts(self, raw: Any, about: Any) -> Any:
            seen.append(raw)
            raise NotUnderstood(self.provider, "not yet")

    check = check_of(house, seller, Recording("a", "credit_bureau", raw, price=PAID))
    assert check.ask()["credit_bureau"].why == "not_understood"
    aged(check, house, minutes=1).ask()
    before, after = seen
    assert json.dumps(before) == json.dumps(raw)
    assert as_numbers(after) == as_numbers(raw)


def as_numbers(document: Any) -> str:
    """The document in a form in which 1.0 is 1, and -0.0 is 0: PostgreSQL keeps numbers, not how they were written."""
    if isinstance(document, dict):
        return "{" + ",".join(sorted(json.dumps(key) + as_numbers(each) for key, each in document.items())) + "}"
    if isinstance(document, list):
        return "[" + ",".join(map(as_numbers, document)) + "]"
    if isinstance(document, int | float) and not isinstance(document, bool):
        return repr(float(document) + 0.0)
    return json.dumps(document)


def test_a_text_that_postgresql_cannot_hold_is_not_understood(house: House, seller: Seller) -> None:
    register = Fake("a", "company_register", {"document": {"status": "active", "name": "nul \x00"}})
    check = check_of(house, seller, register)
    policy = policy_of(plan({"company_register": []}))
    found = Check(check.house, seller, check.debtor_id, policy).ask()["company_register"]
    assert (found.status, found.why) == ("unavailable", "not_understood")


def test_purpose_and_relation_are_kept_with_every_report(house: House, seller: Seller) -> None:
    check = check_of(house, seller, good("a", "credit_bureau"))
    check.ask()
    with house.sessions.of(seller.id) as session:
        query = text("SELECT DISTINCT purpose, relation FROM credit_report")
        assert session.execute(query).all() == [("credit_assessment", "prospect")]


@pytest.mark.parametrize("kind", GOOD)
def test_every_kind_can_be_kept_and_read_back(house: House, seller: Seller, kind: Any) -> None:
    check = check_of(house, seller, good("a", kind))
    asking = Check(check.house, seller, check.debtor_id, policy_of(plan({kind: []})))
    first, again = asking.ask()[kind], asking.ask()[kind]
    assert (first.status, again.status) == ("fresh", "cached")
    assert first.facts == again.facts
