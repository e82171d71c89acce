"""Books bank entries: read what they may be meant for, judge each, and record it; a batch is one transaction."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.ledger.bank_lines import Writing, proposal_document
from api.ledger.bank_meaning import meaning_of
from api.ledger.bank_names import Names
from api.ledger.bank_world import World, locked_world, money_of
from api.problems import Conflict
from api.records import bank_entries, bank_matching, bank_returns
from api.records.allocating import allocate
from api.records.bank_entries import Entry, Outcome
from api.records.bank_returns import Taken
from api.records.ledger_batch import take_written
from api.records.ledger_staging import write
from api.records.payment_returns import Return, take_back
from api.web.money import amount_answer
from scoring.matching import Booking, Proposals, match
from scoring.policy.matching import MatchingPolicy


@dataclass(slots=True)
class Booked:
    """What became of entries, by their ids; and the debtors of whom a payment was taken back."""

    outcomes: dict[UUID, Outcome] = field(default_factory=dict)
    reopened: set[UUID] = field(default_factory=set)
    changes_count: int = 0

    def states(self) -> Counter[str]:
        """Count the entries by state."""
        return Counter(each.state for each in self.outcomes.values())


class Banking:
    """Books the entries of one import, or of those that were left over before."""

    def __init__(self, policy: MatchingPolicy, import_id: UUID | None = None) -> None:
        self.policy = policy
        self.import_id = import_id
        self.names = Names(policy.name_similarity_min)

    def book(self, session: Session, new: Sequence[Entry], now: datetime) -> Booked:
        """Book entries that were just stored. The caller lets nobody else do so for this seller meanwhile."""
        done = Booked({each.id: Outcome(each.state) for each in new})
        told = self._connected(session, new, done)
        done.outcomes |= {each.id: Outcome("proposed") for each in told}
        self._book(session, told, now, done)
        as_stored = {each.id: Outcome(each.state) for each in new}
        bank_entries.settle(session, {i: each for i, each in done.outcomes.items() if each != as_stored.get(i)})
        return done

    def book_again(self, session: Session, entries: Sequence[Entry], now: datetime) -> Booked:
        """Look again at entries that could not be booked whole before: more may be known by now."""
        held = bank_matching.unused_payments(session, [each.id for each in entries])
        done = Booked()
        self._book(session, [each for each in entries if held.get(each.id, each.id)], now, done, held)
        bank_entries.settle(session, done.outcomes)
        return done

    def _connected(self, session: Session, new: Sequence[Entry], done: Booked) -> list[Entry]:
        """Bring together what a notification and a statement tell of the same money; gives what is to be judged.

        The entries of a statement are, and those of a notification once the batch that they add up to has come.
        """
        told = [each for each in new if each.state == "proposed"]
        pairs = [(each.account, each.entry_reference) for each in new if each.entry_reference]
        groups: dict[tuple[str, str], list[Entry]] = {}
        for each in bank_entries.by_reference(session, pairs):
            groups.setdefault((each.account, each.entry_reference or ""), []).append(each)
        for group in groups.values():
            announced = [each for each in group if each.state == "announced"]
            of_statement = [each for each in group if each.statement_id is not None]
            if not announced or not of_statement:
                continue
            total = sum((each.amount for each in announced), Decimal(0))
            waiting = [each for each in of_statement if each.is_batch and each.state == "proposed"]
            batch = next((each for each in waiting if each.amount == total), None)
            if batch is not None:
                done.outcomes[batch.id] = Outcome("explained")
                told = [*(each for each in told if each.id != batch.id), *announced]
            elif len(waiting) < len(of_statement):
                done.outcomes |= {each.id: Outcome("explained") for each in announced}
        return told

    def _book(
        self,
        session: Session,
        entries: Sequence[Entry],
        now: datetime,
        done: Booked,
        held: dict[UUID, UUID | None] | None = None,
    ) -> None:
        own_accounts = bank_entries.own_accounts(session)
        meanings = {each.id: meaning_of(each, own_accounts) for each in entries}
        money = [each for each in entries if meanings[each.id] == "money_in"]
        returns = [each for each in entries if meanings[each.id] == "return"]
        for each in entries:
            if meanings[each.id] == "passed_over" and each.id not in (held or {}):
                done.outcomes[each.id] = Outcome("passed_over")
                done.changes_count += 1
        found = bank_returns.find(session, returns)
        of_returns = {debtor_id for taken in found.values() for each in taken for debtor_id in each.debtor_ids}
        world = locked_world(session, money, of_returns, self.names)
        returns = self._take_back(session, returns, found, now, done)
        if done.reopened:
            world = locked_world(session, money, (), self.names)
        self._judge(session, world, money, now, done, held or {})
        # The payments of some returns came with them.
        found = bank_returns.find(session, returns)
        for each in self._take_back(session, returns, found, now, done):
            done.outcomes[each.id] = Outcome("proposed", None, _returns_proposed(each, found.get(each.id, [])))

    def _take_back(
        self,
        session: Session,
        returns: Sequence[Entry],
        found: Mapping[UUID, Sequence[Taken]],
        now: datetime,
        done: Booked,
    ) -> list[Entry]:
        """Take back the payments of returns that tell which one it is; gives the other returns."""
        left = []
        taken_ids: set[UUID] = set()
        for each in returns:
            fitting = found.get(each.id, ())
            if len(fitting) != 1 or taken_ids.intersection(fitting[0].payment_ids):
                left.append(each)
                continue
            give_back(session, each, fitting[0], now, self.import_id)
            taken_ids.update(fitting[0].payment_ids)
            done.outcomes[each.id] = Outcome("returned", fitting[0].debtor_ids[0])
            done.reopened.update(fitting[0].debtor_ids)
            done.changes_count += 1
        return left

    def _judge(
        self,
        session: Session,
        world: World,
        money: Iterable[Entry],
        now: datetime,
        done: Booked,
        held: dict[UUID, UUID | None],
    ) -> None:
        writing = Writing(held)
        for entry in money:
            result = match(money_of(entry), world.candidates(entry), self.policy)
            holder = held.get(entry.id)
            if isinstance(result, Booking):
                if holder not in (None, result.debtor_id):
                    continue
                if holder and not result.allocations and not result.prepayments:
                    done.outcomes[entry.id] = Outcome("booked", holder)
                    continue
                references = [world.orders[each.item_id].order.order_reference for each in result.prepayments]
                writing.book(entry, result, world.items, order_references=references)
                world.settle(result)
                if entry.counterparty_account and (entry.counterparty_account, result.debtor_id) in writing.learnt:
                    world.accounts[entry.counterparty_account].add(result.debtor_id)
                done.outcomes[entry.id] = Outcome("booked", result.debtor_id)
                done.changes_count += 1
            else:
                done.outcomes[entry.id] = self._proposed(entry, result, world, holder)
                if result.debtor_id and holder is None:
                    writing.pay(entry, result.debtor_id, "none", ())
                    done.changes_count += 1
        self._write(session, writing, now)

    def _proposed(self, entry: Entry, result: Proposals, world: World, holder: UUID | None) -> Outcome:
        documents = [proposal_document(each, entry.currency, world.items, world.orders) for each in result.proposals]
        return Outcome("proposed", holder or result.debtor_id, documents)

    def _write(self, session: Session, writing: Writing, now: datetime) -> None:
        if writing.uses:
            allocate(session, writing.uses, now)
        taken = take_written(session, write(writing.lines), now, self.import_id)
        if taken.refused:
            # Nobody else may have changed what was judged, so that somebody must have broken a promise.
            raise Conflict(f"A payment cannot be booked: {taken.refused[0].detail}", code="items_changed")
        bank_entries.learn(session, writing.learnt, now)


def give_back(session: Session, entry: Entry, taken: Taken, now: datetime, import_id: UUID | None = None) -> None:
    """Take back the payments that a return is for."""
    for payment_id, amount in zip(taken.payment_ids, taken.amounts, strict=True):
        told = Return(
            payment_id=payment_id,
            identity=f"bank:{entry.account}:{entry.identity}:{payment_id}",
            amount=amount,
            returned_on=entry.booked_on,
            reason=entry.return_reason,
            bank_entry_id=entry.id,
            import_id=import_id,
        )
        take_back(session, told, now)
    bank_entries.close_returned(session, taken.payment_ids)


def _returns_proposed(entry: Entry, found: Sequence[Taken]) -> list[dict[str, Any]]:
    return [
        {
            "rule": "return",
            "why": "several_fit",
            "debtor_id": str(each.debtor_ids[0]),
            "currency": entry.currency,
            "allocations": [
                {
                    "kind": "payment",
                    "id": str(payment_id),
                    "number": None,
                    "amount": amount_answer(amount, entry.currency),
                }
                for payment_id, amount in zip(each.payment_ids, each.amounts, strict=True)
            ],
            "discounts": [],
            "differences": [],
            "prepayments": [],
            "unallocated_amount": amount_answer(Decimal(0), entry.currency),
        }
        for each in found
    ]
