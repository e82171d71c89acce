"""Companies, jobs and covers of Allianz Trade as facts of ours; only what is known of its codes is read."""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from providers import edifact
from providers.edifact import ResponseCode
from providers.errors import NotUnderstood
from providers.insurers import Buyer, CoverAnswer, CoverKey, CoverState
from providers.payload import Payload
from providers.ports import Identifier

PROVIDER = "allianz_trade"
BUYER_SCHEME = "eh-id"
# Only this code was ever seen. Not confirmed: what the codes of refusals, reductions and withdrawals are; they are in
# the insurer's own lists (GET /riskinfo/v3/dataRef/tableTypes/{table}/codes), and until then are not guessed.
DECISIONS: dict[str, tuple[CoverState, ResponseCode]] = {"AlreadyAgreed": ("granted", edifact.APPROVED)}
PROCESSED, WAITING = "PROCESSED", "PENDING"
JOB = "job/"  # What the reference of a cover begins with while only its job is known.


def buyers(raw: object) -> tuple[Buyer, ...]:
    """The companies of an answer, the likeliest first. Raises NotUnderstood."""
    return tuple(_buyer(each.section("company")) for each in Payload(PROVIDER, raw).items("results"))


def _buyer(company: Payload) -> Buyer:
    address = company.section("address")
    street = " ".join(filter(None, (address.text("streetName"), address.text("streetNumber"))))
    place = " ".join(filter(None, (address.text("postalCode"), address.text("town"))))
    country = address.text("countryCode")
    if country is None:
        raise address.not_understood("countryCode", "is missing")
    return Buyer(
        number=Identifier(BUYER_SCHEME, country, reference(company, "companyId")),
        name=company.section("legalData").text("companyName"),
        country=country,
        address=", ".join(filter(None, (street, place))) or None,
    )


def reference(item: Payload, name: str) -> str:
    """A number of theirs, as text or as number; as text. Raises NotUnderstood where there is none."""
    value = item.document.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise item.not_understood(name, "is no number of theirs")
    return value.strip()


def job_of(raw: object) -> str:
    """The number of a job: it came bare or in an object. Raises NotUnderstood."""
    document: Any = raw if isinstance(raw, dict) else {"jobId": raw}
    return reference(Payload(PROVIDER, document), "jobId")


def cover_of_job(raw: object) -> str | None:
    """The number of the cover that a job made; None while it waits. Raises NotUnderstood."""
    job = Payload(PROVIDER, raw)
    status, address = job.text("jobStatusCode"), job.text("resourceUrl")
    if status == WAITING:
        return None
    if status != PROCESSED or address is None:
        raise job.not_understood("jobStatusCode", "is not known")
    try:
        folder, _, last = urlsplit(address).path.rpartition("/")
    except ValueError as broken:
        raise job.not_understood("resourceUrl", "is no address") from broken
    if not folder.endswith("/covers") or not last:
        raise job.not_understood("resourceUrl", "is not that of a cover")
    return last


def cover(raw: object, key: CoverKey, currency: str, requested: Decimal | None, today: date) -> CoverAnswer:
    """A cover as it stands on a day; `currency` is that of the insurance policy. Raises NotUnderstood."""
    document = Payload(PROVIDER, raw)
    limits = document.section("creditLimitsAggregation").items("creditLimits")
    if reference(document, "companyId") != key.buyer.value:
        raise document.not_understood("companyId", "is that of another company")
    if not limits:
        return pending(key, currency, requested, document.document)
    if len(limits) > 1:
        # Not confirmed: whether they add up or follow each other.
        raise document.not_understood("creditLimitsAggregation", "has several limits")
    (limit,) = limits
    amount, starts_on = limit.number("amount"), limit.day("startDate")
    status = limit.text("technicalDecisionStatusCode")
    if status not in DECISIONS:
        raise limit.not_understood("technicalDecisionStatusCode", "is not known")
    if amount is None or amount < 0:
        raise limit.not_understood("amount", "is no amount")
    if starts_on is not None and starts_on > today:
        return pending(key, currency, requested, document.document)
    state, response = DECISIONS[status]
    if requested is not None and amount < requested:
        state, response = "granted_in_part", edifact.PARTLY_APPROVED
    told = limit.text("currencyCode") or currency
    return CoverAnswer(key, state, amount, told, requested, starts_on, None, (), response, None, document.document)


def pending(key: CoverKey, currency: str, amount: Decimal | None, raw: dict[str, Any]) -> CoverAnswer:
    """A request of which no decision is known, or one that does not hold yet."""
    return CoverAnswer(key, "pending", None, currency, amount, None, None, (), edifact.INVESTIGATING, None, raw)


def pages(raw: object) -> list[Payload]:
    """The items of one page of a search: they came as a bare list. Raises NotUnderstood."""
    if not isinstance(raw, list):
        raise NotUnderstood(PROVIDER, "the page is no list")
    return [Payload(PROVIDER, each, str(at)) for at, each in enumerate(raw)]


def faults(raw: object) -> tuple[tuple[str | None, str], ...]:
    """What they say is wrong with a request. Not confirmed: its fields; whatever text is at its top is told."""
    document = raw if isinstance(raw, dict) else {}
    return tuple((name, value) for name, value in document.items() if isinstance(value, str))
