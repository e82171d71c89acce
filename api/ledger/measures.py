"""The measures of a debtor and of the whole book, as callers see them: sums from records, formulas from scoring."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.ledger.clocks import View
from api.ledger.figures import get_debtor
from api.records import book, book_owed
from api.records.book import Asked
from api.records.book_owed import CurrencyOwed, Owed
from api.web.money import amount_answer
from scoring.book import EMPTY, PAST_DAYS, PAST_DUE_DAYS, BookMeasures, BookProvision, BookSums, measure
from scoring.book_risk import BookLoss, book_loss, class_shares
from scoring.concentration import Concentration, concentration_of_sums
from scoring.policy.provisions import ProvisionsPolicy

LARGEST_NAMED = 10
AMOUNTS = (
    *("receivables", "not_due", "overdue", "disputed", "disputed_overdue", "bad_amount", "credit_sales"),
    *("receivables_begin", "settled_amount"),
)
NUMBERS = (
    *("overdue_share", "dispute_rate", "dso", "best_possible_dso", "average_days_delinquent"),
    *("collection_effectiveness", "dbt_days", "dbt_days_floored", "dbt_days_incl_open", "days_to_pay"),
)
PLAIN = ("nothing_open", "bad_items_count", "months_count", "settled_count")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a book: by which clocks, in which currency, over how many days until `as_of`."""

    view: View
    currency: str
    period_days: int
    provisions: ProvisionsPolicy

    def of(self, debtor_id: UUID | None) -> Asked:
        """Give it as records take it, for one debtor or for all."""
        as_of = self.view.as_of
        past_until = as_of - timedelta(PAST_DUE_DAYS)
        begin, past_from = as_of - timedelta(self.period_days), past_until - timedelta(PAST_DAYS)
        return Asked(debtor_id, self.view.clocks, self.view.is_present, begin, past_from, past_until)


def debtor_answer(session: Session, debtor_id: UUID, question: Question) -> dict[str, Any]:
    """Give the measures of one debtor. Raises NotFound."""
    debtor = get_debtor(session, debtor_id)
    asked = question.of(debtor.id)
    found, owed = _sums(session, asked, question), book_owed.owed(session, asked, question.currency)
    return {"debtor_id": debtor.id, **_measures(found, owed, question)}


def portfolio_answer(session: Session, question: Question) -> dict[str, Any]:
    """Give the measures of the whole book, on whom it hangs, and what of it may be lost."""
    asked = question.of(None)
    found, owed = _sums(session, asked, question), book_owed.owed(session, asked, question.currency)
    loss = book_loss(owed.classes, question.provisions.loss_given_default)
    return {
        **_measures(found, owed, question),
        "debtors_count": book_owed.debtors_count(session, asked),
        "owing_debtors_count": owed.debtors_count,
        "overdue_debtors_count": owed.overdue_debtors_count,
        "concentration": _concentration(owed, question.currency),
        "classes": [
            {
                "risk_class": each.risk_class,
                "debtors_count": each.debtors_count,
                "debtors_share": _text(each.debtors_share),
                "exposure": amount_answer(each.amount, question.currency),
                "exposure_share": _text(each.amount_share),
            }
            for each in class_shares(owed.classes)
        ],
        "expected_loss": _expected_loss(loss, question.currency),
    }


def _sums(session: Session, asked: Asked, question: Question) -> dict[str, BookSums]:
    """Add up what there is, with older months where the receivables are more than the recent ones sold."""
    found = book.sums(session, asked)
    mine = found.setdefault(question.currency, EMPTY)
    if not mine.countback().complete:
        found[question.currency] = replace(mine, months=book.months(session, asked, question.currency))
    return found


def _measures(found: Mapping[str, BookSums], owed: Owed, question: Question) -> dict[str, Any]:
    currency, view = question.currency, question.view
    measures = measure(found[currency], question.period_days, question.provisions.loss_rates)
    mine = owed.currencies.get(currency, CurrencyOwed(Decimal(0), Decimal(0)))
    others = sorted({*found, *owed.currencies} - {currency})
    return {
        "as_of": view.as_of,
        "known_at": view.known_at,
        "currency": currency,
        "including_vat": True,
        "period_days": question.period_days,
        **{name: amount_answer(getattr(measures, name), currency) for name in AMOUNTS},
        **{name: _text(getattr(measures, name)) for name in NUMBERS},
        **{name: getattr(measures, name) for name in PLAIN},
        "dso_countback": {
            "days": _text(measures.dso_countback.days),
            "complete": measures.dso_countback.complete,
        },
        "buckets": {name: amount_answer(amount, currency) for name, amount in measures.buckets.items()},
        "credits": amount_answer(mine.credits_amount, currency),
        "exposure": amount_answer(mine.exposure_amount, currency),
        "provision": _provision(measures.provision, currency),
        "other_currencies": [_other(name, found, owed, question) for name in others],
    }


def _other(name: str, found: Mapping[str, BookSums], owed: Owed, question: Question) -> dict[str, Any]:
    """Give the little that is told of a currency that was not asked for."""
    measures: BookMeasures = measure(found.get(name, EMPTY), question.period_days, question.provisions.loss_rates)
    mine = owed.currencies.get(name, CurrencyOwed(Decimal(0), Decimal(0)))
    told = ("receivables", "not_due", "overdue", "disputed", "credit_sales")
    return {
        "currency": name,
        **{each: amount_answer(getattr(measures, each), name) for each in told},
        "credits": amount_answer(mine.credits_amount, name),
        "exposure": amount_answer(mine.exposure_amount, name),
    }


def _provision(found: BookProvision, currency: str) -> dict[str, Any]:
    return {
        "gross": amount_answer(found.provision.gross_amount, currency),
        "loss": amount_answer(found.provision.loss_amount, currency),
        "loss_rates_from": found.source,
        "loss_rates": {name: _text(round(rate, 6)) for name, rate in found.loss_rates.items()},
    }


def _concentration(owed: Owed, currency: str) -> dict[str, Any] | None:
    amounts = [amount for _, amount in owed.largest]
    found: Concentration | None = concentration_of_sums(owed.amount, owed.debtors_count, amounts, owed.squares_amount)
    if found is None:
        return None
    shares = ("largest_share", "largest_5_share", "largest_10_share", "largest_20_share", "herfindahl_index")
    return {
        "exposure": amount_answer(found.total_amount, currency),
        "debtors_count": found.debtors_count,
        **{name: _text(round(getattr(found, name), 6)) for name in shares},
        "largest": [
            {
                "debtor_id": debtor_id,
                "exposure": amount_answer(amount, currency),
                "share": _text(round(amount / found.total_amount, 6)),
            }
            for debtor_id, amount in owed.largest[:LARGEST_NAMED]
        ],
    }


def _expected_loss(loss: BookLoss, currency: str) -> dict[str, Any]:
    return {
        "amount": None if loss.amount is None else amount_answer(loss.amount, currency),
        "missing": loss.missing,
        "loss_given_default": _text(loss.loss_given_default),
        "rated_exposure": amount_answer(loss.rated_amount, currency),
        "unrated_exposure": amount_answer(loss.unrated_amount, currency),
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")
