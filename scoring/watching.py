"""What a change that a source tells of means for us, by its kind and by what became of what."""

from typing import Literal

Meaning = Literal["insolvency", "warning", "notice"]

# Kinds that bear on whether a company can pay; the others only tell that what we know is old.
WARNING_KINDS = frozenset({"score", "limit", "judgment", "negative_event", "payment_behaviour", "status", "insolvency"})
# Kinds by whose words a company can be insolvent.
INSOLVENCY_KINDS = ("insolvency", "status", "negative_event")
# How sources say that something is not so, or not so any more.
DENIED = frozenset({"false", "no", "none", "nee", "0", "n"})
# Words of a status by which a company is insolvent, in the languages of the sources that we have.
INSOLVENT_WORDS = (
    "bankrupt",
    "insolven",
    "faillissement",
    "failliet",
    "faillite",
    "surseance",
    "suspension of payments",
    "moratorium",
    "liquidation",
    "receivership",
    "administration order",
    "in administration",
    "schuldsanering",
)
# These are no insolvency, though they sound like one.
SOLVENT_WORDS = ("members' voluntary", "members voluntary", "solvent liquidation", "no insolven", "not insolven")

# A change of this kind is about the watch itself: the source watches the company no longer, unless it says otherwise.
WATCH_KIND = "watch"
WATCHED_AGAIN = frozenset({"reentry", "undelete", "review", "under_review"})


def ends_watch(kind: str, new_value: str | None) -> bool:
    """Whether a change tells that the source has stopped watching the company."""
    return kind == WATCH_KIND and (new_value or "").strip().casefold() not in WATCHED_AGAIN


def meaning(kind: str, new_value: str | None) -> Meaning:
    """What a change of a kind means; `new_value` is in the source's words, None where it told none.

    An insolvency that is told without a value began: what is not denied is taken for so.
    """
    told = (new_value or "").strip().casefold()
    if kind == "insolvency" and told not in DENIED and not _is_solvent(told):
        return "insolvency"
    if kind in INSOLVENCY_KINDS[1:] and any(word in told for word in INSOLVENT_WORDS) and not _is_solvent(told):
        return "insolvency"
    return "warning" if kind in WARNING_KINDS else "notice"


def _is_solvent(told: str) -> bool:
    """Whether the words are of something that only sounds like an insolvency."""
    return any(word in told.replace("\u2019", "'") for word in SOLVENT_WORDS)
