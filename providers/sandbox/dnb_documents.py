"""A company of the sandbox in the shapes of D&B Direct+."""

from typing import Any

from providers.sandbox.company import Company, company_with
from providers.sandbox.fates import Accounts, Credit
from providers.sandbox.mentions import duns
from providers.sandbox.world import day

TRADE_REGISTER, RSIN, VAT = 6256, 23097, 6273
ACTIVE, OUT_OF_BUSINESS = ("Active", 9074), ("Out of business", 128)
BEYOND_TERMS = ("Beyond terms", 1239)
SCOPES = {False: ("Individual", 9066), True: ("Consolidated", 9067)}
# Which of their kinds of legal event a ruling is, by the bureau's words for it.
RULINGS = {"Bankruptcy": "Bankruptcy", "Provisional Suspension of Payments": "SuspensionOfPayments"}
KINDS = ("Bankruptcy", "Liquidation", "SuspensionOfPayments", "Judgments", "Liens", "Claims", "Suits")
INCIDENT = "FinancialEmbarrassment"
OVERVIEW = {
    "totalAssets": "total_assets",
    "totalCurrentAssets": "current_assets",
    "totalCurrentLiabilities": "current_liabilities",
    "totalLiabilities": "total_liabilities",
    "netWorth": "equity",
    "intangibleAssets": "intangibles",
    "operatingProfit": "operating_result",
    "netIncome": "net_result",
    "salesRevenue": "turnover",
}


def number_types(company: Company) -> list[tuple[str, int]]:
    """Its official numbers, each with their code for its kind."""
    told = [(company.numbers.get("kvk"), TRADE_REGISTER), (company.rsin, RSIN), (company.numbers.get("vat"), VAT)]
    return [(number, kind) for number, kind in told if number]


def organization(company: Company) -> dict[str, Any]:
    """The company itself."""
    words, code = ACTIVE if company.ended is None else OUT_OF_BUSINESS
    started_on = None if company.ended is None else day(company.ended).isoformat()
    address = company.address
    return {
        "duns": duns(company),
        "primaryName": company.name,
        "countryISOAlpha2Code": company.country,
        "tradeStyleNames": [{"name": each} for each in company.trade_names],
        "dunsControlStatus": {
            "operatingStatus": {"description": words, "dnbCode": code, "startDate": started_on},
            "isOutOfBusiness": company.ended is not None,
            "isDelisted": False,
        },
        "primaryAddress": {
            "addressCountry": {"name": "Netherlands", "isoAlpha2Code": company.country},
            "addressLocality": {"name": address.city},
            "postalCode": address.postcode,
            "streetAddress": {"line1": f"{address.street} {address.house_number}", "line2": None},
        },
        "registrationNumbers": [
            {
                "registrationNumber": number,
                "typeDescription": "Trade Register Number (NL)" if kind == TRADE_REGISTER else "",
                "typeDnBCode": kind,
                "isPreferredRegistrationNumber": kind == TRADE_REGISTER,
            }
            for number, kind in number_types(company)
        ],
    }


def blocks(company: Company, credit: Credit, asked: list[str]) -> dict[str, Any]:
    """The answer to an order of blocks, all of them delivered; of one company a document that cannot be read."""
    status = [{"blockID": each, "status": "ok", "reason": None} for each in [*asked, "baseinfo_L1_v1"]]
    if credit.garbled:
        return {"organization": "<html><title>502 Bad Gateway</title></html>", "blockStatus": status}
    told = {
        **organization(company),
        "startDate": day(company.started).isoformat(),
        "incorporatedDate": day(company.started).isoformat(),
        "dnbAssessment": _assessment(credit),
        "businessTrading": _trading(credit),
        "legalEvents": _legal_events(credit),
        "corporateLinkage": _linkage(company),
    }
    if credit.accounts and any(each.startswith("companyfinancials") for each in asked):
        told["latestFiscalFinancials"] = _statement(_newest(credit), credit.currency)
    return {"organization": told, "blockStatus": status}


def _assessment(credit: Credit) -> dict[str, Any]:
    told: dict[str, Any] = {"hasSevereNegativeEvents": bool(credit.judgements), "failureScore": {}}
    if credit.rating is not None:
        told["failureScore"] = {"nationalPercentile": credit.rating, "scoreDate": day(0).isoformat()}
    if isinstance(credit.limit, int):
        limit = {"value": credit.limit, "currency": credit.currency}
        told["creditLimitRecommendation"] = {"maximumRecommendedLimit": limit, "assessmentDate": day(0).isoformat()}
    return told


def _trading(credit: Credit) -> list[dict[str, Any]]:
    days = credit.days_beyond_terms
    if days is None or days < 0:
        return []
    words, code = BEYOND_TERMS
    summary = {"paymentBehaviorDays": days, "paymentBehaviorResult": {"description": words, "dnbCode": code}}
    return [{"summaryDate": day(0).isoformat(), "summary": [summary]}]


def _legal_events(credit: Credit) -> dict[str, Any]:
    """Whether there is any of each kind, whether one is open, and when the last was filed."""
    filed = {RULINGS.get(each.words, "Judgments"): each.age for each in credit.judgements}
    detected = [each.age for each in credit.history if each.words.endswith("detected")]
    closed = [each for each in credit.history if each.words.endswith("closed")]
    told: dict[str, Any] = {f"has{kind}": kind in filed for kind in KINDS}
    told |= {f"hasOpen{kind}": kind in filed for kind in KINDS}
    told |= {f"has{INCIDENT}": bool(detected), f"hasOpen{INCIDENT}": len(detected) > len(closed)}
    told["hasInsolvency"] = told["hasBankruptcy"] or told["hasSuspensionOfPayments"]
    told["hasLegalEvents"] = bool(filed or detected)
    filed |= {INCIDENT: max(detected)} if detected else {}
    for kind, age in filed.items():
        told[f"{kind[0].lower()}{kind[1:]}"] = {"mostRecentFilingDate": day(age).isoformat()}
    return told


def _linkage(company: Company) -> dict[str, Any]:
    parent = company_with("kvk", company.parent)
    if parent is None:
        return {}
    above = {"duns": duns(parent), "primaryName": parent.name}
    return {"globalUltimate": above, "domesticUltimate": above, "parent": above}


def _newest(credit: Credit) -> Accounts:
    return max(credit.accounts, key=lambda each: (not each.consolidated, each.year_end))


def _statement(accounts: Accounts, currency: str) -> dict[str, Any]:
    words, code = SCOPES[accounts.consolidated]
    figures = {theirs: getattr(accounts, ours) for theirs, ours in OVERVIEW.items()}
    return {
        "financialStatementToDate": day(accounts.year_end).isoformat(),
        "currency": currency,
        "units": "Single Units",
        "informationScopeDescription": words,
        "informationScopeDnBCode": code,
        "overview": {name: figure for name, figure in figures.items() if figure is not None},
    }
