"""The report of an import: what was taken, known and refused, and what its reader should know besides."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from api.ledger.bank_run import BankReport
from api.ledger.cells import LineFault
from api.problems import BadInput

BEHAVIOUR_DAYS = 365  # The window that payment behaviour looks back (domain 1.5).
REFUSALS_SHOWN = 100


@dataclass(slots=True)
class ImportReport:
    """What became of a file. The counts are of lines; a line with three faults is refused once.

    `faults` counts faults by code, `refusals` shows the first of them. `failure` says why reading stopped, when it did;
    what was counted until then is kept. `proposal` is a mapping as YAML, guessed from the file, in a dry run.
    """

    dry_run: bool = False
    lines_count: int = 0
    taken_count: int = 0
    known_count: int = 0
    refused_count: int = 0
    header: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    refusals: list[LineFault] = field(default_factory=list)
    newest_invoiced_on: date | None = None
    newest_settled_on: date | None = None
    warnings: list[dict[str, str]] = field(default_factory=list)
    failure: dict[str, Any] | None = None
    proposal: str | None = None
    formats: set[str] = field(default_factory=set)
    bank: BankReport = field(default_factory=BankReport)

    def refuse(self, line_faults: Iterable[LineFault]) -> None:
        """Count the faults of refused lines, and show the first ones."""
        for fault in line_faults:
            self.faults[fault.code] += 1
            if len(self.refusals) < REFUSALS_SHOWN:
                self.refusals.append(fault)

    def warn(self, code: str, detail: str) -> None:
        """Add something the reader should know."""
        self.warnings.append({"code": code, "detail": detail})

    def fail(self, problem: BadInput) -> None:
        """Say why the file could not be read, or not to its end."""
        errors = [{"pointer": each.pointer, "code": each.code, "detail": each.detail} for each in problem.faults]
        self.failure = {"code": problem.code, "detail": problem.detail, "errors": errors}

    def warn_of_age(self, today: date) -> None:
        """Warn when nothing was settled within the days that behaviour looks at, as seen from the seller's today."""
        newest = self.newest_settled_on
        if newest and newest < today - timedelta(BEHAVIOUR_DAYS):
            detail = (
                f"the newest settlement is of {newest}; behaviour looks at the {BEHAVIOUR_DAYS} days before {today}"
            )
            self.warn("settlements_too_old", detail)

    def document(self) -> dict[str, Any]:
        """Give the report as plain values."""
        return {
            "dry_run": self.dry_run,
            "formats": sorted(self.formats),
            "lines_count": self.lines_count,
            "taken_count": self.taken_count,
            "known_count": self.known_count,
            "refused_count": self.refused_count,
            "header": self.header,
            "faults": dict(sorted(self.faults.items())),
            "refusals": [
                {"line": each.line, "column": each.column, "code": each.code, "detail": each.detail}
                for each in self.refusals
            ],
            "newest_invoiced_on": self.newest_invoiced_on.isoformat() if self.newest_invoiced_on else None,
            "newest_settled_on": self.newest_settled_on.isoformat() if self.newest_settled_on else None,
            "warnings": self.warnings,
            "failure": self.failure,
            "proposal": self.proposal,
            "bank": self.bank.document() if self.bank.lines_count or self.bank.statements_count else None,
        }
