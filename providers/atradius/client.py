"""Atradius over HTTP: the sign-in, buyers, and covers asked, found, read, changed and given back.

Known from published client code, not from a contract: what is not confirmed stands behind a named constant.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from rigour.territories import get_territory

from providers.atradius import mapping
from providers.errors import SourceError, SourceRefused
from providers.http import Line, Reply, Request, Signature
from providers.insurers import (
    Buyer,
    CoverAnswer,
    CoverKey,
    CoverNotFound,
    CoverNotTaken,
    CoverRequest,
    InsurancePolicyKey,
    in_steps,
)
from providers.memory import Token
from providers.payload import Payload
from providers.ports import CompanyKey, Identifier
from providers.settings import SourceSettings
from providers.sign_in import token_of_seconds

SETTINGS = SourceSettings(
    provider="atradius",
    address="https://api.atradius.com",
    credentials=("client_id", "client_secret", "app_key"),
    price=None,
)
TOKENS = "/authenticate/v2/tokens"
BUYERS = "/credit-insurance/organisation-management/v1/buyers"
COVERS = "/credit-insurance/cover-management/v1/covers"
# There is no call for one cover: it is in one of these lists, the first being what stands or waits.
LISTS = (COVERS, f"{COVERS}/applications", f"{COVERS}/historic")
# Not confirmed: which lists tell of a request that has just arrived.
LISTS_OF_NEW = LISTS[:2]

UID_TYPES = {"kvk": "NRN", "coh": "NRN", "vat": "VAT", "duns": "DB"}
COVER_TYPE = "credit-limit"
TOKEN_LIFE = timedelta(minutes=30)
STEP = Decimal(1000)  # Amounts are multiples of it.
NO_MATCH = "no buyer match found"
# Not confirmed: that the body of a change names the cover and the action so.
ACTION = "action"
HIGHER, LOWER, GIVEN_BACK = "supersede", "reduce", "cancel"
REFUSED_AS_ASKED = (400, 422)


class Atradius:
    """The insurer; the insurance policy is named by `customer_id` and `policy_id`."""

    def find_buyers(self, company: CompanyKey, policy: InsurancePolicyKey, line: Line) -> tuple[Buyer, ...]:
        """Buyers with the first of the company's numbers that they know; a search may be charged."""
        country = _country(company.country)
        for number in company.identifiers:
            if number.scheme not in UID_TYPES or country is None:
                continue
            params = {"country": country, "uid": number.value, "uidType": UID_TYPES[number.scheme]}
            request = Request("buyers", BUYERS, params=params, expect=(200, *REFUSED_AS_ASKED), cost=line.price)
            reply = _send(request, line)
            raw = None if _says_no_match(reply) else _taken(reply, line, "buyers")
            asked = (params["uidType"], number.value)
            found = () if raw is None else mapping.buyers(raw, company.country, asked)
            if found:
                return found
        return ()

    def request_cover(self, request: CoverRequest, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """Ask for a credit limit, in whole thousands. Decided at once it is read, else it is pending."""
        amount = in_steps(request.amount, STEP)
        body = {
            **_scope(policy),
            "buyerId": int(request.buyer.value),
            "coverType": COVER_TYPE,
            "currencyCode": request.currency,
            "creditLimitAmount": int(amount),
            "effectFromDate": request.starts_on.isoformat(),
            "customerRefNumber": request.our_reference,
        }
        reply = _order(Request("cover_request", COVERS, method="POST", json=body, expect=(201, 202)), line)
        return _after(reply, request.buyer, amount, policy, line)

    def find_request(self, request: CoverRequest, policy: InsurancePolicyKey, line: Line) -> CoverAnswer | None:
        """The request by our reference; where a list does not tell it, by buyer, amount and first day."""
        amount = in_steps(request.amount, STEP)
        for item in _covers(LISTS_OF_NEW, request.buyer, policy, line):
            reference = item.text("customerRefNumber")
            is_alike = (
                mapping.amount_of(item, "creditLimitApplicationAmountInPolicyCurrency") == amount
                and mapping.day(item, "effectFromDate") == request.starts_on
            )
            if reference == request.our_reference or (reference is None and is_alike):
                return _cover(item, request.buyer, policy, line)
        return None

    def read_cover(self, key: CoverKey, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """The cover as it stands, or as it stood when it went into the past."""
        for item in _covers(LISTS, key.buyer, policy, line):
            if mapping.whole(item, "coverId") == key.reference:
                return _cover(item, key.buyer, policy, line)
        raise CoverNotFound(line.provider, "the cover is in none of the lists")

    def change_cover(self, key: CoverKey, request: CoverRequest, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """Ask for more, or give back a part."""
        amount = in_steps(request.amount, STEP)
        before = self.read_cover(key, policy, line).amount
        action = LOWER if before is not None and amount < before else HIGHER
        body = {
            **_named(key, policy, action),
            "currencyCode": request.currency,
            "creditLimitAmount": int(amount),
            "effectFromDate": request.starts_on.isoformat(),
            "customerRefNumber": request.our_reference,
        }
        reply = _order(Request(f"cover_{action}", COVERS, method="PUT", json=body, expect=(200, 201, 202)), line)
        return _after(reply, key.buyer, amount, policy, line)

    def withdraw_cover(self, key: CoverKey, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """Give the cover back."""
        body = _named(key, policy, GIVEN_BACK)
        reply = _order(Request("cover_cancel", COVERS, method="PUT", json=body, expect=(200, 201, 202)), line)
        return _after(reply, key.buyer, None, policy, line)


def _sign_in(line: Line) -> Token:
    """A token for half an hour. Raises SourceError."""
    reply = line.send(
        Request(
            "sign_in",
            TOKENS,
            method="POST",
            basic=(line.credentials["client_id"], line.credentials["client_secret"]),
            headers={**_headers(line), "Content-Type": "application/json"},
        )
    )
    data = Payload(line.provider, reply.document).section("data")
    return token_of_seconds(data, "access_token", lives=("expires_in",), now=line.real_now(), assumed=TOKEN_LIFE)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _headers(line: Line) -> dict[str, str]:
    return {"Atradius-App-Key": line.credentials["app_key"], "Atradius-Correlation-Id": str(uuid4())}


def _send(request: Request, line: Line) -> Reply:
    return line.send(replace(request, headers=_headers(line), signature=Signature(_sign_in, _bearer)))


def _order(request: Request, line: Line) -> Reply:
    """Send what creates or changes a cover, once. Raises CoverNotTaken with their words where they do not take it."""
    ordered = replace(request, expect=(*request.expect, *REFUSED_AS_ASKED), repeatable=False)
    reply = _send(ordered, line)
    _taken(reply, line, request.operation)
    return reply


def _taken(reply: Reply, line: Line, operation: str) -> Any:
    if reply.status in REFUSED_AS_ASKED:
        raise CoverNotTaken(line.provider, f"{operation}: {reply.status}", mapping.faults(reply.document))
    return reply.document


def _says_no_match(reply: Reply) -> bool:
    if reply.status not in REFUSED_AS_ASKED:
        return False
    return any(NO_MATCH in words.lower() for _, words in mapping.faults(reply.document))


def _after(
    reply: Reply, buyer: Identifier, amount: Decimal | None, policy: InsurancePolicyKey, line: Line
) -> CoverAnswer:
    """How the cover stands that was ordered just now: they tell its number only, so it is read."""
    told = next(iter(Payload(line.provider, reply.document).items("data")), Payload(line.provider, {}))
    key = CoverKey(mapping.whole(told, "coverId"), buyer)
    try:
        return Atradius().read_cover(key, policy, line)
    except SourceError:
        # It was ordered, so it must not look lost; how it stands is read later.
        return mapping.pending(key, policy.currency, amount, told.document)


def _covers(lists: tuple[str, ...], buyer: Identifier, policy: InsurancePolicyKey, line: Line) -> Iterator[Payload]:
    params = {**_scope(policy), "buyerId": buyer.value}
    for path in lists:
        reply = _send(Request(path.rpartition("/")[2], path, params=params), line)
        for item in Payload(line.provider, reply.document).items("data"):
            if item.words("buyerId") in (None, buyer.value):  # Should they list more than was asked for.
                yield item


def _cover(item: Payload, buyer: Identifier, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
    return mapping.cover(item, buyer, policy.currency, line.now.astimezone(mapping.ZONE).date())


def _scope(policy: InsurancePolicyKey) -> dict[str, str]:
    names = {"customerId": "customer_id", "policyId": "policy_id"}
    if lacking := [name for name in names.values() if not policy.numbers.get(name)]:
        raise SourceRefused(SETTINGS.provider, f"the insurance policy is without {' and '.join(lacking)}")
    return {theirs: policy.numbers[ours] for theirs, ours in names.items()}


def _named(key: CoverKey, policy: InsurancePolicyKey, action: str) -> dict[str, Any]:
    return {**_scope(policy), "buyerId": int(key.buyer.value), "coverId": int(key.reference), ACTION: action}


def _country(code: str) -> str | None:
    territory = get_territory(code.lower())
    return territory.alpha3.upper() if territory and territory.alpha3 else None
