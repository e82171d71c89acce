"""The one registry of alerts: whatever is opened anywhere stands here, with all that is said of its kind."""

from scoring.monitoring.alert_kind import LOOK, SEVERITIES, AlertKind
from scoring.monitoring.kinds_of_credit import OF_CREDIT
from scoring.monitoring.kinds_of_debtors import OF_DEBTORS
from scoring.monitoring.kinds_of_orders import OF_ORDERS
from scoring.monitoring.kinds_of_sources import OF_SOURCES
from scoring.reasons.registry import Audience, Words

KINDS: dict[str, AlertKind] = {each.name: each for each in (*OF_DEBTORS, *OF_CREDIT, *OF_ORDERS, *OF_SOURCES)}
# Those that the facts of one debtor call for, all opened and ended by one look at it.
OF_DEBTOR = tuple(each.name for each in OF_DEBTORS)
# Those that sales sees in the list: nothing of what is owed.
OF_SALES = tuple(each.name for each in KINDS.values() if each.owner == "sales")


def alert_kind(name: str) -> AlertKind:
    """Give what is registered of a kind; of another one its own name, told to finance, so that none goes unsaid."""
    said = name.replace("_", " ").strip().capitalize() or "Alert"
    return KINDS.get(name) or AlertKind(name, SEVERITIES, "", "", Words(said, said), LOOK)


def owner_of(kind: str) -> Audience:
    """Whose alerts of a kind are; those of a kind nobody named here are finance's."""
    return alert_kind(kind).owner
