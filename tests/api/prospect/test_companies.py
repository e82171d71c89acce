"""A search offers each company once, by its numbers, with how sure we are of it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.identity.companies import RESULTS_MAX, CompanySearch, read_query, search_companies
from api.identity.company_merging import same_companies
from api.identity.company_numbers import NUMBER_FIELDS
from api.problems import BadInput
from api.prospect.company_schemas import CompanySearchQuery
from providers.catalog import Access, Catalog, Source
from providers.errors import NotUnderstood, SourceBusy, SourceDown, SourceError, SourceRefused
from providers.http import Line
from providers.ports import Candidate, CompanyQuery, Identifier
from providers.settings import SourceSettings
from scoring.company_numbers import CompanyNumber, contradict

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KVK = Identifier("kvk", "NL", "90000050")
OTHER_KVK = Identifier("kvk", "NL", "90000051")
VAT = Identifier("vat", "NL", "NL899000009B01")
RSIN = Identifier("rsin", "NL", "899000009")
LEI = Identifier("lei", "ZZ", "SANDBOX0000000000177")
FRUIT = Candidate("one", (KVK,), "Fabelachtig Fruit B.V.", (), "NL", "Fabellaan 50 9950ZZ Verzinstad", "bv", "active")
LATE_DEADLINE_SECONDS = 0.05


class Register:
    """A register that offers what it was made with, fails, or does not come back before it is let."""

    def __init__(self, *offers: Candidate, error: SourceError | None = None, until: Event | None = None) -> None:
        self.offers, self.error, self.until = offers, error, until

    def search(self, query: CompanyQuery, line: Line) -> tuple[Candidate, ...]:
        if self.until is not None:
            self.until.wait()
        if self.error is not None:
            raise self.error
        return self.offers


def catalog_of(*registers: Register, countries: frozenset[str] | None = None) -> Catalog:
    sources = (
        Source(SourceSettings(name, "https://register.example", countries=countries), in_sandbox=True, search=register)
        for name, register in zip(("one", "two", "three"), registers, strict=False)
    )
    return Catalog(tuple(sources), sandbox_address="http://127.0.0.1:9")


def access(mode: Any = "test") -> Access:
    return Access(mode, {}, lambda provider: None, NOW, lambda: NOW)  # type: ignore[arg-type, return-value]


def search(*registers: Register, deadline_seconds: float = 5.0, **query: Any) -> CompanySearch:
    asked = CompanyQuery(**{"text": None, "country": None, "identifiers": (), **query})
    return search_companies(asked, catalog_of(*registers), access(), deadline_seconds)


@pytest.mark.parametrize(
    ("given", "identifier"),
    [
        ({"kvk_number": "90000001"}, Identifier("kvk", "NL", "90000001")),
        ({"kvk_number": "9000 0001", "country": "NL"}, Identifier("kvk", "NL", "90000001")),
        ({"vat_number": "nl 899000009 b01"}, VAT),
        ({"vat_number": "NL8990.00.009.B01"}, VAT),
        ({"vat_number": "899000009B01"}, VAT),
        ({"vat_number": "BE0999001020"}, Identifier("vat", "BE", "BE0999001020")),
        ({"vat_number": "XI980780684", "country": "GB"}, Identifier("vat", "GB", "XI980780684")),
        ({"lei": "sandbox0000000000177", "country": "NL"}, LEI),
        ({"duns": "40-780-9623", "country": "NL"}, Identifier("duns", "ZZ", "407809623")),
        ({"establishment_number": "000037178598"}, Identifier("kvk_vestiging", "NL", "000037178598")),
        ({"registration_number": "SC1234", "country": "GB"}, Identifier("coh", "GB", "SC001234")),
        (
            {"registration_number": "Aachen HRB 11223", "country": "DE"},
            Identifier("handelsregister", "DE", "Aachen HRB 11223"),
        ),
        ({"registration_number": "90000001", "country": "NL"}, Identifier("kvk", "NL", "90000001")),
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
        ({"place": "Utrecht"}, [("", "nothing_to_search")]),
        ({"q": "fruit", "country": "UK"}, [("/country", "not_a_country")]),
        ({"q": "!"}, [("/q", "too_short")]),
        ({"q": "a"}, [("/q", "too_short")]),
        ({"kvk_number": "1234567"}, [("/kvk_number", "invalid_kvk_number")]),
        ({"vat_number": "NL899000008B01"}, [("/vat_number", "invalid_vat_number")]),
        ({"vat_number": "NL899B01"}, [("/vat_number", "invalid_vat_number")]),
        ({"vat_number": "XX1"}, [("/vat_number", "invalid_vat_number")]),
        ({"lei": "SANDBOX0000000000178"}, [("/lei", "invalid_lei")]),
        ({"registration_number": "123"}, [("/registration_number", "invalid_registration_number")]),
        (
            {"registration_number": "HRB 11223", "country": "DE"},
            [("/registration_number", "invalid_registration_number")],
        ),
        ({"duns": "12345678"}, [("/duns", "invalid_duns")]),
        ({"establishment_number": "90000001"}, [("/establishment_number", "invalid_establishment_number")]),
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


@given(st.dictionaries(st.sampled_from(["q", "country", *NUMBER_FIELDS]), st.text(max_size=30), min_size=1))
def test_whatever_is_typed_is_a_query_or_bad_input(given: dict[str, str]) -> None:
    try:
        query = read_query(given)
    except BadInput as problem:
        faults = problem.faults
    else:
        faults = ()
        assert query.text or query.identifiers
    assert all(fault.pointer.strip("/") in {*given, ""} for fault in faults)


def test_a_company_that_two_registers_know_by_one_number_is_offered_once() -> None:
    second = replace(FRUIT, provider="two", identifiers=(KVK, LEI), name="Fabelachtig Fruit", address="Elders")
    (found,) = search(Register(FRUIT), Register(second), identifiers=(KVK,)).companies
    assert (found.sources, found.identifiers) == (("one", "two"), (KVK, LEI))
    assert (found.name, found.trade_names, found.address) == (FRUIT.name, ("Fabelachtig Fruit",), FRUIT.address)


def test_a_vat_number_is_the_rsin_that_it_is_made_of() -> None:
    second = replace(FRUIT, provider="two", identifiers=(VAT,))
    (found,) = search(Register(replace(FRUIT, identifiers=(KVK, RSIN))), Register(second), identifiers=(VAT,)).companies
    assert (found.identifiers, found.confidence, found.is_unattended) == ((KVK, RSIN, VAT), 1, True)


def test_the_rsin_of_a_sole_trader_is_a_citizen_number_and_not_taken_along() -> None:
    trader = replace(FRUIT, identifiers=(KVK, RSIN), legal_form="eenmanszaak")
    (found,) = search(Register(trader), text="Fabelachtig Fruit B.V.").companies
    assert found.identifiers == (KVK,)


def test_a_third_register_can_show_that_two_offers_are_one_company() -> None:
    second = replace(FRUIT, provider="two", identifiers=(LEI,))
    third = replace(FRUIT, provider="three", identifiers=(KVK, LEI))
    (found,) = search(Register(FRUIT), Register(second), Register(third), text="fruit").companies
    assert found.sources == ("one", "two", "three")


def test_a_third_register_does_not_join_what_contradicts_itself() -> None:
    others = (
        replace(FRUIT, provider="two", identifiers=(OTHER_KVK, LEI)),
        replace(FRUIT, provider="three", identifiers=(VAT, LEI)),
    )
    groups = same_companies([replace(FRUIT, identifiers=(KVK, VAT)), *others])
    assert [[each.provider for each in group] for group in groups] == [["one"], ["two"], ["three"]]


def test_companies_are_never_merged_by_name_alone() -> None:
    namesake = replace(FRUIT, provider="two", identifiers=(LEI,))
    assert len(search(Register(FRUIT), Register(namesake), text="Fabelachtig Fruit").companies) == 2


def test_members_of_a_fiscal_unity_share_a_vat_number_and_stay_apart() -> None:
    mother = replace(FRUIT, identifiers=(KVK, VAT))
    daughter = replace(FRUIT, identifiers=(OTHER_KVK, VAT))
    found = search(Register(mother, daughter), identifiers=(VAT,)).companies
    assert len(found) == 2
    assert not any(each.is_unattended for each in found)


NUMBERS = st.sampled_from(
    [
        *(Identifier("kvk", "NL", f"9000000{each}") for each in range(3)),
        *(Identifier("lei", "ZZ", f"LEI{each}") for each in range(2)),
        *(Identifier("rsin", "NL", each) for each in ("899000009", "899000010")),
        *(Identifier("vat", "NL", each) for each in ("NL899000009B01", "NL899000010B01")),
        *(Identifier("kvk_vestiging", "NL", f"00000000000{each}") for each in range(2)),
    ]
)
CANDIDATES = st.lists(
    st.lists(NUMBERS, max_size=3, unique_by=lambda each: each.scheme).map(
        lambda numbers: replace(FRUIT, identifiers=tuple(numbers))
    ),
    max_size=6,
).map(lambda found: [replace(each, provider=str(place)) for place, each in enumerate(found)])


@given(CANDIDATES, st.randoms(use_true_random=False))
def test_who_is_one_company_does_not_depend_on_who_answered_first(offered: list[Candidate], chance: Any) -> None:
    def groups(candidates: list[Candidate]) -> set[frozenset[str]]:
        return {frozenset(each.provider for each in group) for group in same_companies(candidates)}

    mixed = list(offered)
    chance.shuffle(mixed)
    assert groups(mixed) == groups(offered)


@given(CANDIDATES)
def test_numbers_that_contradict_each_other_are_never_joined_and_nobody_is_lost(offered: list[Candidate]) -> None:
    groups = same_companies(offered)
    assert sorted(each.provider for group in groups for each in group) == sorted(each.provider for each in offered)
    for group in groups:
        numbers = [CompanyNumber(n.scheme, n.country, n.value) for each in group for n in each.identifiers]
        assert not any(contradict(one, other) for one in numbers for other in numbers)


def test_when_registers_disagree_the_end_of_a_company_shows() -> None:
    ended = replace(FRUIT, provider="two", status="dissolved")
    assert search(Register(FRUIT), Register(ended), identifiers=(KVK,)).companies[0].status == "dissolved"


def test_the_group_that_a_register_tells_of_is_shown() -> None:
    child = replace(FRUIT, provider="two", parent=LEI)
    assert search(Register(FRUIT), Register(child), identifiers=(KVK,)).companies[0].parent == LEI


@pytest.mark.parametrize(
    ("query", "confidence", "is_unattended"),
    [
        ({"identifiers": (KVK,)}, "1.00", True),
        ({"identifiers": (KVK,), "text": "Fruit Fabelachtig"}, "1.00", True),
        ({"identifiers": (KVK,), "text": "Iets heel anders"}, "1.00", False),
        ({"identifiers": (KVK, Identifier("vat", "NL", "NL899000010B01"))}, "0.50", False),
        ({"identifiers": (LEI,), "text": "fabelachtig fruit bv"}, "0.98", False),  # Who has the number?
        ({"text": "FABELACHTIG fruit bv"}, "0.98", True),
        ({"text": "fabelachtig fruit bv", "place": "verzinstad"}, "0.98", True),
        ({"text": "fabelachtig fruit bv", "place": "Elders"}, "0.49", False),
        ({"text": "fabelachtig fruit bv", "country": "NL"}, "0.98", True),
        ({"text": "fabelachtig fruit bv", "country": "BE"}, "0.49", False),
        ({"text": "fabelachtig fruit"}, "0.82", False),
        ({"text": "fruit fabelachtig bv"}, "0.82", False),
        ({"text": "Fabelfruit"}, "0.98", False),  # A trade name, which others may have too.
        ({"text": "Fabelfruit Import"}, "0.80", False),
    ],
)
def test_only_a_number_is_certain(query: dict[str, Any], confidence: str, is_unattended: bool) -> None:
    company = replace(FRUIT, identifiers=(KVK, VAT), trade_names=("Fabelfruit",))
    (found,) = search(Register(company), **query).companies
    assert (found.confidence, found.is_unattended) == (Decimal(confidence), is_unattended)


@pytest.mark.parametrize(
    ("other", "is_unattended"),
    [
        ({"name": "Fabelachtig Fruit BV"}, False),
        ({"name": "Zilveren Zwaan B.V.", "trade_names": ("Fabelachtig Fruit B.V.",)}, False),
        ({"name": "Fabelachtig Fruit BV", "status": "dissolved"}, False),
        ({"name": "Fabelachtig Fruit BV", "status": None}, False),
        ({"name": "Fabelachtig Fruit"}, False),  # Which may be a B.V. as well.
        ({"name": "Fabelachtig Fruit Holding B.V."}, True),
        ({"name": "Fabelachtig Fruit N.V."}, True),
    ],
)
def test_a_name_is_enough_only_where_no_other_company_has_it(other: dict[str, Any], is_unattended: bool) -> None:
    rival = replace(FRUIT, identifiers=(OTHER_KVK,), **other)
    found = search(Register(FRUIT, rival), text="Fabelachtig Fruit B.V.").companies
    assert found[0].name == FRUIT.name or not is_unattended
    assert [each.is_unattended for each in found] == [is_unattended, False]


@pytest.mark.parametrize("status", ["deregistered", None])
def test_a_company_that_ended_or_may_have_takes_a_person(status: Any) -> None:
    (found,) = search(Register(replace(FRUIT, status=status)), text=FRUIT.name).companies
    assert (found.status, found.is_unattended) == (status, False)


@pytest.mark.parametrize(
    ("told", "shown"), [((None, "active"), "active"), (("active", "dissolved", None), "dissolved"), ((None,), None)]
)
def test_what_one_register_tells_of_a_status_stands_where_another_is_silent(told: tuple[Any, ...], shown: Any) -> None:
    (found,) = search(*(Register(replace(FRUIT, status=each)) for each in told), identifiers=(KVK,)).companies
    assert found.status == shown


def test_the_best_candidate_comes_first_and_their_number_is_bounded() -> None:
    offers = [
        replace(FRUIT, identifiers=(Identifier("kvk", "NL", f"900001{number:02}"),), name=f"Fruit{' Extra' * number}")
        for number in range(RESULTS_MAX + 10)
    ]
    found = search(Register(*reversed(offers)), text="Fruit").companies
    assert len(found) == RESULTS_MAX
    assert [each.confidence for each in found] == sorted((each.confidence for each in found), reverse=True)
    assert found[0].name == "Fruit"


@pytest.mark.parametrize("error", [SourceDown, SourceBusy, SourceRefused, NotUnderstood])
def test_a_register_that_fails_is_named_and_does_not_spoil_the_others(error: type[SourceError]) -> None:
    second = Register(replace(FRUIT, provider="two"))
    found = search(Register(error=error("one", "no")), second, identifiers=(KVK,))
    assert [(each.sources, each.is_unattended) for each in found.companies] == [(("two",), True)]
    assert [(each.provider, each.status) for each in found.registers] == [("one", "unavailable"), ("two", "fresh")]


def test_a_name_is_not_known_to_be_the_only_one_while_a_register_is_silent() -> None:
    found = search(Register(error=SourceDown("one", "down")), Register(FRUIT), text=FRUIT.name)
    assert not found.companies[0].is_unattended


def test_a_register_that_is_late_is_named_and_not_waited_for() -> None:
    let_go = Event()
    try:
        late, second = Register(FRUIT, until=let_go), Register(replace(FRUIT, provider="two"))
        found = search(late, second, identifiers=(KVK,), deadline_seconds=LATE_DEADLINE_SECONDS)
    finally:
        let_go.set()
    assert [each.sources for each in found.companies] == [("two",)]
    assert [(each.provider, each.status) for each in found.registers] == [("one", "unavailable"), ("two", "fresh")]


def test_registers_are_asked_side_by_side() -> None:
    """Each waits for the other: one after the other, none would come back in time."""
    first, second = Event(), Event()

    class Waiting(Register):
        def __init__(self, mine: Event, theirs: Event) -> None:
            super().__init__(FRUIT, until=theirs)
            self.mine = mine

        def search(self, query: CompanyQuery, line: Line) -> tuple[Candidate, ...]:
            self.mine.set()
            return super().search(query, line)

    found = search(Waiting(first, second), Waiting(second, first), identifiers=(KVK,))
    assert [each.status for each in found.registers] == ["fresh", "fresh"]


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ({"text": "fruit"}, True),
        ({"text": "fruit", "country": "NL"}, True),
        ({"text": "fruit", "country": "BE"}, False),
        ({"identifiers": (KVK, LEI)}, True),
        ({"identifiers": (LEI,)}, True),
        ({"identifiers": (Identifier("coh", "GB", "00006400"),)}, False),
    ],
)
def test_only_registers_of_the_country_are_asked(query: dict[str, Any], asked: bool) -> None:
    catalog = catalog_of(Register(FRUIT), countries=frozenset({"NL"}))
    question = CompanyQuery(**{"text": None, "country": None, "identifiers": (), **query})
    found = search_companies(question, catalog, access())
    assert found.registers[0].status == ("fresh" if asked else "not_asked")


def test_a_seller_whom_no_register_serves_is_told_that_nobody_was_asked() -> None:
    found = search_companies(read_query({"kvk_number": "90000001"}), Catalog(()), access("live"))
    assert found.companies == ()
    assert [(each.provider, each.status) for each in found.registers] == [(None, "not_asked")]


def test_the_query_schema_takes_what_is_read_and_refuses_other_countries_and_names() -> None:
    loaded = CompanySearchQuery().load({"q": "gouden gans", "country": "NL", "place": "Utrecht"})
    assert read_query(loaded) == CompanyQuery("gouden gans", "NL", (), "Utrecht")
    assert set(CompanySearchQuery().validate({"country": "nl", "name": "x"})) == {"country", "name"}
