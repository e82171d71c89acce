"""Monitoring at Creditsafe: one portfolio of ours, the companies in it, and the events that its rules give."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from providers.creditsafe.client import SIGNATURE, find
from providers.creditsafe.searching import CONNECT_ID, PROVIDER
from providers.errors import NotUnderstood
from providers.http import Line, Reply, Request
from providers.payload import Payload
from providers.ports import Change, CompanyKey, Identifier

PORTFOLIO = "creditgate"
ALL_COUNTRIES = "XX"  # The rules that count for companies of every country.
PAGE_SIZE = 1000
ZONE = UTC  # Not confirmed: times come without a zone.
GONE = (200, 204, 404)
# What a rule is about, by the first of these words that its name has; the codes differ by country.
KINDS = (
    ("insolven", "insolvency"),
    ("bankrupt", "insolvency"),
    ("liquidation", "insolvency"),
    ("judg", "judgment"),
    ("ccj", "judgment"),
    ("negative", "negative_event"),
    ("limit", "limit"),
    ("rating", "score"),
    ("score", "score"),
    ("status", "status"),
    ("address", "address"),
    ("director", "directors"),
    ("account", "accounts"),
    ("financial", "accounts"),
    ("shareholder", "owners"),
    ("ultimate", "group"),
    ("name", "name"),
)
OTHER = "other"


class Portfolio:
    """Companies watched in one portfolio of ours, which is found by its name or made."""

    def watch(self, company: CompanyKey, line: Line) -> Identifier:
        """Add a company, or leave it where it is already. Raises SourceError for one that Creditsafe has not."""
        found = find(company, line)
        if found is None:
            raise NotUnderstood(line.provider, "no company has one of these numbers")
        portfolio = _portfolio(line) or _new_portfolio(line)
        _set_rules(portfolio, line)
        added = {"id": found.connect_id, "personalReference": "", "freeText": "", "personalLimit": ""}
        # A company that is there already is answered with 409, so that adding it once more does no harm.
        _send(line, "watch", f"/portfolios/{portfolio}/companies", method="POST", json=added, expect=(200, 409))
        return Identifier(CONNECT_ID, found.country, found.connect_id)

    def unwatch(self, watched: Identifier, line: Line) -> None:
        """Take a company out; nothing to do where it or the portfolio is not there."""
        portfolio = _portfolio(line)
        if portfolio is not None:
            path = f"/portfolios/{portfolio}/companies/{quote(watched.value, safe='')}"
            _send(line, "unwatch", path, method="DELETE", expect=GONE)

    def changes(self, since: datetime, line: Line) -> tuple[Change, ...]:
        """Events that Creditsafe made known since a time, by the day on which they happened, each once."""
        portfolio = _portfolio(line)
        found: dict[str, Change] = {}
        seen, page = 0, 0  # Pages begin at 0 here, and at 1 in searches.
        while portfolio is not None:
            asked = {
                "startDate": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "filterByCreatedDate": "true",  # What happened before and was told after is new to us.
                "sortBy": "eventDate",
                "sortDir": "asc",
                "page": page,
                "pageSize": PAGE_SIZE,
            }
            reply = _send(line, "changes", f"/portfolios/{portfolio}/notificationEvents", params=asked)
            answer = Payload(PROVIDER, reply.document)
            events = [_change(each) for each in _listed(answer, "data")]
            known = len(found)
            found |= {each.id: each for each in events}
            seen, page = seen + len(events), page + 1
            total = answer.number("totalCount")
            if total is not None and seen >= total:
                break
            # A page that brings nothing new would be asked for ever.
            if len(found) == known:
                if total is not None:
                    raise answer.not_understood("totalCount", "is more than all pages have")
                break
        return tuple(sorted(found.values(), key=lambda each: (each.changed_at, each.id)))

    def watched_count(self, line: Line) -> int:
        """How many companies are in the portfolio; none where it is gone. Raises SourceError."""
        portfolio = _portfolio(line)
        if portfolio is None:
            return 0
        path, first = f"/portfolios/{portfolio}/companies", {"page": 0, "pageSize": 1}
        reply = _send(line, "watched_count", path, params=first, expect=(200, 404))
        return 0 if reply.status == 404 else _whole(Payload(PROVIDER, reply.document), "totalCount")


def _send(line: Line, operation: str, path: str, **parts: Any) -> Reply:
    return line.send(Request(operation, f"/monitoring{path}", signature=SIGNATURE, **parts))


def _portfolio(line: Line) -> str | None:
    """The number of our portfolio; the first where two were made at once."""
    reply = _send(
        line, "portfolios", "/portfolios", params={"searchQuery": PORTFOLIO, "page": 0, "pageSize": PAGE_SIZE}
    )
    listed = _listed(Payload(PROVIDER, reply.document).section("data"), "portfolios")
    ours = [_whole(each, "portfolioId") for each in listed if each.text("name") == PORTFOLIO]
    return str(min(ours)) if ours else None


def _listed(answer: Payload, name: str) -> list[Payload]:
    """What is in a list. Raises NotUnderstood where there is none: that is not one with nothing in it."""
    if not answer.is_list(name):
        raise answer.not_understood(name, "is no list")
    return answer.items(name)


def _new_portfolio(line: Line) -> str:
    asked = {"name": PORTFOLIO, "isDefault": False}
    reply = _send(line, "new_portfolio", "/portfolios", method="POST", json=asked, repeatable=False)
    return str(_whole(Payload(PROVIDER, reply.document), "portfolioId"))


def _set_rules(portfolio: str, line: Line) -> None:
    """Switch all rules on where none is: a new portfolio has none on, and would never tell anything."""
    path = f"/portfolios/{portfolio}/eventRules/{ALL_COUNTRIES}"
    if any(rule.switch("isActive") for rule in _rules(path, line)):
        return
    active = [_active(rule) for rule in _rules(f"/eventRules/{ALL_COUNTRIES}", line)]
    if not active:
        raise NotUnderstood(line.provider, "there are no rules, so nothing would ever be told")
    _send(line, "set_rules", path, method="PUT", json=active, expect=(200, 204))


def _rules(path: str, line: Line) -> list[Payload]:
    return Payload(PROVIDER, {"rules": _send(line, "rules", path).document}).items("rules")


def _active(rule: Payload) -> Mapping[str, Any]:
    told = {name: rule.words(name) for name in ("param0", "param1", "param2")}
    given = {name: text for name, text in told.items() if text is not None}
    return {"ruleCode": _whole(rule, "ruleCode"), "isActive": 1, **given}


def _change(event: Payload) -> Change:
    company = event.section("company")
    watched, country = company.text("id"), company.text("countryCode")
    if watched is None or country is None:
        raise company.not_understood("id", "is missing")
    return Change(
        id=str(_whole(event, "notificationEventId")),
        company=Identifier(CONNECT_ID, country, watched),
        kind=_kind(event),
        changed_at=_time(event, "eventDate"),
        old=event.words("oldValue"),
        new=event.words("newValue"),
    )


def _kind(event: Payload) -> str:
    words = (event.text("ruleName") or event.text("summary") or "").casefold()
    return next((kind for word, kind in KINDS if word in words), OTHER)


def _whole(answer: Payload, name: str) -> int:
    number = answer.number(name)
    if number is None or number != int(number):
        raise answer.not_understood(name, "is no whole number")
    return int(number)


def _time(event: Payload, name: str) -> datetime:
    text = event.text(name)
    try:
        told = datetime.fromisoformat(text or "")
    except ValueError as unreadable:
        raise event.not_understood(name, "is no time") from unreadable
    return told if told.tzinfo else told.replace(tzinfo=ZONE)
