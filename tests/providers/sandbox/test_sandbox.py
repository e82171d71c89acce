"""The companies of the sandbox meet their fates, on whatever day they are asked about."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.eu import vat as eu_vat

from providers.catalog import KINDS, Catalog
from providers.errors import NotUnderstood, SourceDown
from providers.ports import Answer, CompanyKey, CompanyQuery, Identifier
from providers.sandbox.client import Sandbox, companies, with_dates
from providers.stored_facts import as_document, from_document
from scoring.canonical import canonical_json
from scoring.documents import DocumentInvalid
from scoring.facts import CreditLimit
from scoring.identifiers import is_kvk_number, is_lei, vat_scheme_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVERY_COMPANY = pytest.mark.parametrize("company", companies(), ids=lambda company: company.name)


NUMBERS: dict[tuple[str, str], tuple[Callable[[str], object], str | tuple[str, ...]]] = {
    ("kvk", "NL"): (is_kvk_number, "9000"),
    ("vat", "NL"): (vat_scheme_of, ("NL899", "NL000999")),
    ("vat", "BE"): (eu_vat.is_valid, "BE0999"),
    ("lei", "ZZ"): (is_lei, "SANDBOX"),
}


def ask(kind: str, key: CompanyKey, now: datetime = NOW) -> Answer:
    catalog = Catalog()
    spec = next(spec for spec in catalog.kinds("test", key.country) if spec.kind == kind)
    return catalog.ask(spec, key, currency="EUR", now=now, deadline_seconds=1)


def facts(kind: str, kvk_number: str, now: datetime = NOW) -> Any:
    return ask(kind, CompanyKey(None, "NL", (Identifier("kvk", "NL", kvk_number),)), now).facts


def answers(company: Any, now: datetime = NOW) -> list[Answer]:
    key = CompanyKey(company.name, company.country, company.identifiers)
    found = []
    for kind in KINDS:
        try:
            found.append(ask(kind, key, now))
        except (SourceDown, NotUnderstood):
            assert company.name in ("Stille Lijn Telecom B.V.", "Wartaal Media B.V.")
    return found


REGISTER, BUREAU, SANCTIONS = KINDS
FATES = [
    (REGISTER, "90000001", "status", "active"),
    (BUREAU, "90000001", "recommended_limit", CreditLimit("amount", Decimal(250000))),
    (BUREAU, "90000003", "score", Decimal(23)),
    (BUREAU, "90000003", "provider_dbt_days", Decimal(38)),
    (REGISTER, "90000006", "status", "dissolved"),
    (BUREAU, "90000006", "recommended_limit", CreditLimit("none")),
    (SANCTIONS, "90000001", "hit", "none"),
    (SANCTIONS, "90000009", "hit", "confirmed"),
    (SANCTIONS, "90000010", "hit", "possible"),
    (REGISTER, "90000012", "legal_form", "eenmanszaak"),
    (REGISTER, "90000013", "legal_form", "eenmanszaak"),
    (BUREAU, "90000013", "recommended_limit", CreditLimit("amount", Decimal(0))),
    (BUREAU, "90000014", "recommended_limit", CreditLimit("unlimited")),
    (BUREAU, "90000015", "recommended_limit", CreditLimit("none")),
]


@pytest.mark.parametrize(("kind", "kvk_number", "field", "expected"), FATES)
def test_a_company_meets_its_fate(kind: str, kvk_number: str, field: str, expected: object) -> None:
    assert getattr(facts(kind, kvk_number), field) == expected


@pytest.mark.parametrize(
    ("kvk_number", "codes"),
    [
        ("90000001", []),
        ("90000003", ["payment_incident", "payment_incident"]),
        ("90000007", ["bankruptcy"]),
        ("90000008", ["moratorium_provisional"]),
        ("90000013", ["judgment"]),
    ],
)
def test_the_bureau_tells_of_the_negative_events(kvk_number: str, codes: list[str]) -> None:
    assert [event.code for event in facts(BUREAU, kvk_number).events] == codes


def test_an_unknown_company_is_an_answer_without_facts_and_not_an_error() -> None:
    assert facts(BUREAU, "90000004") is None
    assert facts(REGISTER, "90000099") is None
    assert facts(BUREAU, "90000099") is None
    assert facts(SANCTIONS, "90000099").hit == "none"


def test_by_name_alone_no_register_and_no_bureau_answers_since_names_are_not_unique() -> None:
    named = CompanyKey("Gouden Gans Groothandel B.V.", "NL", ())
    assert ask(REGISTER, named).facts is None
    assert ask(BUREAU, named).facts is None


def test_a_source_that_is_down_and_an_answer_that_cannot_be_read_are_told_apart() -> None:
    with pytest.raises(SourceDown) as down:
        facts(BUREAU, "90000016")
    assert (down.value.provider, down.value.retry_after_seconds) == ("sandbox", 60)
    with pytest.raises(NotUnderstood):
        facts(BUREAU, "90000017")
    assert facts(REGISTER, "90000016").status == facts(REGISTER, "90000017").status == "active"


def test_a_company_in_pounds_gives_a_seller_in_euro_no_amounts() -> None:
    lei = Identifier("lei", "ZZ", "SANDBOX0000000000468")
    found: Any = ask(BUREAU, CompanyKey(None, "GB", (lei,))).facts
    assert (found.score, found.recommended_limit, found.financials) == (72, CreditLimit("none"), None)


@given(days=st.integers(-3000, 30000))
def test_companies_never_grow_stale(days: int) -> None:
    now = NOW + timedelta(days=days)
    young, goose = facts(REGISTER, "90000011", now), facts(BUREAU, "90000001", now)
    assert (now.date() - young.incorporated_on).days == 150
    assert goose.scored_on == now.date()
    assert (now.date() - goose.financials.year_end_on).days == 290


@EVERY_COMPANY
def test_every_answer_is_labelled_free_and_holds_real_dates(company: Any) -> None:
    for answer in answers(company):
        assert (answer.provider, answer.retrieved_at, answer.cost) == ("sandbox", NOW, (Decimal("0.00"), "EUR"))
        assert answer.raw is None or with_dates(answer.raw, NOW.date() + timedelta(days=9)) == answer.raw


@EVERY_COMPANY
def test_facts_survive_being_stored(company: Any) -> None:
    for answer in answers(company):
        if answer.facts is not None:
            document = as_document(answer.facts)
            assert from_document(answer.kind, document) == answer.facts
            assert canonical_json(document)


def test_stored_facts_of_another_kind_are_refused() -> None:
    with pytest.raises(DocumentInvalid):
        from_document("credit_bureau", as_document(facts(SANCTIONS, "90000001")))


@EVERY_COMPANY
def test_every_number_is_valid_fictional_and_used_once(company: Any) -> None:
    assert company.identifiers
    for each in company.identifiers:
        is_valid, beginning = NUMBERS[(each.scheme, each.country)]
        assert is_valid(each.value)
        assert each.value.startswith(beginning)
        assert sum(each in other.identifiers for other in companies()) == 1


def test_a_search_finds_by_number_and_by_the_beginnings_of_words() -> None:
    def names(text: str | None, country: str | None = None, *numbers: Identifier) -> list[str]:
        query = CompanyQuery(text, country, numbers)
        return [each.name for each in Sandbox().search(query, now=NOW, deadline_seconds=1)]

    assert names("twee drup") == ["Twee Druppels Water B.V.", "Twee Druppels Watertechniek B.V."]
    assert names(None, None, Identifier("kvk", "NL", "90000001")) == ["Gouden Gans Groothandel B.V."]
    assert names("denkbeeldige wafels", "NL") == []
    assert names("denkbeeldige wafels", "BE") == ["Denkbeeldige Wafels BV"]
    assert names("wie is dit") == []
    assert names(None) == []


def test_the_documentation_lists_every_company_and_no_other(project: Path) -> None:
    rows = []
    for each in companies():
        numbers = ", ".join(f"{number.scheme} {number.value}" for number in each.identifiers)
        rows.append(f"| {each.name} | {each.country} | {numbers} | {each.fate} |")
    text = (project / "docs" / "sandbox.md").read_text(encoding="utf-8")
    assert sorted(rows) == [line for line in text.splitlines() if line.startswith("| ") and "| Country |" not in line]
