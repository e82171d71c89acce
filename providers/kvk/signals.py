"""Changes as KVK's Mutatieservice tells them: signals about all companies of a subscription, each read by its id."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from providers.errors import SourceRefused
from providers.http import Line, Reply, Request
from providers.kvk.client import open_data
from providers.payload import Payload
from providers.ports import Change, CompanyKey, Identifier, Part
from providers.settings import Rate, SourceSettings
from scoring.identifiers import is_kvk_number

# A subscription of its own beside the other services, with limits and a breaker of its own.
SETTINGS = SourceSettings(
    provider="kvk_changes",
    address="https://api.kvk.nl/api",
    countries=frozenset({"NL"}),
    credentials=("change_key",),
    rate=Rate(10, 1.0),  # Not confirmed.
)
SUBSCRIPTIONS = "/v1/abonnementen"
PAGE_SIZE = 500  # The most that they give.
REFUSED, NOT_FOUND = (401, 403), 404

# What a signal is about, by the beginning of its type; types carry a version at their end (`_2025_01`).
KINDS = (
    ("SignaalBeeindiging", "status"),
    ("SignaalVoortzettingEnOverdracht", "status"),
    ("SignaalRechtsvormwijziging", "legal_form"),
    ("SignaalFusieSplitsing", "group"),
    ("SignaalNaamgeving", "name"),
    ("SignaalAdreswijziging", "address"),
)
OTHER = "other"
# Which parts of a registration have changed. Not confirmed by KVK itself: these are the names that a client reads.
CHANGED = "heeftGewijzigdeGegevens"
LEGAL_POSITION = "eigenaar.bijzondererechtstoestand"  # Bankrupt, or not any more: the signal does not say which.
# What a changed part is about, the gravest first.
PARTS = (
    (LEGAL_POSITION, "negative_event"),
    ("functionarissen.functionarisBijzondereRechtstoestand", "negative_event"),
    ("eigenaar.beperkingInRechtshandeling", "negative_event"),
    ("eigenaar.ontbindingEnLiquidatie", "status"),
    ("eigenaar.fusieEnSplitsing", "group"),
    ("functionarissen", "directors"),
    ("deponeringen", "accounts"),
    ("eigenaar.rechtspersoonAdresgegevens", "address"),
)
YES = (True, "J", "Ja")  # Told as a truth value, or in the words of KVK's other services.


class Signals:
    """The signals of all active subscriptions of a key; whom they are about was settled with KVK, by no call."""

    is_stream = False

    def identifier(self, company: CompanyKey) -> Identifier | None:
        """Its KVK number."""
        number = company.number("kvk")
        return Identifier("kvk", "NL", number) if number is not None and is_kvk_number(number) else None

    def parts(self, since: datetime, position: str | None, line: Line) -> Iterator[Part]:
        """The signals since a time, page by page. Raises SourceRefused where nothing is subscribed to."""
        service = line.beside(SETTINGS.provider)
        until = line.now.astimezone(UTC)  # The same for all pages, so that none moves while they are read.
        for subscription in _subscriptions(service):
            page = 1
            while True:
                asked = {"vanaf": _text(since), "tot": _text(until), "pagina": page, "aantal": PAGE_SIZE}
                reply = _get("signals", f"{SUBSCRIPTIONS}/{quote(subscription, safe='')}", service, asked)
                answer = Payload(service.provider, reply.document)
                if not answer.is_list("signalen"):
                    raise answer.not_understood("signalen", "is no list")
                told = answer.items("signalen")
                yield Part(tuple(_change(each, subscription) for each in told))
                pages = answer.number("totaalPaginas")
                if not told or (page >= pages if pages is not None else len(told) < PAGE_SIZE):
                    break
                page += 1

    def whole(self, change: Change, line: Line) -> Change:
        """A signal with what it says has changed, and what the open data tell of a legal position that did."""
        service = line.beside(SETTINGS.provider)
        subscription, _, signal_id = change.id.partition("/")
        path = f"{SUBSCRIPTIONS}/{quote(subscription, safe='')}/signalen/{quote(signal_id, safe='')}"
        reply = _get("signal", path, service, expect=(200, NOT_FOUND))
        if reply.status == NOT_FOUND:
            return change
        signal = Payload(service.provider, reply.document).section("signaal")
        if signal.section("heeftBetrekkingOp").text("kvkNummer") != change.company.value:
            raise signal.not_understood("heeftBetrekkingOp", "is another company than the list said")
        changed = sorted(_changed(signal.plain(CHANGED)))
        if not changed:
            return change
        found = ((name, kind) for name, kind in PARTS if any(_is_below(each, name) for each in changed))
        part, kind = next(found, ("", change.kind))
        told = replace(change, kind=kind, new=f"{change.new}: {', '.join(changed)}")
        return _with_legal_position(told, line) if part == LEGAL_POSITION else told


def _subscriptions(service: Line) -> list[str]:
    answer = Payload(service.provider, _get("subscriptions", SUBSCRIPTIONS, service).document)
    active = [each for each in answer.items("abonnementen") if each.flag("actief") is not False]
    found = [_needed(each, "id") for each in active]
    if not found:
        raise SourceRefused(service.provider, "no subscription is active")
    return found


def _get(operation: str, path: str, line: Line, params: Any = None, expect: tuple[int, ...] = (200,)) -> Reply:
    """One answer. Refused is told without noting it: the seller's other key may be as good as ever."""
    headers = {"apikey": line.credentials["change_key"]}
    reply = line.send(Request(operation, path, params=params, headers=headers, expect=(*expect, *REFUSED)))
    if reply.status in REFUSED:
        raise SourceRefused(line.provider, f"{operation}: {reply.status}")
    return reply


def _change(signal: Payload, subscription: str) -> Change:
    """A signal as it stands in the list. Raises NotUnderstood: one passed over might be the end of a company."""
    number, words = _needed(signal, "kvknummer"), _needed(signal, "signaalType")
    if not is_kvk_number(number):
        raise signal.not_understood("kvknummer", "is no number of a company")
    try:
        changed_at = datetime.fromisoformat(_needed(signal, "timestamp"))
    except ValueError as unreadable:
        raise signal.not_understood("timestamp", "is no time") from unreadable
    return Change(
        id=f"{subscription}/{_needed(signal, 'id')}",
        company=Identifier("kvk", "NL", number),
        kind=next((kind for beginning, kind in KINDS if words.startswith(beginning)), OTHER),
        changed_at=changed_at if changed_at.tzinfo else changed_at.replace(tzinfo=UTC),
        old=None,
        new=words,
    )


def _with_legal_position(change: Change, line: Line) -> Change:
    """What the legal position is now, where the open data have the company and tell of one."""
    document = open_data(change.company.value, line)
    code = None if document is None else Payload(line.provider, document).text("insolventieCode")
    return change if code is None else replace(change, kind="insolvency", new=code)


def _changed(told: Any, path: str = "") -> Iterator[str]:
    """The names of the parts that have changed: those told so, and lists with anything in them."""
    if isinstance(told, dict):
        for name, each in told.items():
            yield from _changed(each, f"{path}.{name}" if path else str(name))
    elif (isinstance(told, list) and told) or (not isinstance(told, list) and told in YES):
        yield path


def _is_below(path: str, name: str) -> bool:
    return path == name or path.startswith(f"{name}.")


def _needed(answer: Payload, name: str) -> str:
    text = answer.text(name)
    if text is None:
        raise answer.not_understood(name, "is missing")
    return text


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
