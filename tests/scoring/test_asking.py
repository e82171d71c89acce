"""Plans of asking: which one fits, every fault with its path, and what an older policy goes by."""

import copy
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.facts import SourceKind
from scoring.policy.asking import EVERYBODY, AskingPlan, AskingStep, Purpose, SourcesPolicy
from scoring.policy.asking_checks import asking_faults
from scoring.policy.document import PolicyInvalid, parse_policy, shipped
from scoring.policy.warnings import policy_warnings

KINDS = get_args(SourceKind)
STEP = AskingStep({"credit_bureau": ("creditsafe",)})
DAYS = {"company_register": 7, "credit_bureau": 90, "sanctions_list": 1}


def plan(name: str = "a plan", **given: Any) -> dict[str, Any]:
    return {"name": name, "steps": [{"ask": {"credit_bureau": ["creditsafe"]}}], **given}


def parsed(*plans: Any, **given: Any) -> SourcesPolicy:
    document: Any = copy.deepcopy(dict(shipped()["default"]))
    document["sources"] = {**document["sources"], "plans": list(plans), **given}
    return parse_policy(document).sources


@pytest.mark.parametrize(
    ("plans", "path", "words"),
    [
        ([plan(steps=[{"ask": {"crystal_ball": ["x"]}}])], "plans.0.steps.0.ask.crystal_ball", "is not one of"),
        ([plan(steps=[{"ask": {}}])], "plans.0.steps.0.ask", "names no kind"),
        ([plan(steps=[])], "plans.0.steps", "is empty"),
        (
            [plan(steps=[STEP_ := {"ask": {"credit_bureau": ["dnb"]}}, STEP_])],
            "plans.0.steps.1.ask.credit_bureau",
            "earlier",
        ),
        ([plan(steps=[{"ask": {"credit_bureau": ["dnb", "dnb"]}}])], "plans.0.steps.0.ask.credit_bureau", "twice"),
        ([plan(steps=[{**STEP_, "stop_when": ["tired"]}])], "plans.0.steps.0.stop_when.0", "is not one of"),
        ([plan(deadline_seconds=0)], "plans.0.deadline_seconds", "above zero"),
        ([plan(deadline_seconds=46)], "plans.0.deadline_seconds", "at most 45"),
        ([plan(cost_max=-1)], "plans.0.cost_max", "below zero"),
        ([plan(countries=["XX"])], "plans.0.countries.0", "XX"),
        ([plan(purposes=["curiosity"])], "plans.0.purposes.0", "is not one of"),
        ([plan(), plan("later")], "plans.1", "never reached"),
        ([plan(countries=["NL", "BE"]), plan("later", countries=["BE"])], "plans.1", "never reached"),
        (
            [plan(countries=["NL"]), plan(countries=["BE"]), plan("later", countries=["BE", "NL"])],
            "plans.2",
            "never reached",
        ),
        (
            [
                plan(purposes=["onboarding"]),
                plan(countries=["NL"]),
                plan("later", countries=["NL"], purposes=["onboarding"]),
            ],
            "plans.2",
            "never reached",
        ),
    ],
)
def test_every_fault_has_its_path(plans: list[Any], path: str, words: str) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        parsed(*plans)
    faults = {fault.path: fault.detail for fault in refused.value.faults}
    assert words in faults[f"sources.{path}"], faults


def test_a_price_below_zero_is_refused() -> None:
    with pytest.raises(PolicyInvalid, match=r"sources\.prices\.creditsafe"):
        parsed(prices={"creditsafe": -1})


def test_the_first_plan_that_fits_counts() -> None:
    sources = parsed(
        plan("a Dutch onboarding", countries=["NL"], purposes=["onboarding"]),
        plan("Dutch", countries=["NL"]),
        plan("any onboarding", purposes=["onboarding"]),
    )
    fits = {
        ("NL", "onboarding"): "a Dutch onboarding",
        ("NL", None): "Dutch",
        ("NL", "credit_review"): "Dutch",
        ("BE", "onboarding"): "any onboarding",
        ("BE", None): "everybody",
    }
    assert {case: sources.plan_for(*case).name for case in fits} == fits


def test_an_older_policy_asks_everybody_at_once_and_keeps_what_came_later_for_a_month() -> None:
    document: Any = copy.deepcopy(dict(shipped()["default"]))
    for name in ("plans", "prices"):
        del document["sources"][name]
    document["sources"]["fresh_days"] = dict(DAYS)
    sources = parse_policy(document).sources
    asked = sources.plan_for("NL", None)
    assert asked is EVERYBODY
    assert (len(asked.steps), set(asked.kinds), asked.cost_max) == (1, set(KINDS), None)
    assert sources.fresh_days == {**DAYS, "vat_register": 30, "entity_register": 30}


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize(
    ("country", "plan_name", "steps"),
    [("NL", "Netherlands", 1), ("GB", "United Kingdom", 2), ("BE", "rest of Europe", 2)],
)
def test_the_shipped_plans(name: str, country: str, plan_name: str, steps: int) -> None:
    found = parse_policy(shipped()[name]).sources.plan_for(country, "credit_assessment")
    assert (found.name, len(found.steps)) == (plan_name, steps)
    assert {"company_register", "credit_bureau", "sanctions_list"} <= set(found.kinds)


def test_a_plan_that_leaves_out_what_is_needed_is_worth_a_second_look() -> None:
    document: Any = copy.deepcopy(dict(shipped()["default"]))
    document["sources"]["plans"] = [plan()]
    document["sources"]["needed"] = ["credit_bureau", "sanctions_list"]
    found = [each for each in policy_warnings(parse_policy(document)) if each.path.startswith("sources")]
    assert [(each.path, "sanctions_list" in each.detail) for each in found] == [("sources.plans.0", True)]


COUNTRIES = ["NL", "BE", "DE"]
PLANS = st.builds(
    AskingPlan,
    name=st.just("x"),
    steps=st.just((STEP,)),
    countries=st.lists(st.sampled_from(COUNTRIES), unique=True).map(tuple),
    purposes=st.lists(st.sampled_from(get_args(Purpose)), unique=True).map(tuple),
    deadline_seconds=st.just(Decimal(1)),
)


@given(plans=st.lists(PLANS, min_size=1, max_size=4))
def test_a_plan_is_refused_exactly_when_no_company_ever_gets_it(plans: list[AskingPlan]) -> None:
    cases = [(country, purpose) for country in [*COUNTRIES, "FR"] for purpose in [*get_args(Purpose), None]]
    first = [next((index for index, each in enumerate(plans) if each.fits(*case)), None) for case in cases]
    lost = {f"sources.plans.{index}" for index in range(len(plans)) if index not in first}
    written = [{"countries": list(each.countries), "purposes": list(each.purposes)} for each in plans]
    assert {fault.path for fault in asking_faults(written)} == lost


def test_no_fault_of_asking_hides_another() -> None:
    twice = {"ask": {"credit_bureau": ["dnb", "dnb"], "crystal_ball": ["x"]}}
    plans = [
        plan("all", deadline_seconds=0, surprise=1, steps=[twice, {"ask": {"credit_bureau": []}}]),
        "no plan",
        plan("never", cost_max=-1, countries=["NL"]),
        plan("misshapen", countries="NL", steps="none"),
    ]
    with pytest.raises(PolicyInvalid) as refused:
        parsed(*plans)
    assert {fault.path for fault in refused.value.faults} == {
        *("sources.plans.0.deadline_seconds", "sources.plans.0.surprise", "sources.plans.0.steps.0.ask.crystal_ball"),
        *("sources.plans.0.steps.0.ask.credit_bureau", "sources.plans.0.steps.1.ask.credit_bureau"),
        *("sources.plans.1", "sources.plans.2", "sources.plans.2.cost_max"),
        *("sources.plans.3.countries", "sources.plans.3.steps"),
    }
