"""Faults over real sockets: whatever a source does, a client's answer is facts or a failure with a name."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from providers.sandbox.faults import KINDS
from tests.providers.sandbox.asking import TestSeller, answer_or_error, company, dutch
from tests.sandbox_control import SandboxControl, serving

REGISTER, BUREAU, SANCTIONS, VAT, ENTITY = (
    "company_register",
    "credit_bureau",
    "sanctions_list",
    "vat_register",
    "entity_register",
)
# What is asked of whom, and where the fault sits.
QUESTIONS: list[tuple[Any, str, str]] = [
    (REGISTER, "kvk", "kvk"),
    (REGISTER, "kvk", "kvk_open_data"),
    (BUREAU, "creditsafe", "creditsafe"),
    (BUREAU, "dnb", "dnb"),
    (SANCTIONS, "opensanctions", "opensanctions"),
    (VAT, "vies", "vies"),
    (ENTITY, "gleif", "gleif"),
]
NOT_NOW = {"down", "late", "busy"}
# A source without sign-in has no reason for 401 either; whoever gets one is not served.
OUTCOMES: dict[str, set[str]] = {
    "slow": NOT_NOW,
    "rate_limited": {"busy", "refused"},  # A month's quota that is used up is refused.
    "error": NOT_NOW,
    "broken_json": {"not_understood"},
    "cut": NOT_NOW | {"not_understood"},
    "expired_token": {"refused"},
    "maintenance": NOT_NOW,
    "redirect": NOT_NOW | {"not_understood", "refused"},
    "huge": NOT_NOW | {"not_understood"},
}
NUMBER = "90000001"


def test_every_kind_of_fault_is_tried() -> None:
    assert OUTCOMES.keys() == set(KINDS)


@pytest.mark.parametrize("fault", OUTCOMES)
@pytest.mark.parametrize(("kind", "provider", "at"), QUESTIONS)
def test_a_fault_is_a_failure_with_a_name_and_never_an_absence(
    sandbox: SandboxControl, kind: Any, provider: str, at: str, fault: str
) -> None:
    more = {"seconds": 5} if fault == "slow" else {}
    with sandbox.fault(fault, provider=at, match=NUMBER, **more):
        assert answer_or_error(TestSeller(sandbox), kind, provider, dutch(NUMBER), 0.7) in OUTCOMES[fault]
        assert answer_or_error(TestSeller(sandbox), kind, provider, dutch("90000014"), 20) == "facts"
    assert answer_or_error(TestSeller(sandbox), kind, provider, dutch(NUMBER), 20) == "facts"


@pytest.mark.parametrize(("kind", "provider", "at"), QUESTIONS)
def test_slow_but_within_the_time_is_an_answer(sandbox: SandboxControl, kind: Any, provider: str, at: str) -> None:
    with sandbox.fault("slow", provider=at, match=NUMBER, seconds=0.1):
        assert answer_or_error(TestSeller(sandbox), kind, provider, dutch(NUMBER), 20) == "facts"


@contextmanager
def threads(number: int, run: Callable[[int], None]) -> Iterator[list[BaseException]]:
    """Run something in so many threads at once; gives what any of them raised."""
    raised: list[BaseException] = []

    def guarded(at: int) -> None:
        try:
            run(at)
        except BaseException as error:
            raised.append(error)

    started = [threading.Thread(target=guarded, args=(at,)) for at in range(number)]
    for each in started:
        each.start()
    for each in started:
        each.join(60)
    assert not any(each.is_alive() for each in started)
    yield raised


def test_many_threads_under_all_faults_at_once_get_facts_or_failures_with_a_name() -> None:
    outcomes: list[str] = []
    with serving() as sandbox:
        chance = random.Random(7)
        for fault in OUTCOMES:
            for provider in dict.fromkeys(at for *_, at in QUESTIONS):
                told = {"kind": fault, "provider": provider, "times": chance.randint(1, 2), "seconds": 0.2}
                assert requests.post(f"{sandbox.address}/faults", json=told, timeout=10).status_code == 201
        seller = TestSeller(sandbox)

        def ask(at: int) -> None:
            for kind, provider, _ in QUESTIONS:
                outcomes.append(answer_or_error(seller, kind, provider, dutch(NUMBER), 3))

        with threads(24, ask) as raised:
            assert raised == []
    assert set(outcomes) <= {"facts", "refused", "not_understood", *NOT_NOW}
    assert len(outcomes) == 24 * len(QUESTIONS)
    assert len(set(outcomes)) > 2, "the faults were met"


def test_an_order_whose_answer_is_lost_can_be_found_again(sandbox: SandboxControl) -> None:
    from decimal import Decimal

    from providers.errors import SourceError
    from providers.insurers import CoverRequest, InsurancePolicyKey

    seller = TestSeller(sandbox)
    insurer: Any = seller.catalog.source("atradius").insurer
    policy = InsurancePolicyKey({"customer_id": "lost", "policy_id": "9"}, "EUR")
    (buyer,) = insurer.find_buyers(dutch(NUMBER), policy, seller.line("atradius"))
    asked = CoverRequest(buyer.number, Decimal(20_000), "EUR", "find me", seller.today)
    # The first call that has the reference is the order: its answer ends half way.
    with sandbox.fault("cut", provider="atradius", match="find me", times=1), pytest.raises(SourceError):
        insurer.request_cover(asked, policy, seller.line("atradius"))
    found = insurer.find_request(asked, policy, seller.line("atradius"))
    assert (found.state, found.amount) == ("granted", 20_000)


def test_a_token_that_ends_early_is_renewed_by_the_next_call() -> None:
    with serving(token_seconds=1) as sandbox:
        seller = TestSeller(sandbox)
        first = answer_or_error(seller, BUREAU, "creditsafe", dutch(NUMBER), 20)
        assert first == "facts"
        threading.Event().wait(1.2)
        assert answer_or_error(seller, BUREAU, "creditsafe", dutch(NUMBER), 20) == "facts"
        assert sandbox.calls("creditsafe", "authenticate") >= 2


@pytest.mark.parametrize(
    ("told", "errors"),
    [
        ([], 1),
        ({}, 2),
        ({"provider": "nobody", "kind": "error"}, 1),
        ({"provider": "kvk", "kind": "slow"}, 1),
        ({"provider": "kvk", "kind": "error", "times": 0, "seconds": -1, "match": "", "more": 1}, 4),
        ({"provider": "kvk", "kind": "error", "times": True, "id": 3}, 2),
    ],
)
def test_a_fault_that_cannot_be_had_is_refused_with_everything_that_is_wrong(
    sandbox: SandboxControl, told: Any, errors: int
) -> None:
    answer = requests.post(f"{sandbox.address}/faults", json=told, timeout=10)
    assert answer.status_code == 400
    assert len(answer.json()["errors"]) == errors


def test_a_fault_is_for_its_company_only_by_whatever_number_it_is_asked_about(sandbox: SandboxControl) -> None:
    lei, vat = company(NUMBER).numbers["lei"], company(NUMBER).numbers["vat"]
    for match in (NUMBER, lei, vat, "Gouden Gans Groothandel B.V."):
        with sandbox.fault("error", provider="gleif", match=match, times=1):
            assert requests.get(f"{sandbox.address}/gleif/lei-records/{lei}", timeout=10).status_code == 503
            assert requests.get(f"{sandbox.address}/gleif/lei-records/{lei}", timeout=10).status_code == 200


def test_faults_that_wait_are_listed_and_taken_back() -> None:
    with serving() as sandbox:
        address = f"{sandbox.address}/faults"
        requests.post(address, json={"provider": "vies", "kind": "error"}, timeout=10)
        (waiting,) = requests.get(address, timeout=10).json()["faults"]
        assert (waiting["provider"], waiting["kind"], waiting["times"]) == ("vies", "error", None)
        assert requests.delete(address, timeout=10).status_code == 204
        assert requests.get(address, timeout=10).json() == {"faults": []}
