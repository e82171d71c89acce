"""What VAT and entity registers add to what the company register and the bureau say, and what they leave alone."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.company_numbers import CompanyNumber
from scoring.facts import BureauFacts, CompanyDetails, EntityFacts, GroupMember, NegativeEvent, RegisterFacts, VatFacts
from scoring.registers import ENTITY_INACTIVE, register_beside, report_beside

DAY = date(2026, 3, 2)
REGISTER = RegisterFacts("kvk", DAY, "active")
OURS = ["NL123456782B01"]
INACTIVE = NegativeEvent(ENTITY_INACTIVE, DAY, undated=True)


def vat(number: str = "NL123456782B01", *, valid: bool = False) -> VatFacts:
    return VatFacts("vies", DAY, number, valid)


def entity(active: bool | None, **group: Any) -> EntityFacts:
    return EntityFacts("gleif", DAY, "L", "N", active, **group)


@pytest.mark.parametrize(
    ("said", "numbers", "expected"),
    [
        (vat(), OURS, ("vat",)),
        (vat("123456782B01"), OURS, ("vat",)),
        (vat("nl 1234.56.782.b01"), OURS, ("vat",)),
        (vat(valid=True), OURS, ()),
        (vat(), [], ()),
        (vat("NL999999990B99"), OURS, ()),
        (None, OURS, ()),
    ],
)
def test_a_number_of_the_debtor_that_is_not_valid_puts_its_identity_in_doubt(
    said: VatFacts | None, numbers: list[str], expected: Any
) -> None:
    found = register_beside(REGISTER, said, None, numbers)
    assert found is not None
    assert found.identity_mismatch == expected


@pytest.mark.parametrize(
    ("register", "said", "events"),
    [
        (REGISTER, entity(False), (INACTIVE,)),
        (REGISTER, entity(True), ()),
        (REGISTER, entity(None), ()),
        (REGISTER, None, ()),
        (RegisterFacts("kvk", DAY, "dissolved"), entity(False), ()),
    ],
)
def test_an_entity_that_ended_is_an_event_where_the_register_knows_of_nothing(
    register: RegisterFacts, said: Any, events: Any
) -> None:
    found = register_beside(register, None, said, [])
    assert found is not None
    assert found.events == events


def test_without_a_register_nothing_stands_in_its_place() -> None:
    assert register_beside(None, vat(), entity(False), OURS) is None


PARENT, TOP = GroupMember("Parent", "P1"), GroupMember("Top", "T1")


@pytest.mark.parametrize(
    ("details", "group", "expected"),
    [
        (None, {"parent": PARENT, "ultimate_parent": TOP}, "Top (LEI T1)"),
        (None, {"parent": PARENT}, "Parent (LEI P1)"),
        (None, {"parent": GroupMember("Parent", None)}, "Parent"),
        (None, {"parent": GroupMember(None, "P1")}, "(LEI P1)"),
        (CompanyDetails(sector="x"), {"parent": PARENT}, "Parent (LEI P1)"),
        (CompanyDetails(group="As the bureau has it"), {"parent": PARENT}, "As the bureau has it"),
        (None, {}, None),
    ],
)
def test_the_group_is_shown_where_the_report_names_none(details: Any, group: Any, expected: str | None) -> None:
    found = report_beside(BureauFacts("creditsafe", DAY, details=details), entity(True, **group))
    assert found is not None
    assert (found.details.group if found.details else None) == expected


@given(
    valid=st.booleans(),
    active=st.sampled_from([True, False, None]),
    mismatch=st.sets(st.sampled_from(["number", "vat"])),
)
def test_other_registers_only_ever_add(valid: bool, active: bool | None, mismatch: set[str]) -> None:
    register = RegisterFacts("kvk", DAY, "active", identity_mismatch=tuple(sorted(mismatch)))  # type: ignore[arg-type]
    found = register_beside(register, vat(valid=valid), entity(active), OURS)
    assert found is not None
    assert set(found.identity_mismatch) == mismatch | ({"vat"} if not valid else set())
    assert len(found.identity_mismatch) == len(set(found.identity_mismatch))
    assert set(found.events) >= set(register.events)


KVK, LEI = CompanyNumber("kvk", "NL", "90000001"), CompanyNumber("lei", "ZZ", "L")


@pytest.mark.parametrize(
    ("registered", "numbers", "expected"),
    [
        (("RA000463", "90000001"), [KVK, LEI], ()),
        (("RA000463", "90000007"), [KVK, LEI], ("number",)),
        (("RA999999", "90000007"), [KVK, LEI], ()),
        ((None, None), [KVK, CompanyNumber("lei", "ZZ", "M")], ("number",)),
        (("RA000463", "90000007"), [], ()),
    ],
)
def test_an_entity_that_is_registered_by_another_number_puts_the_identity_in_doubt(
    registered: Any, numbers: list[CompanyNumber], expected: Any
) -> None:
    said = entity(True, registered_at=registered[0], registered_as=registered[1])
    found = register_beside(REGISTER, None, said, [], numbers)
    assert found is not None
    assert found.identity_mismatch == expected
