"""What of a debtor no machine sets: what lifts a hold, or takes it out of reach of its cover."""

from collections.abc import Mapping
from typing import Any

from api.persons import is_decider
from api.problems import BadInput, Fault, NotAllowed
from api.records.debtors import DebtorRecord
from api.wiring import Wiring

# Which contract bears on a debtor, and so whether its cover can stop, hangs on these.
OF_COVER = ("country", "is_natural_person", "related_party")


def refuse_critical(values: Mapping[str, Any], was: bool, given: Wiring) -> Mapping[str, Any]:
    """Give the values without the mark of a critical debtor, which may be sent as it is.

    Raises NotAllowed for a machine that would set it, and BadInput for a person: it takes grounds.
    """
    if values.get("critical", was) != was:
        where = "POST /v1/debtors/{debtor_id}/critical-marks"
        if not is_decider(given):
            detail = f"Only a person of finance says who is critical, with grounds: {where}."
            raise NotAllowed(detail, code="person_needed")
        fault = Fault("/critical", "grounds_needed", f"Say on which grounds: {where}.")
        raise BadInput("Who is critical is marked with grounds.", faults=[fault])
    return {name: value for name, value in values.items() if name != "critical"}


def refuse_changed_facts(debtor: DebtorRecord, values: Mapping[str, Any], given: Wiring) -> None:
    """Raise NotAllowed for a machine that says otherwise what is known of a debtor; what is not known it may tell."""
    said = {name: values[name] for name in OF_COVER if name in values}
    otherwise = [name for name, value in said.items() if getattr(debtor, name) not in (None, value)]
    if otherwise and not is_decider(given):
        detail = f"Only a person of finance may change {', '.join(otherwise)}: which cover counts hangs on that."
        raise NotAllowed(detail, code="person_needed")
