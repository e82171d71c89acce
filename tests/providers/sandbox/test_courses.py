"""What takes its course by the caller's clock: covers that are decided and cut, and companies that are watched."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from providers.insurers import CoverRequest, InsurancePolicyKey
from tests.providers.sandbox.asking import NOW, POLICY, TestSeller, dutch
from tests.sandbox_control import SandboxControl

COVERS = [
    ("90000001", 0, "granted", 50_000),
    ("90000002", 0, "granted_in_part", 30_000),
    ("90000003", 0, "refused", 0),
    ("90000025", 0, "pending", None),
    ("90000025", 3, "granted", 50_000),
    ("90000026", 29, "granted", 50_000),
    ("90000026", 30, "reduced", 25_000),
    ("90000027", 44, "granted", 50_000),
    ("90000027", 45, "withdrawn", 0),
]


@pytest.mark.parametrize(("number", "days", "state", "amount"), COVERS)
def test_a_cover_takes_its_course(
    sandbox: SandboxControl, number: str, days: int, state: str, amount: int | None
) -> None:
    seller = TestSeller(sandbox)
    insurer: Any = seller.catalog.source("atradius").insurer
    policy = InsurancePolicyKey({**POLICY.numbers, "customer_id": f"{number} {days}"}, "EUR")
    (buyer,) = insurer.find_buyers(dutch(number), policy, seller.line("atradius"))
    asked = CoverRequest(buyer.number, Decimal(50_000), "EUR", "our reference", seller.today)
    assert insurer.find_request(asked, policy, seller.line("atradius")) is None
    first = insurer.request_cover(asked, policy, seller.line("atradius"))
    seller.now += timedelta(days=days)
    found = insurer.read_cover(first.key, policy, seller.line("atradius"))
    assert (found.state, found.amount) == (state, None if amount is None else Decimal(amount))
    assert insurer.find_request(asked, policy, seller.line("atradius")).key == first.key


def test_a_cover_can_be_lowered_raised_and_given_back(sandbox: SandboxControl) -> None:
    seller = TestSeller(sandbox)
    insurer: Any = seller.catalog.source("atradius").insurer
    policy = InsurancePolicyKey({**POLICY.numbers, "customer_id": "changing"}, "EUR")
    (buyer,) = insurer.find_buyers(dutch("90000001"), policy, seller.line("atradius"))

    def asked(amount: int) -> CoverRequest:
        return CoverRequest(buyer.number, Decimal(amount), "EUR", f"{amount}", seller.today)

    cover = insurer.request_cover(asked(50_000), policy, seller.line("atradius"))
    for amount in (20_000, 80_000):
        cover = insurer.change_cover(cover.key, asked(amount), policy, seller.line("atradius"))
        assert cover.amount == amount
    gone = insurer.withdraw_cover(cover.key, policy, seller.line("atradius"))
    assert (gone.state, gone.amount) == ("cancelled", 0)


def test_what_happens_to_a_watched_company_is_told_when_its_time_has_come(sandbox: SandboxControl) -> None:
    seller = TestSeller(sandbox)
    watch: Any = seller.catalog.source("creditsafe").watch
    watched = watch.watch(dutch("90000028"), seller.line("creditsafe"))
    assert watch.watch(dutch("90000028"), seller.line("creditsafe")) == watched
    assert watch.changes(NOW, seller.line("creditsafe")) == ()
    seller.now += timedelta(days=11)
    (score,) = watch.changes(NOW, seller.line("creditsafe"))
    assert (score.company, score.kind, score.old, score.new) == (watched, "score", "44", "31")
    seller.now += timedelta(days=5)
    assert [each.kind for each in watch.changes(NOW, seller.line("creditsafe"))] == ["score", "limit"]
    watch.unwatch(watched, seller.line("creditsafe"))
    assert watch.changes(NOW, seller.line("creditsafe")) == ()
