"""Overrides as they are shown: the machine's decision beside the person's, and what became of it."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.orm import Session

from api.acceptance.limit_fields import limit_shown
from api.acceptance.overriding import machine_answer
from api.records import overrides
from api.records.overrides import Since
from api.records.verdicts import VerdictRecord
from api.web.money import money_answer
from api.web.paging import page_of
from api.wiring import Wiring


def overrides_page(
    session: Session, query: Mapping[str, Any], given: Wiring
) -> tuple[list[dict[str, Any]], Any, dict[str, Any]]:
    """Give a page of overrides, the newest first, the cursor of the next ones, and how often persons differ."""
    since = None if query["since"] is None else begin_of_day(query["since"], given.seller.time_zone)
    listed = overrides.listing(since, query["by"])
    page = page_of(session, listed, [VerdictRecord.id], query["limit"], query["after"], newest_first=True)
    records = [row[0] for row in page.items]
    asked = [(each.debtor_id, _day(each.given_at, given)) for each in records]
    became = overrides.since(session, asked, given.today)
    exposed = overrides.exposures(session, (each.debtor_id for each in records), given.today)
    items = [
        _item(row, after, exposed.get(row[0].debtor_id, [])) for row, after in zip(page.items, became, strict=True)
    ]
    return items, page.next, {"since": query["since"], "counts": _counts(session, since, query["by"])}


def _counts(session: Session, since: datetime | None, by: str | None) -> dict[str, int]:
    """How often persons decided, and how: with what the machine decided alone where nobody is named."""
    found = overrides.counts(session, since, by)
    names = ("same", *overrides.DIFFERING)
    by_direction = {name: found.get(name, 0) for name in names}
    return {
        "decisions": overrides.count_applications(session, since),
        "verdicts": sum(found.values()),
        **by_direction,
        "overrides": sum(by_direction[name] for name in overrides.DIFFERING),
    }


def _item(row: Any, became: list[Since], exposed: list[tuple[str, Decimal]]) -> dict[str, Any]:
    verdict, approval, judgement = row
    said = orjson.loads(judgement)
    machine = machine_answer(said)
    currency = said["currency"]
    amount = None if machine is None or machine["limit"]["amount"] is None else Decimal(machine["limit"]["amount"])
    return {
        "verdict_id": verdict.id,
        "application_id": verdict.application_id,
        "debtor_id": verdict.debtor_id,
        "decision_id": verdict.decision_id,
        "direction": verdict.direction,
        "machine": {
            "outcome": said["outcome"],
            "would_have": None if machine is None else machine["outcome"],
            "limit": None if machine is None else limit_shown(machine["limit"]["kind"], amount, currency),
            "risk_class": said["risk_class"],
        },
        "person": {
            "verdict": verdict.verdict,
            "limit": limit_shown(verdict.limit_kind, verdict.limit_amount, verdict.currency),
            "risk_class": verdict.risk_class,
            "given_by": verdict.given_by,
            "seconded_by": None if approval is None else approval.given_by,
            "given_at": verdict.given_at,
            "grounds": verdict.grounds,
        },
        "since": {
            "by_currency": [_since(each) for each in became],
            "exposure": [money_answer(amount, each) for each, amount in exposed],
            "written_off": None,
            "written_off_why": "not_recorded",
        },
    }


def _since(told: Since) -> dict[str, Any]:
    return {
        "currency": told.currency,
        "invoiced": money_answer(told.invoiced_amount, told.currency),
        "worst_days_late": told.worst_days_late,
        "overdue": money_answer(told.overdue_amount, told.currency),
    }


def begin_of_day(day: date, time_zone: str) -> datetime:
    """Give the first moment of a day where the seller is."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone))


def _day(at: datetime, given: Wiring) -> date:
    return at.astimezone(ZoneInfo(given.seller.time_zone)).date()
