"""What an insurer's answer makes of a debtor's cover: tables of cases, and that the same answer is never news."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.acceptance.cover_answers import NOT_TOLD, NewVersion, version_of
from api.records.base import new_id
from api.records.cover_versions import Condition, Decided
from api.records.covers import CoverConditionRecord, CoverDecisionRecord
from providers.atradius.client import Atradius
from providers.insurers import OVER, STANDING, Buyer, CoverAnswer, CoverKey
from providers.ports import Identifier
from scoring.cover import InsuranceTerms
from tests.api.acceptance.covering import FULL, Covering
from tests.api.acceptance.insurance import add_paper

TERMS = InsuranceTerms(Decimal("0.9"), reduction_notice_days=30)
TODAY = date(2026, 3, 2)
NOTICE = TODAY + timedelta(days=30)
BUYER = Identifier("atradius-buyer", "NL", "38000001")


def answer(state: Any, amount: int | None, **more: Any) -> CoverAnswer:
    told: dict[str, Any] = {
        "key": CoverKey("1", BUYER),
        "currency": "EUR",
        "requested_amount": None,
        "starts_on": TODAY - timedelta(days=2),
        "ends_on": None,
        "conditions": (),
        "response_code": None,
        "reason_code": None,
        "raw": {},
    }
    return CoverAnswer(state=state, amount=None if amount is None else Decimal(amount), **{**told, **more})


def kept(version: NewVersion, decided_on: date = TODAY) -> Decided:
    """The version as it is recorded."""
    record = CoverDecisionRecord(
        id=new_id(),
        source="insurer",
        decided_on=decided_on,
        **{
            name: getattr(version, name)
            for name in ("state", "amount", "currency", "valid_from", "valid_until", "response_code", "reason_code")
        },
    )
    texts = [CoverConditionRecord(id=new_id(), text=each) for each in version.conditions]
    return Decided(record, tuple(Condition(each, None) for each in texts))


def made(told: CoverAnswer, decided: list[Decided], *, by_us: bool = False, new: bool = False) -> NewVersion | None:
    return version_of(told, decided, TERMS, "EUR", TODAY, asked_by_us=by_us, new_cover=new)


def before(amount: int = 10000, state: Any = "granted", source: str = "insurer", **more: Any) -> Decided:
    version = made(answer(state, amount, **more), [], new=True)
    assert version is not None
    decided = kept(replace(version, valid_from=date(2026, 1, 1)), date(2026, 1, 1))
    decided.record.source = source
    return decided


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (answer("granted", 8000), ("granted", TODAY - timedelta(days=2), None, False)),
        (answer("granted", 8000, starts_on=None), ("granted", TODAY, None, False)),
        (answer("granted", 8000, conditions=("a", "b")), ("conditional", TODAY - timedelta(days=2), None, False)),
        (
            answer("granted", 8000, ends_on=date(2026, 9, 1)),
            ("granted", TODAY - timedelta(days=2), date(2026, 9, 1), False),
        ),
        (answer("refused", 0), ("refused", TODAY, None, False)),
    ],
)
def test_a_first_answer_counts_from_the_day_it_tells(told: CoverAnswer, expected: tuple[Any, ...]) -> None:
    version = made(told, [], new=True)
    assert version is not None
    assert (version.state, version.valid_from, version.valid_until, version.is_cut) == expected


@pytest.mark.parametrize(
    ("told", "by_us", "expected"),
    [
        (answer("reduced", 4000), False, (NOTICE, True)),
        (answer("granted", 4000), False, (NOTICE, True)),
        (answer("reduced", 4000), True, (TODAY, False)),
        (answer("withdrawn", 0), False, (NOTICE, True)),
        (answer("withdrawn", 0, ends_on=date(2026, 3, 10)), False, (date(2026, 3, 10), True)),
        (answer("cancelled", 0), True, (TODAY, False)),
        (answer("cancelled", 0), False, (NOTICE, True)),
        (answer("ended", 0, ends_on=date(2026, 2, 28)), False, (date(2026, 3, 1), True)),
        (answer("granted", 12000), False, (TODAY, False)),
        # That it will be taken back was told, and it stands until then.
        (answer("granted", 10000, ends_on=date(2026, 4, 1), response_code="8"), False, (TODAY, True)),
    ],
)
def test_a_later_answer_cuts_with_notice_and_gives_more_at_once(
    told: CoverAnswer, by_us: bool, expected: tuple[Any, ...]
) -> None:
    version = made(told, [before()], by_us=by_us)
    assert version is not None
    assert (version.valid_from, version.is_cut) == expected
    assert version.before_amount == 10000


def test_what_waits_tells_nothing() -> None:
    assert made(answer("pending", None), [before()]) is None
    assert made(answer("pending", None), []) is None


def test_conditions_that_are_not_told_are_one_that_nobody_has_met() -> None:
    version = made(answer("granted", 5000, response_code="4"), [], new=True)
    assert version is not None
    assert (version.state, version.conditions) == ("conditional", (NOT_TOLD,))


def test_other_conditions_are_news_and_taking_back_what_waits_for_them_is_a_cut() -> None:
    waiting = before(conditions=("a",))
    assert made(answer("granted", 10000, conditions=("a",)), [waiting]) is None
    other = made(answer("granted", 10000, conditions=("a", "b")), [waiting])
    assert other is not None
    assert not other.is_cut
    gone = made(answer("withdrawn", 0), [waiting])
    assert gone is not None
    assert (gone.is_cut, gone.valid_from) == (True, NOTICE)


def test_the_first_decision_ends_a_limit_of_our_own_at_once() -> None:
    own = before(source="discretionary")
    version = made(answer("granted_in_part", 2000, starts_on=TODAY), [own], new=True)
    assert version is not None
    assert (version.valid_from, version.is_cut) == (TODAY, True)


answers = st.builds(
    lambda state, amount, ends, conditions, code: answer(
        state,
        None if state == "pending" else 0 if state in OVER else amount,
        ends_on=ends,
        conditions=conditions,
        response_code=code,
    ),
    st.sampled_from(("pending", *sorted(STANDING), *sorted(OVER))),
    st.integers(1, 20).map(lambda each: each * 1000),
    st.none() | st.dates(date(2026, 1, 1), date(2026, 6, 1)),
    st.lists(st.sampled_from("abc"), max_size=2, unique=True).map(tuple),
    st.sampled_from((None, "2", "4", "8")),
)


@given(history=st.lists(answers, max_size=5), told=answers, by_us=st.booleans())
def test_the_same_answer_is_news_once(history: list[CoverAnswer], told: CoverAnswer, by_us: bool) -> None:
    decided: list[Decided] = []
    for each in [*history, told]:
        version = made(each, decided, by_us=by_us)
        if version is not None:
            decided.append(kept(version))
            # What the insurer takes away of itself never takes effect before today, unless it states the day.
            if version.is_cut and each.state in STANDING and each.response_code != "8":
                assert version.valid_from >= TODAY
    assert made(told, decided, by_us=by_us) is None


# --- Through the job ------------------------------------------------------------------------------------------------


def test_conditions_of_a_connected_insurer_are_ticked_and_reading_them_again_is_no_news(
    insured: Covering, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = answer("granted", 10000, conditions=("A guarantee of the parent.",), response_code="4", starts_on=None)
    monkeypatch.setattr(Atradius, "request_cover", lambda *_: told)
    monkeypatch.setattr(Atradius, "read_cover", lambda *_: told)
    debtor_id, request = insured.asked(FULL)
    assert (request["state"], insured.covers(debtor_id)["standing"]) == ("decided", "conditions_open")
    (condition,) = insured.covers(debtor_id)["decisions"][0]["conditions"]
    paper = add_paper(insured.client, "guarantee", "guarantee")
    insured.client.post(f"/v1/cover-conditions/{condition['id']}/evidence", json={"document_id": paper})
    insured.later(2)
    assert insured.look() == 1
    shown = insured.covers(debtor_id)
    assert (shown["standing"], len(shown["decisions"])) == ("in_force", 1)


def test_where_several_buyers_may_be_meant_a_person_says_which(
    insured: Covering, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = tuple(
        Buyer(replace(BUYER, value=number), name, "NL", address="Kade 1")
        for number, name in (("38000001", "GOUDEN GANS GROOTHANDEL B.V."), ("38000009", "GOUDEN GANS HOLDING B.V."))
    )
    monkeypatch.setattr(Atradius, "find_buyers", lambda *_: found)
    debtor_id, request = insured.asked(FULL)
    assert (request["state"], request["fault"]["code"]) == ("failed", "buyer_not_certain")
    offered = request["fault"]["buyers"]
    assert [each["name"] for each in offered] == [each.name for each in found]
    chosen = {name: offered[0][name] for name in ("scheme", "country", "value")}
    done = insured.run(insured.ask(debtor_id, buyer=chosen))
    assert (done["state"], done["buyer_name"]) == ("decided", "GOUDEN GANS GROOTHANDEL B.V.")
    other = insured.debtor(None)
    stranger = insured.run(insured.ask(other, buyer={**chosen, "value": "1"}))
    assert stranger["fault"]["code"] == "buyer_not_offered"


def test_a_job_that_asks_is_not_for_who_may_not_see_covers(insured: Covering, client_of: Any) -> None:
    request = insured.ask(insured.debtor(FULL))
    assert client_of("sales", subject="bob@example.com").get(f"/v1/jobs/{request['job_id']}").status_code == 404
    assert insured.client.get(f"/v1/jobs/{request['job_id']}").status_code == 200
