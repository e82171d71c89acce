"""Buyers and covers of Atradius as facts of ours; the codes are tables."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from providers import edifact
from providers.edifact import ReasonCode, ResponseCode
from providers.errors import NotUnderstood
from providers.insurers import OVER, STANDING, Buyer, CoverAnswer, CoverKey, CoverState
from providers.payload import Payload
from providers.ports import Identifier

PROVIDER = "atradius"
BUYER_SCHEME = "atradius-buyer"
# Their times are in UTC, their days those of Great Britain.
ZONE = ZoneInfo("Europe/London")

# What a decision means for us: its state, and its codes in EDIFACT 4507 and 4509.
DECISIONS: dict[str, tuple[CoverState, ResponseCode, ReasonCode | None]] = {
    "DC01": ("granted", edifact.APPROVED, None),
    "DC02": ("granted", edifact.CONDITIONAL, None),
    "DC03": ("refused", edifact.NOT_APPROVED, None),
    "DC04": ("granted_in_part", edifact.PARTLY_APPROVED, None),
    # The increase was refused; the cover there was stands as before.
    "DC05": ("granted", edifact.NOT_APPROVED, edifact.LIMIT_FULL),
    # Not confirmed: whether a preliminary part is in force already. Until it is final we count on nothing.
    "DC06": ("pending", edifact.PRELIMINARY, None),
    "DC07": ("pending", edifact.PRELIMINARY, None),
    "DC08": ("withdrawn", edifact.CANCELLED, None),
    "DC09": ("reduced", edifact.REDUCED, None),
    "DC10": ("granted", edifact.CONDITIONAL, None),
    "DC11": ("granted", edifact.APPROVED, None),
    # Notice of a withdrawal to come: until that day the cover stands.
    "DC21": ("granted", edifact.CANCELLED, None),
    "DC22": ("reduced", edifact.REDUCED, None),
}
# What is in the past. Not confirmed: only that these codes exist is known. A closed application (..LA) was never
# decided, and whatever else is in the past covers nothing any more; W and C are taken for withdrawn and cancelled.
HISTORIC: dict[str, CoverState] = {
    **dict.fromkeys(("CCLA", "RCLA", "SCLA", "TCLA", "CCLD"), "cancelled"),
    **dict.fromkeys(("WCLD",), "withdrawn"),
    **dict.fromkeys(("ARCH", "CIND", "ECLD", "PCLD", "SCLD", "TCLD", "ACLD", "ICLD", "MCLD"), "ended"),
}
RESPONSE_OF_PAST: dict[CoverState, ResponseCode] = {"cancelled": edifact.CANCELLED, "withdrawn": edifact.CANCELLED}


def buyers(raw: object, country: str, asked: tuple[str, str]) -> tuple[Buyer, ...]:
    """The buyers of an answer, as it came for a country (ISO 3166-1 alpha-2) and a number: (their type, the number).

    One that tells another number of the type is left out. Raises NotUnderstood.
    """
    return tuple(_buyer(each, country) for each in Payload(PROVIDER, raw).items("data") if _has(each, asked))


def _has(item: Payload, asked: tuple[str, str]) -> bool:
    kind, number = asked
    told = [each.words("uid") or "" for each in item.items("uniqueIdentifiers") if each.text("uidType") == kind]
    return not told or _plain(number) in map(_plain, told)


def _plain(number: str) -> str:
    return "".join(each for each in number.upper() if each.isalnum()).lstrip("0")


def _buyer(item: Payload, country: str) -> Buyer:
    return Buyer(
        number=Identifier(BUYER_SCHEME, country, whole(item, "buyerId")),
        name=item.text("buyerName"),
        country=country,
        rating=item.number("currentBuyerRating"),
    )


def whole(item: Payload, name: str) -> str:
    """A number of theirs, sent as number or as text, as text. Raises NotUnderstood where there is none."""
    number = item.number(name)
    if number is None or number != number.to_integral_value() or number <= 0:
        raise item.not_understood(name, "is no number of theirs")
    return str(int(number))


def cover(item: Payload, buyer: Identifier, currency: str, today: date) -> CoverAnswer:
    """One cover of a list, as it stands on a day; `currency` is that of the insurance policy. Raises NotUnderstood."""
    decision = item.section("totalDecision")
    requested = amount_of(item, "creditLimitApplicationAmountInPolicyCurrency")
    decided = amount_of(decision, "decisionAmtInPolicyCurrency")
    ends_on = _end(item, decision)
    state, response, reason = _standing(item)
    starts_on = day(item, "effectFromDate")
    if state in STANDING and ends_on is not None and ends_on < today:
        state = "ended"
    elif state in STANDING and starts_on is not None and starts_on > today:
        state = "pending"
    if state in STANDING and decided is None:
        raise item.not_understood("totalDecision", "has no amount")
    if state == "granted" and requested is not None and decided is not None and decided < requested:
        state = "granted_in_part"
    if state in OVER:
        decided = Decimal(0)
    return CoverAnswer(
        key=CoverKey(whole(item, "coverId"), buyer),
        state=state,
        amount=None if state == "pending" else decided,
        currency=item.text("policyCurrencyCode") or currency,
        requested_amount=requested,
        starts_on=starts_on,
        ends_on=ends_on,
        conditions=_conditions(item),
        response_code=response,
        reason_code=reason,
        raw=item.document,
    )


def _standing(item: Payload) -> tuple[CoverState, ResponseCode | None, ReasonCode | None]:
    past = item.text("historicCode")
    if past is not None:
        if past not in HISTORIC:
            raise item.not_understood("historicCode", "is not known")
        state = HISTORIC[past]
        return state, RESPONSE_OF_PAST.get(state), None
    status, code = item.text("coverStatus"), item.text("decisionCode")
    if status == "REFERRED":
        return "pending", edifact.INVESTIGATING, None
    if status != "DECISION" or code not in DECISIONS:
        raise item.not_understood("decisionCode", "is not known")
    return DECISIONS[code]


def amount_of(item: Payload, name: str) -> Decimal | None:
    """An amount of money; None where it is missing. Raises NotUnderstood below zero."""
    amount = item.number(name)
    if amount is not None and amount < 0:
        raise item.not_understood(name, "is below zero")
    return amount


def _end(item: Payload, decision: Payload) -> date | None:
    told = (day(item, "withdrawalDate"), day(item, "effectiveToDate"), day(decision, "decisionExpiryDate"))
    return min((each for each in told if each is not None), default=None)


def _conditions(item: Payload) -> tuple[str, ...]:
    found = [
        each.text("conditionDescription") or each.text("conditionCode")
        for part in ("totalDecision", "firstAmtDecision", "secondAmtDecision")
        for each in item.section(part).items("decisionConditions")
    ]
    return tuple(dict.fromkeys(each for each in found if each))


def day(item: Payload, name: str) -> date | None:
    """The British day of a date or of a time with its zone; None where it is missing. Raises NotUnderstood."""
    text = item.text(name)
    if text is None or len(text) == len("2026-01-01"):
        return item.day(name)
    try:
        moment = datetime.fromisoformat(text)
        return (moment.astimezone(ZONE) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError) as unreadable:
        raise item.not_understood(name, "is not a date") from unreadable


def faults(raw: object) -> tuple[tuple[str | None, str], ...]:
    """What they say is wrong with a request, as (field, words). Raises NotUnderstood where they say nothing."""
    items = Payload(PROVIDER, raw).items("errors")
    found = tuple((each.section("source").text("parameter"), each.text("detail") or "") for each in items)
    if not found:
        raise NotUnderstood(PROVIDER, "errors are not told")
    return found


def pending(key: CoverKey, currency: str, amount: Decimal | None, raw: dict[str, Any]) -> CoverAnswer:
    """A request that arrived and of which no decision is known."""
    return CoverAnswer(key, "pending", None, currency, amount, None, None, (), edifact.INVESTIGATING, None, raw)
