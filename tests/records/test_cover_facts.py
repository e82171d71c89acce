"""Credit insurance as judgements and the gate read it: one statement each, that say the same as the pure rules."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from api.records import (
    applications,
    base,
    cover_facts,
    cover_versions,
    debtors,
    documents,
    insurance_policies,
    verdicts,
)
from api.records.sellers import Seller
from api.records.sessions import Sessions
from scoring.canonical import plain
from scoring.cover import cover_on, insurance_terms
from tests.examples import examples

REFERRED_TO = (applications, verdicts)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = date(2026, 3, 1)
STATES = ("granted", "granted_in_part", "refused", "conditional", "reduced", "withdrawn", "cancelled", "ended")
days = st.integers(-40, 40).map(lambda number: DAY + timedelta(days=number))


@dataclass
class Told:
    """A decision to record: of which contract, and of which of two debtors."""

    contract: int
    debtor: int
    source: str
    state: str
    decided_on: date
    valid_from: date
    valid_until: date | None
    met: tuple[bool, ...]


told = st.builds(
    Told,
    contract=st.integers(0, 1),
    debtor=st.integers(0, 1),
    source=st.sampled_from(("insurer", "insurer", "discretionary")),
    state=st.sampled_from(STATES),
    decided_on=days,
    valid_from=days,
    valid_until=st.none() | days,
    met=st.lists(st.booleans(), max_size=2).map(tuple),
)
terms = st.fixed_dictionaries(
    {"cover_percentage": st.just("0.9")},
    optional={
        "max_extension_days": st.sampled_from((30, 60)),
        "blind_cover_max": st.just("2500.00"),
        "countries": st.sampled_from((["NL"], ["BE", "DE"])),
        "excludes": st.sampled_from((["natural_person"], ["related_party", "disputed"])),
    },
)
contracts = st.lists(st.tuples(terms, days, st.none() | days), min_size=0, max_size=2)


def add_contract(session: Session, number: int, document: Any, valid_from: date, valid_until: date | None) -> UUID:
    values = {"insurer_id": base.new_id(), "insurer_name": "Insurer", "policy_number": f"{number}", "provider": None}
    until = None if valid_until is None else max(valid_from, valid_until)
    own = {"numbers": {}, "currency": "EUR", "valid_from": valid_from, "valid_until": until}
    policy = insurance_policies.add(session, {**values, **own}, "ann@example.com", NOW)
    assert policy is not None
    kept = {"valid_from": valid_from, "terms": plain(insurance_terms(document)), "source": "x", "document_id": None}
    insurance_policies.add_terms(session, policy.id, kept, "ann@example.com", NOW)
    return policy.id


def add_decision(session: Session, policy_id: UUID, debtor_id: UUID, paper_id: UUID, each: Told) -> None:
    is_over = each.state in cover_versions.AMOUNTLESS
    values = {
        "debtor_id": debtor_id,
        "insurance_policy_id": policy_id,
        "source": each.source,
        "state": each.state,
        "amount": Decimal(0) if is_over else Decimal(5000),
        "currency": "EUR",
        "decided_on": each.decided_on,
        "valid_from": each.valid_from,
        "valid_until": each.valid_until,
        "recorded_by": "ann@example.com",
        "known_at": NOW,
    }
    made = cover_versions.add(
        session, values, [] if is_over else [f"condition {index}" for index in range(len(each.met))]
    )
    for condition, is_met in zip(made.conditions, each.met, strict=False):
        if is_met:
            cover_versions.meet(session, condition.record.id, paper_id, each.valid_from, "ann@example.com", NOW)


@pytest.mark.parametrize("person", [None, True])
@settings(max_examples=examples(15, 40), suppress_health_check=list(HealthCheck))
@given(made=contracts, decisions=st.lists(told, max_size=6), related=st.booleans())
def test_the_statements_say_what_the_rules_say(
    sessions: Sessions,
    seller: Seller,
    person: bool | None,
    made: list[Any],
    decisions: list[Told],
    related: bool,
) -> None:
    with sessions.of(seller.id) as session:
        values = {"country": "NL", "is_natural_person": person, "related_party": related}
        both = [
            debtors.add(session, {"name": f"Buyer {number}", **values}, phase="acceptance", names=(), now=NOW)
            for number in range(2)
        ]
        policy_ids = [add_contract(session, index, *each) for index, each in enumerate(made)]
        paper = {"sha256": "0", "type": "other", "source": "x", "dated_on": DAY, "file_name": "x", "media_type": "x"}
        more = {"size_bytes": 1, "content": b"x", "added_by": "ann@example.com", "known_at": NOW}
        paper_id = documents.add(session, {**paper, **more})[0].id
        for each in decisions:
            if each.contract < len(policy_ids):
                add_decision(session, policy_ids[each.contract], both[each.debtor].id, paper_id, each)
        session.flush()
        found = cover_facts.contracts(session, [debtor.id for debtor in both], DAY)
        for debtor in both:
            of_debtor = cover_versions.of_debtor(session, debtor.id)
            told_too = sorted(str(each.version) for each in of_debtor)
            in_force = {str(each) for contract in found for each in contract.versions(debtor.id)}
            assert in_force <= set(told_too)
            contract = cover_facts.bearing(found, debtor.id, "NL", is_natural_person=person, related=related)
            expected = None
            if contract is not None:
                on_day = cover_on(contract.versions(debtor.id), DAY, contract.terms)
                if on_day.standing in ("in_force", "conditions_open", "blind"):
                    expected = contract.terms.max_extension_days
            assert cover_facts.max_extension_days(session, debtor.id, DAY) == expected
        session.rollback()


def test_a_seller_without_a_contract_has_none(sessions: Sessions, seller: Seller) -> None:
    with sessions.of(seller.id) as session:
        debtor = debtors.add(session, {"name": "Buyer", "country": "NL"}, phase="acceptance", names=(), now=NOW)
        assert cover_facts.contracts(session, [debtor.id], DAY) == []
        assert cover_facts.max_extension_days(session, debtor.id, DAY) is None
