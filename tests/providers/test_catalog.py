"""Who is asked for whom; above all that live and sandbox never meet."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from providers.catalog import KINDS, Access, Catalog, Source, WrongAddress
from providers.ports import About, CompanyKey, CompanyQuery, Identifier, Raw
from providers.settings import Price, Rate, SourceSettings
from scoring.facts import SanctionsFacts
from tests.providers.register_lines import OwnMemory

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOSE = CompanyKey(None, "NL", (Identifier("kvk", "NL", "90000001"),))
SANDBOX = "http://127.0.0.1:8090"


class Answers:
    """A report and a search that say by which line they were asked."""

    def ask(self, company: CompanyKey, line: Any) -> Raw | None:
        return {"address": line.address, "credentials": dict(line.credentials)}

    def facts(self, raw: Raw, about: About) -> SanctionsFacts:
        return SanctionsFacts(raw["address"], about.retrieved_on, "none")

    def search(self, query: CompanyQuery, line: Any) -> tuple[Any, ...]:
        return (line.address,)


def source(provider: str, *, in_sandbox: bool = True, kinds: tuple[Any, ...] = KINDS, **settings: Any) -> Source:
    answers = Answers()
    told = {"address": f"https://{provider}.example/api", "credentials": ("key",), **settings}
    return Source(
        SourceSettings(provider=provider, **told),
        services=(SourceSettings(provider=f"{provider}_beside", address=f"https://beside.{provider}.example"),),
        in_sandbox=in_sandbox,
        search=answers,
        reports=dict.fromkeys(kinds, answers),
    )


def access(mode: Any, **credentials: dict[str, str]) -> Access:
    return Access(mode, credentials, memory=lambda provider: OwnMemory(), now=NOW, real_now=lambda: NOW)


LIVE, TEST = access("live", one={"key": "of the seller"}), access("test")
BOTH = Catalog((source("one"), source("other", in_sandbox=False)), sandbox_address=SANDBOX)


@pytest.mark.parametrize(("kind", "country"), list(product(KINDS, ["NL", "BE", None])))
def test_a_live_seller_gets_what_it_has_credentials_for_and_a_test_seller_what_the_sandbox_plays(
    kind: Any, country: str | None
) -> None:
    other = access("live", other={"key": "of the seller"})
    assert [each.provider for each in BOTH.sources_for(country, kind, LIVE)] == ["one"]
    assert [each.provider for each in BOTH.sources_for(country, kind, other)] == ["other"]
    assert [each.provider for each in BOTH.sources_for(country, kind, TEST)] == ["one"]


KVK, STREAM = {"api_key": "k"}, {"api_key": "k", "stream_key": "s"}


@pytest.mark.parametrize(
    ("provider", "by", "tells"),
    [
        ("kvk", access("live", kvk=KVK), False),
        ("kvk", access("live", kvk={**KVK, "change_key": "c"}), True),
        ("kvk", access("live", kvk={"change_key": "c"}), False),
        ("companies_house", access("live", companies_house=KVK), False),
        ("companies_house", access("live", companies_house=STREAM), True),
        ("creditsafe", access("live", creditsafe={"username": "u", "password": "p"}), True),
        ("gleif", access("live"), False),
        ("kvk", access("test"), True),
        ("kvk", access("test", kvk=KVK), False),
        ("north_data", access("test"), False),
    ],
)
def test_a_register_tells_of_changes_to_who_has_handed_in_the_key_for_them(
    provider: str, by: Access, tells: bool
) -> None:
    catalog = Catalog(sandbox_address=SANDBOX)
    assert catalog.tells_changes(catalog.source(provider), by) is tells


def test_a_test_seller_is_asked_for_at_the_sandbox_and_a_live_one_at_the_real_service() -> None:
    asked = {
        access.mode: BOTH.ask("credit_bureau", "one", GOOSE, access, deadline_seconds=1) for access in (LIVE, TEST)
    }
    assert asked == {
        "live": {"address": "https://one.example/api", "credentials": {"key": "of the seller"}},
        "test": {"address": f"{SANDBOX}/one", "credentials": {"key": "sandbox"}},
    }
    line = BOTH.line(BOTH.source("one"), TEST, deadline_seconds=1)
    assert line.beside("one_beside").address == f"{SANDBOX}/one_beside"
    assert line.beside("one_beside").is_sandbox


def test_live_and_sandbox_never_meet_whatever_is_configured() -> None:
    swapped = Catalog((source("one"),), sandbox_address="https://one.example")
    for each in (LIVE, TEST):
        with pytest.raises(WrongAddress):
            swapped.ask("credit_bureau", "one", GOOSE, each, deadline_seconds=1)
    for sandbox in ("https://OTHER.example:443", "https://beside.one.example/sandbox", "https://own.example."):
        stray = Catalog(
            (source("one"), source("other")), sandbox_address=sandbox, addresses={"other": "https://own.example/list"}
        )
        with pytest.raises(WrongAddress):  # No vendor's host is a sandbox, nor is our own copy of a service.
            stray.ask("credit_bureau", "one", GOOSE, TEST, deadline_seconds=1)
    without = Catalog((source("one"),))
    assert without.sources_for("NL", "credit_bureau", TEST) == ()
    with pytest.raises(WrongAddress):
        without.ask("credit_bureau", "one", GOOSE, TEST, deadline_seconds=1)
    with pytest.raises(ValueError, match="not a mode"):
        BOTH.line(BOTH.source("one"), access("demo"), deadline_seconds=1)


def test_an_unknown_source_is_an_error() -> None:
    with pytest.raises(ValueError, match="no source"):
        BOTH.source("nobody")


def test_a_source_serves_its_own_countries_in_the_order_given() -> None:
    dutch = source("dutch", countries=frozenset({"NL"}))
    catalog = Catalog((dutch, source("everywhere")), sandbox_address=SANDBOX)
    assert [each.provider for each in catalog.searches_for("NL", TEST)] == ["dutch", "everywhere"]
    assert [each.provider for each in catalog.searches_for("BE", TEST)] == ["everywhere"]
    assert [each.provider for each in catalog.searches_for(None, TEST)] == ["dutch", "everywhere"]


def test_a_source_is_asked_only_what_it_answers() -> None:
    catalog = Catalog((source("register", kinds=("company_register",)),), sandbox_address=SANDBOX)
    assert [len(catalog.sources_for("NL", kind, TEST)) for kind in KINDS] == [1, 0, 0, 0, 0]
    assert catalog.search("register", CompanyQuery("gans", None, ()), TEST, deadline_seconds=1) == (
        f"{SANDBOX}/register",
    )


def test_what_a_report_costs_is_told_by_the_sellers_contract_before_the_vendors_list() -> None:
    agreed = replace(LIVE, prices={"one": Price(Decimal(7), "EUR")})
    assert BOTH.line(BOTH.source("one"), agreed, deadline_seconds=1).price == (7, "EUR")
    assert BOTH.line(BOTH.source("one"), LIVE, deadline_seconds=1).price == (0, "EUR")


def test_no_turn_is_waited_for_at_the_sandbox() -> None:
    limited = Catalog((source("one", rate=Rate(1, 60.0)),), sandbox_address=SANDBOX)
    rates = [limited.line(limited.source("one"), each, deadline_seconds=1).settings.rate for each in (LIVE, TEST)]
    assert rates == [Rate(1, 60.0), None]


def test_as_shipped_a_test_seller_is_served_for_every_kind_of_question_about_a_dutch_company() -> None:
    catalog = Catalog(sandbox_address=SANDBOX)
    first = {kind: catalog.sources_for("NL", kind, TEST)[0].provider for kind in KINDS}
    assert first == {
        "company_register": "kvk",
        "credit_bureau": "creditsafe",
        "sanctions_list": "opensanctions",
        "vat_register": "vies",
        "entity_register": "gleif",
    }
