"""Changes as the sandbox tells them to the real clients: KVK's signals, and the streams of Companies House."""

from datetime import timedelta
from typing import Any

import pytest

from providers.companies_house.streams import TOPICS
from providers.errors import SourceError
from providers.ports import Identifier, Part
from providers.sandbox.kvk_changes import STRANGER
from tests.providers.sandbox.asking import NOW, TestSeller, dutch
from tests.providers.sandbox.shapes import Caller, assert_shape, recorded
from tests.sandbox_control import SandboxControl, serving

KVK, STREAM = {"apikey": "sandbox"}, ("sandbox", "")


def told(seller: TestSeller, provider: str, position: str | None = None) -> list[Part]:
    feed: Any = seller.catalog.source(provider).change_feed
    return list(feed.parts(seller.now - timedelta(days=2), position, seller.line(provider)))


def companies_in(parts: list[Part]) -> set[str]:
    return {each.company.value for part in parts for each in part.changes}


def test_a_bankruptcy_is_signalled_by_its_legal_position_among_signals_of_strangers() -> None:
    with serving() as own:
        seller = TestSeller(own)
        watch: Any = seller.catalog.source("creditsafe").watch
        watch.watch(dutch("90000029"), seller.line("creditsafe"))
        seller.now += timedelta(days=19)
        assert companies_in(told(seller, "kvk")) == {STRANGER}
        seller.now += timedelta(days=2)
        parts = told(seller, "kvk")
        assert companies_in(parts) == {STRANGER, "90000029"}
        (fallen,) = (each for part in parts for each in part.changes if each.company.value == "90000029")
        feed: Any = seller.catalog.source("kvk").change_feed
        whole = feed.whole(fallen, seller.line("kvk"))
        assert (whole.id, whole.kind, whole.new) == (fallen.id, "insolvency", "FAIL")
        assert told(seller, "kvk") == parts


def test_signals_have_the_shapes_of_the_service(sandbox: SandboxControl) -> None:
    kvk = Caller(sandbox, "kvk_changes", headers=KVK)
    subscribed = kvk("/v1/abonnementen")
    assert_shape(subscribed, recorded("kvk/abonnementen.assembled.json"))
    path = f"/v1/abonnementen/{subscribed['abonnementen'][0]['id']}"
    listed = kvk(f"{path}?aantal=10")
    assert_shape(listed, recorded("kvk/signalen.json"))
    assert len(listed["signalen"]) == 10
    assert listed["totaalPaginas"] == 3
    beyond = kvk(f"{path}?aantal=10&pagina=4")
    assert beyond["signalen"] == []
    one = kvk(f"{path}/signalen/{listed['signalen'][0]['id']}")
    assert_shape(one, recorded("kvk/signaal-gewijzigde-inschrijving.assembled.json"))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/abonnementen/unknown", 404),
        ("/v1/abonnementen/5d2b6f0e-0000-4000-8000-000000000001?aantal=9", 400),
        ("/v1/abonnementen/5d2b6f0e-0000-4000-8000-000000000001?aantal=501", 400),
        ("/v1/abonnementen/5d2b6f0e-0000-4000-8000-000000000001?vanaf=yesterday", 400),
        ("/v1/abonnementen/5d2b6f0e-0000-4000-8000-000000000001/signalen/unknown", 404),
    ],
)
def test_signals_that_are_not_there_are_refused_in_the_words_of_the_service(
    sandbox: SandboxControl, path: str, status: int
) -> None:
    assert Caller(sandbox, "kvk_changes", headers=KVK)(path, status=status)["status"] == status
    assert Caller(sandbox, "kvk_changes")("/v1/abonnementen", status=401)["title"]


def test_a_winding_up_is_streamed_once_from_the_timepoint_on() -> None:
    with serving() as own:
        seller = TestSeller(own)
        begun = told(seller, "companies_house")
        assert own.calls("companies_house_stream", "stream") == len(TOPICS)
        seller.now += timedelta(days=21)
        parts = told(seller, "companies_house", begun[-1].position)
        changes = [each for part in parts for each in part.changes]
        assert {each.company for each in changes} == {Identifier("coh", "GB", "99000030")}
        assert [each.kind for each in changes] == ["insolvency", "status"]
        feed: Any = seller.catalog.source("companies_house").change_feed
        whole = [feed.whole(each, seller.line("companies_house")) for each in changes]
        assert {(each.kind, each.new) for each in whole} == {("insolvency", "bankruptcy")}
        assert companies_in(told(seller, "companies_house", parts[-1].position)) == set()


def test_a_timepoint_of_another_time_is_too_old_and_another_key_is_refused(sandbox: SandboxControl) -> None:
    stream = Caller(sandbox, "companies_house_stream", auth=STREAM)
    stream("/companies?timepoint=1", status=416)
    stream("/fishes", status=404)
    Caller(sandbox, "companies_house_stream", auth=("other", ""))("/companies", status=401)


@pytest.mark.parametrize("provider", ["kvk", "companies_house"])
@pytest.mark.parametrize("kind", ["rate_limited", "error", "maintenance", "redirect", "huge"])
def test_a_change_service_that_fails_is_an_error_of_ours(provider: str, kind: str) -> None:
    service = {"kvk": "kvk_changes", "companies_house": "companies_house_stream"}[provider]
    with serving() as own, own.fault(kind, provider=service), pytest.raises(SourceError):
        told(TestSeller(own, NOW), provider)


@pytest.mark.parametrize("provider", ["kvk", "companies_house"])
def test_a_change_service_that_is_slow_is_waited_for(provider: str) -> None:
    service = {"kvk": "kvk_changes", "companies_house": "companies_house_stream"}[provider]
    with serving() as own, own.fault("slow", provider=service, seconds=0.2):
        assert told(TestSeller(own, NOW), provider)
