"""Gives what a source tells of a change the form in which it is stored."""

from api.records.source_changes import Told
from providers.ports import Change


def as_told(change: Change) -> Told:
    """Give a change as it is stored; PostgreSQL cannot hold a NUL."""
    return Told(
        key=_clean(change.id),
        scheme=change.company.scheme,
        value=_clean(change.company.value),
        kind=change.kind,
        changed_at=change.changed_at,
        old_value=None if change.old is None else _clean(change.old),
        new_value=None if change.new is None else _clean(change.new),
    )


def _clean(text: str) -> str:
    return text.replace("\x00", "\ufffd")
