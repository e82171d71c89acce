"""How an alert is told: what it is, whose it is, and how it stands; one rendering for every room that shows one."""

from collections.abc import Mapping
from typing import Any

from scoring.monitoring.kinds import owner_of

TOLD = (
    *("id", "kind", "subject", "severity", "debtor_id", "data", "due_on", "opened_at", "ended_at"),
    *("acknowledged_at", "snoozed_until", "changed_at"),
)
STEP_TOLD = ("kind", "severity", "until_on", "note", "done_by", "happened_at")


def alert_body(
    told: Mapping[str, Any], account_owner: str | None, credit_owner: str | None, *, state: str
) -> dict[str, Any]:
    """Give an alert, of which `told` names at least all of TOLD, with the owners of its debtor."""
    for_role = owner_of(told["kind"])
    return {name: told[name] for name in TOLD} | {
        "state": state,
        "for_role": for_role,
        "owner": account_owner if for_role == "sales" else credit_owner,
        "account_owner": account_owner,
        "credit_owner": credit_owner,
    }
