"""A seller's ledger of debtors with habits, for the tests of what is fitted to it."""

from dataclasses import replace

from api.records import debtors
from api.records.ledger_batch import take
from api.records.ledger_lines import LedgerLine
from api.records.ledger_walk import DebtorLedger
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.records.random_ledgers import FIRST_KNOWN_AT, Learner, line


def learn(sessions: Sessions, seller: Seller, ledgers: list[DebtorLedger], legal_forms: tuple[str, ...]) -> Learner:
    """Write ledgers, whose debtors have legal forms by turns."""
    learner = Learner(sessions, seller.id, [])
    with sessions.of(seller.id) as session:
        for place in range(len(ledgers)):
            values = {"name": f"D{place}", "country": "NL", "legal_form": legal_forms[place % len(legal_forms)]}
            added = debtors.add(session, values, phase="monitoring", names=(), now=FIRST_KNOWN_AT)
            learner.debtor_ids.append(added.id)
    lines = [each for owner, ledger in enumerate(ledgers) for each in _lines(learner, owner, ledger)]
    lines = [replace(each, line=number) for number, each in enumerate(lines, 1)]
    learner.learn(lambda each: take(each.session, lines, each.known_at))
    return learner


def _lines(learner: Learner, owner: int, ledger: DebtorLedger) -> list[LedgerLine]:
    paid_on = {part.invoice_id: part.happened_on for part in ledger.parts}
    return [
        replace(
            line("invoice", learner, owner, f"F{number}", bill.invoiced_on, bill.amount),
            due_on=bill.due_on,
            paid_on=paid_on.get(bill.id),
            paid_amount=bill.amount if bill.id in paid_on else None,
        )
        for number, bill in enumerate(ledger.bills)
    ]
