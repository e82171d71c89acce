"""The companies of the sandbox meet their fates through the real clients, on whatever day they are asked about."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from stdnum.eu import vat as eu_vat

from providers.errors import NothingToAskBy, NotUnderstood, SourceDown, SourceRefused
from providers.ports import CompanyKey, CompanyQuery, Identifier
from providers.sandbox.company import companies
from providers.stored_facts import as_document, from_document
from scoring.canonical import canonical_json
from scoring.facts import CreditLimit
from scoring.identifiers import is_kvk_number, is_lei, vat_scheme_of
from tests.providers.sandbox.asking import NOW, POLICY, SECONDS, TestSeller, company, dutch, key
from tests.sandbox_control import SandboxControl

REGISTER, BUREAU, SANCTIONS, VAT, ENTITY = (
    "company_register",
    "credit_bureau",
    "sanctions_list",
    "vat_register",
    "entity_register",
)
EVERY_COMPANY = pytest.mark.parametrize("each", companies(), ids=lambda each: each.key)
NUMBERS: dict[tuple[str, str], tuple[Callable[[str], object], tuple[str, ...]]] = {
    ("kvk", "NL"): (is_kvk_number, ("9000",)),
    ("vat", "NL"): (vat_scheme_of, ("NL899", "NL000999")),
    ("vat", "BE"): (eu_vat.is_valid, ("BE0999",)),
    ("lei", "ZZ"): (is_lei, ("SANDBOX",)),
    ("coh", "GB"): (lambda number: len(number) == 8, ("99",)),
}
FATES: list[tuple[Any, str, str, object]] = [
    (REGISTER, "90000001", "status", "active"),
    (REGISTER, "90000006", "status", "dissolved"),
    (REGISTER, "90000012", "legal_form", "eenmanszaak"),
    (REGISTER, "90000013", "legal_form", "eenmanszaak"),
    (REGISTER, "90000016", "status", "active"),
    (REGISTER, "90000017", "status", "active"),
    (BUREAU, "90000001", "recommended_limit", CreditLimit("amount", Decimal(250000))),
    (BUREAU, "90000001", "pd", Decimal("0.0006")),
    (BUREAU, "90000003", "score", Decimal(23)),
    (BUREAU, "90000003", "provider_dbt_days", Decimal(38)),
    (BUREAU, "90000006", "recommended_limit", CreditLimit("none")),
    (BUREAU, "90000013", "recommended_limit", CreditLimit("amount", Decimal(0))),
    (BUREAU, "90000014", "recommended_limit", CreditLimit("unlimited")),
    (BUREAU, "90000015", "recommended_limit", CreditLimit("none")),
    (SANCTIONS, "90000001", "hit", "none"),
    (SANCTIONS, "90000009", "hit", "confirmed"),
    (SANCTIONS, "90000010", "hit", "possible"),
    (SANCTIONS, "90000099", "hit", "none"),
    (VAT, "90000001", "valid", True),
    (VAT, "90000001", "name", "Gouden Gans Groothandel B.V."),
    (VAT, "90000023", "valid", False),
    (ENTITY, "90000001", "active", True),
]


@pytest.fixture(scope="module")
def seller(sandbox: SandboxControl) -> TestSeller:
    return TestSeller(sandbox)


@pytest.mark.parametrize(("kind", "number", "field", "expected"), FATES)
def test_a_company_meets_its_fate(seller: TestSeller, kind: Any, number: str, field: str, expected: object) -> None:
    assert getattr(seller.facts(kind, dutch(number)), field) == expected


@pytest.mark.parametrize(
    ("kind", "number", "codes"),
    [
        (REGISTER, "90000001", []),
        (REGISTER, "90000007", ["bankruptcy"]),
        (REGISTER, "90000008", ["moratorium_provisional"]),
        (BUREAU, "90000001", []),
        (BUREAU, "90000003", ["payment_incident", "payment_incident"]),
        (BUREAU, "90000007", ["bankruptcy"]),
        (BUREAU, "90000008", ["moratorium_provisional"]),
        (BUREAU, "90000013", ["judgment"]),
    ],
)
def test_register_and_bureau_tell_of_negative_events(
    seller: TestSeller, kind: Any, number: str, codes: list[str]
) -> None:
    assert [event.code for event in seller.facts(kind, dutch(number)).events] == codes


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ("90000001", []),
        ("90000003", ["payment_incident"]),
        ("90000006", ["dissolved"]),
        ("90000007", ["bankruptcy"]),
        ("90000008", ["moratorium_final"]),
        ("90000013", ["judgment"]),
    ],
)
def test_another_bureau_knows_the_same_companies(seller: TestSeller, number: str, codes: list[str]) -> None:
    one, other = (seller.facts(BUREAU, dutch(number), provider) for provider in ("creditsafe", "dnb"))
    assert [event.code for event in other.events] == codes
    assert (other.score, other.recommended_limit) == (one.score, one.recommended_limit)
    assert (other.financials is None) == (one.financials is None)
    if one.financials is not None:
        names = ("year_end_on", "consolidated", "total_assets", "equity", "turnover", "net_income")
        assert [getattr(other.financials, name) for name in names] == [getattr(one.financials, name) for name in names]


@pytest.mark.parametrize(("kind", "number"), [(BUREAU, "90000004"), (REGISTER, "90000099"), (BUREAU, "90000099")])
def test_an_unknown_company_is_an_answer_without_facts_and_not_an_error(
    seller: TestSeller, kind: Any, number: str
) -> None:
    assert seller.facts(kind, dutch(number)) is None


def test_by_name_alone_no_register_and_no_bureau_answers_since_names_are_not_unique(seller: TestSeller) -> None:
    named = CompanyKey("Gouden Gans Groothandel B.V.", "NL", ())
    for kind in (REGISTER, BUREAU):
        with pytest.raises(NothingToAskBy):
            seller.facts(kind, named)


def test_a_source_that_is_down_and_an_answer_that_cannot_be_read_are_told_apart(seller: TestSeller) -> None:
    with pytest.raises(SourceDown):
        seller.ask(BUREAU, "creditsafe", dutch("90000016"))
    raw = seller.ask(BUREAU, "creditsafe", dutch("90000017"))
    assert raw is not None, "it was bought, although nobody can read it"
    with pytest.raises(NotUnderstood):
        seller.read(BUREAU, "creditsafe", raw, dutch("90000017"))


def test_a_bureau_that_is_down_for_one_company_keeps_nobody_else_waiting(sandbox: SandboxControl) -> None:
    address = f"{sandbox.address}/creditsafe/v1/companies/NL-X-900000160000"
    answer = requests.get(address, headers={"Authorization": "Bearer none"}, timeout=10)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, None)


def test_a_member_state_that_is_down_says_nothing_of_the_number(seller: TestSeller) -> None:
    with pytest.raises(SourceDown):
        seller.ask(VAT, "vies", dutch("90000024"))


def test_a_company_in_pounds_gives_a_seller_in_euro_no_amounts(seller: TestSeller) -> None:
    kettles = next(each for each in companies() if each.country == "GB")
    found = seller.facts(BUREAU, key(kettles))
    assert (found.score, found.recommended_limit, found.financials) == (72, CreditLimit("none"), None)
    assert found.limit_currency == "GBP"


def test_a_belgian_company_is_known_to_the_bureau_as_a_register(seller: TestSeller) -> None:
    waffles = next(each for each in companies() if each.country == "BE")
    assert seller.facts(REGISTER, key(waffles)).name == "Denkbeeldige Wafels BV"
    assert seller.facts(BUREAU, key(waffles)).score == Decimal(70)


def test_the_parent_of_a_group_is_known_to_the_register_of_entities(seller: TestSeller) -> None:
    child, parent = seller.facts(ENTITY, dutch("90000020")), seller.facts(ENTITY, dutch("90000019"))
    assert child.parent.name == child.ultimate_parent.name == "Moederkloek Holding B.V."
    assert child.parent.lei == company("90000019").numbers["lei"]
    assert (parent.parent, parent.no_parent_reason) == (None, "NATURAL_PERSONS")


@pytest.mark.parametrize("days", [-3000, 0, 30000])
def test_companies_never_grow_stale(sandbox: SandboxControl, days: int) -> None:
    seller = TestSeller(sandbox, NOW + timedelta(days=days))
    young, goose = seller.facts(REGISTER, dutch("90000011")), seller.facts(BUREAU, dutch("90000001"))
    assert (seller.today - young.incorporated_on).days == 150
    assert goose.scored_on == seller.today
    assert (seller.today - goose.financials.year_end_on).days == 290


@EVERY_COMPANY
def test_whatever_a_source_says_of_a_company_can_be_stored_and_read_again(seller: TestSeller, each: Any) -> None:
    for kind in (REGISTER, BUREAU, SANCTIONS, VAT, ENTITY):
        try:
            found = seller.facts(kind, key(each))  # type: ignore[arg-type]
        except NothingToAskBy:
            continue
        except (SourceDown, NotUnderstood):
            assert each.key in ("bureau_down", "bureau_garbled", "vies_down")
            continue
        if found is not None:
            document = as_document(found)
            assert from_document(kind, document) == found  # type: ignore[arg-type]
            assert canonical_json(document)


@EVERY_COMPANY
def test_every_number_is_valid_fictional_and_used_once(each: Any) -> None:
    assert each.identifiers
    for number in each.identifiers:
        is_valid, beginnings = NUMBERS[(number.scheme, number.country)]
        assert is_valid(number.value)
        assert number.value.startswith(beginnings)
        assert sum(number in other.identifiers for other in companies()) == 1


def test_a_search_finds_by_number_and_by_the_beginnings_of_words(seller: TestSeller) -> None:
    def names(provider: str, text: str | None, country: str | None, *numbers: Identifier) -> list[str]:
        query = CompanyQuery(text, country, numbers)
        found = seller.catalog.search(provider, query, seller.access(), deadline_seconds=SECONDS)
        return sorted({each.name for each in found})

    goose = Identifier("kvk", "NL", "90000001")
    both = ["Twee Druppels Water B.V.", "Twee Druppels Watertechniek B.V."]
    assert names("kvk", "twee drup", "NL") == names("creditsafe", "twee drup", "NL") == both
    assert names("kvk", None, "NL", goose) == ["Gouden Gans Groothandel B.V."]
    assert (
        names("gleif", None, None, goose) == names("creditsafe", None, None, goose) == names("kvk", None, None, goose)
    )
    assert names("creditsafe", "denkbeeldige wafels", "NL") == []
    assert names("creditsafe", "denkbeeldige wafels", "BE") == ["Denkbeeldige Wafels BV"]
    assert names("kvk", "wie is dit", "NL") == names("kvk", None, "NL") == []


@pytest.mark.parametrize(
    ("kind", "provider"), [(REGISTER, "kvk"), (BUREAU, "creditsafe"), (SANCTIONS, "opensanctions"), (None, "atradius")]
)
def test_who_signs_in_with_something_else_is_refused(sandbox: SandboxControl, kind: Any, provider: str) -> None:
    source = TestSeller(sandbox).catalog.source(provider)
    wrong = TestSeller(sandbox, **{provider: dict.fromkeys(source.settings.credentials, "not the word")})
    asked: Any = source.insurer.find_buyers if source.insurer else None
    with pytest.raises(SourceRefused):
        asked(dutch("90000001"), POLICY, wrong.line(provider)) if asked else wrong.ask(
            kind, provider, dutch("90000001")
        )


def test_it_is_counted_what_was_asked(sandbox: SandboxControl) -> None:
    seller, name = TestSeller(sandbox), company("90000018").name
    before = sandbox.calls("creditsafe", "company_report", name)
    for _ in range(3):
        seller.ask(BUREAU, "creditsafe", dutch("90000018"))
    assert sandbox.calls("creditsafe", "company_report", name) - before == 3
    assert sandbox.calls("creditsafe", company=name) >= 6
    assert sandbox.calls("kvk", "company_report") == 0


def test_the_documentation_lists_every_company_and_no_other(project: Path) -> None:
    rows = []
    for each in companies():
        numbers = ", ".join(f"{scheme} {number}" for scheme, number in each.numbers.items())
        rows.append(f"| {each.name} | {each.country} | {numbers} | {each.fate} |")
    text = (project / "docs" / "sandbox.md").read_text(encoding="utf-8")
    table = text[text.index("| Company | Country |") :].split("\n\n")[0]
    assert sorted(rows) == table.splitlines()[2:]
