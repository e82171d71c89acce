"""What callers see of debtors: one rendering for every room that shows one."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from api.identity.shown_numbers import is_sole_trader, shown_identifiers
from api.records import debtor_classes, debtors, identities
from api.records.debtors import DebtorRecord

COLUMNS = ("id", *debtors.COLUMNS_A_CALLER_SETS, "phase", "merged_into_id", "created_at", "changed_at")


def debtor_answer(session: Session, debtor: DebtorRecord, today: date) -> dict[str, Any]:
    """Give a debtor as callers see it on a day."""
    return debtor_answers(session, [debtor], today)[0]


def debtor_answers(session: Session, listed: Sequence[DebtorRecord], today: date) -> list[dict[str, Any]]:
    """Give debtors as callers see them on a day, however many in as few statements as one."""
    ids = [each.id for each in listed]
    numbers, references = identities.numbers_of_many(session, ids), identities.references_of_many(session, ids)
    classes = debtor_classes.of_debtors(session, ids, today)
    return [
        debtor_body(
            {name: getattr(each, name) for name in COLUMNS}
            | {
                "risk_class": classes.get(each.id),
                "identifiers": shown_identifiers(numbers.get(each.id, ()), is_personal=is_sole_trader(each)),
                "references": [{"system": name.system, "value": name.value} for name in references.get(each.id, ())],
            }
        )
        for each in listed
    ]


def debtor_body(told: Mapping[str, Any]) -> dict[str, Any]:
    """Give a debtor of whom `told` names at least what is shown."""
    known = ("phase", "risk_class", "identifiers", "references", "merged_into_id", "created_at", "changed_at")
    return {name: told[name] for name in ("id", *debtors.COLUMNS_A_CALLER_SETS, *known)}
