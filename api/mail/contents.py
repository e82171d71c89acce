"""What a mail tells of alerts: facts as they are when the mail is made, and no more of them than its reader may see."""

from collections.abc import Iterable, Sequence
from typing import Any

from api.mail.naming import NAME_LENGTH_MAX, named
from api.records.alert_names import Names
from api.records.alerts import SEVERITIES, AlertRecord
from api.records.debtors import DebtorRecord
from scoring.reasons.alert_fields import told_to
from scoring.reasons.plain import one_line
from scoring.reasons.registry import Audience

SHOWN_MAX = 50  # In one part of a mail; how many more there are is told.


def fact_of(alert: AlertRecord, debtor: DebtorRecord | None, audience: Audience, names: Names) -> dict[str, Any]:
    """Give one alert as a mail tells of it to an audience; times as ISO 8601 in UTC, `names` of what its data name."""
    is_natural_person = debtor is not None and debtor.is_natural_person is not False
    data = named(alert.data, names, audience)
    if alert.due_on is not None:
        data["act_until"] = str(alert.due_on)
    return {
        "alert_id": str(alert.id),
        "kind": alert.kind,
        "severity": alert.severity,
        "debtor_id": None if debtor is None else str(debtor.id),
        "debtor": None if debtor is None or debtor.name is None else one_line(debtor.name, NAME_LENGTH_MAX),
        "since": alert.opened_at.isoformat(),
        "ended_at": None if alert.ended_at is None else alert.ended_at.isoformat(),
        "data": told_to(data, audience, is_natural_person=is_natural_person),
    }


def content(**parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Give the content of a mail: each part most severe first, cut to what can be read, and how many more there are."""
    told: dict[str, Any] = {}
    more = {}
    for name, facts in parts.items():
        ranked = _ranked(list(facts))
        told[name] = ranked[:SHOWN_MAX]
        more[name] = len(ranked) - len(told[name])
    return {**told, "more": more}


def _ranked(facts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(facts, key=lambda each: (-SEVERITIES.index(each["severity"]), each["since"], each["alert_id"]))
