"""Asks an insurer for cover, for another amount or to take it back: once, also when an answer was lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from api.acceptance.cover_taking import Errand, as_kept, cover_key, identifier_of
from providers.http import Line
from providers.insurers import OVER, Buyer, CoverAnswer, CreditInsurer
from providers.ports import Identifier

Note = Callable[..., None]


class BuyerNotCertain(LookupError):
    """Nobody but a person can say whom the insurer shall cover; `buyers` are those it offers, maybe none."""

    def __init__(self, code: str, detail: str, buyers: Sequence[Buyer] = ()) -> None:
        super().__init__(detail)
        self.code, self.detail, self.buyers = code, detail, tuple(buyers)


@dataclass(frozen=True, slots=True)
class Told:
    """What the insurer answered, and what its answer is found by again."""

    answer: CoverAnswer
    key: dict[str, Any]


def ask(errand: Errand, insurer: CreditInsurer, line: Line, note: Note, *, by_number: bool) -> Told:
    """Give how the cover of an errand stands, having asked for what was not asked yet.

    `note` keeps what must not be forgotten, before anything is ordered. `by_number`: the insurer finds buyers by their
    official numbers, so that whom it finds is the one. Raises SourceError, BuyerNotCertain, and what `note` raises.
    """
    own = cover_key(errand.key)
    if own is not None:
        answer = insurer.read_cover(own, errand.insurance, line)
        return Told(answer, _with_reference(errand.key, answer))
    if errand.kind == "change":
        return _change(errand, insurer, line, note)
    if errand.kind == "withdrawal":
        return _withdraw(errand, insurer, line, note)
    key = errand.key
    if not key.get("is_certain"):
        key = _found_buyer(errand, insurer, line, by_number=by_number)
    request = errand.asked_of(identifier_of(key["buyer"]))
    if errand.state == "sent":  # It may have arrived: so we look before we ask again.
        found = insurer.find_request(request, errand.insurance, line)
        if found is not None:
            return Told(found, _with_reference(key, found))
    note(state="sent", key=key)
    answer = insurer.request_cover(request, errand.insurance, line)
    return Told(answer, _with_reference(key, answer))


def _change(errand: Errand, insurer: CreditInsurer, line: Line, note: Note) -> Told:
    key, old = errand.key, cover_key(errand.key, "old_reference")
    assert old is not None
    request = errand.asked_of(old.buyer)
    if errand.state == "sent":
        # What was asked is looked for first: the insurer may know the old cover no longer because it took the new one.
        found = insurer.find_request(request, errand.insurance, line)
        if found is not None:
            return Told(found, _with_reference(key, found))
    stands = insurer.read_cover(old, errand.insurance, line)
    if errand.state == "sent" and _as_kept(stands) != key["before"]:  # Changed under its old name: so ours arrived.
        return Told(stands, _with_reference(key, stands))
    key = {**key, "before": _as_kept(stands)}
    note(state="sent", key=key)
    answer = insurer.change_cover(old, request, errand.insurance, line)
    return Told(answer, _with_reference(key, answer))


def _withdraw(errand: Errand, insurer: CreditInsurer, line: Line, note: Note) -> Told:
    """Give a cover back; that it is not yet over when it was taken is told as it stands, and looked at again."""
    key, old = errand.key, cover_key(errand.key, "old_reference")
    assert old is not None
    if errand.state != "queued":
        stands = insurer.read_cover(old, errand.insurance, line)
        if stands.state in OVER or errand.state != "sent":
            return Told(stands, key)
    note(state="sent", key=key)
    return Told(insurer.withdraw_cover(old, errand.insurance, line), key)


def _found_buyer(errand: Errand, insurer: CreditInsurer, line: Line, *, by_number: bool) -> dict[str, Any]:
    """Give the buyer to cover: the one a person chose, else the only one of the company's number."""
    chosen = identifier_of(errand.key["buyer"]) if "buyer" in errand.key else None
    buyers = insurer.find_buyers(errand.company, errand.insurance, line)
    if not buyers:
        raise BuyerNotCertain("buyer_unknown", "The insurer knows no buyer by the debtor's numbers and name.")
    if chosen is not None:
        buyer = next((each for each in buyers if each.number == chosen), None)
        if buyer is None:
            raise BuyerNotCertain("buyer_not_offered", "The insurer does not offer the buyer that was chosen.", buyers)
    elif len(buyers) > 1 or not by_number:
        detail = "Say which of these buyers it is, as `buyer` of a new request: compare name and address."
        raise BuyerNotCertain("buyer_not_certain", detail, buyers)
    else:
        buyer = buyers[0]
    return {"buyer": as_kept(buyer.number), "buyer_name": buyer.name, "is_certain": True}


def chosen_buyer(told: dict[str, str]) -> dict[str, Any]:
    """Give the key of a request for a buyer that a person chose; the insurer must still offer it."""
    return {"buyer": as_kept(Identifier(told["scheme"], told["country"], told["value"]))}


def _with_reference(key: dict[str, Any], answer: CoverAnswer) -> dict[str, Any]:
    return {**key, "reference": answer.key.reference, "buyer": as_kept(answer.key.buyer)}


def _as_kept(answer: CoverAnswer) -> dict[str, Any]:
    asked, amount = answer.requested_amount, answer.amount
    return {
        "state": answer.state,
        "amount": None if amount is None else format(amount.normalize(), "f"),
        "requested_amount": None if asked is None else format(asked.normalize(), "f"),
    }
