"""Sources that contradict each other: told with what each says, resolved by the rule that the policy wrote."""

import copy
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from scoring.engines import judge
from scoring.facts import CheckFacts, DebtorFacts
from scoring.judgement import Reason
from scoring.policy.contradictions import RESOLUTIONS, THRESHOLDS, ContradictionRule
from scoring.policy.document import Policy, PolicyInvalid, parse_policy, shipped
from scoring.reasons import render
from tests.scoring.companies import LATE, POLICY, PROMPT, company, event, registered, scored
from tests.scoring.strategies import facts as any_facts

ENGINE_1: Any = json.loads(Path(__file__).with_name("golden").joinpath("engine_1.json").read_text("utf-8"))["policy"]


def ruled_by(*rules: ContradictionRule) -> Policy:
    return replace(POLICY, evidence=replace(POLICY.evidence, contradictions=rules))


def found(facts: CheckFacts, policy: Policy = POLICY) -> list[Reason]:
    return [each for each in judge("2", facts, policy).reasons if each.code == "sources_disagree"]


_BANKRUPT = (event("bankruptcy"),)
_FORMS = company(debtor=DebtorFacts("NL", "nv"))
_APART = scored(74, pd=Decimal("0.02"), horizon_months=12)  # G3 by its score, G6 by its probability.
_FOUNDED_LATER = company(behaviour=PROMPT, register=registered(incorporated_on=date(2019, 3, 1)))
_THEY_WAIT = company(behaviour=PROMPT, bureau=scored(74, provider_dbt_days=Decimal("20.25")))


@pytest.mark.parametrize(
    ("facts", "kind", "says", "counts"),
    [
        (company(bureau=scored(74, events=_BANKRUPT)), "register_status", ("active", "bankruptcy"), "worst"),
        (company(bureau=scored(74, events=(event("dissolved"),))), "register_status", ("active", "dissolved"), "worst"),
        (_FORMS, "legal_form", ("bv", "nv"), "register"),
        (company(bureau=_APART), "pd_and_score", ("G6", "G3"), "bureau_pd"),
        (
            company(bureau=scored(95), behaviour=LATE),
            "outside_and_inside",
            (Decimal("0.0004"), Decimal("0.1802153726")),
            "tell",
        ),
        (_FOUNDED_LATER, "founded_and_first_trade", (date(2019, 3, 1), date(2019, 1, 1)), "tell"),
        (_THEY_WAIT, "days_beyond_terms", (Decimal("20.2"), Decimal("-1.0")), "tell"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_kind_tells_what_each_source_says_and_which_counts(
    facts: CheckFacts, kind: str, says: tuple[Any, Any], counts: str
) -> None:
    (told,) = (each for each in found(facts) if each.params["kind"] == kind)
    assert (told.params["one_says"], told.params["other_says"]) == says
    assert (told.params["resolution"], told.effect) == (f"counts_{counts}", "none")


@pytest.mark.parametrize(
    "facts",
    [
        company(),
        company(bureau=scored(74, events=(event("bankruptcy", 900, ended_days_ago=400),))),  # It ended.
        company(bureau=scored(74, events=(event("judgment"),))),  # Adverse, but no end.
        company(register=registered(events=_BANKRUPT), bureau=scored(74, events=(event("moratorium_final"),))),
        company(register=registered(status="dissolved"), bureau=scored(74, events=_BANKRUPT)),
        company(register=None, bureau=scored(74, events=_BANKRUPT)),
        company(debtor=DebtorFacts("NL")),
        company(bureau=scored(74, pd=Decimal("0.005"), horizon_months=12)),  # One grade apart.
        company(bureau=scored(0, scale="coface_dra", pd=Decimal("0.01"))),  # In default: a reason of its own.
        company(bureau=scored(74, age_days=366, provider_dbt_days=Decimal(90)), behaviour=PROMPT),  # Too old to count.
        company(behaviour=PROMPT, register=registered(incorporated_on=date(2019, 1, 31))),  # 30 days.
        company(behaviour=PROMPT, bureau=scored(74, provider_dbt_days=Decimal("13.9"))),
        company(behaviour=PROMPT),
    ],
)
def test_sources_that_do_not_contradict_each_other_are_not_told(facts: CheckFacts) -> None:
    assert found(facts) == []


def test_the_worst_counts_where_only_the_bureau_knows_of_an_insolvency() -> None:
    assert judge("2", company(bureau=scored(74, events=_BANKRUPT)), POLICY).outcome == "decline"


@pytest.mark.parametrize(("form", "stated", "waits"), [("bv", "eenmanszaak", False), ("eenmanszaak", "bv", True)])
def test_the_form_in_the_register_counts(form: str, stated: str, waits: bool) -> None:
    facts = company(debtor=DebtorFacts("NL", stated), register=registered(legal_form=form), bureau=scored(5))
    judgement = judge("2", facts, POLICY)
    assert judgement.requires_human_review is waits
    assert found(facts)


def test_the_probability_of_the_bureau_counts_beside_its_score() -> None:
    assert judge("2", company(bureau=_APART), POLICY).pd_external == Decimal("0.02")


@pytest.mark.parametrize("kind", [kind for kind, allowed in RESOLUTIONS.items() if "refer" in allowed])
def test_a_rule_may_leave_a_contradiction_to_a_person(kind: Any) -> None:
    facts = company(
        debtor=DebtorFacts("NL", "nv"),
        behaviour=LATE,
        register=registered(incorporated_on=date(2025, 1, 1)),
        bureau=scored(95, pd=Decimal("0.0019"), horizon_months=12, provider_dbt_days=Decimal(-5)),
    )
    threshold = {THRESHOLDS[kind]: 1} if kind in THRESHOLDS else {}
    without = judge("2", facts, ruled_by())
    judgement = judge("2", facts, ruled_by(ContradictionRule(kind, "refer", **threshold)))
    assert (without.outcome, judgement.outcome) == ("accept", "refer")
    assert [each.effect for each in judgement.reasons if each.code == "sources_disagree"] == ["refer"]
    assert (judgement.pd, judgement.grade) == (without.pd, without.grade)


@given(any_facts)
def test_telling_alone_changes_nothing_but_what_is_told(facts: CheckFacts) -> None:
    told, silent = judge("2", facts, POLICY).document(), judge("2", facts, ruled_by()).document()
    told["reasons"] = [each for each in told["reasons"] if each["code"] != "sources_disagree"]
    assert told == silent


def test_what_disagrees_reads_well_and_sales_reads_no_figures() -> None:
    (told,) = found(_FOUNDED_LATER)
    assert render(told.code, told.params, "en") == (
        "Sources contradict each other on since when the company exists: company register says 2019-03-01, our own "
        "ledger says 2019-01-01. By the policy each counts in its own place."
    )
    assert "01-03-2019" in render(told.code, told.params, "nl")
    assert render(told.code, told.params, "en", full=False) == "Sources contradict each other about the debtor."


@pytest.mark.parametrize(
    ("kind", "resolution"), [(kind, each) for kind, all_of in RESOLUTIONS.items() for each in all_of]
)
def test_no_word_of_a_contradiction_is_left_untranslated(kind: str, resolution: str) -> None:
    params = {"kind": kind, "resolution": f"counts_{resolution}", "unit": "word", "one_says": "active"}
    for one, other in (("company_register", "credit_bureau"), ("own_ledger", "stated"), ("bureau_pd", "bureau_score")):
        said = {**params, "one_source": one, "other_source": other, "other_says": "bankruptcy"}
        english, dutch = (render("sources_disagree", said, language) for language in ("en", "nl"))  # type: ignore[arg-type]
        assert "_" not in english + dutch
        assert english != dutch
        assert all(word not in dutch for word in ("active", "bankruptcy", "counts", " says "))


@pytest.mark.parametrize(
    ("rule", "detail"),
    [
        ({"kind": "register_status", "resolution": "tell"}, "that of register_status is one of worst"),
        ({"kind": "legal_form", "resolution": "bureau_pd"}, "is one of register, refer"),
        ({"kind": "pd_and_score", "resolution": "bureau_pd"}, "needs grades_apart"),
        ({"kind": "pd_and_score", "resolution": "bureau_pd", "grades_apart": 0}, "needs grades_apart"),
        ({"kind": "legal_form", "resolution": "register", "days_apart": 3}, "has no days_apart"),
        ({"kind": "days_beyond_terms", "resolution": "tell", "grades_apart": 2}, "needs days_apart"),
        ({"kind": "moon_phase", "resolution": "tell"}, "is not one of"),
        ({"kind": "legal_form", "resolution": "ignore"}, "is not one of"),
    ],
)
def test_a_rule_that_the_judgement_cannot_keep_is_refused(rule: dict[str, Any], detail: str) -> None:
    document: Any = copy.deepcopy(dict(shipped()["default"]))
    document["evidence"]["contradictions"] = [rule]
    with pytest.raises(PolicyInvalid) as raised:
        parse_policy(document)
    assert raised.value.faults[0].path.startswith("evidence.contradictions.0")
    assert detail in "; ".join(each.detail for each in raised.value.faults)


def test_two_rules_of_one_kind_are_refused() -> None:
    document: Any = copy.deepcopy(dict(shipped()["default"]))
    document["evidence"]["contradictions"] = [
        {"kind": "legal_form", "resolution": each} for each in RESOLUTIONS["legal_form"]
    ]
    with pytest.raises(PolicyInvalid, match=r"contradictions\.1\.kind: there is a rule of legal_form already"):
        parse_policy(document)


def test_engine_1_knows_no_contradictions() -> None:
    old = copy.deepcopy(ENGINE_1)
    old["evidence"]["contradictions"] = [{"kind": "legal_form", "resolution": "register"}]
    with pytest.raises(PolicyInvalid) as raised:
        parse_policy(old)
    assert [fault.path for fault in raised.value.faults] == ["evidence.contradictions"]
