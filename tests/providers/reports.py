"""Small payloads in the shapes of the vendors, to be changed by the tests that use them."""

from typing import Any


def report(**sections: Any) -> dict[str, Any]:
    """A credit report with a rating of 62 and a limit of 60,000 euro; `sections` replace or add parts of it."""
    rating = {
        "creditLimit": {"currency": "EUR", "value": "60000"},
        "providerValue": {"minValue": "1", "maxValue": "100", "value": "62"},
    }
    return {
        "dateOfOrder": "2026-02-20T00:00:00Z",
        "failedSections": [],
        "report": {"companySummary": {"creditRating": rating}, **sections},
    }


def rated(**rating: Any) -> dict[str, Any]:
    """A credit report whose rating has these parts."""
    good: dict[str, Any] = report()["report"]["companySummary"]["creditRating"]
    return report(companySummary={"creditRating": {**good, **rating}})


def statement(year_end: str, assets: object = 100, **parts: Any) -> dict[str, Any]:
    """A statement of a year in euro, with total assets and a turnover of twice that."""
    return {
        "yearEndDate": year_end,
        "numberOfWeeks": 52,
        "currency": "EUR",
        "balanceSheet": {"totalAssets": assets},
        "profitAndLoss": {"revenue": 200, "retainedProfit": 5},
        **parts,
    }


def registration(legal_form: str = "Besloten Vennootschap", **profile: Any) -> dict[str, Any]:
    """A registration of 2017 that is still active; `profile` replaces or adds parts of its basic profile."""
    return {
        "basisprofiel": {
            "kvkNummer": "90000050",
            "naam": "Fabelachtig Fruit B.V.",
            "handelsnamen": [{"naam": "Fruit uit Fabelland", "volgorde": 0}],
            "materieleRegistratie": {"datumAanvang": "20170108"},
            "_embedded": {"eigenaar": {"rechtsvorm": legal_form, "rsin": "899000009"}},
            **profile,
        },
        "basisbedrijfsgegevens": {"actief": "J", "insolventieCode": None},
    }


def matches(*results: dict[str, Any]) -> dict[str, Any]:
    """A screening with these results."""
    return {"responses": {"debtor": {"status": 200, "results": list(results), "total": {"value": len(results)}}}}


def match(score: float, topic: str = "sanction", **parts: Any) -> dict[str, Any]:
    """A result that resembles, on a list of some topic."""
    return {
        "id": "NK-1",
        "schema": "Company",
        "score": score,
        "match": score >= 0.7,
        "properties": {"topics": [topic]},
        **parts,
    }
