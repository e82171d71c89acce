"""What it takes to say yes, as each role reads it in a decision."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import orjson
import pytest

from api.decision_answer import FINANCE_REMEDIES, decision_answer
from api.decision_schemas import DecisionSchema
from api.records.base import new_id
from api.records.decisions import Decision
from api.records.sellers import Seller
from scoring.canonical import canonical_json
from scoring.engines import judge
from scoring.facts import Asked, CheckFacts, DebtorFacts
from scoring.reasons import render_change
from scoring.reasons.words import CHANGES
from tests.scoring.companies import POLICY, company, registered

SELLER = Seller(new_id(), "Seller", "test", "Europe/Amsterdam", "EUR", timedelta())


def decided(facts: CheckFacts) -> Decision:
    judgement = orjson.loads(canonical_json(judge("2", facts, POLICY).document()))
    return Decision(
        id=new_id(),
        kind="credit_check",
        debtor_id=new_id(),
        as_of=facts.as_of,
        decided_at=datetime(2026, 6, 1, tzinfo=UTC),
        judgement=judgement,
        policy_version=1,
        policy_digest="0" * 64,
        engine_version="2",
        sources=[],
        asked_by="ann@seller.example",
        actor=None,
        behaviour=None,
    )


def needed(facts: CheckFacts, role: str, language: Literal["en", "nl"] = "en") -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = decision_answer(decided(facts), SELLER, role, language)["to_accept"]
    return answer


_ON_HOLD_AND_UNSURE = company(
    debtor=DebtorFacts("NL", "bv", on_hold=True), register=registered(identity_mismatch=("name",))
)
_TOO_LARGE = company(asked=Asked(order_amount=Decimal(40_000)))
_WRITTEN_OFF_TOO = replace(_ON_HOLD_AND_UNSURE, debtor=DebtorFacts("NL", "bv", on_hold=True, unresolved_write_off=True))
_PERSON_TOO_LARGE = replace(_TOO_LARGE, debtor=DebtorFacts("NL"), register=registered(legal_form="vof"))


def test_sales_reads_what_it_takes_to_say_yes() -> None:
    assert [(each["change"], each["text"]) for each in needed(_ON_HOLD_AND_UNSURE, "sales")] == [
        ("on_hold", "Have finance end the hold."),
        ("identity_mismatch", "Clear up what differs from the register (name)."),
    ]
    (smaller,) = needed(_TOO_LARGE, "sales", "nl")
    assert smaller["text"].startswith("Verlaag de bestelling van EUR 40.000 naar EUR ")


def test_a_part_that_only_finance_may_know_hides_the_whole_from_sales() -> None:
    of_finance = [each["change"] for each in needed(_WRITTEN_OFF_TOO, "finance")]
    assert set(of_finance) == {"on_hold", "identity_mismatch", "unresolved_write_off"}
    assert needed(_WRITTEN_OFF_TOO, "sales") == []
    assert "unresolved_write_off" in FINANCE_REMEDIES


def test_what_waits_for_a_review_tells_sales_nothing() -> None:
    assert needed(_PERSON_TOO_LARGE, "finance")
    assert needed(_PERSON_TOO_LARGE, "sales") == []
    assert needed(_PERSON_TOO_LARGE, "integration") == []


@pytest.mark.parametrize("facts", [company(), company(register=registered(status="dissolved"))])
def test_an_accepted_or_final_answer_needs_nothing(facts: CheckFacts) -> None:
    assert needed(facts, "finance") == []


def test_a_decision_of_before_is_shown_without() -> None:
    old = decided(_TOO_LARGE)
    judgement = {name: value for name, value in old.judgement.items() if name != "to_accept"}
    assert decision_answer(replace(old, judgement=judgement), SELLER, "finance", "en")["to_accept"] == []


def test_the_schema_documents_what_is_answered() -> None:
    answer = decision_answer(decided(_TOO_LARGE), SELLER, "finance", "en")
    assert set(answer["to_accept"][0]) == {"change", "from", "to", "text"}
    assert "What it takes to say yes" in DecisionSchema().fields["to_accept"].metadata["description"]


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_reads_in_both_languages(change: str) -> None:
    sides = {"identity_mismatch": (["name"], []), "sanctions_hit": ("possible", "none")}
    before, after = sides.get(change, (3, 4))
    english, dutch = (
        render_change({"change": change, "from": before, "to": after}, "EUR", each) for each in ("en", "nl")
    )
    assert english != dutch
    assert english.endswith(".")
    assert dutch.endswith(".")
