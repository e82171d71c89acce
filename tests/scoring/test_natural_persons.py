"""Natural persons: no adverse answer stands without a review, and a score is never its only ground unseen."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engines import judge
from scoring.evidence import weigh_evidence
from scoring.facts import Asked, CheckFacts, CreditLimit, DebtorFacts, InsuranceFacts
from scoring.judgement import Judgement
from scoring.policy.document import Policy
from scoring.policy.rules import Condition, Consequence, Rule
from scoring.policy.terms import LossBudget
from scoring.reasons import REGISTRY, render
from scoring.reasons.ground_words import GROUND_WORDS
from tests.scoring.companies import LATE, POLICY, PROMPT, company, event, registered, scored
from tests.scoring.strategies import facts as any_facts
from tests.scoring.strategies import troubled_facts

TEXT = {"en": "So it is.", "nl": "Zo is het."}


def rule_of(figure: str, outcome: str = "decline", value: object = Decimal("0.1")) -> Rule:
    return Rule("house", Condition(figure, "above", value), Consequence(outcome), TEXT)  # type: ignore[arg-type]


BY_SCORE = replace(POLICY, rules=(rule_of("result.pd"),))
BY_FACT = replace(POLICY, rules=(rule_of("asked.order_amount"),))
BY_BOTH = replace(
    POLICY,
    rules=(
        Rule(
            "house",
            Condition(all=(rule_of("result.pd").when, rule_of("asked.order_amount").when)),
            Consequence("decline"),
            TEXT,
        ),
    ),
)
CAPPED_BY_SCORE = replace(
    POLICY, rules=(Rule("house", rule_of("bureau.score", value=Decimal(1)).when, Consequence(None, "G9"), TEXT),)
)
SMALL_BUDGET = replace(
    POLICY, limits=replace(POLICY.limits, loss_budget=LossBudget(Decimal("0.01"), Decimal(1)))
)  # fmt: skip
POLICIES = (POLICY, BY_SCORE, BY_FACT, BY_BOTH, CAPPED_BY_SCORE, SMALL_BUDGET)


def person(score: int = 74, **changed: object) -> CheckFacts:
    return company(
        **{
            "debtor": DebtorFacts("NL"),
            "register": registered(legal_form="eenmanszaak"),
            "bureau": scored(score),
            **changed,
        }
    )


def grounds(judgement: Judgement) -> object:
    (review,) = (each for each in judgement.reasons if each.code == "natural_person_review")
    return review.params["grounds"]


def is_only_score(judgement: Judgement) -> bool:
    return any(each.code == "score_is_only_ground" for each in judgement.reasons)


@pytest.mark.parametrize(
    ("facts", "policy", "expected"),
    [
        (person(5), POLICY, ()),
        (person(0, bureau=scored(0, scale="coface_dra")), POLICY, ()),  # The bureau's word is a score too.
        (person(5), BY_SCORE, ()),
        (person(74), SMALL_BUDGET, ()),
        (person(74), CAPPED_BY_SCORE, ()),
        (person(74), BY_FACT, ("policy_rule",)),
        (person(5), BY_BOTH, ("policy_rule",)),
        (person(74, asked=Asked(order_amount=Decimal(40_000))), POLICY, ("limit_exceeded",)),
        (
            person(5, asked=Asked(order_amount=Decimal(40_000)), debtor=DebtorFacts("NL", unresolved_write_off=True)),
            POLICY,
            ("unresolved_write_off",),
        ),  # By itself it leaves no credit, though the score gave none already.
        (person(74, debtor=DebtorFacts("NL", unresolved_write_off=True)), POLICY, ("unresolved_write_off",)),
        (
            person(74, register=registered(legal_form="vof", events=(event("debt_rescheduling"),))),
            POLICY,
            ("insolvency_event",),
        ),
        (
            person(5, register=registered(legal_form="vof", status="dissolved", events=(event("bankruptcy"),))),
            POLICY,
            ("debtor_not_active", "insolvency_event"),
        ),
        (
            person(25, insurance=InsuranceFacts(True, Decimal(0), True)),
            POLICY,
            ("limit_is_zero",),
        ),
        (
            person(74, bureau=scored(74, financials=None, recommended_limit=CreditLimit("none"))),
            POLICY,
            ("limit_is_zero",),
        ),
    ],
)
def test_the_reviewer_sees_every_ground_other_than_the_score(
    facts: CheckFacts, policy: Policy, expected: tuple[str, ...]
) -> None:
    judgement = judge("2", facts, policy)
    assert (judgement.outcome, judgement.requires_human_review) == ("refer", True)
    assert grounds(judgement) == expected
    assert is_only_score(judgement) is (expected == ())


def test_a_legal_person_is_not_reviewed() -> None:
    judgement = judge("2", company(bureau=scored(5)), POLICY)
    assert {"natural_person_review", "score_is_only_ground"} & {each.code for each in judgement.reasons} == set()


def with_lateness(facts: CheckFacts, known: bool) -> CheckFacts:
    """The facts with counts of lateness beside the figures, so that own experience counts."""
    if facts.behaviour is None or not known:
        return facts
    return replace(facts, behaviour=replace(facts.behaviour, lateness=LATE.lateness))


everybody = st.builds(with_lateness, st.one_of(any_facts, troubled_facts), st.booleans())


@settings(max_examples=300, deadline=None)
@given(everybody, st.sampled_from(POLICIES))
def test_no_adverse_answer_to_who_may_be_a_natural_person_stands_without_review(
    facts: CheckFacts, policy: Policy
) -> None:
    judgement = judge("2", facts, policy)
    if weigh_evidence(facts, policy).known.is_natural_person is False:
        return
    codes = {each.code for each in judgement.reasons}
    if not judgement.requires_human_review:
        assert judgement.outcome not in ("decline", "accept_prepayment")
        assert judgement.limit.amount != 0
        assert judgement.terms.mode != "prepayment"
        assert "score_is_only_ground" not in codes
    else:
        assert judgement.outcome == "refer"
        assert (judgement.limit.kind, judgement.headroom) == ("none", None)
        assert bool(grounds(judgement)) is not is_only_score(judgement)


@settings(max_examples=200, deadline=None)
@given(everybody, st.sampled_from(POLICIES))
def test_every_ground_is_a_reason_that_is_given_and_has_a_word(facts: CheckFacts, policy: Policy) -> None:
    judgement = judge("2", facts, policy)
    for each in judgement.reasons:
        named = each.params.get("grounds", ())
        assert isinstance(named, tuple)
        assert set(named) <= {other.code for other in judgement.reasons}
        assert set(named) <= set(GROUND_WORDS)


def test_every_ground_with_a_word_is_a_reason() -> None:
    assert set(GROUND_WORDS) <= set(REGISTRY)


def test_a_judgment_reported_is_a_ground_beside_the_score() -> None:
    reported = person(19, bureau=scored(19, events=(event("judgment", 75), event("judgment", 20))))
    judgement = judge("2", reported, POLICY)
    assert "adverse_event" in grounds(judgement)  # type: ignore[operator]
    assert not is_only_score(judgement)
    named = next(each for each in judgement.reasons if each.code == "adverse_event")
    assert named.params == {"event": "judgment", "occurred_on": event("judgment", 20).occurred_on, "events_count": 2}
    ended = judge("2", person(19, bureau=scored(19, events=(event("judgment", 75, 3),))), POLICY)
    assert is_only_score(ended)


def test_grounds_read_well_for_finance_and_not_at_all_for_sales() -> None:
    params = {"grounds": ["unresolved_write_off", "limit_exceeded"]}
    english = render("natural_person_review", params, "en")
    assert english.endswith(" Grounds besides the score: a claim that was written off, the size of the order.")
    dutch = render("natural_person_review", params, "nl")
    assert dutch.endswith(" Gronden naast de score: een afgeboekte vordering, de omvang van de bestelling.")
    assert "written off" not in render("natural_person_review", params, "en", full=False)
    assert "Grounds" not in render("natural_person_review", {"grounds": []}, "en")
    assert render("natural_person_review", {}, "en") == render("natural_person_review", {"grounds": []}, "en")


def test_prompt_persons_are_accepted_by_the_machine_alone() -> None:
    judgement = judge("2", person(behaviour=PROMPT), POLICY)
    assert (judgement.outcome, judgement.requires_human_review) == ("accept", False)
