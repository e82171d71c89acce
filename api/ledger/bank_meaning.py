"""What a bank entry is: money of a debtor, money that was taken back, or nothing that concerns a debtor."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from api.ledger.formats.documents import BankEntry, StatementKind
from api.records.bank_entries import Entry
from scoring.identifiers import compact

Meaning = Literal["money_in", "return", "batch", "unclear", "passed_over"]
# The SEPA core scheme: a debtor may have a direct debit back for eight weeks, without a reason. Between companies
# (B2B) he may not.
REFUND_DAYS = timedelta(days=56)
COLLECTED, COLLECTED_B2B = "IDDT", "BBDD"


def stored(entry: BankEntry, account: str, kind: StatementKind, statement_id: UUID | None) -> Entry:
    """Give an entry of a file as it is stored."""
    reference, name = entry.structured_reference, entry.counterparty_name
    state = "announced" if kind == "notification" else "passed_over" if entry.is_charge else "proposed"
    return Entry(
        account=account,
        identity=entry.identity,
        booked_on=entry.booked_on,
        amount=entry.amount,
        currency=entry.currency,
        state=state,
        statement_id=statement_id,
        value_on=entry.value_on,
        counterparty_name=_plain(name),
        counterparty_account=compact(entry.counterparty_account) if entry.counterparty_account else None,
        end_to_end_id=_plain(entry.end_to_end_id),
        mandate_reference=_plain(entry.mandate_reference),
        structured_reference=_plain(reference.value) if reference else None,
        remittance_text=_text(entry),
        entry_reference=_plain(entry.entry_reference),
        transaction_code=entry.transaction_code,
        return_reason=entry.return_reason,
        is_reversal=entry.is_reversal,
        transactions_count=(entry.transactions_count or 0) if entry.is_batch else None,
    )


def meaning_of(entry: Entry, own_accounts: Collection[str]) -> Meaning:
    """Say what an entry is; money from or to another account of our own is nobody's payment.

    A batch without details is what only its details can tell. What the bank reversed in our favour was taken from us
    before, so that a person must say what it is.
    """
    if entry.counterparty_account in own_accounts:
        return "passed_over"
    if entry.is_batch:
        return "batch"
    if entry.amount > 0:
        if entry.is_reversal:
            return "unclear"
        return "passed_over" if entry.return_reason else "money_in"
    is_return = entry.return_reason or entry.is_reversal or COLLECTED in (entry.transaction_code or "")
    return "return" if is_return else "passed_over"


def returnable_until(entry: Entry, rule: str) -> date | None:
    """Give the last day on which a collected payment can be asked back without a reason; None when it cannot."""
    code = entry.transaction_code or ""
    is_collection = rule == "collection" or COLLECTED in code or entry.mandate_reference is not None
    return entry.booked_on + REFUND_DAYS if is_collection and COLLECTED_B2B not in code else None


def _text(entry: BankEntry) -> str | None:
    """Give what the payer wrote, and the numbers that he named apart from it."""
    told = entry.remittance_text or ""
    more = [number for number in entry.referred_numbers if number not in told]
    return _plain(" ".join(filter(None, [told, *more])) or None)


def _plain(text: str | None) -> str | None:
    return None if text is None else text.replace("\0", "")
