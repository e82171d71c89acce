"""What a verdict is about: the application, its debtor, the machine's decision, and the rules in force now."""

from dataclasses import dataclass

from api.policy_shelf import Rules
from api.records.applications import ApplicationRecord
from api.records.debtors import DebtorRecord
from api.records.decisions import Decision


@dataclass(frozen=True, slots=True)
class Matter:
    """All of it as it stands under the debtor's lock."""

    application: ApplicationRecord
    debtor: DebtorRecord
    decision: Decision
    rules: Rules
