"""An insurer of one's own that speaks the protocol of Allianz Trade: jobs that wait until its underwriter decides."""

from collections.abc import Callable
from re import compile as pattern
from typing import Any

import orjson
import responses
from requests import PreparedRequest

from providers.allianz_trade.client import COVERS, JOBS, MATCHING, REQUESTS, SETTINGS, TOKENS
from tests.providers.wires import payload

Answer = tuple[int, dict[str, str], bytes]


class FakeAllianz:
    """Jobs and covers by number; `lose_next` loses an answer after the deed, `bare` gives the job's number alone."""

    def __init__(self, *, bare: bool = True) -> None:
        self.asked: list[dict[str, Any]] = []
        self.covers: dict[str, dict[str, Any]] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.bare, self.lose_next = bare, False

    def serve(self, mock: responses.RequestsMock) -> None:
        """Answer at the real addresses."""

        def on(method: str, path: Any, answer: Callable[[PreparedRequest], Answer]) -> None:
            mock.add_callback(method, path, callback=answer)

        base = SETTINGS.address
        on("POST", base + TOKENS, lambda asked: _said(200, payload("allianz_trade/token.assembled.json")))
        on("POST", base + MATCHING, self._signed(self._match))
        on("POST", base + REQUESTS, self._signed(self._requests))
        on("POST", base + COVERS, self._signed(self._request))
        on("GET", pattern(f"{base}{JOBS}/.+"), self._signed(lambda asked: self._one(self.jobs, asked)))
        on("GET", pattern(f"{base}{COVERS}/.+"), self._signed(lambda asked: self._one(self.covers, asked)))

    def decide(self, number: int, amount: float, starts_on: str = "2026-08-20") -> None:
        """What the underwriter does; a job is then done."""
        limit = {"technicalDecisionStatusCode": "AlreadyAgreed", "amount": amount, "startDate": starts_on}
        self.covers[f"cover-{number}"]["creditLimitsAggregation"] = {"creditLimits": [limit]}
        address = f"{SETTINGS.address}{COVERS}/cover-{number}"
        self.jobs[f"job-{number}"] = {"jobStatusCode": "PROCESSED", "resourceUrl": address}

    def _signed(self, answer: Callable[[PreparedRequest], Answer]) -> Callable[[PreparedRequest], Answer]:
        def check(asked: PreparedRequest) -> Answer:
            is_signed = asked.headers.get("Authorization") == "Bearer example-access-token"
            return answer(asked) if is_signed else _said(401, {})

        return check

    def _match(self, asked: PreparedRequest) -> Answer:
        body = orjson.loads(asked.body or b"")
        known = body["companyName"].startswith("Voorbeeld")
        return _said(200, payload("allianz_trade/companies-matching.assembled.json") if known else {"results": []})

    def _request(self, asked: PreparedRequest) -> Answer:
        body = orjson.loads(asked.body or b"")
        if body["creditLimitDetails"]["requestedAmount"] <= 0:
            return _said(400, {"message": "requestedAmount must be positive"})
        self.asked.append(body)
        number = len(self.asked)
        self.jobs[f"job-{number}"] = {"jobStatusCode": "PENDING"}
        self.covers[f"cover-{number}"] = {"coverId": f"cover-{number}", "companyId": body["companyId"]}
        if self.lose_next:
            self.lose_next = False
            return _said(504, {})
        return _said(200, f"job-{number}" if self.bare else {"jobId": f"job-{number}"})

    def _requests(self, asked: PreparedRequest) -> Answer:
        page = orjson.loads(asked.body or b"")["pagination"]
        found = [
            {"requestId": number, "coverId": f"cover-{number}", "creditLimitDetails": body["creditLimitDetails"]}
            for number, body in enumerate(self.asked, 1)
            if self.jobs[f"job-{number}"]["jobStatusCode"] == "PENDING"
        ]
        start = (page["page"] - 1) * page["pageSize"]
        return _said(200, found[start : start + page["pageSize"]])

    def _one(self, among: dict[str, dict[str, Any]], asked: PreparedRequest) -> Answer:
        found = among.get((asked.url or "").rpartition("/")[2])
        return _said(404, {}) if found is None else _said(200, found)


def _said(status: int, document: Any) -> Answer:
    return status, {"Content-Type": "application/json"}, orjson.dumps(document)
