"""What a credit check or an application asks, in the currency of the policy it is judged by."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from api.check_facts import Question
from api.exchange import Conversion, convert, currencies_needed
from api.identity.naming import DebtorNamed
from api.problems import BadInput, Fault
from scoring.facts import Asked, ConvertedFacts, ConvertedKind
from scoring.money import Money
from scoring.policy.document import Policy

AMOUNTS: tuple[ConvertedKind, ...] = ("order_amount", "requested_limit", "monthly_sales")


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What a credit check asks. Amounts may be in any currency that has a rate; `monthly_sales` is without VAT.

    `ask_again`: what is stored of the company is not used, and everything asked anew. `is_application`: the requested
    limit, or one that is to be unlimited, is to have effect.
    """

    named: DebtorNamed
    order_amount: Money | None = None
    requested_limit: Money | None = None
    monthly_sales: Money | None = None
    payment_term_days: int | None = None
    policy_version: int | None = None
    purpose: str | None = None
    relation: str | None = None
    ask_again: bool = False
    is_application: bool = False
    unlimited_requested: bool = False


def question(session: Session, request: CheckRequest, policy: Policy, on: date) -> Question:
    """Give the question in the policy's currency, by the rates of a day.

    Raises BadInput for every amount without a rate: an order nobody can put a value on cannot be judged.
    """
    named = {name: getattr(request, name) for name in AMOUNTS}
    given: dict[ConvertedKind, Money] = {name: money for name, money in named.items() if money is not None}
    found = convert(session, list(given.values()), policy.currency, on, policy.evidence.rate_usable_days)
    _refuse_without_rate(given, found, policy.currency)
    became = dict(zip(given, (after.amount for _, after in found.pairs), strict=True))
    return Question(
        Asked(
            order_amount=became.get("order_amount"),
            requested_limit=became.get("requested_limit"),
            monthly_sales=became.get("monthly_sales"),
            payment_term_days=request.payment_term_days,
            is_application=request.is_application or None,
            unlimited_requested=request.unlimited_requested or None,
        ),
        tuple(
            ConvertedFacts(name, money.currency, money.amount, became[name])
            for name, money in given.items()
            if money.currency != policy.currency
        ),
        found.rates,
    )


def _refuse_without_rate(given: dict[ConvertedKind, Money], found: Conversion, currency: str) -> None:
    lacking = set(found.missing)
    faults = [
        Fault(
            f"/{name}/currency",
            "rate_missing",
            f"Give it in {currency}: there is no recent exchange rate of {' and '.join(sorted(without))}.",
        )
        for name, money in given.items()
        if (without := currencies_needed(money.currency, currency) & lacking)
    ]
    if faults:
        raise BadInput(f"An amount cannot be converted into {currency}.", faults=faults)
