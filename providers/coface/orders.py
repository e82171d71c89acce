"""Orders at Coface: money is spent once, so an order of ours is looked for before one is placed, and then only read."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from time import sleep
from typing import Any

from providers.coface.searching import PROVIDER, Found
from providers.coface.signing import DATA, NOT_THERE, is_not_there, send
from providers.errors import NotUnderstood, SourceLate, SourceRefused
from providers.http import Line, Request
from providers.payload import Payload

ORDERS = f"{DATA}/publications/orders"
REFERENCE = "creditgate"  # By this an order of ours is found again, also when the answer to it was lost.
SLUGS = ("debtor-risk-assessment", "credit-opinion")
CURRENCY, LANGUAGE = "EUR", "en"
LEGITIMATE_INTERESTS = {"DE": "102"}  # Not confirmed: German law wants a reason, and clients give this one.
# Investigations take up to seven working days. So long an order is read and not placed again, finished or not.
KEPT_DAYS = 14
PAGES_MAX = 20
POLLS_MAX, POLL_SECONDS = 3, 1.0
RESERVE_SECONDS = 2.0  # A call that ends with the time would pass for a failure of Coface's.
DONE, UNFINISHED, CANCELLED, PARTLY, REFUSED = 200, 202, 205, 206, 400
CONTRACT_CODES = {"error-subscription", "wrong_product"}  # No points left, or not in the contract: for every company.


def order_of(found: Found, line: Line) -> dict[str, Any]:
    """The order of ours for a company: one of the last days, else a new one, which is charged. Raises SourceError."""
    placed = [each for each in _orders(found, line) if _is_kept(each, line.now)]
    if placed:
        return max(placed, key=_ordered_at).document
    body = {
        "externalId": found.external_id,
        "countryCode": found.country,
        "customerReference": REFERENCE,
        "assessments": [{"slug": slug, "currency": CURRENCY, "language": LANGUAGE} for slug in SLUGS],
    }
    if found.country in LEGITIMATE_INTERESTS:
        body["legitimateInterest"] = LEGITIMATE_INTERESTS[found.country]
    ordering = Request(
        "order",
        ORDERS,
        method="POST",
        json=body,
        expect=(DONE, 201, REFUSED),
        cost=line.price,
        repeatable=False,
    )
    reply = send(line, ordering)
    if reply.status == REFUSED:
        code = Payload(PROVIDER, reply.document).text("code")
        refusal = SourceRefused if code in CONTRACT_CODES else NotUnderstood
        raise refusal(line.provider, f"the order was refused: {(code or '')[:40]}")
    return Payload(PROVIDER, reply.document).document


def publications_of(order: Mapping[str, Any], line: Line) -> list[Any]:
    """What was ordered, as it was published. Raises SourceLate with the order's number while it is unfinished.

    The next question then reads the same order, since it is found by its reference.
    """
    placed = Payload(PROVIDER, order)
    number, published = (placed.text("id") or "")[:60], [each.text("id") for each in placed.items("publications")]
    if not number or not published or None in published:
        raise placed.not_understood("publications", "cannot be asked for")
    return [_content(each, number, line) for each in published if each is not None]


def _content(publication: str, order: str, line: Line) -> Any:
    asking = Request(
        "publication",
        f"{DATA}/publications",
        params={"format": "json", "id": publication},
        expect=(DONE, UNFINISHED, CANCELLED),
    )
    for _ in range(POLLS_MAX):
        reply = send(line, asking)
        if reply.status == DONE:
            return reply.document
        if reply.status == CANCELLED:
            raise NotUnderstood(line.provider, f"order {order} was cancelled")
        if line.seconds_left() < POLL_SECONDS + RESERVE_SECONDS:
            break
        sleep(POLL_SECONDS)
    raise SourceLate(line.provider, f"order {order} is not finished; it is read when it is asked for again")


def _orders(found: Found, line: Line) -> list[Payload]:
    """Orders of ours for a company, all pages of them: one that was overlooked would be paid for twice."""
    asked = {"externalId": found.external_id, "countryCode": found.country, "customerReference": REFERENCE}
    listed: list[Payload] = []
    page: Collection[Payload] = ()
    for _ in range(PAGES_MAX):
        within = {"range": f"{len(listed)}-{len(listed) + len(page) - 1}"} if listed else {}
        asking = Request("orders", ORDERS, params={**asked, **within}, expect=(DONE, UNFINISHED, PARTLY, NOT_THERE))
        reply = send(line, asking)
        if is_not_there(reply, line):
            return listed
        if reply.status == UNFINISHED:
            raise SourceLate(line.provider, "an order is not finished; it is read when it is asked for again")
        answer = Payload(PROVIDER, {"orders": reply.document})
        if not answer.is_list("orders"):
            raise answer.not_understood("orders", "are no list")
        page = answer.items("orders")
        listed += page
        if reply.status == DONE or not page:
            return listed
    raise NotUnderstood(line.provider, "has more orders of one company than can be read")


def _is_kept(order: Payload, now: datetime) -> bool:
    """Whether an order is of ours, for what we order, and not so old that it would be placed anew."""
    slugs = {slug for each in order.items("publications") if (slug := each.text("assessmentSlug"))}
    is_ours = order.text("customerReference") in (None, REFERENCE) and (not slugs or slugs >= set(SLUGS))
    return is_ours and _ordered_at(order) > now - timedelta(days=KEPT_DAYS)


def _ordered_at(order: Payload) -> datetime:
    text = order.text("orderDate")
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError as unreadable:
        raise order.not_understood("orderDate", "is no time") from unreadable
    if at.tzinfo is None:
        raise order.not_understood("orderDate", "has no zone")
    return at
