"""How a person wants mail: what he said, and what he says now."""

from collections.abc import Mapping
from typing import Any

from api.clock import real_now
from api.mail.people import people
from api.mail.receivers import READS_FINANCE
from api.persons import require_person
from api.problems import NotAllowed
from api.records import mail_preferences
from api.wiring import Wiring


def read_preferences(given: Wiring) -> dict[str, Any]:
    """Give how the caller gets mail. Raises NotAllowed for a machine."""
    address = require_person(given, "get mail").subject
    with given.transaction() as session:
        person = people(session, [address], real_now())[address]
        said = mail_preferences.get(session, address)
    return {
        "subject": address,
        "is_default": said is None,
        "language": person.language,
        "kinds": None if person.kinds is None else sorted(person.kinds),
        "urgent_at_once": person.urgent_at_once,
        "digest_hour": person.digest_hour,
        "scope": person.scope,
    }


def put_preferences(given: Wiring, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Keep how the caller wants mail.

    Raises NotAllowed for a machine, and for the scope `all` of who may not read alerts.
    """
    decider = require_person(given, "choose how it gets mail")
    if wanted["scope"] == "all" and decider.role not in READS_FINANCE:
        raise NotAllowed(f"As {decider.role} you are told of your own debtors only.", code="own_debtors_only")
    with given.transaction() as session:
        values = {**wanted, "role": decider.role, "changed_at": given.now}
        mail_preferences.put(session, decider.subject, values)
    return {"subject": decider.subject, "is_default": False, **wanted}
