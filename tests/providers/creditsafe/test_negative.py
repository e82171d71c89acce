"""Negative information, as each country tells it: read as events, or refused; never passed over."""

from datetime import date
from typing import Any

import pytest

from providers.creditsafe.client import CreditReport
from providers.creditsafe.mapping import bureau_facts
from providers.errors import NotUnderstood
from providers.ports import About, CompanyKey
from scoring.facts import NO_LIMIT_GIVEN, CompanyDetails, NegativeEvent
from tests.providers.reports import report
from tests.providers.wires import payload

TODAY = date(2026, 3, 1)
FRENCH = payload("creditsafe/report-FR-insolvent.json")


def events(negative: dict[str, Any]) -> list[NegativeEvent]:
    return list(bureau_facts("creditsafe", report(negativeInformation=negative), "EUR", TODAY).events)


def undated(code: str) -> NegativeEvent:
    return NegativeEvent(code, TODAY, undated=True)


def test_the_real_report_of_a_french_company_in_liquidation_is_read() -> None:
    raw = {"connect_id": "FR-X-49481445200012", "report": FRENCH}
    facts = CreditReport().facts(raw, About(CompanyKey(None, "FR", ()), "EUR", TODAY))
    assert (facts.score, facts.scale, facts.recommended_limit) == (None, None, NO_LIMIT_GIVEN)
    assert facts.provider_dbt_days is None  # 6 days are those of its industry.
    assert facts.details == CompanyDetails(band="Not Scored", sector="Restauration traditionnelle")
    assert [each for each in facts.events if each.code != "payment_incident"] == [
        NegativeEvent("moratorium_provisional", date(2011, 11, 16)),
        NegativeEvent("moratorium_provisional", date(2011, 11, 17)),
        NegativeEvent("whoa_public", date(2012, 9, 26)),
        NegativeEvent("judgment", date(2012, 10, 24)),
        NegativeEvent("bankruptcy", date(2013, 3, 27)),
        NegativeEvent("judgment", date(2014, 2, 27)),
        NegativeEvent("dissolution_without_assets", date(2014, 9, 17)),
        NegativeEvent("dissolution_without_assets", date(2014, 9, 26)),
        NegativeEvent("dissolved", date(2014, 9, 26)),
    ]
    assert [(each.occurred_on, each.ended_on) for each in facts.events if each.code == "payment_incident"] == [
        (date(2011, 11, 21), date(2012, 5, 4)),
        (date(2013, 4, 5), date(2013, 9, 20)),
        (date(2013, 8, 12), date(2014, 10, 6)),
    ]
    assert facts.financials is not None
    assert (facts.financials.year_end_on, facts.financials.equity) == (date(2010, 9, 30), -167924)


@pytest.mark.parametrize(
    ("negative", "read"),
    [
        ({"ccjSummary": {"exactRegistered": 0, "possibleRegistered": 3}}, []),
        ({"ccjSummary": {"exactRegistered": 2, "possibleRegistered": 0}}, [undated("judgment")]),
        ({"ccjSummary": {"numberOfExact": 1}}, [undated("judgment")]),
        (
            {
                "ccjSummary": {"exactRegistered": 2},
                "countyCourtJudgements": {
                    "registered": {
                        "exact": [
                            {"ccjDate": "2025-05-02T00:00:00Z", "ccjStatus": "JG", "ccjAmount": 900},
                            {"ccjDate": "2024-05-02T00:00:00Z", "ccjStatus": "Satisfied"},
                        ],
                        "possible": [{"ccjDate": "2025-01-01T00:00:00Z"}],
                    }
                },
            },
            [NegativeEvent("judgment", date(2024, 5, 2), TODAY), NegativeEvent("judgment", date(2025, 5, 2))],
        ),
        (
            {
                "debtBalance": {"totalBalance": 0.0, "numberOfPrivateClaims": 0, "currency": "SEK"},
                "recordOfNonPayment": {"numberOfPublicClaims": 0, "numberOfApplications": 0},
            },
            [],
        ),
        ({"debtBalance": {"totalBalance": 1200.5, "currency": "SEK"}}, [undated("collection_case")]),
        ({"debtBalance": {"totalBalance": 0, "numberOfPublicClaims": "2"}}, [undated("collection_case")]),
        ({"recordOfNonPayment": {"numberOfDistraintOrRepossessions": 1}}, [undated("payment_incident")]),
        ({"recordOfNonPayment": {"numberOfApplications": 2, "numberOfRevokedApplications": 2}}, []),
        ({"recordOfNonPayment": {"numberOfApplications": 2}}, [undated("collection_case")]),
        ({"preferentialRightsDetails": {"numberOfActivePreferentialRights": 0}}, []),
        (
            {"preferentialRightsDetails": {"taxOffice": {"numberOfPreferentialRights": 1}}},
            [undated("payment_incident")],
        ),
        ({"collectiveProcedures": {"otherSources": []}}, []),
        (
            {
                "collectiveProcedures": {
                    "rncs": [{"judgment": "Involuntary Liquidation", "effectiveDate": "2025-01-02"}]
                }
            },
            [NegativeEvent("bankruptcy", date(2025, 1, 2))],
        ),
        ({"protestedBills": {"numberOfBills": 0, "bills": [], "hasBills": False}}, []),
    ],
)
def test_each_country_s_way_to_tell_is_read(negative: dict[str, Any], read: list[NegativeEvent]) -> None:
    assert events(negative) == read


@pytest.mark.parametrize(
    "negative",
    [
        {"protestedBills": {"numberOfBills": 1}},
        {"insolvencyEvents": [{"type": "?"}]},
        {"ccjSummary": {"somethingElse": 3}},
        {"ccjSummary": {"exactRegistered": "many"}},
        {"ccjSummary": {"exactRegistered": -1}},
        {"countyCourtJudgements": {"registered": {"exact": [{"ccjStatus": "JG"}]}}},
        {"countyCourtJudgements": {"satisfied": [{"ccjDate": "2024-01-01"}]}},
        {"countyCourtJudgements": {"registered": {"other": [{"ccjDate": "2024-01-01"}]}}},
        {"debtBalance": {"currency": "SEK"}},
        {"recordOfNonPayment": {"remark": "many"}},
        {"preferentialRightsDetails": {"statusOfMonitoring": "?"}},
        {"collectiveProcedures": {"rncs": [{"judgment": "Receivership"}]}},
        {"collectiveProcedures": {"rncs": "none"}},
    ],
)
def test_what_cannot_be_read_is_not_clean(negative: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood):
        events(negative)


@pytest.mark.parametrize(
    ("sections", "read"),
    [
        ({}, [undated("dissolved")]),
        (
            {"additionalInformation": {"misc": {"deregistrationDate": "2025-09-26T00:00:00Z"}}},
            [NegativeEvent("dissolved", date(2025, 9, 26))],
        ),
        (
            {
                "negativeInformation": {
                    "judgements": [{"effectiveDate": "2025-01-02", "typeOfJudgement": {"value": "Bankruptcy"}}]
                }
            },
            [NegativeEvent("bankruptcy", date(2025, 1, 2))],
        ),
    ],
)
def test_a_company_that_is_no_longer_active_has_ended(sections: dict[str, Any], read: list[NegativeEvent]) -> None:
    ended = report(companySummary={"companyStatus": {"status": "NonActive"}}, **sections)
    assert list(bureau_facts("creditsafe", ended, "EUR", TODAY).events) == read
