"""A search offers each company once, by its numbers, with how sure we are of it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.problems import BadInput
from api.prospect.companies import RESULTS_MAX, CompanySearch, read_query, search_answer, search_companies
from api.prospect.company_schemas import CompanySearchAnswer, CompanySearchQuery
from providers.catalog import Catalog, Source
from providers.errors import SourceDown
from providers.ports import Candidate, CompanyQuery, Identifier

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KVK = Identifier("kvk", "NL", "90000050")
VAT = Identifier("vat", "NL", "NL899000009B01")
LEI = Identifier("lei", "ZZ", "SANDBOX0000000000177")
FRUIT = Candidate("one", (KVK,), "Fabelachtig Fruit B.V.", (), "NL", "Fabellaan 50 9950ZZ Verzinstad", "bv", "active")


class Register:
    """A register that offers what it was made with, or is down."""

    def __init__(self, *offers: Candidate, down: bool = False) -> None:
        self.offers, self.down = offers, down

    def search(self, query: CompanyQuery, *, now: datetime, deadline_seconds: float) -> tuple[Candidate, ...]:
        if self.down:
            raise SourceDown("register", "down")
        return self.offers

    def profile(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("a search asks for no profile")


def search(*registers: Register, mode: str = "test", **query: Any) -> CompanySearch:
    sources = [
        Source(name, is_sandbox=True, register=register)
        for name, register in zip(("one", "two", "three"), registers, strict=False)
    ]
    asked = CompanyQuery(**{"text": None, "country": None, "identifiers": (), **query})
    return search_companies(asked, Catalog(tuple(sources)), mode, NOW)


def sandbox(**given: str) -> CompanySearch:
    return search_companies(read_query(given), Catalog(), "test", NOW)


@pytest.mark.parametrize(
    ("given", "identifier"),
    [
        ({"kvk_number": "90000001"}, Identifier("kvk", "NL", "90000001")),
        ({"kvk_number": "9000 0001", "country": "NL"}, Identifier("kvk", "NL", "90000001")),
        ({"vat_number": "nl 899000009 b01"}, VAT),
        ({"vat_number": "NL8990.00.009.B01"}, VAT),
        ({"vat_number": "899000009B01"}, VAT),
        ({"vat_number": "BE0999001020"}, Identifier("vat", "BE", "BE0999001020")),
        ({"lei": "sandbox0000000000177", "country": "NL"}, LEI),
    ],
)
def test_a_number_is_read_in_the_one_form_in_which_it_is_compared(
    given: dict[str, str], identifier: Identifier
) -> None:
    assert read_query(given).identifiers == (identifier,)


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({}, [("", "nothing_to_search")]),
        ({"country": "NL"}, [("", "nothing_to_search")]),
        ({"q": "!"}, [("/q", "too_short")]),
        ({"q": "a"}, [("/q", "too_short")]),
        ({"kvk_number": "1234567"}, [("/kvk_number", "invalid_kvk_number")]),
        ({"vat_number": "NL899000008B01"}, [("/vat_number", "invalid_vat_number")]),
        ({"vat_number": "NL899B01"}, [("/vat_number", "invalid_vat_number")]),
        ({"vat_number": "XX1"}, [("/vat_number", "invalid_vat_number")]),
        ({"lei": "SANDBOX0000000000178"}, [("/lei", "invalid_lei")]),
        ({"kvk_number": "90000001", "country": "BE"}, [("/kvk_number", "other_country")]),
        ({"vat_number": "BE0999001020", "country": "NL"}, [("/vat_number", "other_country")]),
        (
            {"kvk_number": "x", "vat_number": "x", "lei": "x", "q": "?"},
            [
                ("/kvk_number", "invalid_kvk_number"),
                ("/vat_number", "invalid_vat_number"),
                ("/lei", "invalid_lei"),
                ("/q", "too_short"),
            ],
        ),
    ],
)
def test_every_fault_of_a_query_is_named_at_once(given: dict[str, str], faults: list[tuple[str, str]]) -> None:
    with pytest.raises(BadInput) as caught:
        read_query(given)
    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == faults


@given(st.dictionaries(st.sampled_from(["q", "kvk_number", "vat_number", "lei"]), st.text(max_size=30), min_size=1))
def test_whatever_is_typed_is_a_query_or_bad_input(given: dict[str, str]) -> None:
    try:
        query = read_query(given)
    except BadInput as problem:
        faults = problem.faults
    else:
        faults = ()
        assert query.text or query.identifiers
    assert all(fault.pointer.strip("/") in given for fault in faults)


def test_a_company_that_two_registers_know_by_one_number_is_offered_once() -> None:
    second = replace(FRUIT, provider="two", identifiers=(KVK, LEI), name="Fabelachtig Fruit", address="Elders")
    (found,) = search(Register(FRUIT), Register(second), identifiers=(KVK,)).companies
    assert (found.sources, found.identifiers) == (("one", "two"), (KVK, LEI))
    assert (found.name, found.trade_names, found.address) == (FRUIT.name, ("Fabelachtig Fruit",), FRUIT.address)


def test_a_third_register_can_show_that_two_offers_are_one_company() -> None:
    second = replace(FRUIT, provider="two", identifiers=(LEI,))
    third = replace(FRUIT, provider="three", identifiers=(KVK, LEI))
    (found,) = search(Register(FRUIT), Register(second), Register(third), text="fruit").companies
    assert found.sources == ("one", "two", "three")


def test_companies_are_never_merged_by_name_alone() -> None:
    namesake = replace(FRUIT, provider="two", identifiers=(LEI,))
    assert len(search(Register(FRUIT), Register(namesake), text="Fabelachtig Fruit").companies) == 2


def test_members_of_a_fiscal_unity_share_a_vat_number_and_stay_apart() -> None:
    mother = replace(FRUIT, identifiers=(KVK, VAT))
    daughter = replace(FRUIT, identifiers=(Identifier("kvk", "NL", "90000051"), VAT))
    assert len(search(Register(mother, daughter), identifiers=(VAT,)).companies) == 2


def test_when_registers_disagree_the_end_of_a_company_shows() -> None:
    ended = replace(FRUIT, provider="two", status="dissolved")
    assert search(Register(FRUIT), Register(ended), identifiers=(KVK,)).companies[0].status == "dissolved"


@pytest.mark.parametrize(
    ("query", "confidence"),
    [
        ({"identifiers": (KVK,)}, "1.00"),
        ({"identifiers": (KVK,), "text": "Iets heel anders"}, "1.00"),
        ({"identifiers": (KVK, Identifier("vat", "NL", "NL899000010B01"))}, "0.50"),
        ({"identifiers": (LEI,), "text": "fabelachtig fruit"}, "0.99"),
        ({"text": "FRUIT fabelachtig bv"}, "0.99"),
        ({"text": "fruit fabelachtig", "place": "verzinstad"}, "0.99"),
        ({"text": "fruit fabelachtig", "place": "Elders"}, "0.49"),
    ],
)
def test_only_a_number_is_certain(query: dict[str, Any], confidence: str) -> None:
    (found,) = search(Register(replace(FRUIT, identifiers=(KVK, VAT))), **query).companies
    assert found.confidence == Decimal(confidence)


def test_the_best_candidate_comes_first_and_their_number_is_bounded() -> None:
    offers = [
        replace(FRUIT, identifiers=(Identifier("kvk", "NL", f"900001{number:02}"),), name=f"Fruit {'x' * number}")
        for number in range(RESULTS_MAX + 10)
    ]
    found = search(Register(*reversed(offers)), text="Fruit").companies
    assert len(found) == RESULTS_MAX
    assert [each.confidence for each in found] == sorted((each.confidence for each in found), reverse=True)
    assert found[0].name == "Fruit "


def test_a_register_that_fails_is_named_and_does_not_spoil_the_others() -> None:
    found = search(Register(down=True), Register(replace(FRUIT, provider="two")), identifiers=(KVK,))
    assert [each.sources for each in found.companies] == [("two",)]
    assert [(each.provider, each.status) for each in found.registers] == [("one", "unavailable"), ("two", "fresh")]


def test_a_live_seller_finds_nothing_in_the_sandbox_and_is_told_that_nobody_was_asked() -> None:
    found = search_companies(read_query({"kvk_number": "90000001"}), Catalog(), "live", NOW)
    assert found.companies == ()
    assert [(each.provider, each.status) for each in found.registers] == [(None, "not_asked")]


def test_two_companies_with_like_names_are_both_offered_and_neither_is_certain() -> None:
    found = sandbox(q="Twee Druppels Water").companies
    assert [each.name for each in found] == ["Twee Druppels Water B.V.", "Twee Druppels Watertechniek B.V."]
    assert found[1].confidence < Decimal("0.92") < found[0].confidence < 1


def test_the_answer_is_what_its_schema_documents() -> None:
    answer = search_answer(sandbox(q="gouden gans"), "test")
    assert CompanySearchAnswer().validate(answer) == {}
    assert set(answer["items"][0]) == set(CompanySearchAnswer().fields["items"].inner.schema.fields)  # type: ignore[attr-defined]
    assert answer["items"][0]["confidence"] == "0.75"
    assert answer["sources"] == [{"kind": "company_register", "provider": "sandbox", "status": "fresh"}]


def test_the_query_schema_takes_what_is_read_and_refuses_other_countries_and_names() -> None:
    loaded = CompanySearchQuery().load({"q": "gouden gans", "country": "NL"})
    assert read_query(loaded) == CompanyQuery("gouden gans", "NL", ())
    assert set(CompanySearchQuery().validate({"country": "nl", "name": "x"})) == {"country", "name"}
