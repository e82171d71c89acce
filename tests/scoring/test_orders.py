"""The judgement of an order: each reason alone, all of them in their order, the limit, and what must be prepaid."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from scoring.canonical import canonical_json
from scoring.orders import DebtItem, OpenItems, OrderAsked, OrderJudgement, open_items, release_order
from scoring.reasons import render
from tests.scoring.companies import POLICY
from tests.scoring.ordered import CENT, STRICT, asked, happened, hit, level, order

LATE = OpenItems(31, Decimal(8_000), Decimal(3_000))


def judged(**changed: Any) -> OrderJudgement:
    return release_order(order(**changed), STRICT)


def codes(found: OrderJudgement) -> list[str]:
    return [each.code for each in found.reasons]


def test_an_order_that_fits_goes_out_and_tells_what_is_left() -> None:
    found = judged()
    assert (found.outcome, found.reasons, found.prepayment_required) == ("accept", (), None)
    assert (found.exposure_before, found.exposure_after, found.headroom) == (8_000, 12_000, 12_000)


ALONE: list[tuple[dict[str, Any], str, str]] = [
    ({"sanctions": hit("confirmed")}, "sanctions_hit", "decline"),
    ({"sanctions": hit("possible")}, "sanctions_possible", "refer"),
    ({"events": (happened("bankruptcy"),)}, "insolvency_event", "decline"),
    ({"events": (happened("moratorium_provisional"),)}, "insolvency_event", "decline"),
    ({"events": (happened("debt_rescheduling", undated=True),)}, "insolvency_event", "decline"),
    ({"events": (happened("dissolution_without_assets"),)}, "insolvency_event", "decline"),
    ({"register_status": "dissolved"}, "debtor_not_active", "decline"),
    ({"events": (happened("deregistered"),)}, "debtor_not_active", "decline"),
    ({"on_hold": True}, "account_on_hold", "refer"),
    ({"events": (happened("whoa_public"),)}, "held_by_procedure", "refer"),
    ({"events": (happened("cooling_off"),)}, "held_by_procedure", "refer"),
    ({"parent_insolvent": True}, "parent_insolvent", "refer"),
    ({"supply_stopped": True}, "stop_supply", "refer"),
    ({"events": (happened("unheard_of"),)}, "event_unknown", "refer"),
    ({"other_currencies": ("USD",)}, "currency_not_converted", "refer"),
    ({"levels": (level(None),)}, "limit_missing_or_expired", "accept_prepayment"),
    ({"levels": (level(ends=-1),)}, "limit_missing_or_expired", "accept_prepayment"),
    ({"levels": (level("unlimited", ends=-1),)}, "limit_missing_or_expired", "accept_prepayment"),
    (
        {"levels": (level(), level(90_000, 50_000, scope="group", ends=-1))},
        "limit_missing_or_expired",
        "accept_prepayment",
    ),
    ({"terms_agreed": False}, "terms_not_agreed", "accept_prepayment"),
    ({"onboarding_missing": ("vat_valid",)}, "onboarding_incomplete", "accept_prepayment"),
    ({"first_payment": "first_order_open"}, "first_payment_pending", "hold_first_payment"),
    ({"first_payment": "first_invoice_open"}, "first_payment_pending", "hold_first_payment"),
    ({"first_payment": "first_invoice_overdue"}, "first_payment_pending", "hold_first_payment"),
    ({"max_extension_days": 10, "items": OpenItems(11, Decimal(8_000))}, "cover_stopped", "refer"),
    ({"items": OpenItems(15, Decimal(8_000))}, "oldest_open_item", "refer"),
    ({"items": OpenItems(31, Decimal(8_000)), "risk_class": "low"}, "oldest_open_item", "refer"),
    ({"items": OpenItems(8, Decimal(8_000)), "risk_class": "blocked"}, "oldest_open_item", "refer"),
    ({"items": OpenItems(1, Decimal(8_000), Decimal("2400.01"))}, "overdue_share", "refer"),
    ({"dunning_level": 3}, "dunning_level", "refer"),
    ({"asked": asked("10000.01")}, "max_document_value", "refer"),
    ({"levels": (level(11_999),)}, "limit_exceeded", "accept_prepayment"),
    ({"levels": (level(), level(50_000, "46000.01", scope="group"))}, "limit_exceeded", "accept_prepayment"),
    ({"asked": asked(2_000), "risk_class": "high"}, "prepayment_share", "accept_prepayment"),
]


@pytest.mark.parametrize(("changed", "code", "outcome"), ALONE)
def test_each_reason_alone_gives_its_outcome(changed: dict[str, Any], code: str, outcome: str) -> None:
    found = judged(**changed)
    assert (codes(found), found.outcome) == ([code], outcome)
    assert (found.prepayment_required is None) == (outcome != "accept_prepayment")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, ["max_document_value", "prepayment_share"]),
        ({"asked": asked(2_000)}, ["prepayment_share"]),
        ({"asked": asked(2_000, prepaid=666)}, []),
        ({"asked": asked(2_000, prepaid=666), "items": OpenItems(8, Decimal(8_000))}, ["oldest_open_item"]),
        ({"asked": asked(2_000, prepaid=666), "first_payment": "first_order_open"}, ["first_payment_pending"]),
    ],
)
def test_a_debtor_whose_class_is_not_known_is_held_to_the_strictest(changed: dict[str, Any], told: list[str]) -> None:
    assert codes(judged(**{"risk_class": None, **changed})) == told


@pytest.mark.parametrize(
    "changed",
    [
        {"sanctions": hit("none")},
        {"events": (happened("bankruptcy", 400, ended_days_ago=0),)},
        {"events": (happened("judgment"), happened("payment_incident"))},
        {"register_status": "active"},
        {"levels": (level(ends=0),)},
        {"levels": (level(ends=None),)},
        {"levels": (level(12_000),)},
        {"levels": (level("unlimited", 10**9),)},
        {"levels": (level(8_000, 8_000, secured=4_000),)},
        {"levels": (level(), level("unlimited", 10**9, scope="group"))},
        {"onboarding_missing": ("terms_agreed",)},
        {"first_payment": "no_order"},
        {"first_payment": "first_paid_on_time"},
        {"first_payment": "first_paid_late"},
        {"first_payment": "first_invoice_overdue", "risk_class": "low"},
        {"max_extension_days": 14, "items": OpenItems(14, Decimal(8_000))},
        {"items": OpenItems(14, Decimal(8_000))},
        {"items": OpenItems(30, Decimal(8_000)), "risk_class": "low"},
        {"items": OpenItems(1, Decimal(8_000), Decimal(2_400))},
        {"items": OpenItems(0, Decimal(0), Decimal(0))},
        {"dunning_level": 2},
        {"asked": asked(10_000)},
        {"asked": asked(4_000, counted=0), "levels": (level(8_000),)},
        {"asked": asked(9_000, counted=4_000), "levels": (level(12_000),)},
        {"asked": asked(2_000, prepaid=666), "risk_class": "high"},
    ],
)
def test_what_just_passes_is_accepted_without_a_reason(changed: dict[str, Any]) -> None:
    found = judged(**changed)
    assert (found.outcome, codes(found)) == ("accept", [])


EVERYTHING: dict[str, Any] = {
    "sanctions": hit("confirmed"),
    "events": (
        happened("unheard_of"),
        happened("whoa_public"),
        happened("dissolved"),
        happened("bankruptcy"),
        happened("bankruptcy", 3),
    ),
    "register_status": "deregistered",
    "on_hold": True,
    "parent_insolvent": True,
    "supply_stopped": True,
    "other_currencies": ("USD",),
    "levels": (level(ends=-1), level(50_000, 60_000, scope="group")),
    "terms_agreed": False,
    "onboarding_missing": ("identity_matched", "terms_agreed"),
    "first_payment": "first_invoice_open",
    "max_extension_days": 30,
    "items": LATE,
    "dunning_level": 3,
    "risk_class": "high",
}
WHATEVER_IS_PAID = [
    "sanctions_hit",
    "insolvency_event",
    "debtor_not_active",
    "debtor_not_active",
    "account_on_hold",
    "held_by_procedure",
    "parent_insolvent",
    "stop_supply",
]
ON_ACCOUNT = [
    "event_unknown",
    "currency_not_converted",
    "limit_missing_or_expired",
    "terms_not_agreed",
    "onboarding_incomplete",
    "first_payment_pending",
    "cover_stopped",
    "oldest_open_item",
    "overdue_share",
    "dunning_level",
    "max_document_value",
    "limit_exceeded",
    "prepayment_share",
]


def test_all_that_stands_against_an_order_is_told_in_its_fixed_order() -> None:
    found = judged(**EVERYTHING)
    assert codes(found) == WHATEVER_IS_PAID + ON_ACCOUNT
    assert (found.outcome, found.prepayment_required) == ("decline", None)


@pytest.mark.parametrize("prepaid", [4_000, "4000.01", 9_000])
def test_a_prepaid_order_is_judged_only_on_what_no_money_cures(prepaid: int | str) -> None:
    found = judged(**EVERYTHING, asked=asked(prepaid=prepaid))
    assert codes(found) == WHATEVER_IS_PAID
    assert (found.outcome, found.exposure_after) == ("decline", None)


def test_a_prepaid_order_goes_out_without_any_limit() -> None:
    found = judged(
        levels=(level(None, 8_000),),
        terms_agreed=False,
        first_payment="first_invoice_overdue",
        items=LATE,
        asked=asked(prepaid=4_000),
    )
    assert (found.outcome, found.reasons, found.exposure_before, found.exposure_after) == ("accept", (), 8_000, None)


def test_an_order_that_could_not_be_converted_is_no_prepaid_order() -> None:
    found = judged(asked=OrderAsked(Decimal(0), Decimal(0)), other_currencies=("USD",))
    assert (found.outcome, codes(found)) == ("refer", ["currency_not_converted"])


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"on_hold": True, "sanctions": hit("confirmed")}, "decline"),
        ({"on_hold": True, "first_payment": "first_invoice_open"}, "refer"),
        ({"first_payment": "first_invoice_open", "terms_agreed": False}, "hold_first_payment"),
    ],
)
def test_the_heaviest_reason_gives_the_outcome(changed: dict[str, Any], outcome: str) -> None:
    found = judged(**changed)
    assert (found.outcome, found.prepayment_required) == (outcome, None)


def test_the_first_payment_rule_leaves_a_critical_debtor_alone_and_says_so() -> None:
    found = judged(first_payment="first_invoice_open", critical=True)
    assert (found.outcome, codes(found)) == ("accept", ["critical_debtor"])


def test_zero_read_as_unlimited_must_be_impossible() -> None:
    for exposure in (0, 1, 8_000):
        zero = judged(levels=(level(0, exposure),), asked=asked("0.01"))
        assert (zero.outcome, codes(zero)) == ("accept_prepayment", ["limit_exceeded"])
        assert zero.prepayment_required == CENT
        assert zero.headroom == -exposure
    never = judged(levels=(level(None, 0),), asked=asked("0.01"))
    assert (never.outcome, never.headroom, never.prepayment_required) == ("accept_prepayment", 0, CENT)
    unlimited = judged(levels=(level("unlimited", 10**9),), asked=asked("9999.99"))
    assert (unlimited.outcome, unlimited.headroom) == ("accept", None)
    in_group = judged(levels=(level("unlimited", 0), level(0, 0, scope="group")), asked=asked("0.01"))
    assert (in_group.outcome, in_group.headroom) == ("accept_prepayment", 0)


@pytest.mark.parametrize(
    ("changed", "required", "headroom"),
    [
        ({"levels": (level(11_000),)}, "1000", 3_000),
        ({"levels": (level("10999.99"),)}, "1000.01", "2999.99"),
        ({"levels": (level(8_000),)}, "4000", 0),
        ({"levels": (level(7_000),)}, "4000", -1_000),
        ({"levels": (level(0, 0),)}, "4000", 0),
        ({"levels": (level(None, 0),)}, "4000", 0),
        ({"levels": (level(ends=-1),)}, "4000", 0),
        ({"terms_agreed": False}, "4000", 12_000),
        ({"onboarding_missing": ("sanctions_clear",)}, "4000", 12_000),
        ({"terms_agreed": False, "asked": asked(prepaid=1_500)}, "2500", 12_000),
        ({"levels": (level(11_000),), "asked": asked(prepaid=400)}, "600", 3_000),
        ({"levels": (level(7_000),), "asked": asked(prepaid=400)}, "3600", -1_000),
        ({"levels": (level(11_000),), "asked": asked(9_000, counted=4_000)}, "1000", 3_000),
        ({"levels": (level(8_000),), "asked": asked(9_000, counted=4_000)}, "4000", 0),
        ({"levels": (level(7_000),), "asked": asked(9_000, counted=0)}, "9000", -1_000),
        ({"levels": (level(None), level(50_000, 45_000, scope="group"))}, "4000", 0),
        ({"levels": (level(ends=-1), level(50_000, 51_000, scope="group"))}, "4000", -1_000),
        ({"levels": (level("unlimited"), level(ends=-1, scope="group"))}, "4000", 0),
        ({"levels": (level(), level(50_000, 47_000, scope="group"))}, "1000", 3_000),
        ({"levels": (level(10_500), level(50_000, 47_000, scope="group"))}, "1500", 2_500),
        ({"levels": (level(8_000, secured=3_000),)}, "1000", 3_000),
        ({"risk_class": "high", "asked": asked("2000.01")}, "666.01", 12_000),
        ({"risk_class": "high", "asked": asked("2000.01", prepaid=600)}, "66.01", 12_000),
        ({"risk_class": "high", "asked": asked(2_000), "levels": (level(9_000),)}, "1000", 1_000),
        ({"risk_class": "high", "asked": asked(2_000), "levels": (level(9_900),)}, "666", 1_900),
    ],
)
def test_the_least_that_must_be_prepaid_goes_by_the_room(
    changed: dict[str, Any], required: str, headroom: int | str
) -> None:
    found = judged(**changed)
    assert (found.outcome, found.prepayment_required) == ("accept_prepayment", Decimal(required))
    assert found.headroom == Decimal(headroom)


def test_what_an_order_adds_already_is_not_counted_twice() -> None:
    changed = replace(asked(6_000), own_exposure=Decimal(4_000))
    found = judged(levels=(level(14_000, 12_000),), asked=changed)
    assert (found.outcome, found.exposure_before, found.exposure_after, found.headroom) == (
        "accept",
        8_000,
        14_000,
        6_000,
    )
    assert judged(levels=(level("13999.99", 12_000),), asked=changed).prepayment_required == CENT


def test_amounts_have_the_decimals_of_their_currency() -> None:
    found = judged(
        levels=(level("11000.0000", "8000.0000"),), asked=OrderAsked(Decimal("4000.0000"), Decimal("4000.0000"))
    )
    assert [str(each) for each in (found.prepayment_required, found.exposure_after, found.headroom)] == [
        "1000.00",
        "12000.00",
        "3000.00",
    ]


def test_facts_in_another_currency_than_the_policys_are_refused() -> None:
    with pytest.raises(ValueError, match="USD"):
        judged(currency="USD")


@pytest.mark.parametrize(
    "changed",
    [
        {"levels": ()},
        {"levels": (level(scope="group"),)},
        {"levels": (level(), level())},
    ],
)
def test_facts_without_the_debtors_own_limit_first_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="own limit"):
        order(**changed)


@pytest.mark.parametrize(("amount", "counted", "prepaid"), [(10, 11, 0), (10, -1, 0), (10, 10, -1)])
def test_an_order_that_cannot_be_is_refused(amount: int, counted: int, prepaid: int) -> None:
    with pytest.raises(ValueError, match=r"order|prepaid"):
        OrderAsked(Decimal(amount), Decimal(counted), Decimal(prepaid))


AS_OF = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], OpenItems()),
        ([DebtItem(Decimal(100), date(2026, 6, 15))], OpenItems(0, Decimal(100))),
        ([DebtItem(Decimal(100), date(2026, 6, 14))], OpenItems(1, Decimal(100))),
        ([DebtItem(Decimal(100), date(2026, 6, 10))], OpenItems(5, Decimal(100))),
        ([DebtItem(Decimal(100), date(2026, 6, 9))], OpenItems(6, Decimal(100), Decimal(100))),
        ([DebtItem(Decimal(-80), date(2026, 5, 1)), DebtItem(Decimal(100), AS_OF)], OpenItems(0, Decimal(100))),
        ([DebtItem(Decimal(90), date(2026, 5, 1), disputed=True)], OpenItems()),
    ],
)
def test_credits_and_disputed_items_are_in_no_test_of_lateness(items: list[DebtItem], expected: OpenItems) -> None:
    assert open_items(items, AS_OF, overdue_days=5) == expected


@pytest.mark.parametrize(
    ("changed", "english", "dutch", "for_sales"),
    [
        (
            {"levels": (level(None),)},
            "There is no credit limit in force, so the order must be prepaid.",
            "Er geldt geen kredietlimiet; de bestelling moet vooruit worden betaald.",
            None,
        ),
        (
            {"levels": (level(ends=-1),)},
            "The credit limit ended on 2026-05-31, so the order must be prepaid.",
            "De kredietlimiet liep af op 31-05-2026; de bestelling moet vooruit worden betaald.",
            None,
        ),
        (
            {"levels": (level(), level(50_000, 0, scope="group", ends=-1))},
            "The credit limit of the debtor's group ended on 2026-05-31, so the order must be prepaid.",
            "De kredietlimiet van het concern van de debiteur liep af op 31-05-2026; "
            "de bestelling moet vooruit worden betaald.",
            None,
        ),
        (
            {"onboarding_missing": ("identity_matched", "cover_decided")},
            "The file of the new debtor lacks a match with the company register, a decision of the credit insurer, so "
            "the order must be prepaid.",
            "In het dossier van de nieuwe debiteur ontbreekt een koppeling met het handelsregister, een besluit van de "
            "kredietverzekeraar; de bestelling moet vooruit worden betaald.",
            "The file of the new debtor is not complete yet, so the order must be prepaid.",
        ),
        (
            {"levels": (level(11_000),)},
            "The order of EUR 4,000 is above the room of EUR 3,000; EUR 1,000 must be prepaid.",
            "De bestelling van EUR 4.000 past niet in de ruimte van EUR 3.000; EUR 1.000 moet vooruit worden betaald.",
            None,
        ),
        (
            {"levels": (level(7_000),)},
            "The order of EUR 4,000 does not fit: the limit of EUR 7,000 is used up by the EUR 8,000 that is "
            "outstanding; EUR 4,000 must be prepaid.",
            "De bestelling van EUR 4.000 past niet: de limiet van EUR 7.000 is op doordat er EUR 8.000 uitstaat; "
            "EUR 4.000 moet vooruit worden betaald.",
            None,
        ),
        (
            {"levels": (level(), level(50_000, 47_000, scope="group"))},
            "The order of EUR 4,000 is above the room of EUR 3,000 that the debtor's group has left; EUR 1,000 must be "
            "prepaid.",
            "De bestelling van EUR 4.000 past niet in de ruimte van EUR 3.000 die het concern van de debiteur nog "
            "heeft; EUR 1.000 moet vooruit worden betaald.",
            "The order of EUR 4,000 does not fit in the limit of the debtor's group; EUR 1,000 must be prepaid.",
        ),
        (
            {"levels": (level(), level(50_000, 60_000, scope="group"))},
            "The order of EUR 4,000 does not fit: the limit of EUR 50,000 of the debtor's group is used up by the EUR "
            "60,000 that is outstanding; EUR 4,000 must be prepaid.",
            "De bestelling van EUR 4.000 past niet: de limiet van EUR 50.000 van het concern van de debiteur is op "
            "doordat er EUR 60.000 uitstaat; EUR 4.000 moet vooruit worden betaald.",
            "The order of EUR 4,000 does not fit in the limit of the debtor's group; EUR 4,000 must be prepaid.",
        ),
        (
            {"max_extension_days": 60, "items": OpenItems(61, Decimal(100)), "risk_class": "low"},
            "The oldest open item is 61 days overdue; after 60 days the insurer covers nothing more.",
            "De oudste open post is 61 dagen over de vervaldatum; na 60 dagen dekt de verzekeraar niets meer.",
            "An invoice is open far too long.",
        ),
        (
            {"sanctions": hit("confirmed")},
            "The debtor or an owner stands on a sanctions list (opensanctions, 2026-06-01).",
            "De debiteur of een eigenaar staat op een sanctielijst (opensanctions, 01-06-2026).",
            None,
        ),
        (
            {"events": (happened("bankruptcy", undated=True),)},
            "An insolvency procedure is in force: bankruptcy, as told on 2026-05-22; since when is not known.",
            "Er loopt een insolventieprocedure: faillissement, volgens opgave van 22-05-2026; sinds wanneer is niet "
            "bekend.",
            "An insolvency procedure is in force.",
        ),
        (
            {"dunning_level": 3},
            "Reminders have reached level 3; at most 2 is allowed.",
            "De aanmaningen staan op niveau 3; hoogstens 2 is toegestaan.",
            "Reminders were not answered.",
        ),
        (
            {"items": OpenItems(1, Decimal(8_000), Decimal(4_000))},
            "50% of what is open is overdue; at most 30% is allowed.",
            "50% van wat openstaat is over de vervaldatum; hoogstens 30% is toegestaan.",
            "Too much of what is open is overdue.",
        ),
    ],
)
def test_a_reason_reads_well_and_keeps_from_sales_what_is_not_for_it(
    changed: dict[str, Any], english: str, dutch: str, for_sales: str | None
) -> None:
    told = judged(**changed).reasons[0]
    assert render(told.code, told.params, "en") == english
    assert render(told.code, told.params, "nl") == dutch
    assert render(told.code, told.params, "en", full=False) == (for_sales or english)


@pytest.mark.parametrize(("changed", "code"), [(changed, code) for changed, code, _ in ALONE])
def test_every_reason_of_an_order_can_be_told_as_it_is_kept(changed: dict[str, Any], code: str) -> None:
    (told,) = json.loads(canonical_json(judged(**changed).document()))["reasons"]
    for full in (True, False):
        english, dutch = (render(code, told["params"], language, full=full) for language in ("en", "nl"))
        assert english != dutch
        assert "{" not in english + dutch
    only_finance = ("sanctions_hit", "sanctions_possible", "event_unknown")
    assert told["audience"] == ("finance" if code in only_finance else "sales")


def test_the_shipped_policy_has_no_largest_order_and_asks_no_share() -> None:
    found = release_order(order(asked=asked(12_000), risk_class="high"), POLICY)
    assert (found.outcome, found.reasons) == ("accept", ())
