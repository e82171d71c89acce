"""What vendors send by themselves: taken at a secret address, kept as it came, and read by a job."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any
from uuid import UUID

import structlog

from api.monitoring.run import look_at_what_came
from api.monitoring.telling import as_told
from api.problems import BadInput, Conflict, Fault, NotFound
from api.records import alerts, jobs, notices, sellers, source_changes
from api.records.notices import NoticeAddressRecord, NoticeRecord
from api.records.sellers import Seller
from api.wiring import House, Wiring, answer_bytes
from providers.catalog import Catalog
from providers.errors import NotUnderstood
from providers.ports import Notices

KIND = "notice"
UNREADABLE = "notice_unreadable"
TOKEN_BYTES = 32
# So long the address before still takes notices, until the vendor sends to the new one.
OLD_ADDRESS_LASTS = timedelta(days=1)
UNKNOWN = "There is no such address."

log = structlog.get_logger(__name__)


def senders(catalog: Catalog) -> Mapping[str, Notices]:
    """Give how the notices of each vendor that sends some are read, by its name."""
    return {each.provider: each.notices for each in catalog.sources if each.notices is not None}


def make_address(provider: str, given: Wiring, now: datetime) -> dict[str, Any]:
    """Make an address for a vendor and show it, once; the one before ends a day later (`now` is real time).

    Raises BadInput for a vendor that sends nothing we can read.
    """
    able = senders(given.house.catalog)
    if provider not in able:
        fault = Fault("/provider", "not_a_sender", f"Must be one of: {', '.join(sorted(able))}.")
        raise BadInput("This source sends no notices that can be read.", faults=[fault])
    # It names the seller, whose rows nobody sees otherwise, and a secret, of which only a digest is kept.
    token = f"{given.seller.id.hex}{token_hex(TOKEN_BYTES)}"
    with given.transaction() as session:
        given.once.claim(session)
        record = notices.add_address(session, provider, token, given.caller.name, now, now + OLD_ADDRESS_LASTS)
        answer = {**address_answer(record), "path": None}
        given.once.keep(session, 201, answer_bytes(answer))
    log.info("notice_address_made", provider=provider, by=str(given.caller.credential_id))
    return {**answer, "path": f"/v1/notices/{provider}/{token}"}


def end_address(address_id: UUID, given: Wiring, now: datetime) -> bytes:
    """End an address at once (`now` is real time); gives it as it is sent. Raises NotFound."""
    with given.transaction() as session:
        given.once.claim(session)
        record = notices.address(session, address_id)
        if record is None:
            raise NotFound(UNKNOWN, code="notice_address_not_found")
        record.ends_at = now if record.ends_at is None else min(record.ends_at, now)
        answer = answer_bytes(address_answer(record))
        given.once.keep(session, 200, answer)
    return answer


def address_answer(record: NoticeAddressRecord) -> dict[str, Any]:
    """Show an address without its secret."""
    return {name: getattr(record, name) for name in ("id", "provider", "made_by", "made_at", "ends_at")}


def seller_at(house: House, provider: str, token: str, now: datetime) -> Seller:
    """Give whose address this is (`now` is real time). Raises NotFound, the same for whatever is wrong with it."""
    try:
        seller_id = UUID(hex=token[:32])
    except ValueError as none:
        raise NotFound(UNKNOWN) from none
    with house.sessions.of(seller_id) as session:
        is_known = notices.is_address(session, provider, token, now)
    if not is_known:
        raise NotFound(UNKNOWN)
    with house.sessions.of_nobody() as session:
        seller = sellers.get(session, seller_id)
    assert seller is not None
    return seller


def take(house: House, seller: Seller, provider: str, content: bytes) -> None:
    """Keep a notice, and have it read once this is committed; the same one again changes nothing.

    Raises BadInput for one without content.
    """
    if not content:
        raise BadInput("A notice without content tells nothing.", code="empty_notice")
    now = house.clock.now(seller)
    with house.sessions.of(seller.id) as session:
        notice_id = notices.add(session, provider, content, now)
        if notice_id is not None:
            jobs.enqueue(session, KIND, {"notice_id": str(notice_id)}, now)


def read_again(notice_id: UUID, given: Wiring) -> bytes:
    """Have a notice read that could not be; gives the job. Raises NotFound, and Conflict for one that was read."""
    with given.transaction() as session:
        given.once.claim(session)
        record = notices.get(session, notice_id)
        if record is None:
            raise NotFound("There is no such notice.", code="notice_not_found")
        if record.state == "read":
            raise Conflict("This notice was read.", code="notice_read")
        job = jobs.enqueue(session, KIND, {"notice_id": str(notice_id)}, given.now)
        answer = answer_bytes({"job_id": job.id, "state": job.state})
        given.once.keep(session, 202, answer)
    return answer


def run_notice(house: House, seller: Seller, job_id: UUID, arguments: dict[str, Any]) -> dict[str, Any]:
    """Read a notice, store what it tells of those who are watched, and look at them. Safe to repeat."""
    notice_id = UUID(arguments["notice_id"])
    with house.sessions.of(seller.id) as session:
        record = notices.get(session, notice_id)
        assert record is not None
    reader = senders(house.catalog).get(record.provider)
    try:
        if reader is None:
            raise NotUnderstood(record.provider, "nobody reads its notices any more")
        changes = reader.read(record.content)
    except NotUnderstood as unreadable:
        _keep_unreadable(house, seller, record, unreadable.detail)
        raise jobs.CannotBeDone({"code": UNREADABLE, "detail": unreadable.detail}, {}) from unreadable
    now = house.clock.now(seller)
    with house.sessions.of(seller.id) as session:
        new_count = source_changes.add(session, record.provider, [as_told(each) for each in changes], now)
        kept = notices.get(session, notice_id)
        assert kept is not None
        kept.changes_count = new_count if kept.changes_count is None else kept.changes_count + new_count
        kept.state, kept.fault, kept.read_at = "read", None, now
        alerts.end_alert(session, UNREADABLE, str(notice_id), now=now)
    tally = look_at_what_came(house, seller)
    return {
        "notice_id": str(notice_id),
        "changes_count": new_count,
        "looked_at_count": tally.looked_at_count,
        "alerts_opened_count": tally.alerts_opened_count,
    }


def _keep_unreadable(house: House, seller: Seller, record: NoticeRecord, detail: str) -> None:
    """Keep why a notice cannot be read, and tell of it: it may be the bankruptcy of somebody."""
    now = house.clock.now(seller)
    with house.sessions.of(seller.id) as session:
        kept = notices.get(session, record.id)
        assert kept is not None
        kept.state, kept.fault = "unreadable", detail
        data = {"notice_id": str(record.id), "provider": record.provider, "fault": detail}
        alerts.open_alert(session, UNREADABLE, str(record.id), "warning", data, now=now)


JOBS = {KIND: run_notice}
