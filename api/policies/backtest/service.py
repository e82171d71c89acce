"""Orders backtests as jobs and keeps what they tell."""

from typing import Any

from api.policies.backtest.running import Ordered
from api.policies.backtest.schemas import arguments_of
from api.policies.service import get_version
from api.records import jobs
from api.records.backtests import BacktestRecord
from api.records.base import new_id
from api.wiring import Wiring, answer_bytes
from scoring.validation.economics import Economics


def ordered_of(data: dict[str, Any]) -> Ordered:
    """Read what was asked. Raises BadInput for a period that ends before it begins."""
    named = {name: value for name, value in data.items() if name not in ("from_on", "to_on", "as_known")}
    return Ordered(data["from_on"], data["to_on"], data["as_known"], Economics(**named))


def order(version: int, data: dict[str, Any], given: Wiring) -> bytes:
    """Put a backtest of a version in the queue; gives the answer that names it. Raises NotFound and BadInput."""
    ordered_of(data)
    with given.transaction() as session:
        given.once.claim(session)
        get_version(session, version)
        # The id is given here, so that a job that is run twice keeps one backtest.
        backtest_id = new_id()
        arguments = {
            "backtest_id": str(backtest_id),
            "policy_version": version,
            "asked": arguments_of(data),
            "made_by": given.caller.name,
        }
        job = jobs.enqueue(session, "policy_backtest", arguments, given.now)
        answer = answer_bytes({"backtest_id": backtest_id, "job_id": job.id, "state": job.state})
        given.once.keep(session, 202, answer)
    return answer


def backtest_answer(record: BacktestRecord) -> dict[str, Any]:
    """Give a backtest as callers see it in a list."""
    names = ("id", "policy_version", "arguments", "made_by", "made_at")
    return {name: getattr(record, name) for name in names}
