"""The limits of a debtor as callers see them: which stand, which apply instead, and how far they are used."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from api.gate.facts import Gate
from api.records.gate import LimitRow
from api.records.overviews import Overview, Row
from api.web.money import money_answer, money_or_none
from scoring.acceptance import LimitOnDay, LimitVersion, limit_on
from scoring.facts import CreditLimit
from scoring.limit_use import LevelUse, LimitUse
from scoring.orders import OrderFacts


def own_limits(found: Gate, told: Overview, *, in_full: bool) -> dict[str, Any]:
    """Give the debtor's own standing limit and the temporary one that applies instead; `in_full` with their grounds."""
    rows = [each for each in found.view.limits if each.place == 1 and each.scope == "own"]
    standing = max((each for each in rows if not each.is_temporary), key=_order_of, default=None)
    applying = max(rows, key=_order_of, default=None)
    temporary = applying if applying is not None and applying.is_temporary else None
    by_id = {str(each["id"]): each for each in told.limits}
    on_day = limit_on(_versions(rows), found.today)
    return {
        "limit_standing": on_day.standing,
        "credit_limit": _limit_answer(standing, by_id, in_full=in_full),
        "temporary_limit": None if temporary is None else _limit_answer(temporary, by_id, in_full=in_full),
        "next_review_on": _next_review_on(on_day, standing, by_id),
    }


def _versions(rows: Iterable[LimitRow]) -> Iterable[LimitVersion]:
    for order, row in enumerate(sorted(rows, key=_order_of)):
        kind = row.limit_kind
        limit = CreditLimit(kind, row.limit_amount)  # type: ignore[arg-type]  # A column of text.
        yield LimitVersion(limit, row.valid_from, row.valid_until, order, row.is_temporary)


def _order_of(row: LimitRow) -> Any:
    return row.id


def _limit_answer(row: LimitRow | None, by_id: dict[str, Row], *, in_full: bool) -> dict[str, Any]:
    if row is None:
        return {"kind": "none", "amount": None, "valid_from": None, "valid_until": None}
    answer = {
        "kind": row.limit_kind,
        "amount": money_or_none(row.limit_amount, row.currency),
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
    }
    more = by_id[str(row.id)]
    return answer | {name: more[name] for name in ("decided_by", "grounds") if in_full}


def _next_review_on(on_day: LimitOnDay, standing: LimitRow | None, by_id: dict[str, Row]) -> Any:
    if standing is None or on_day.standing in ("taken_back", "never_decided"):
        return None
    return by_id[str(standing.id)]["next_review_on"]


def use_answer(use: LimitUse, facts: OrderFacts, told: Overview) -> dict[str, Any]:
    """Give how far the limits are used, for those who may see what is owed; amounts in the currency of the policy."""
    currency = facts.currency
    return {
        "effective_limit": _effective(use.effective, currency),
        "headroom": money_or_none(use.headroom, currency),
        "available_amount": money_or_none(use.available_amount, currency),
        "over_limit_amount": money_or_none(use.over_limit_amount, currency),
        "utilisation": _text(use.effective.utilisation) if use.effective.is_in_force else None,
        "levels": [_level_answer(each, told, currency) for each in use.levels],
    }


def _effective(use: LevelUse, currency: str) -> dict[str, Any]:
    """Give the limit that bounds the next order, with what secures it; of kind `none` where it is not in force."""
    return {
        "kind": use.level.limit.kind if use.is_in_force else "none",
        "amount": money_or_none(use.level.most, currency) if use.is_in_force else None,
        "scope": use.level.scope,
        "debtor_id": use.level.debtor_id,
    }


def _level_answer(use: LevelUse, told: Overview, currency: str) -> dict[str, Any]:
    level = use.level
    return {
        "scope": level.scope,
        "debtor_id": level.debtor_id,
        "name": told.names.get(level.debtor_id),
        "credit_limit": {"kind": level.limit.kind, "amount": money_or_none(level.limit.amount, currency)},
        "secured_amount": money_answer(level.secured_amount, currency),
        "valid_until": level.valid_until,
        "is_in_force": use.is_in_force,
        "exposure": money_answer(level.exposure, currency),
        "headroom": money_or_none(use.headroom, currency),
        "utilisation": _text(use.utilisation),
    }


def _text(share: Decimal | None) -> str | None:
    return None if share is None else format(share, "f")
