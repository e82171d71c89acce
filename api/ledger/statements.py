"""Stores bank statements, and keeps the alerts of those that are missing or came twice in step with what is stored."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from api.ledger.continuity import Continuity, Step, steps_of
from api.records import alerts, bank
from api.records.bank import BankStatementRecord, StatementToStore
from api.web.money import money_answer, money_or_none

State = Literal["new", "known", "repeated"]
MISSING, REPEATED = "statement_missing", "statement_repeated"


def store_statement(
    session: Session, statement: StatementToStore, *, now: datetime, import_id: UUID | None = None
) -> tuple[BankStatementRecord, State]:
    """Store a statement, once. It is `repeated` when another one of its period and number has other content.

    Waits for other transactions of the seller that store statements. Afterwards let `check_continuity` look at the
    account, once for all that was stored.
    """
    bank.one_at_a_time(session)
    record, is_new = bank.add_statement(session, statement, now, import_id)
    if not is_new:
        return record, "known"
    beside = bank.statements_of(session, [record.account], (record.from_on, record.until_on))
    said = _continuities(each for each in beside if each.currency == record.currency)
    return record, "repeated" if said[record.identity] == "repeated" else "new"


def check_continuity(session: Session, account: str, *, now: datetime) -> None:
    """Open an alert for each place where a statement is missing or came twice, and end those that are so no more."""
    bank.one_at_a_time(session)
    found: dict[str, dict[str, dict[str, Any]]] = {MISSING: {}, REPEATED: {}}
    for currency, statements in _by_currency(bank.statements_of(session, [account])).items():
        for step in steps_of(statements):
            for kind, subject, data in _causes(step, account, currency):
                found[kind][subject] = data
    for kind, wanted in found.items():
        still_open = dict(alerts.still_open(session, kind, {"account": account}))
        for subject in still_open.keys() - wanted.keys():
            alerts.end_alert(session, kind, subject, now=now)
        for subject, data in wanted.items():
            if still_open.get(subject) != data:
                alerts.open_alert(session, kind, subject, "warning", data, now=now)


def continuities(session: Session, records: Sequence[BankStatementRecord]) -> dict[tuple[str, str], Continuity]:
    """Give how each statement follows those before it, by account and identity."""
    accounts = {each.account for each in records}
    by_account: dict[str, list[StatementToStore]] = defaultdict(list)
    for each in bank.statements_of(session, accounts):
        by_account[each.account].append(each)
    return {
        (account, identity): said
        for account, of_account in by_account.items()
        for statements in _by_currency(of_account).values()
        for identity, said in _continuities(statements).items()
    }


def _continuities(statements: Iterable[StatementToStore]) -> dict[str, Continuity]:
    return {each.identity: step.continuity for step in steps_of(statements) for each in step.statements}


def _by_currency(statements: Iterable[StatementToStore]) -> Mapping[str, list[StatementToStore]]:
    found: dict[str, list[StatementToStore]] = defaultdict(list)
    for each in statements:
        found[each.currency].append(each)
    return found


def _causes(step: Step, account: str, currency: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give kind, subject and data of the alerts that a step calls for."""
    about = {"account": account, "currency": currency}
    after = step.statements[0]
    if step.follows == "gap":
        assert step.before is not None
        subject = f"{account} {currency}, after {_name(step.before.until_on, step.before)}"
        sides = {"after": _described(step.before, currency), "before": _described(after, currency)}
        difference = _difference(step.before.closing_amount, after.opening_amount, currency)
        named = f"{subject}, before {_name(after.from_on, after)}"
        yield MISSING, named, {**about, **sides, "difference": difference}
    if len(step.statements) > 1:
        data = {**about, "statements": [_described(each, currency) for each in step.statements]}
        yield REPEATED, f"{account} {currency}, {_name(after.until_on, after)}", data


def _name(day: object, statement: StatementToStore) -> str:
    """Name a statement within its account; one without a number by the start of its digest."""
    number = statement.sequence_number
    return f"{day} no. {statement.identity[:12] if number is None else number}"


def _described(statement: StatementToStore, currency: str) -> dict[str, Any]:
    return {
        "from_on": str(statement.from_on),
        "until_on": str(statement.until_on),
        "sequence_number": statement.sequence_number,
        "statement_reference": statement.statement_reference,
        "opening_amount": money_or_none(statement.opening_amount, currency),
        "closing_amount": money_or_none(statement.closing_amount, currency),
    }


def _difference(left: Decimal | None, met: Decimal | None, currency: str) -> dict[str, str] | None:
    return None if left is None or met is None else money_answer(met - left, currency)
