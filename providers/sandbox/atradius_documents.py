"""Companies and covers of the sandbox in the shapes of Atradius."""

from typing import Any

from providers.sandbox.company import Company
from providers.sandbox.covers import Asked, Decision, Standing
from providers.sandbox.mentions import buyer_number
from providers.sandbox.world import day

DECISION_CODES: dict[Standing, tuple[str, str]] = {
    "granted": ("DC01", "Approved in full"),
    "granted_in_part": ("DC04", "Partial approval (final)"),
    "refused": ("DC03", "Refused"),
    "reduced": ("DC09", "Reduced"),
    "withdrawn": ("DC08", "Withdrawn"),
}
CANCELLED_CODE = "CCLD"  # Not confirmed: what a cover that was given back has as its historic code.
RATING_CLASSES = ((20, "Very good"), (40, "Good"), (60, "Fair"), (80, "Weak"), (100, "Very weak"))


def _rating(company: Company) -> int:
    """From 1 (best) to 100 (worst), the other way round than the bureau's (not confirmed)."""
    rating = company.credit.rating if company.credit else None
    return 100 if rating is None else 101 - rating


def buyer(company: Company) -> dict[str, Any]:
    """A buyer."""
    rating = _rating(company)
    return {
        "buyerId": buyer_number(company),
        "buyerName": company.name.upper(),
        "uniqueIdentifiers": [
            {
                "uid": company.numbers["kvk"],
                "uidType": "NRN",
                "uidTypeDescription": "National registration number",
            }
        ],
        "currentBuyerRating": rating,
        "currentBuyerRatingClass": next(words for highest, words in RATING_CLASSES if rating <= highest),
        "previousBuyerRating": rating,
        "buyerRatingChange": day(-120).isoformat(),
        "tradingStatus": "Active" if company.ended is None else "Ceased",
    }


def cover(asked: Asked, decision: Decision) -> dict[str, Any]:
    """A cover as the lists show it; while nobody has decided there is no amount."""
    code, words = DECISION_CODES.get(decision.standing, (None, None))
    waits = decision.standing == "pending"
    decided_on = decision.on.isoformat() if decision.on else None
    amount = None if decision.amount is None else str(decision.amount)
    return {
        "coverId": asked.number,
        "policyId": int(asked.policy[1]) if asked.policy[1].isdigit() else asked.policy[1],
        "buyerId": buyer_number(asked.company),
        "buyerName": asked.company.name.upper(),
        "coverStatus": "REFERRED" if waits else "DECISION",
        "coverType": "credit-limit",
        "customerRefNumber": asked.reference,
        "decisionCode": code,
        "decisionTypeDescription": words,
        "historicCode": CANCELLED_CODE if decision.standing == "cancelled" else None,
        "pendingProcessIndicator": "R" if waits else None,
        "policyCurrencyCode": asked.currency,
        "creditLimitApplicationAmountInPolicyCurrency": int(asked.amount),
        "totalDecision": {
            "decisionAmtInPolicyCurrency": amount,
            "decisionExpiryDate": None,
            "decisionConditions": [],
        },
        "applicationDate": asked.asked_on.isoformat(),
        "decisionDate": decided_on,
        "effectFromDate": asked.starts_on.isoformat(),
        "withdrawalDate": decided_on if decision.standing == "withdrawn" else None,
        "effectiveToDate": decided_on if decision.standing == "cancelled" else None,
        "currentBuyerRating": _rating(asked.company),
    }


def policy_details(number: str) -> dict[str, Any]:
    """An insurance policy that runs."""
    return {
        "policyId": int(number) if number.isdigit() else number,
        "policyStatus": "live",
        "policyStartDate": day(-200).isoformat(),
        "policyExpiryDate": day(165).isoformat(),
        "policyCurrency": "EUR",
    }
