"""Allianz Trade over HTTP: companies matched, cover asked as a job that is looked after until it has made a cover.

Known from the developer pages and from published client code, not from a contract. What orders and is not known from
there, such as changing a cover or giving it back, is refused instead of guessed.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, NoReturn
from urllib.parse import quote

from providers.allianz_trade import mapping
from providers.allianz_trade.mapping import JOB
from providers.errors import NotUnderstood, SourceError, SourceRefused
from providers.http import Line, Reply, Request, Signature
from providers.insurers import (
    Buyer,
    CoverAnswer,
    CoverKey,
    CoverNotFound,
    CoverNotTaken,
    CoverRequest,
    InsurancePolicyKey,
)
from providers.memory import Token
from providers.payload import Payload
from providers.ports import CompanyKey
from providers.settings import SourceSettings
from providers.sign_in import token_of_seconds

SETTINGS = SourceSettings(
    provider="allianz_trade",
    address="https://api.allianz-trade.com",
    credentials=("api_key",),
    price=None,
)
TOKENS = "/v1/idp/oauth2/authorize"
MATCHING = "/search/v2/companies/matching"
COVERS = "/riskinfo/v3/covers"
JOBS = "/riskinfo/v3/jobs"
REQUESTS = "/riskinfo/v3/coverRequests/search"

TOKEN_LIFE = timedelta(hours=1)
COMPANIES_MAX = 10
# The codes they have for numbers of registers are not confirmed, so that companies are matched by name and country:
# whoever asks compares names and addresses before cover is asked for one.
NUMBER_TYPES: dict[str, str] = {}
OWN_NUMBER = "EH"
REQUEST_TYPE = "Primary"
IN_PROGRESS = "InProgress"
PAGE_SIZE, PAGES_MAX = 500, 20
REFUSED_AS_ASKED = (400, 422)
UNKNOWN_COVER = 404  # Not confirmed: that a cover which they do not know is answered so.


class AllianzTrade:
    """The insurer; the insurance policy is named by `business_unit_code`, `policy_id` and, if any, `extension_id`."""

    def find_buyers(self, company: CompanyKey, policy: InsurancePolicyKey, line: Line) -> tuple[Buyer, ...]:
        """Companies of such a name; without a name none can be found."""
        if not company.name:
            return ()
        numbers = [
            {"idTypeCode": NUMBER_TYPES[each.scheme], "idValue": each.value}
            for each in company.identifiers
            if each.scheme in NUMBER_TYPES
        ]
        body: dict[str, Any] = {
            "requestedSize": COMPANIES_MAX,
            "companyName": company.name,
            "countryCode": company.country,
            "companyIdentifierTypeCode": OWN_NUMBER,
        }
        asked = body | ({"companyIdentifiers": numbers} if numbers else {})
        return mapping.buyers(_send(Request("matching", MATCHING, method="POST", json=asked), line).document)

    def request_cover(self, request: CoverRequest, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """Ask for a credit limit. What the job has made of it by now is read, else it is pending.

        Their limits come without a currency, so that it is asked for in that of the insurance policy only.
        """
        if request.currency != policy.currency:
            raise SourceRefused(line.provider, "cover is asked for only in the currency of the insurance policy")
        body = {
            "requestTypeCode": REQUEST_TYPE,
            "policy": _named(policy),
            "creditLimitDetails": {"requestedAmount": _plain(request.amount), "currencyCode": request.currency},
            "companyId": request.buyer.value,
            "isRequestUrgent": request.urgent,
        }
        reply = _send(
            Request(
                "cover_request",
                COVERS,
                method="POST",
                json=body,
                expect=(200, 201, 202, *REFUSED_AS_ASKED),
                repeatable=False,
            ),
            line,
        )
        if reply.status in REFUSED_AS_ASKED:
            raise CoverNotTaken(line.provider, f"cover_request: {reply.status}", mapping.faults(reply.document))
        key = CoverKey(f"{JOB}{mapping.job_of(reply.document)}", request.buyer)
        try:
            return _read(key, policy, line, request.amount)
        except SourceError:
            # It was ordered, so it must not look lost; how it stands is read later.
            return mapping.pending(key, policy.currency, request.amount, {"job": reply.document})

    def find_request(self, request: CoverRequest, policy: InsurancePolicyKey, line: Line) -> CoverAnswer | None:
        """A request in progress of this amount for this company: they keep no reference of ours.

        One that was decided at once is not in progress any more, so None does not prove that none arrived.
        """
        for item in _in_progress(policy, line):
            details = item.section("creditLimitDetails")
            is_alike = (details.number("requestedAmount"), details.text("currencyCode")) == (
                request.amount,
                request.currency,
            )
            if not is_alike:
                continue
            key = CoverKey(mapping.reference(item, "coverId"), request.buyer)
            cover = Payload(line.provider, _cover(key.reference, line).document)
            if mapping.reference(cover, "companyId") == request.buyer.value:
                return mapping.pending(key, request.currency, request.amount, item.document)
        return None

    def read_cover(self, key: CoverKey, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """How a cover stands, or the job that is to make it."""
        return _read(key, policy, line, None)

    def change_cover(self, key: CoverKey, request: CoverRequest, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """Refused: how a cover is changed is not known. Raises SourceRefused."""
        _refuse(line, "changing a cover")

    def withdraw_cover(self, key: CoverKey, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """Refused: how a cover is given back is not known. Raises SourceRefused."""
        _refuse(line, "giving back a cover")


def _refuse(line: Line, act: str) -> NoReturn:
    raise SourceRefused(line.provider, f"{act} needs what the insurer tells its customers only; do it in its portal")


def _sign_in(line: Line) -> Token:
    """A token for an hour, which cannot be renewed. Raises SourceError."""
    reply = line.send(Request("sign_in", TOKENS, method="POST", json={"apiKey": line.credentials["api_key"]}))
    data = Payload(line.provider, reply.document)
    return token_of_seconds(data, "access_token", lives=("expires_in",), now=line.real_now(), assumed=TOKEN_LIFE)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _send(request: Request, line: Line) -> Reply:
    return line.send(replace(request, signature=Signature(_sign_in, _bearer)))


def _read(key: CoverKey, policy: InsurancePolicyKey, line: Line, requested: Decimal | None) -> CoverAnswer:
    if key.reference.startswith(JOB):
        path = f"{JOBS}/{quote(key.reference.removeprefix(JOB), safe='')}"
        job = _send(Request("job", path), line).document
        made = mapping.cover_of_job(job)
        if made is None:
            return mapping.pending(key, policy.currency, requested, {"job": job})
        key = CoverKey(made, key.buyer)
    raw = _cover(key.reference, line).document
    return mapping.cover(raw, key, policy.currency, requested, line.now.date())


def _cover(reference: str, line: Line) -> Reply:
    """The cover of a reference. Raises CoverNotFound."""
    path = f"{COVERS}/{quote(reference, safe='')}"
    reply = _send(Request("cover", path, expect=(200, UNKNOWN_COVER)), line)
    if reply.status == UNKNOWN_COVER:
        raise CoverNotFound(line.provider, "the cover is not known")
    return reply


def _in_progress(policy: InsurancePolicyKey, line: Line) -> Iterator[Payload]:
    for page in range(1, PAGES_MAX + 1):
        body = {
            "policies": [_named(policy)],
            "requestStatusCode": IN_PROGRESS,
            "pagination": {"page": page, "pageSize": PAGE_SIZE, "isTotalRequired": False},
        }
        items = mapping.pages(_send(Request("cover_requests", REQUESTS, method="POST", json=body), line).document)
        yield from items
        if len(items) < PAGE_SIZE:
            return
    raise NotUnderstood(line.provider, "cover_requests are more than can be looked through")


def _named(policy: InsurancePolicyKey) -> dict[str, str]:
    names = {"businessUnitCode": "business_unit_code", "policyId": "policy_id"}
    if lacking := [name for name in names.values() if not policy.numbers.get(name)]:
        raise SourceRefused(SETTINGS.provider, f"the insurance policy is without {' and '.join(lacking)}")
    named = {theirs: policy.numbers[ours] for theirs, ours in names.items()}
    extension = policy.numbers.get("extension_id")
    return {**named, "extensionId": extension} if extension else named


def _plain(amount: Decimal) -> int | str:
    """An amount as JSON has it without a float: whole where it is whole. Not confirmed: that a text is read too."""
    return int(amount) if amount == amount.to_integral_value() else format(amount, "f")
