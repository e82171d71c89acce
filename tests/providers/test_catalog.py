"""Who is asked for whom; above all that live and sandbox never meet."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from providers.catalog import KINDS, Catalog, Source, SourceSpec
from providers.ports import CompanyKey, CompanyQuery, Identifier
from providers.sandbox.client import Sandbox

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOSE = CompanyKey(None, "NL", (Identifier("kvk", "NL", "90000001"),))


def source(provider: str, *, is_sandbox: bool, countries: frozenset[str] | None = None) -> Source:
    answers = Sandbox()
    return Source(provider, is_sandbox, countries, register=answers, bureau=answers, sanctions=answers, buys=True)


BOTH = Catalog((source("real", is_sandbox=False), source("played", is_sandbox=True)))


@pytest.mark.parametrize(("kind", "country"), list(product(KINDS, ["NL", "BE", None])))
def test_a_live_seller_gets_real_sources_and_a_test_seller_the_sandbox(kind: str, country: str | None) -> None:
    assert [each.provider for each in BOTH.sources_for("live", country, kind)] == ["real"]
    assert [each.provider for each in BOTH.sources_for("test", country, kind)] == ["played"]


@pytest.mark.parametrize(("mode", "provider"), [("live", "played"), ("test", "real")])
def test_a_source_of_the_other_mode_is_not_asked_whoever_names_it(mode: str, provider: str) -> None:
    for kind in KINDS:
        forged = SourceSpec(kind, provider, needed=True, buys=False, mode=mode)
        with pytest.raises(ValueError, match="does not serve"):
            BOTH.ask(forged, GOOSE, currency="EUR", now=NOW, deadline_seconds=1)
    with pytest.raises(ValueError, match="does not serve"):
        BOTH.search(provider, mode, CompanyQuery("gans", None, ()), now=NOW, deadline_seconds=1)


def test_a_mode_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="not a mode"):
        BOTH.sources_for("demo", "NL", "credit_bureau")


def test_as_shipped_a_live_seller_has_no_source_yet() -> None:
    specs = Catalog().kinds("live", "NL")
    assert [(spec.kind, spec.provider, spec.buys) for spec in specs] == [(kind, None, False) for kind in KINDS]
    assert Catalog().registers("live", None) == ()
    with pytest.raises(ValueError, match="does not serve"):
        Catalog().ask(specs[0], GOOSE, currency="EUR", now=NOW, deadline_seconds=1)


def test_as_shipped_a_test_seller_is_served_by_the_sandbox_and_only_the_report_is_bought() -> None:
    specs = Catalog().kinds("test", "NL", ("company_register",))
    assert specs == (
        SourceSpec("company_register", "sandbox", needed=True, buys=False, mode="test"),
        SourceSpec("credit_bureau", "sandbox", needed=False, buys=True, mode="test"),
        SourceSpec("sanctions_list", "sandbox", needed=False, buys=False, mode="test"),
    )


def test_a_source_serves_its_own_countries_in_the_order_given() -> None:
    dutch = source("dutch", is_sandbox=True, countries=frozenset({"NL"}))
    catalog = Catalog((dutch, replace(dutch, provider="everywhere", countries=None)))
    assert catalog.registers("test", "NL") == ("dutch", "everywhere")
    assert catalog.registers("test", "BE") == ("everywhere",)
    assert catalog.kinds("test", "NL")[0].provider == "dutch"


def test_a_source_is_asked_only_what_it_answers() -> None:
    register_only = Source("register", is_sandbox=True, register=Sandbox())
    catalog = Catalog((register_only,))
    assert [spec.provider for spec in catalog.kinds("test", "NL")] == ["register", None, None]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_question_gets_its_kind_of_answer(kind: str) -> None:
    spec = next(spec for spec in BOTH.kinds("test", "NL") if spec.kind == kind)
    answer = BOTH.ask(spec, GOOSE, currency="EUR", now=NOW, deadline_seconds=1)
    assert (answer.kind, answer.retrieved_at) == (kind, NOW)
    assert answer.facts is not None
