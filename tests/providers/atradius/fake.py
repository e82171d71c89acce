"""An insurer of one's own that speaks the protocol of Atradius: it keeps covers, and its underwriter can be told."""

from collections.abc import Callable
from typing import Any

import orjson
import responses
from requests import PreparedRequest

from providers.atradius.client import BUYERS, COVERS, SETTINGS, TOKENS

Answer = tuple[int, dict[str, str], bytes]
BUYER = {"buyerId": 38000001, "buyerName": "VOORBEELD HANDEL B.V.", "currentBuyerRating": 42}


class FakeAtradius:
    """Covers by their number; `seen` are the bodies of what was ordered, `lose_next` loses an answer after the deed."""

    def __init__(self, *, tells_reference: bool = True) -> None:
        self.covers: dict[int, dict[str, Any]] = {}
        self.seen: list[dict[str, Any]] = []
        self.lose_next = False
        self.tells_reference = tells_reference

    def serve(self, mock: responses.RequestsMock) -> None:
        """Answer at the real addresses."""

        def on(method: str, path: str, answer: Callable[[PreparedRequest], Answer]) -> None:
            mock.add_callback(method, SETTINGS.address + path, callback=answer)

        on("POST", TOKENS, self._sign_in)
        on("GET", BUYERS, self._buyers)
        on("POST", COVERS, self._request)
        on("PUT", COVERS, self._change)
        on("GET", COVERS, lambda asked: self._list(asked, lambda each: each["historicCode"] is None))
        on("GET", f"{COVERS}/applications", lambda asked: self._list(asked, _is_referred))
        on("GET", f"{COVERS}/historic", lambda asked: self._list(asked, lambda each: each["historicCode"] is not None))

    def decide(self, number: int, code: str, amount: int, **dates: str) -> None:
        """What the underwriter does."""
        self.covers[number].update(
            coverStatus="DECISION",
            decisionCode=code,
            totalDecision={"decisionAmtInPolicyCurrency": str(amount), "decisionConditions": []},
            **dates,
        )

    def _sign_in(self, asked: PreparedRequest) -> Answer:
        if not asked.headers["Authorization"].startswith("Basic ") or not asked.headers["Atradius-App-Key"]:
            return _said(401, {"errors": [{"detail": "Unauthorized"}]})
        return _said(200, {"data": {"access_token": "token-1", "token_type": "Bearer", "expires_in": 1800}})

    def _buyers(self, asked: PreparedRequest) -> Answer:
        if _denied(asked):
            return _said(401, {})
        if asked.params == {"country": "NLD", "uid": "00000018", "uidType": "NRN"}:
            return _said(200, {"data": [BUYER]})
        return _said(400, {"errors": [{"detail": "No buyer match found", "source": {"parameter": "uid"}}]})

    def _request(self, asked: PreparedRequest) -> Answer:
        body = orjson.loads(asked.body or b"")
        self.seen.append(body)
        if body["creditLimitAmount"] <= 0 or body["creditLimitAmount"] % 1000:
            words = "Must be positive number greater than zero and a multiple of 1000."
            return _said(400, {"errors": [{"detail": words, "source": {"parameter": "creditLimitAmount"}}]})
        if any(each["buyerId"] == body["buyerId"] and each["historicCode"] is None for each in self.covers.values()):
            words = "Credit limit/credit check already exists for this buyer."
            return _said(400, {"errors": [{"detail": words, "source": {"parameter": "buyerId"}}]})
        number = 1234567 + len(self.covers)
        self.covers[number] = {
            "coverId": number,
            "buyerId": body["buyerId"],
            "coverStatus": "REFERRED",
            "decisionCode": None,
            "historicCode": None,
            "policyCurrencyCode": "EUR",
            "creditLimitApplicationAmountInPolicyCurrency": body["creditLimitAmount"],
            "effectFromDate": body["effectFromDate"],
        }
        if self.tells_reference:
            self.covers[number]["customerRefNumber"] = body["customerRefNumber"]
        return self._done(202, number)

    def _change(self, asked: PreparedRequest) -> Answer:
        body = orjson.loads(asked.body or b"")
        self.seen.append(body)
        cover = self.covers[body["coverId"]]
        if body["action"] == "cancel":
            cover["historicCode"] = "CCLD"
        else:
            cover["creditLimitApplicationAmountInPolicyCurrency"] = body["creditLimitAmount"]
        if body["action"] == "reduce":
            self.decide(body["coverId"], "DC09", body["creditLimitAmount"])
        if body["action"] == "supersede":
            cover["coverStatus"] = "REFERRED"
        return self._done(201, body["coverId"])

    def _list(self, asked: PreparedRequest, is_in: Callable[[dict[str, Any]], bool]) -> Answer:
        if _denied(asked):
            return _said(401, {})
        found = [
            each for each in self.covers.values() if is_in(each) and str(each["buyerId"]) == asked.params["buyerId"]
        ]
        return _said(200, {"data": found})

    def _done(self, status: int, number: int) -> Answer:
        if self.lose_next:
            self.lose_next = False
            return _said(503, {})
        return _said(status, {"data": [{"coverId": number, "response": "Action successful"}]})


def _is_referred(cover: dict[str, Any]) -> bool:
    return cover["historicCode"] is None and cover["coverStatus"] == "REFERRED"


def _denied(asked: PreparedRequest) -> bool:
    return asked.headers.get("Authorization") != "Bearer token-1" or not asked.headers.get("Atradius-Correlation-Id")


def _said(status: int, document: Any) -> Answer:
    return status, {"Content-Type": "application/json"}, orjson.dumps(document)
