"""Finds debtors whose names are like a payer's."""

from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from rapidfuzz import fuzz, process
from sqlalchemy.orm import Session

from api.records import bank_matching
from providers.names import normalised

ALIKE_MAX = 20
KEPT_MAX = 50_000  # The same payers come again and again.


class Names:
    """The names of all debtors, read once for many payments, and only when one of them needs it."""

    def __init__(self, similarity_min: Decimal) -> None:
        self._similarity_min = similarity_min
        self._ids: list[UUID] | None = None
        self._names: list[str] = []
        self._found: dict[str, list[tuple[UUID, Decimal]]] = {}

    def alike(self, session: Session, name: str) -> list[tuple[UUID, Decimal]]:
        """Give the debtors whose names are alike, and how much, as `providers.names.similarity` says."""
        if name not in self._found:
            if len(self._found) >= KEPT_MAX:
                self._found.clear()
            self._found[name] = self._alike(session, name)
        return self._found[name]

    def _alike(self, session: Session, name: str) -> list[tuple[UUID, Decimal]]:
        if self._ids is None:
            known = bank_matching.debtor_names(session)
            self._ids = [debtor_id for debtor_id, _ in known]
            self._names = [normalised(each) for _, each in known]
        wanted = normalised(name)
        if not wanted:
            return []
        cutoff = float(self._similarity_min * 100)
        found = process.extract(wanted, self._names, scorer=fuzz.ratio, score_cutoff=cutoff, limit=ALIKE_MAX)
        return [
            (self._ids[place], (Decimal(score) / 100).quantize(Decimal("0.01"), ROUND_DOWN))
            for _, score, place in found
        ]
