"""What only the catalog knows of a policy that can be used: who serves nobody of a plan, and who costs too much."""

import copy
from typing import Any

import pytest

from api.policies.provider_warnings import all_warnings
from providers.catalog import Catalog
from scoring.policy.document import Policy, parse_policy, shipped, shipped_texts


def policy_with(ask: dict[str, list[str]], prices: dict[str, float] | None = None, **plan: Any) -> Policy:
    """The shipped policy with one plan, which asks the three needed kinds."""
    document: Any = copy.deepcopy(dict(shipped()["default"]))
    free = {"company_register": ["kvk"], "sanctions_list": ["opensanctions"]}
    made = {
        "name": "a plan",
        "countries": ["NL"],
        "steps": [{"ask": {**free, "credit_bureau": ["dnb"], **ask}}],
        **plan,
    }
    known = {"kvk": 1, "opensanctions": 0, "dnb": 5, "creditsafe": 5, **(prices or {})}
    document["sources"] |= {"plans": [made], "prices": {name: each for name, each in known.items() if each is not None}}
    return parse_policy(document)


@pytest.mark.parametrize(
    ("ask", "prices", "plan", "told"),
    [
        ({}, {}, {}, {}),
        ({}, {}, {"cost_max": 5}, {}),
        ({}, {}, {"cost_max": 4.99}, {"credit_bureau.0": "dnb costs 5, more than the cost_max of 4.99"}),
        ({}, {"dnb": None}, {"cost_max": 9}, {"credit_bureau.0": "dnb has no price"}),
        ({}, {"dnb": None}, {}, {}),
        ({"credit_bureau": ["creditsafe", "dnb"]}, {"dnb": 8}, {"cost_max": 6}, {"credit_bureau.1": "dnb costs 8"}),
        ({"credit_bureau": []}, {"dnb": 8}, {"cost_max": 6}, {}),
        ({"credit_bureau": []}, {}, {"cost_max": 4}, {"credit_bureau": "although a credit_bureau is needed"}),
        ({"vat_register": ["vies"], "entity_register": ["gleif"]}, {}, {"cost_max": 5}, {}),
        (
            {"company_register": ["companies_house", "kvk"]},
            {},
            {},
            {"company_register.0": "companies_house serves none of NL: it is never asked"},
        ),
        ({"company_register": ["companies_house"]}, {}, {"countries": ["NL", "GB"]}, {}),
        ({"company_register": ["companies_house"]}, {}, {"countries": []}, {}),
    ],
)
def test_a_provider_that_cannot_be_asked_is_worth_a_second_look(ask, prices, plan, told):
    found = {each.path: each.detail for each in all_warnings(policy_with(ask, prices, **plan), Catalog())}
    assert set(found) == {f"sources.plans.0.steps.0.ask.{path}" for path in told}
    assert all(words in found[f"sources.plans.0.steps.0.ask.{path}"] for path, words in told.items())


@pytest.mark.parametrize("name", shipped())
def test_the_shipped_policies_ask_only_whom_they_can(name):
    assert all_warnings(parse_policy(shipped()[name]), Catalog()) == ()


def test_the_sender_of_a_policy_is_told(client_of):
    written = shipped_texts()["default"].replace("company_register: [kvk]", "company_register: [companies_house]")
    answer = client_of("credit_manager", subject="maker@seller.example").post(
        "/v1/policies", json={"name": "x", "yaml": written}
    )
    assert [each["path"] for each in answer.json["warnings"]] == ["sources.plans.0.steps.0.ask.company_register.0"]
