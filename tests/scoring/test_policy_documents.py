"""A policy document: every fault of it is named at once, at the place where it is, in words a credit manager has."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.figures import FIGURES
from scoring.policy.document import Policy, PolicyInvalid, parse_policy, shipped, stored_policy
from scoring.policy.warnings import policy_warnings

SHIPPED = shipped()["default"]
LATENESS = {"field": "behaviour.lateness", "operator": "above", "value": 0.5}
LARGE = {"field": "debtor.company_size", "operator": "equal", "value": "large"}
PUBLIC = {"field": "debtor.company_size", "operator": "equal", "value": "public"}
CARD = "scorecards.behaviour.characteristics"


def document_with(changes: Mapping[str, Any]) -> Any:
    """The shipped policy with values set at paths, or removed where the value is `...`."""
    document: Any = copy.deepcopy(SHIPPED)
    for path, value in changes.items():
        *way, last = path.split(".")
        node = document
        for step in way:
            node = node[int(step)] if step.isdigit() else node.setdefault(step, {})
        if value is ...:
            del node[last]
        else:
            node[int(last) if last.isdigit() else last] = value
    return document


def faults_of(changes: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with the changed policy, by path; nothing where it can be used."""
    try:
        parse_policy(document_with(changes))
    except PolicyInvalid as invalid:
        paths = [fault.path for fault in invalid.faults]
        assert len(paths) == len(set(paths)) or "" in paths, paths
        return {fault.path: fault.detail for fault in invalid.faults}
    return {}


def rule(when: Any, name: str = "a rule", **then: Any) -> dict[str, Any]:
    return {"name": name, "when": when, "then": then or {"outcome": "refer"}, "text": {"en": "why", "nl": "waarom"}}


def segment(when: Any, days: int, name: str = "some") -> dict[str, Any]:
    return {"name": name, "when": when, "payment_term_days": {"low": days}}


def test_no_fault_hides_another() -> None:
    changes = {
        "currency": 978,
        "blending.credibility_k": "twelve",
        "evidence.confidence_min": 1.5,
        "evidence.late_days": 6,
        "evidence.behaviour_recent_days": 999,
        "evidence.surprise": 1,
        f"{CARD}.2.bins.1.below": 0.8,
        f"{CARD}.3.figure": "behaviour.luck",
        "caps.young_company_grade": "G77",
        "limits.buffer_days": -7,
        "terms.payment_term_days.low": 61,
        "rules": [rule({"all": [LATENESS, {**LATENESS, "operator": "below", "value": 0.2}]}, grade_at_best="Z")],
        "limits.own_risk.G8": ...,
    }
    assert set(faults_of(changes)) == {
        "currency",
        "blending.credibility_k",
        "evidence.confidence_min",
        "evidence.surprise",
        f"{CARD}.2.bins.2",
        f"{CARD}.3.figure",
        "caps.young_company_grade",
        "limits.buffer_days",
        "terms.payment_term_days.low",
        "rules.0.when",
        "rules.0.then.grade_at_best",
        "limits.own_risk.G8",
    }


BINS = f"{CARD}.2.bins"  # Peak use of the limit: below 0.6, to 0.85, to 1, and from 1 on.


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({f"{BINS}.1.below": 0.8}, f"{BINS}.2", "gap: values from 0.8 to 0.85"),
        ({f"{BINS}.1.below": 0.9}, f"{BINS}.2", "overlap: values from 0.85 to 0.9"),
        ({f"{BINS}.0.at_least": 0}, f"{BINS}.0.at_least", "nothing is given below 0"),
        ({f"{BINS}.3.below": 2}, f"{BINS}.3.below", "nothing is given from 2 on"),
        ({f"{BINS}.1.below": ...}, f"{BINS}.1", "only the last bin"),
        ({f"{BINS}.2.at_least": ...}, f"{BINS}.2", "only the first bin"),
        ({f"{BINS}.1.at_least": 0.9, f"{BINS}.0.below": 0.9}, f"{BINS}.1", "no value is at least 0.9 and below 0.85"),
        ({f"{BINS}.2.points": 9}, f"{BINS}.2.points", "points turn back: they fell to 5 and now 9"),
        ({f"{CARD}.0.curve.2.at": 0.05}, f"{CARD}.0.curve.2.at", "does not come after 0.1"),
        ({f"{CARD}.0.curve.4.points": 50}, f"{CARD}.0.curve.4.points", "turn back: they fell to 32"),
        ({f"{CARD}.3.figure": "behaviour.lateness"}, f"{CARD}.3.figure", "is used already"),
        ({f"{CARD}.3.figure": "register.status"}, f"{CARD}.3.figure", "is no number"),
        ({f"{CARD}.3.figure": "result.pd"}, f"{CARD}.3.figure", "there to find"),
        ({f"{CARD}.3.reason": "because"}, f"{CARD}.3.reason", "is not a reason"),
    ],
)
def test_a_scorecard_that_cannot_be_meant_is_told_where(changes: Mapping[str, Any], path: str, words: str) -> None:
    faults = faults_of(changes)
    assert words in faults[path], faults


def test_every_gap_and_overlap_of_bins_is_named() -> None:
    faults = faults_of({f"{BINS}.0.below": 0.5, f"{BINS}.1.below": 0.9, f"{BINS}.3.below": 2, f"{BINS}.3.points": 8})
    assert set(faults) == {f"{BINS}.1", f"{BINS}.2", f"{BINS}.3.below", f"{BINS}.3.points"}


@pytest.mark.parametrize("name", sorted(name for name, figure in FIGURES.items() if figure.worse))
def test_points_that_reward_what_speaks_against_a_debtor_are_refused(name: str) -> None:
    if name.startswith("result."):
        return
    points = (0, 9) if FIGURES[name].worse == "higher" else (9, 0)
    figure = {
        "figure": name,
        "target": 0,
        "missing_points": 0,
        "curve": [{"at": at, "points": given} for at, given in zip((0, 1), points, strict=True)],
    }
    path = "scorecards.financials"
    card = {"scale": {"base_score": 50, "base_odds": 25, "points_to_double_odds": 12}, "characteristics": [figure]}
    assert "points the" in faults_of({path: card})[f"{path}.characteristics.0"]
    for row in figure["curve"]:
        row["points"] = 9 - row["points"]
    assert faults_of({path: card}) == {}


def compared(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    condition = {"field": field, "operator": operator}
    return condition if value is None else {**condition, "value": value}


def both(*conditions: Any) -> dict[str, Any]:
    return {"all": list(conditions)}


HIGH_PD = compared("bureau.pd", "above", 0.5)
LOW = compared("result.risk_class", "equal", "low")
GRADE_9 = compared("result.grade", "equal", "G9")


@pytest.mark.parametrize(
    ("when", "path", "words"),
    [
        (compared("luck", "above", 1), "field", "'luck' is not a figure"),
        (compared("behaviour.lateness", "above", 1), "value", "never above 1: it is at least 0 and at most 1"),
        (compared("behaviour.lateness", "at_least", 1.2), "value", "never at_least 1.2"),
        (compared("behaviour.lateness", "below", 0), "value", "never below 0"),
        (compared("behaviour.lateness", "equal", 2), "value", "never 2"),
        (compared("behaviour.lateness", "above", "much"), "value", "'much' is no number"),
        (compared("behaviour.lateness", "in", [0.1, [0.2]]), "value.1", "is not a number, a text, true or false"),
        (compared("behaviour.lateness", "in", []), "value", "the list is empty"),
        (compared("debtor.country", "equal", "Holland"), "value", "never Holland"),
        (compared("debtor.country", "in", ["NL", "UK"]), "value.1", "never UK"),
        (compared("debtor.country", "not_in", ["NL", "XX"]), "value.1", "never XX"),
        (compared("debtor.country", "above", 3), "operator", "above needs a number"),
        (compared("debtor.country", "missing"), "operator", "is never missing"),
        (compared("result.risk_class", "equal", "average"), "value", "one of blocked, high, low, normal"),
        (compared("result.grade", "equal", "G11"), "value", "never G11"),
        (compared("debtor.critical", "equal", "yes"), "value", "'yes' is neither true nor false"),
        (compared("register.status", "equal", "sleeping"), "value", "one of active, deregistered, dissolved"),
        (both(LATENESS, compared("behaviour.lateness", "below", 0.5)), "", "behaviour.lateness above 0.5 and"),
        (both(LATENESS, compared("behaviour.lateness", "equal", 0.5)), "", "can never hold"),
        (both(LATENESS, compared("behaviour.lateness", "missing")), "", "can never hold"),
        (
            both(compared("debtor.country", "equal", "NL"), compared("debtor.country", "not_in", ["NL", "BE"])),
            "",
            "never",
        ),
        (both(compared("debtor.critical", "equal", True), compared("debtor.critical", "equal", False)), "", "never"),
        ({"any": [HIGH_PD, both(LATENESS, compared("behaviour.lateness", "below", 0.1))]}, "any.1", "never hold"),
        (
            both({"any": [HIGH_PD, compared("bureau.pd", "below", 0.1)]}, compared("bureau.pd", "equal", 0.3)),
            "",
            "never hold",
        ),
        (compared("register.age_years", "below", 0), "value", "never below 0: it is at least 0"),
        (compared("financials.turnover_amount", "at_most", -1), "value", "never at_most -1"),
        (both(LOW, compared("result.grade", "equal", "G9")), "", "risk_class equal low and result.grade equal G9"),
        (both(LOW, compared("result.grade", "in", ["G5", "D"])), "", "result.grade in [G5, D]"),
        (both(LOW, compared("result.grade", "missing")), "", "never hold"),
        (both({"any": [LOW, HIGH_PD]}, compared("bureau.pd", "below", 0.1), GRADE_9), "", "(result.risk_class equal"),
        ({"all": [HIGH_PD], "field": "bureau.pd"}, "", "give one of field, all and any"),
        (compared("bureau.pd", "matches", ".*"), "operator", "is not one of"),
    ],
)
def test_a_condition_that_can_never_hold_is_told(when: Any, path: str, words: str) -> None:
    faults = faults_of({"rules": [rule(when)]})
    assert words in faults[f"rules.0.when.{path}".rstrip(".")], faults


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"master_scale.grades.2.typical_pd": 0.9}, "master_scale.grades.2.typical_pd"),
        ({"master_scale.grades.2.below_pd": "much"}, "master_scale.grades.2.below_pd"),
        ({"caps.young_company_months": "many"}, "caps.young_company_months"),
    ],
)
def test_a_grade_that_is_none_is_named_beside_whatever_else_is_wrong(changes: Mapping[str, Any], path: str) -> None:
    told = faults_of(
        {
            **changes,
            "caps.young_company_grade": "G78",
            "rules": [rule(compared("result.grade", "equal", "G79"), grade_at_best="G77", outcome="perhaps")],
        }
    )
    assert set(told) == {
        path,
        "caps.young_company_grade",
        "rules.0.then.grade_at_best",
        "rules.0.then.outcome",
        "rules.0.when.value",
    }


def test_only_what_contradicts_is_named() -> None:
    others = [compared("debtor.country", "equal", "NL"), HIGH_PD, compared("debtor.critical", "equal", False)]
    when = both(others[0], LATENESS, *others[1:], compared("behaviour.lateness", "below", 0.1))
    assert faults_of({"rules": [rule(when)]}) == {
        "rules.0.when": "can never hold: behaviour.lateness above 0.5 and behaviour.lateness below 0.1"
    }


@pytest.mark.parametrize(
    "when",
    [
        both(LOW, compared("result.grade", "in", ["G4", "G5"])),
        both(LOW, compared("result.grade", "not_equal", "G9")),
        both(compared("result.risk_class", "not_equal", "low"), GRADE_9),
        both(compared("result.risk_class", "missing"), compared("result.grade", "missing")),
        compared("register.age_years", "at_most", 0),
        compared("behaviour.lateness", "at_least", 1),
        compared("behaviour.lateness", "at_most", 0),
        compared("behaviour.dbt_days", "below", -3),
        compared("financials.equity_share", "below", 0),
        both(LATENESS, compared("behaviour.lateness", "at_most", 0.6)),
        both(compared("behaviour.lateness", "at_least", 0.5), compared("behaviour.lateness", "at_most", 0.5)),
        {"any": [LATENESS, compared("behaviour.lateness", "missing")]},
        both({"any": [HIGH_PD, compared("bureau.pd", "below", 0.1)]}, compared("bureau.pd", "equal", 0.05)),
        compared("result.grade", "in", ["G1", "D"]),
    ],
)
def test_a_condition_that_may_hold_is_left_alone(when: Any) -> None:
    assert faults_of({"rules": [rule(when)]}) == {}


@pytest.mark.parametrize(
    ("segments", "path", "words"),
    [
        ([segment(LARGE, 31)], "0.payment_term_days.low", "not between 0 and 30, the most that a large company"),
        ([segment(PUBLIC, 31)], "0.payment_term_days.low", "the most that a public body"),
        ([segment({"any": [LARGE, PUBLIC]}, 45)], "0.payment_term_days.low", "not between 0 and 30"),
        ([segment(both(LARGE, LATENESS), 45)], "0.payment_term_days.low", "not between 0 and 30"),
        ([segment(LATENESS, 61)], "0.payment_term_days.low", "not between 0 and 60"),
        ([segment(LATENESS, 30), segment(LATENESS, 14, "same")], "1.when", "never reached: 'some' before it"),
        ([segment(LATENESS, 30), segment({**LATENESS, "value": 0.7}, 14, "worse")], "1.when", "never reached"),
        ([segment(LATENESS, 30), segment(both(LATENESS, LARGE), 14, "large")], "1.when", "never reached"),
        ([segment(LATENESS, 30), segment(HIGH_PD, 14)], "1.name", "the name of another segment"),
    ],
)
def test_terms_that_break_the_law_or_are_never_reached_are_refused(segments: Any, path: str, words: str) -> None:
    faults = faults_of({"terms.segments": segments})
    assert words in faults[f"terms.segments.{path}"], faults


@pytest.mark.parametrize(
    "segments",
    [
        [segment(LARGE, 30)],
        [segment(LATENESS, 60)],
        [segment({"any": [LARGE, LATENESS]}, 60)],  # Also for small debtors; the law shortens it for the large.
        [segment({**LATENESS, "value": 0.7}, 14), segment(LATENESS, 30, "less late")],
        [segment(compared("debtor.company_size", "not_equal", "sme"), 30)],
    ],
)
def test_terms_within_the_law_are_taken(segments: Any) -> None:
    assert faults_of({"terms.segments": segments}) == {}


def test_a_large_seller_may_give_large_debtors_more() -> None:
    assert faults_of({"terms.segments": [segment(LARGE, 60)], "terms.seller_size": "large"}) == {}
    assert faults_of({"terms.segments": [segment(PUBLIC, 60)], "terms.seller_size": "large"}) != {}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"evidence.confidence_min": 0.99, "evidence.quality_fresh_with_financials": 0.7}, "evidence.confidence_min"),
        ({"evidence.quality_stale": 0.9}, "evidence.quality_stale"),
        ({"evidence.quality_fresh_with_financials": 0.6}, "evidence.quality_fresh_without_financials"),
        ({"master_scale.grades.6.risk_class": "low"}, "master_scale.grades.6.risk_class"),
        ({"scorecards.external_tables.1.bands.3.at_least": 1}, "scorecards.external_tables.1.bands.3.at_least"),
        ({"scorecards.external_tables.1.bands.3.grade": "G10"}, "scorecards.external_tables.1.bands.3.grade"),
        ({"limits.domestic_country": "Holland"}, "limits.domestic_country"),
        ({"currency": "euro"}, "currency"),
        ({"currency": "XXX"}, "currency"),
        ({"currency": "eur"}, "currency"),
        ({"currency": "HRK"}, "currency"),
        ({"limits.rounding.otherwise": "1e-300"}, "limits.rounding.otherwise"),
        ({"explanation": ...}, "explanation"),
        ({"engine": "3"}, "engine"),
        ({"engine": "1"}, "scorecards.behaviour"),
        ({"orders.prepayment_share": {"high": 1.5}}, "orders.prepayment_share.high"),
        ({"orders.prepayment_share": {"risky": 0.5}}, "orders.prepayment_share.risky"),
        ({"orders.document_value_max": {"normal": -1}}, "orders.document_value_max.normal"),
        ({"campari.better_mean_min": 2}, "campari.better_mean_min"),
        ({"campari.bad_mark_max": "low"}, "campari.bad_mark_max"),
    ],
)
def test_what_cannot_both_be_meant_is_refused(changes: Mapping[str, Any], path: str) -> None:
    assert path in faults_of(changes)


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"blending.pd_floor": 0.001}, "master_scale.grades.0", "no score reaches G1"),
        ({"blending.pd_ceiling": 0.2}, "master_scale.grades.9", "no score reaches G10"),
        ({"master_scale.grades.9.below_pd": 0.9}, "master_scale.grades.9.below_pd", "from 0.9 on is D, the grade of"),
        (
            {"scorecards.external_tables.0.bands.0.at_least": 5},
            "scorecards.external_tables.0.bands.0.at_least",
            "says nothing of scores below 5",
        ),
        ({"caps.young_company_grade": "G1"}, "caps.young_company_grade", "takes nothing away"),
        ({"caps.young_company_grade": "D"}, "caps.young_company_grade", "the grade of default"),
        ({"limits.own_risk.G5": 20000}, "limits.own_risk.G5", "20000 is more than 10000, that of G4"),
        ({"limits.capacity.G7.turnover": 0.5}, "limits.capacity.G7.turnover", "that of G6"),
        ({"terms.payment_term_days.high": 60}, "terms.payment_term_days.high", "that of normal"),
        ({"authority.finance.low": 900000}, "authority.finance.low", "credit manager may decide"),
        ({"sources.fresh_days.credit_bureau": 400}, "sources.fresh_days.credit_bureau", "counts for 365 only"),
        ({f"{CARD}.3.missing_points": 7}, f"{CARD}.3.missing_points", "for not knowing behaviour.tenure_years"),
        (
            {"rules": [rule(compared("debtor.legal_form", "in", ["bv", "sarl"]))]},
            "rules.0.when.value",
            "'sarl' is in neither",
        ),
        (
            {"rules": [rule(LATENESS), rule({**LATENESS, "value": 0.8}, "later", outcome="accept_prepayment")]},
            "rules.1",
            "adds nothing: 'a rule'",
        ),
    ],
)
def test_what_is_probably_not_meant_is_told_and_still_a_policy(changes: Any, path: str, words: str) -> None:
    told = {each.path: each.detail for each in policy_warnings(parse_policy(document_with(changes)))}
    assert words in told[path], told


@pytest.mark.parametrize(
    "later",
    [
        rule({**LATENESS, "value": 0.4}, "earlier"),  # Holds where the first does not.
        rule({**LATENESS, "value": 0.8}, "heavier", outcome="decline"),
        rule({**LATENESS, "value": 0.8}, "another", grade_at_best="G8"),
    ],
)
def test_a_rule_that_adds_something_is_not_warned_of(later: Any) -> None:
    policy = parse_policy(document_with({"rules": [rule(LATENESS), later]}))
    assert policy_warnings(policy) == ()


def test_a_policy_that_was_taken_before_a_check_was_added_still_judges() -> None:
    document = document_with({"rules": [rule(compared("behaviour.lateness", "above", 1))], "currency": "euro"})
    with pytest.raises(PolicyInvalid):
        parse_policy(document)
    assert stored_policy(document).rules[0].name == "a rule"
    with pytest.raises(PolicyInvalid):
        stored_policy({**document, "limits": {}})


@pytest.mark.parametrize("name", shipped())
def test_nothing_in_a_shipped_policy_needs_a_second_look(name: str) -> None:
    assert policy_warnings(parse_policy(shipped()[name])) == ()


def nested(depth: int, ground: Any) -> Any:
    for _ in range(depth):
        ground = {"all": [ground]}
    return ground


@pytest.mark.parametrize(
    "document",
    [
        {"rules": nested(900, LATENESS)},
        document_with({"rules": [rule({"any": [LATENESS] * 501})]}),
        document_with({"rules": [rule({"any": [LATENESS] * 41})]}),
        document_with({"rules": [rule(nested(5, LATENESS))]}),
        document_with({"rules": [rule(LATENESS, "x" * 1001)]}),
        document_with({"rules": [rule(LATENESS, str(number)) for number in range(501)]}),
        {"rules": [[["x"] * 400] * 400]},
        {f"name {number}": number for number in range(501)},
        [],
        None,
        "text",
    ],
    ids=["deep", "wide", "comparisons", "groups", "text", "rules", "values", "names", "list", "nothing", "word"],
)
def test_what_is_too_large_or_no_document_is_refused_in_few_words(document: Any) -> None:
    with pytest.raises(PolicyInvalid) as invalid:
        parse_policy(document)
    assert len(str(invalid.value)) < 3000


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
PLACES = [
    *("engine", "currency", "rules", "rules.0.when", "rules.0.then", "terms.segments", "limits.rounding.steps"),
    *("master_scale.grades", "scorecards", "scorecards.behaviour", BINS, f"{CARD}.0.curve.1", "evidence.lateness"),
    *("limits.capacity.G1", "limits.own_risk", "provisions.loss_rates", "explanation", "caps", "sources.fresh_days"),
]


@given(path=st.sampled_from(PLACES), value=ANYTHING)
def test_any_document_is_either_a_policy_or_refused_with_faults(path: str, value: Any) -> None:
    document = document_with({"rules": [rule(LATENESS)]})
    *way, last = path.split(".")
    node: Any = document
    for step in way:
        node = node[int(step)] if step.isdigit() else node[step]
    node[int(last) if last.isdigit() else last] = value
    assert read_or_refused(document)


def read_or_refused(document: Any) -> Policy | list[str]:
    """The policy, or what is wrong with it in words; anything else that is raised goes on."""
    try:
        return parse_policy(document)
    except PolicyInvalid as invalid:
        return [fault.detail for fault in invalid.faults]


@pytest.mark.parametrize("said", [True, False])
def test_what_an_insolvency_brings_about_is_said_in_one_place(said: bool) -> None:
    document = copy.deepcopy(shipped()["default"])
    document["sources"] = {**document["sources"], "watching": {"stop_supply_when_insolvent": said}}
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(document)
    assert [each.path for each in refused.value.faults] == ["sources.watching.stop_supply_when_insolvent"]
    # One that was taken before it was asked is still read, and what it says there follows from nothing else.
    assert stored_policy(document).alerts.effects == parse_policy(shipped()["default"]).alerts.effects
