"""What a person chose before, when the same name was asked."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.records import debtors, entity_matches
from api.records.debtors import DebtorRecord
from api.records.entity_matches import EntityMatchRecord
from providers.ports import CompanyQuery
from scoring.names.matching import name_key


@dataclass(frozen=True, slots=True)
class KeptChoice:
    """What a person chose for a name, and the debtor it is now."""

    record: EntityMatchRecord
    debtor: DebtorRecord


def kept_choice(session: Session, query: CompanyQuery) -> KeptChoice | None:
    """What was chosen when this name was asked before; a number in the query says more than any choice."""
    key = name_key(query.text) if query.text and not query.identifiers else ""
    record = entity_matches.last(session, key, query.country, query.place) if key else None
    debtor = debtors.get(session, record.debtor_id) if record else None
    return KeptChoice(record, debtor) if record and debtor else None
