"""A registration becomes facts, with where it differs from what we were told."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from providers.errors import NotUnderstood
from providers.kvk.mapping import numbers_told, register_facts
from providers.ports import CompanyKey, Identifier
from scoring.facts import NegativeEvent, RegisterFacts
from tests.providers.mutations import mutated
from tests.providers.reports import registration

TODAY = date(2026, 3, 1)
ENDED = {"datumAanvang": "20170108", "datumEinde": "20251231"}
PAYLOADS = [
    registration(),
    registration("Eenmanszaak", materieleRegistratie=ENDED),
    {**registration(), "basisbedrijfsgegevens": {"actief": "N", "insolventieCode": "FAIL"}},
]
KVK = Identifier("kvk", "NL", "90000050")
VAT = Identifier("vat", "NL", "NL899000009B01")


def facts(raw: object, name: str | None = None, *identifiers: Identifier) -> RegisterFacts:
    return register_facts("sandbox", raw, CompanyKey(name, "NL", identifiers), TODAY)


def test_an_active_company_is_read_as_it_is_registered() -> None:
    assert facts(registration(), "Fabelachtig Fruit BV", KVK, VAT) == RegisterFacts(
        "sandbox", TODAY, "active", "bv", date(2017, 1, 8), name="Fabelachtig Fruit B.V."
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Besloten Vennootschap", "bv"),
        ("Naamloze Vennootschap", "nv"),
        ("Eenmanszaak", "eenmanszaak"),
        ("Vennootschap onder firma", "vof"),
        ("Coöperatie", "cooperatie"),
        ("Een vorm die wij niet kennen", None),
    ],
)
def test_a_legal_form_becomes_a_code_or_stays_unknown(words: str, code: str | None) -> None:
    assert facts(registration(words)).legal_form == code


@pytest.mark.parametrize(
    ("legal_form", "status"), [("Besloten Vennootschap", "dissolved"), ("Eenmanszaak", "deregistered")]
)
@pytest.mark.parametrize("end", ["20251231", "20250000", "20990101"])
def test_a_registration_with_an_end_is_over(legal_form: str, status: str, end: str) -> None:
    ended = registration(legal_form, materieleRegistratie={"datumAanvang": "20170108", "datumEinde": end})
    assert facts(ended).status == status


@pytest.mark.parametrize("document", [{}, {"padding": "x"}, {"insolventieCode": None}, {"lidstaat": "NL"}])
def test_a_document_that_is_not_the_open_data_never_passes_for_a_solvent_company(document: object) -> None:
    with pytest.raises(NotUnderstood):
        facts({**registration(), "basisbedrijfsgegevens": document})


def test_a_company_that_the_open_data_calls_inactive_is_over() -> None:
    assert facts({**registration(), "basisbedrijfsgegevens": {"actief": "N"}}).status == "dissolved"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("20170108", date(2017, 1, 8)),
        ("20170200", date(2017, 2, 28)),
        ("20170000", date(2017, 12, 31)),
        ("20260000", TODAY),
        ("00000000", None),
        (None, None),
    ],
)
def test_unknown_parts_of_a_start_make_no_company_look_too_old(written: str | None, read: date | None) -> None:
    assert facts(registration(materieleRegistratie={"datumAanvang": written})).incorporated_on == read


@pytest.mark.parametrize(
    ("code", "event"), [("FAIL", "bankruptcy"), ("SURS", "moratorium_provisional"), ("SSAN", "debt_rescheduling")]
)
def test_an_insolvency_code_is_an_event_known_from_the_day_we_were_told(code: str, event: str) -> None:
    told = {**registration(), "basisbedrijfsgegevens": {"actief": "J", "insolventieCode": code}}
    assert facts(told).events == (NegativeEvent(event, TODAY, undated=True),)


@pytest.mark.parametrize(
    "broken",
    [
        {**registration(), "basisbedrijfsgegevens": {"insolventieCode": "NEW"}},
        registration(materieleRegistratie={"datumEinde": "soon"}),
        registration(materieleRegistratie={"datumAanvang": "20171301"}),
        {"fout": [{"code": "IPD1002"}]},
    ],
)
def test_an_unknown_code_or_an_unreadable_day_is_not_understood(broken: object) -> None:
    with pytest.raises(NotUnderstood):
        facts(broken, "Fabelachtig Fruit B.V.")


@pytest.mark.parametrize(
    ("name", "identifiers", "mismatch"),
    [
        (None, (), ()),
        ("fruit, FABELACHTIG", (KVK, VAT), ()),
        ("Fruit uit Fabelland", (KVK,), ()),
        ("Heel Ander Fruit B.V.", (KVK,), ("name",)),
        (None, (Identifier("kvk", "NL", "90000051"), VAT), ("number",)),
        (None, (KVK, Identifier("vat", "NL", "NL899000010B01")), ("vat",)),
    ],
)
def test_identity_mismatches_name_what_differs(
    name: str | None, identifiers: tuple[Identifier, ...], mismatch: tuple[str, ...]
) -> None:
    assert facts(registration(), name, *identifiers).identity_mismatch == mismatch


@pytest.mark.parametrize("end", ["00000000", "0000"])
def test_an_end_of_which_no_day_is_known_is_not_passed_over(end: str) -> None:
    with pytest.raises(NotUnderstood, match="datumEinde"):
        facts(registration(materieleRegistratie={"datumAanvang": "20170108", "datumEinde": end}))


def test_a_bv_that_the_open_data_do_not_know_is_not_read_as_solvent_unless_it_is_over() -> None:
    with pytest.raises(NotUnderstood, match="insolvency is not known"):
        facts({**registration(), "basisbedrijfsgegevens": None})
    assert facts({**registration(materieleRegistratie=ENDED), "basisbedrijfsgegevens": None}).status == "dissolved"
    assert facts({**registration("Stichting"), "basisbedrijfsgegevens": None}).status == "active"


def test_a_profile_that_does_not_tell_whose_it_is_is_nobodys() -> None:
    with pytest.raises(NotUnderstood, match="kvkNummer"):
        facts(registration(kvkNummer=None), None, KVK)


@pytest.mark.parametrize(
    ("identifiers", "mismatch"),
    [
        ((KVK, Identifier("rsin", "NL", "111222333")), ("number",)),
        ((KVK, Identifier("rsin", "NL", "899000009")), ()),
        ((KVK, VAT, Identifier("vat", "DE", "DE136695976")), ()),
        ((KVK, Identifier("vat", "DE", "DE136695976")), ()),
    ],
)
def test_an_rsin_is_compared_and_a_foreign_vat_number_is_not(
    identifiers: tuple[Identifier, ...], mismatch: tuple[str, ...]
) -> None:
    assert facts(registration(), None, *identifiers).identity_mismatch == mismatch


def test_the_vat_number_of_a_natural_person_is_not_compared_since_it_cannot_be_derived() -> None:
    person = registration("Eenmanszaak")
    assert facts(person, None, KVK, Identifier("vat", "NL", "NL000999900B51")).identity_mismatch == ()


@pytest.mark.parametrize(
    "address",
    [
        {"type": "bezoekadres", "indAfgeschermd": "Ja"},
        {"type": "bezoekadres", "indAfgeschermd": "Nee", "straatHuisnummer": "Hauptstr. 1", "land": "Duitsland"},
    ],
)
def test_a_shielded_or_foreign_address_changes_nothing(address: dict[str, Any]) -> None:
    raw = registration()
    raw["basisprofiel"]["_embedded"]["hoofdvestiging"] = {"adressen": [address]}
    assert facts(raw, None, KVK) == facts(registration(), None, KVK)


def test_an_inactive_cooperative_is_dissolved() -> None:
    assert facts(registration("Coöperatie", materieleRegistratie=ENDED)).status == "dissolved"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated(PAYLOADS))
def test_whatever_arrives_is_facts_or_not_understood(raw: object) -> None:
    try:
        read = facts(raw, "Fabelachtig Fruit B.V.", KVK, VAT)
    except NotUnderstood:
        return
    assert read.status in ("active", "dissolved", "deregistered")


@pytest.mark.parametrize(
    ("words", "schemes"),
    [
        ("Besloten Vennootschap", ["kvk", "rsin"]),
        ("Eenmanszaak", ["kvk"]),  # There it would be the citizen number.
        ("Een vorm die wij niet kennen", ["kvk"]),
    ],
)
def test_a_profile_tells_its_number_and_the_rsin_of_a_legal_person(words: str, schemes: list[str]) -> None:
    owner = {"rechtsvorm": words, "rsin": "899000009"}
    raw = registration(words)
    raw["basisprofiel"]["_embedded"]["eigenaar"] |= owner
    assert [each.scheme for each in numbers_told("kvk", raw, CompanyKey(None, "NL", (KVK,)))] == schemes
