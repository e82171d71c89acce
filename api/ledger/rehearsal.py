"""What a dry run has seen so far: its batches are rolled back, so that later lines could not meet the earlier ones."""

from collections.abc import Sequence
from dataclasses import replace

from api.ledger.cells import LineFault
from api.ledger.checking import CheckedLine
from api.records.identities import OfficialNumber, Reference
from api.records.ledger_lines import LineResult

Key = tuple[str, Reference | tuple[OfficialNumber, ...], str]
CONTENT = ("dated_on", "due_on", "amount", "currency", "vat_amount")


class Rehearsal:
    """Remembers the lines of a dry run. Costs memory for each line, some 200 bytes: only a dry run pays it."""

    def __init__(self) -> None:
        self._seen: dict[Key, int] = {}

    def after(
        self, checked: Sequence[CheckedLine], results: Sequence[LineResult], faults: Sequence[LineFault]
    ) -> tuple[list[LineResult], list[LineFault]]:
        """Correct the results of one batch by the batches before it; gives them with all faults of the batch."""
        by_line = {each.line: each for each in checked}
        corrected = [self._corrected(by_line[result.line], result) for result in results]
        for result in corrected:
            if result.state == "taken":
                line = by_line[result.line]
                self._seen.setdefault(_key(line), _content(line))
        more = [
            LineFault(each.line, None, each.code or "refused", each.detail or "", by_line[each.line].text)
            for each in corrected
            if each.state == "refused"
        ]
        return corrected, [*faults, *more]

    def _corrected(self, line: CheckedLine, result: LineResult) -> LineResult:
        kind, debtor, _ = _key(line)
        if result.code in ("invoice_unknown", "debtor_unknown"):
            settles = line.values.get("settles") or ()
            names = [("invoice", debtor, identity) for identity, _ in settles]
            if names and all(name in self._seen for name in names):
                return LineResult(result.line, "taken")
        elif result.state == "taken" and (seen := self._seen.get(_key(line))) is not None:
            if seen != _content(line):
                return replace(result, state="refused", code="reference_taken", detail="an earlier line says otherwise")
            if kind != "invoice" or line.values.get("paid_on") is None:
                return replace(result, state="known")
        return result


def _key(line: CheckedLine) -> Key:
    return line.values["kind"], line.debtor.reference or line.debtor.numbers, line.values["identity"]


def _content(line: CheckedLine) -> int:
    return hash(tuple(line.values.get(name) for name in CONTENT))
