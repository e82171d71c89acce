"""What the queue starts in the policies room: backtests."""

from typing import Any
from uuid import UUID

from api.policies.backtest.running import of_version, run_backtest
from api.policies.backtest.schemas import NewBacktestSchema
from api.policies.backtest.service import ordered_of
from api.problems import Problem
from api.records import backtests, jobs
from api.records.backtests import BacktestRecord
from api.records.sellers import Seller
from api.wiring import House


def backtest_policy(house: House, seller: Seller, job_id: UUID, arguments: dict[str, Any]) -> dict[str, Any]:
    """Run a backtest and keep its result; one that was killed begins anew, one that was kept is not run again.

    Raises CannotBeDone for a policy that cannot be tested, and with code `no_orders` for a period without orders.
    """
    backtest_id, version = UUID(arguments["backtest_id"]), arguments["policy_version"]
    with house.sessions.of(seller.id) as session:
        done = backtests.get(session, backtest_id) is not None
        candidate = of_version(session, version)
    if not done:
        ordered = ordered_of(NewBacktestSchema().load(arguments["asked"]))

        def on_progress(count: int, total: int) -> None:
            with house.sessions.of(seller.id) as session:
                jobs.progress(session, job_id, count, total)

        today = house.clock.today(seller)
        try:
            result = run_backtest(house.sessions, seller, today, candidate, ordered, on_progress)
        except Problem as problem:
            raise jobs.CannotBeDone({"code": problem.code, "detail": problem.detail}, {}) from problem
        with house.sessions.of(seller.id) as session:
            session.add(
                BacktestRecord(
                    id=backtest_id,
                    policy_version=version,
                    arguments=arguments["asked"],
                    made_by=arguments["made_by"],
                    made_at=house.clock.now(seller),
                    result=result,
                )
            )
    return {"backtest_id": str(backtest_id), "policy_version": version}


JOBS = {"policy_backtest": backtest_policy}
