"""A company of the sandbox in the shapes of Creditsafe Connect."""

from typing import Any

from providers.sandbox.company import Company, children_of, company_with
from providers.sandbox.fates import Accounts, Credit
from providers.sandbox.world import day

CORRELATION_ID = "00000000-0000-4000-8000-000000000000"
LEGAL_FORMS = {
    "bv": "Besloten Vennootschap",
    "nv": "Naamloze Vennootschap",
    "eenmanszaak": "Eenmanszaak",
    "limited": "Private limited with Share Capital",
}
UNLIMITED, NO_LIMIT = "Unlimited", "Credit Limit not applicable"
GARBLED = "<html><title>502 Bad Gateway</title></html>"
BALANCE_SHEET = {
    "totalAssets": "total_assets",
    "totalCurrentAssets": "current_assets",
    "totalCurrentLiabilities": "current_liabilities",
    "totalLiabilities": "total_liabilities",
    "totalShareholdersEquity": "equity",
    "totalIntangibleAssets": "intangibles",
    "revenueReserves": "reserves",
}
PROFIT_AND_LOSS = {"revenue": "turnover", "operatingProfit": "operating_result", "profitAfterTax": "net_result"}


def registration_number(company: Company) -> str:
    """The number that the bureau knows the company's registration by."""
    return company.credit.connect_id.rpartition("-")[2] if company.credit else ""


def summary(company: Company) -> dict[str, Any]:
    """What a search shows of a company."""
    assert company.credit is not None
    address, vat = company.address, company.numbers.get("vat")
    number = registration_number(company)
    return {
        "id": company.credit.connect_id,
        "country": company.country,
        "regNo": company.numbers.get("coh", number),
        "safeNo": f"{company.country}{number[:8]}",
        "name": company.name,
        "type": "Ltd" if company.is_legal_person else "NonLtd",
        "officeType": "headOffice",
        "status": company.credit.status,
        **({"vatNo": [company.rsin or vat] if company.country == "NL" else vat} if vat else {}),
        "address": {
            "simpleValue": f"{address.street} {address.house_number}, {address.postcode}, {address.city.upper()}",
            "street": address.street,
            "houseNo": str(address.house_number),
            "city": address.city.upper(),
            "postCode": address.postcode,
        },
        "legalForm": LEGAL_FORMS[company.legal_form],
        "dateOfLatestChange": _time(-30),
    }


def report(company: Company, credit: Credit) -> dict[str, Any]:
    """The full report, or what the one company has whose report cannot be read."""
    if credit.garbled:
        return {"correlationId": CORRELATION_ID, "report": GARBLED}
    return {
        "correlationId": CORRELATION_ID,
        "companyId": credit.connect_id,
        "dateOfOrder": _time(0),
        "language": "EN",
        "userId": 0,
        "failedSections": [],
        "report": {
            "companyId": credit.connect_id,
            "language": "EN",
            "companySummary": _company_summary(company, credit),
            "companyIdentification": {"basicInformation": _basic_information(company)},
            "groupStructure": _group(company),
            "financialStatements": [_statement(each, credit.currency) for each in credit.accounts],
            "negativeInformation": _negative_information(credit),
            "additionalInformation": {
                "companyHistory": [{"date": _time(each.age), "description": each.words} for each in credit.history]
            },
            "paymentData": {} if credit.days_beyond_terms is None else {"dbt": str(credit.days_beyond_terms)},
        },
    }


def _company_summary(company: Company, credit: Credit) -> dict[str, Any]:
    rating: dict[str, Any] = {
        "commonValue": credit.band,
        "commonDescription": credit.band_words,
        "creditLimit": _limit(credit),
        "providerValue": {"maxValue": "100", "minValue": "1", "value": str(credit.rating or "Not Rated")},
    }
    if credit.default_probability is not None:
        rating["pod"] = credit.default_probability
    return {
        "businessName": company.name,
        "country": company.country,
        "companyNumber": summary(company)["safeNo"],
        "companyRegistrationNumber": registration_number(company),
        "companyStatus": {"status": credit.status, "description": credit.status_words},
        "creditRating": rating,
    }


def _limit(credit: Credit) -> dict[str, Any]:
    if credit.limit is None:
        return {"value": NO_LIMIT}
    if credit.limit == "unlimited":
        return {"value": UNLIMITED}
    return {"currency": credit.currency, "value": str(credit.limit)}


def _basic_information(company: Company) -> dict[str, Any]:
    vat = company.numbers.get("vat")
    return {
        "registeredCompanyName": company.name,
        "companyRegistrationNumber": registration_number(company),
        "country": company.country,
        "companyRegistrationDate": _time(company.started),
        **({"vatRegistrationNumber": vat} if vat else {}),
        "legalForm": {"description": LEGAL_FORMS[company.legal_form]},
    }


def _group(company: Company) -> dict[str, Any]:
    parent = company_with("kvk", company.parent)
    children = [_member(each) for each in children_of(company)]
    above = {"ultimateParent": _member(parent), "immediateParent": _member(parent)} if parent else {}
    return {**above, **({"subsidiaryCompanies": children} if children else {})}


def _member(company: Company) -> dict[str, Any]:
    told = summary(company)
    return {name: told[name] for name in ("id", "country", "regNo", "safeNo", "name", "status")}


def _negative_information(credit: Credit) -> dict[str, Any]:
    judgements = [
        {"effectiveDate": _time(each.age), "typeOfJudgement": {"code": each.code, "value": each.words}}
        for each in credit.judgements
    ]
    return {"judgements": judgements} if judgements else {}


def _statement(accounts: Accounts, currency: str) -> dict[str, Any]:
    def told(names: dict[str, str]) -> dict[str, int]:
        figures = {theirs: getattr(accounts, ours) for theirs, ours in names.items()}
        return {name: figure for name, figure in figures.items() if figure is not None}

    return {
        "type": "GlobalFinancialsGGS",
        "yearEndDate": _time(accounts.year_end),
        "numberOfWeeks": 52,
        "currency": currency,
        "consolidatedAccounts": accounts.consolidated,
        "profitAndLoss": told(PROFIT_AND_LOSS),
        "balanceSheet": told(BALANCE_SHEET),
    }


def _time(age: int) -> str:
    return f"{day(age).isoformat()}T00:00:00Z"
