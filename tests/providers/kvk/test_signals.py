"""KVK's signals over the wire: page by page, each by its id, and no fault of the service passes for silence."""

import re
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from responses import matchers

from providers.errors import NotUnderstood, SourceBusy, SourceDown, SourceError, SourceRefused
from providers.kvk.client import OPEN_DATA
from providers.kvk.signals import PAGE_SIZE, SETTINGS, Signals
from providers.ports import Change, Identifier, Part
from tests.providers.mutations import mutated
from tests.providers.register_lines import NOW, key_of, line_to, recorded

KEYS = {"api_key": "the-other-key", "change_key": "key-of-the-changes"}
SUBSCRIBED = recorded("kvk", "abonnementen.assembled")
LISTED = recorded("kvk", "signalen")
CHANGED = recorded("kvk", "signaal-gewijzigde-inschrijving.assembled")
CONTINUED = recorded("kvk", "signaal-voortzetting-en-overdracht")
SUBSCRIPTIONS = f"{SETTINGS.address}/v1/abonnementen"
SIGNALS = f"{SUBSCRIPTIONS}/subscription-456"
SINCE = NOW - timedelta(days=2)
ANY_OPEN_DATA = re.compile(re.escape(OPEN_DATA.address))


def parts(line: Any = None) -> list[Part]:
    return list(Signals().parts(SINCE, None, line or line_to("kvk", KEYS)))


def page(number: int, pages: int | None, *signals: Any) -> dict[str, Any]:
    told = {"pagina": number, "aantal": len(signals), "totaal": 9, "signalen": list(signals)}
    return told if pages is None else {**told, "totaalPaginas": pages}


def signal(number: str = "69792917", kind: str = "SignaalGewijzigdeInschrijving", key: str = "s1") -> dict[str, Any]:
    return {"id": key, "timestamp": "2026-02-28T10:00:00Z", "kvknummer": number, "signaalType": kind}


def change(number: str = "69792917", kind: str = "other", new: str = "SignaalGewijzigdeInschrijving") -> Change:
    at = datetime(2026, 2, 28, 10, tzinfo=UTC)
    return Change("subscription-456/s1", Identifier("kvk", "NL", number), kind, at, None, new)


def whole(told: Any, listed: Change | None = None) -> Change:
    responses.get(f"{SIGNALS}/signalen/s1", json=told)
    return Signals().whole(listed or change(), line_to("kvk", KEYS))


def told_of(**changed: Any) -> dict[str, Any]:
    document = deepcopy(CHANGED)
    document["signaal"]["heeftGewijzigdeGegevens"] = changed
    return document


@responses.activate
def test_signals_are_asked_for_page_by_page_between_two_times_with_the_key_of_the_service() -> None:
    responses.get(SUBSCRIPTIONS, json=SUBSCRIBED)
    between = {"vanaf": "2026-02-27T12:00:00Z", "tot": "2026-03-01T12:00:00Z", "aantal": str(PAGE_SIZE)}
    for number in (1, 2):
        asked = matchers.query_param_matcher({**between, "pagina": str(number)})
        responses.get(SIGNALS, json=page(number, 2, signal(key=f"s{number}")), match=[asked])
    assert [[each.id for each in part.changes] for part in parts()] == [
        ["subscription-456/s1"],
        ["subscription-456/s2"],
    ]
    assert {call.request.headers["apikey"] for call in responses.calls} == {KEYS["change_key"]}


@responses.activate
def test_a_page_is_asked_for_only_when_the_one_before_was_taken() -> None:
    responses.get(SUBSCRIPTIONS, json=SUBSCRIBED)
    responses.get(SIGNALS, json=page(1, 1000, signal()))
    taken = Signals().parts(SINCE, None, line_to("kvk", KEYS))
    next(taken)
    assert len(responses.calls) == 2


@responses.activate
def test_a_recorded_page_is_read() -> None:
    responses.get(SUBSCRIPTIONS, json=SUBSCRIBED)
    responses.get(SIGNALS, json={**LISTED, "totaalPaginas": 1})
    (part,) = parts()
    first = part.changes[0]
    assert (first.company, first.kind, first.new) == (
        Identifier("kvk", "NL", "90003403"),
        "other",
        "SignaalGewijzigdeInschrijving",
    )
    assert first.changed_at == datetime(2025, 7, 17, 13, 16, 1, 866920, tzinfo=UTC)
    assert part.position is None


@responses.activate
@pytest.mark.parametrize("first", [page(1, None, signal()), page(1, 5), page(1, None)])
def test_a_list_without_a_number_of_pages_or_with_an_empty_one_ends(first: Any) -> None:
    responses.get(SUBSCRIPTIONS, json=SUBSCRIBED)
    responses.get(SIGNALS, json=first)
    assert len(parts()) == 1


@responses.activate
def test_every_active_subscription_is_read_and_one_that_has_ended_is_not() -> None:
    one = SUBSCRIBED["abonnementen"][0]
    every = [one, {**one, "id": "a/b"}, {**one, "id": "old", "actief": False}]
    responses.get(SUBSCRIPTIONS, json={**SUBSCRIBED, "abonnementen": every})
    responses.get(SIGNALS, json=page(1, 1, signal()))
    responses.get(f"{SUBSCRIPTIONS}/a%2Fb", json=page(1, 1))
    assert len(parts()) == 2


@responses.activate
def test_nothing_subscribed_to_is_told_and_not_taken_for_silence() -> None:
    responses.get(SUBSCRIPTIONS, json={"klantId": "customer-123", "abonnementen": []})
    with pytest.raises(SourceRefused):
        parts()


KINDS = [
    ("SignaalBeeindiging_2025_01", "status"),
    ("SignaalVoortzettingEnOverdracht_2025_01", "status"),
    ("SignaalRechtsvormwijziging", "legal_form"),
    ("SignaalRechtsvormwijziging_2025_01", "legal_form"),
    ("SignaalNaamgeving_2025_01", "name"),
    ("SignaalAdreswijziging_2025_01", "address"),
    ("SignaalFusieSplitsing_2025_01", "group"),
    ("SignaalGewijzigdeVestiging", "other"),
    ("SignaalOfTomorrow", "other"),
]


@responses.activate
@pytest.mark.parametrize(("words", "kind"), KINDS)
def test_a_type_becomes_a_word_of_ours(words: str, kind: str) -> None:
    responses.get(SUBSCRIPTIONS, json=SUBSCRIBED)
    responses.get(SIGNALS, json=page(1, 1, signal(kind=words)))
    assert [(each.kind, each.new) for each in parts()[0].changes] == [(kind, words)]


CHANGED_PARTS = [
    (
        {"functionarissen": {"bestuursfunctie": True, "gemachtigde": False}},
        "directors",
        "functionarissen.bestuursfunctie",
    ),
    ({"deponeringen": {"gewijzigdeDeponeringen": [{}]}}, "accounts", "deponeringen.gewijzigdeDeponeringen"),
    ({"deponeringen": {"gewijzigdeDeponeringen": []}}, "other", None),
    ({"eigenaar": {"ontbindingEnLiquidatie": "J", "rechtspersoon": "N"}}, "status", "eigenaar.ontbindingEnLiquidatie"),
    ({"eigenaar": {"rechtspersoonAdresgegevens": True}}, "address", "eigenaar.rechtspersoonAdresgegevens"),
    ({"eigenaar": {"fusieEnSplitsing": True}}, "group", "eigenaar.fusieEnSplitsing"),
    ({"maOnderneming": {"algemeen": True}}, "other", "maOnderneming.algemeen"),
    (
        {"functionarissen": {"functionarisBijzondereRechtstoestand": True}},
        "negative_event",
        "functionarissen.functionarisBijzondereRechtstoestand",
    ),
    ({}, "other", None),
]


@responses.activate
@pytest.mark.parametrize(("changed", "kind", "part"), CHANGED_PARTS)
def test_what_has_changed_is_told_the_gravest_first(changed: Any, kind: str, part: str | None) -> None:
    found = whole(told_of(**changed))
    words = "SignaalGewijzigdeInschrijving"
    assert (found.kind, found.new) == (kind, words if part is None else f"{words}: {part}")


@responses.activate
def test_recorded_signals_are_read() -> None:
    assert whole(CHANGED).kind == "directors"
    responses.reset()
    continued = change("31009215", "status", "SignaalVoortzettingEnOverdracht_2025_01")
    assert whole(CONTINUED, continued) == continued


@responses.activate
@pytest.mark.parametrize(
    ("document", "status", "kind", "new"),
    [
        ({"insolventieCode": "FAIL"}, 200, "insolvency", "FAIL"),
        ({"insolventieCode": "NIEUW"}, 200, "insolvency", "NIEUW"),
        ({"insolventieCode": None}, 200, "negative_event", None),
        ({"fout": [{"code": "IPD0015"}]}, 404, "negative_event", None),
    ],
)
def test_a_legal_position_that_changed_is_looked_up(document: Any, status: int, kind: str, new: str | None) -> None:
    responses.get(ANY_OPEN_DATA, json=document, status=status)
    found = whole(told_of(eigenaar={"bijzondererechtstoestand": True}, functionarissen={"bestuursfunctie": True}))
    assert found.kind == kind
    assert found.new == new if new else "eigenaar.bijzondererechtstoestand" in (found.new or "")


@responses.activate
def test_a_legal_position_that_cannot_be_looked_up_now_is_asked_for_again() -> None:
    responses.get(ANY_OPEN_DATA, status=503)
    with pytest.raises(SourceDown):
        whole(told_of(eigenaar={"bijzondererechtstoestand": True}))


@responses.activate
def test_a_signal_that_is_gone_stays_as_it_was_listed_and_one_of_another_company_is_not_believed() -> None:
    responses.get(f"{SIGNALS}/signalen/s1", status=404, json={"title": "Not Found"})
    assert Signals().whole(change(), line_to("kvk", KEYS)) == change()
    responses.reset()
    with pytest.raises(NotUnderstood):
        whole(CHANGED, change("90000001"))


@responses.activate
@pytest.mark.parametrize(
    ("status", "error"), [(401, SourceRefused), (403, SourceRefused), (429, SourceBusy), (500, SourceDown)]
)
def test_a_refusal_says_what_to_do_and_no_key(status: int, error: type[SourceError]) -> None:
    responses.get(SUBSCRIPTIONS, status=status, json={"title": "no", "detail": KEYS["change_key"]})
    line = line_to("kvk", KEYS)
    with pytest.raises(SourceError) as failed:
        parts(line)
    assert type(failed.value) is error
    assert KEYS["change_key"] not in str(failed.value)


@responses.activate
@pytest.mark.parametrize(
    "broken",
    [
        {**signal(), "kvknummer": None},
        {**signal(), "kvknummer": "1"},
        {**signal(), "id": ""},
        {**signal(), "timestamp": "yesterday"},
        {**signal(), "signaalType": None},
    ],
)
def test_a_signal_that_cannot_be_read_is_no_silence(broken: Any) -> None:
    responses.get(SUBSCRIPTIONS, json=SUBSCRIBED)
    responses.get(SIGNALS, json=page(1, 1, broken))
    with pytest.raises(NotUnderstood):
        parts()


def test_it_tells_of_companies_with_a_number_of_its_own_only() -> None:
    assert Signals().identifier(key_of("NL", ("vat", "NL000"), ("kvk", "69792917"))) == Identifier(
        "kvk", "NL", "69792917"
    )
    assert Signals().identifier(key_of("NL", ("kvk", "1"))) is None
    assert Signals().identifier(key_of("NL", ("rsin", "123456782"))) is None


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(mutated([SUBSCRIBED]), mutated([{**LISTED, "totaalPaginas": 1}]), mutated([CHANGED, CONTINUED]), st.booleans())
def test_whatever_comes_is_read_or_an_error_of_ours(subscribed: Any, listed: Any, told: Any, insolvent: bool) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(SUBSCRIPTIONS, json=subscribed)
        mock.get(re.compile(re.escape(SUBSCRIPTIONS) + "/.*signalen.*"), json=told)
        mock.get(re.compile(re.escape(SUBSCRIPTIONS) + "/.*"), json=listed)
        mock.get(ANY_OPEN_DATA, json={"insolventieCode": "FAIL" if insolvent else None})
        feed = Signals().parts(SINCE, None, line_to("kvk", KEYS))
        for ask in (lambda: next(feed), lambda: Signals().whole(change(), line_to("kvk", KEYS))):
            try:
                ask()
            except (SourceError, StopIteration):
                continue
