"""What is left to a person: nobody is offered or refused anything before somebody has decided."""

import pytest

from scoring.facts import (
    CheckFacts,
    CreditLimit,
    DebtorFacts,
    SanctionsFacts,
)
from scoring.judgement import Judgement, Terms
from scoring.prospect import judge_check
from tests.scoring.companies import (
    POLICY,
    TODAY,
    company,
    registered,
    scored,
    without_source,
)

SOLE_TRADER = DebtorFacts("NL", "eenmanszaak")
LISTED = SanctionsFacts("opensanctions", TODAY, "confirmed")


def judged(facts: CheckFacts) -> Judgement:
    return judge_check(facts, POLICY)


def test_what_a_person_must_review_is_proposed_to_finance_and_hidden_from_the_rest() -> None:
    found = judged(company(debtor=SOLE_TRADER, register=None, bureau=scored(5)))
    assert found.requires_human_review
    assert found.limit == CreditLimit("none")
    assert (found.terms.mode, found.headroom, found.binding) == (None, None, None)
    assert found.proposal is not None
    assert found.proposal.outcome == "accept_prepayment"
    assert found.proposal.limit.amount == 0
    assert found.proposal.terms.mode == "prepayment"
    adverse = [reason for reason in found.reasons if reason.effect in ("decline", "accept_prepayment", "limit")]
    assert adverse
    assert {reason.audience for reason in adverse} == {"finance"}


def test_an_accepted_natural_person_needs_no_review() -> None:
    found = judged(company(debtor=SOLE_TRADER, register=None))
    assert not found.requires_human_review
    assert found.proposal is None


@pytest.mark.parametrize(
    ("facts", "outcome", "limit"),
    [
        (company(debtor=DebtorFacts("NL", "bv", on_hold=True)), "accept", "8500.00"),
        (company(sources=without_source("company_register", "unavailable")), "accept", "8500.00"),
        (company(debtor=DebtorFacts("NL", "bv", on_hold=True), bureau=scored(5)), "accept_prepayment", "0.00"),
        (
            company(debtor=DebtorFacts("NL", "bv", on_hold=True, first_payment_pending=True), bureau=scored(45)),
            "hold_first_payment",
            "8500.00",
        ),
        (company(debtor=SOLE_TRADER, register=None, sanctions=LISTED), "decline", "0.00"),
    ],
)
def test_what_is_referred_reads_as_no_offer_and_proposes_to_finance(
    facts: CheckFacts, outcome: str, limit: str
) -> None:
    found = judged(facts)
    assert found.outcome == "refer"
    assert (found.limit, found.binding, found.headroom) == (CreditLimit("none"), None, None)
    assert found.terms == Terms(None, None, None)
    assert found.limit_valid_until is None
    assert found.sales_note.code == "finance_decides"
    assert found.proposal is not None
    assert (found.proposal.outcome, str(found.proposal.limit.amount)) == (outcome, limit)


def test_without_a_grade_there_is_nothing_to_propose() -> None:
    found = judged(company(bureau=None))
    assert (found.outcome, found.proposal, found.limit) == ("refer", None, CreditLimit("none"))


@pytest.mark.parametrize(
    ("stated", "own_form", "registered_form", "review"),
    [
        (None, "bv", None, False),
        (None, "bv", "eenmanszaak", True),
        (None, None, "vof", True),
        (None, None, None, True),
        (None, "gesellschaft", None, True),
        (False, None, None, False),
        (True, "bv", "bv", True),
        (False, None, "eenmanszaak", True),
        (False, "eenmanszaak", None, True),
        (False, "bv", "vof", True),
        (None, "eenmanszaak", "bv", False),
        (None, "bv", "gesellschaft", False),
        (False, None, "gesellschaft", False),
    ],
)
def test_the_register_says_who_is_a_natural_person_and_who_is_not_known_counts_as_one(
    stated: bool | None, own_form: str | None, registered_form: str | None, review: bool
) -> None:
    debtor = DebtorFacts("NL", own_form, stated)
    facts = company(debtor=debtor, register=registered(legal_form=registered_form), bureau=scored(5))
    assert judged(facts).requires_human_review is review
