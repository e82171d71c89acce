"""HTTP of backtests: one is ordered as a job, and its result is kept."""

from typing import Any
from uuid import UUID

from flask import Response

from api.policies import service
from api.policies.backtest import service as backtest_service
from api.policies.backtest import showing
from api.policies.backtest.report import PAGE_POLICY
from api.policies.backtest.schemas import (
    BacktestResultSchema,
    BacktestSchema,
    BacktestStartedSchema,
    NewBacktestSchema,
)
from api.problems import NotFound
from api.records import backtests
from api.records.backtests import BacktestRecord
from api.web.answers import bytes_answer, json_answer
from api.web.blueprint import Blueprint
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import PageQuery, page_schema
from api.wiring import wiring

blueprint = Blueprint("backtests", __name__, description="How policies would have judged the ledger of the past.")


@blueprint.route("/policies/<int:version>/backtests", methods=["POST"])
@permission("policy.backtest")
@blueprint.arguments(NewBacktestSchema)
@blueprint.response(202, BacktestStartedSchema)
@blueprint.alt_response(404)
def start_backtest(data: dict[str, Any], version: int) -> Response:
    """Judge every order of a period by this version, beside the active one. The result is kept under `backtest_id`."""
    return bytes_answer(backtest_service.order(version, data, wiring()), 202)


@blueprint.route("/policies/<int:version>/backtests", methods=["GET"])
@permission("policy.read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_schema(BacktestSchema))
@blueprint.alt_response(404)
def list_backtests(query: dict[str, Any], version: int) -> Response:
    """List the backtests of a version that are done, the newest first."""
    with wiring().transaction() as session:
        service.get_version(session, version)
        keys = [BacktestRecord.id]
        page = page_of(session, backtests.listing(version), keys, query["limit"], query["after"], newest_first=True)
        items = [backtest_service.backtest_answer(each) for each in page.items]
        return json_answer({"items": items, "next": page.next})


@blueprint.route("/backtests/<uuid:backtest_id>", methods=["GET"])
@permission("policy.read")
@blueprint.response(200, BacktestResultSchema)
@blueprint.alt_response(404)
def show_backtest(backtest_id: UUID) -> Response:
    """Show a backtest with its result. One whose job has not succeeded is not there."""
    record = _kept(backtest_id)
    return json_answer(backtest_service.backtest_answer(record) | {"result": record.result})


@blueprint.route("/backtests/<uuid:backtest_id>/report", methods=["GET"])
@permission("policy.read")
@blueprint.response(200, {"type": "string"}, content_type="text/html")
def show_backtest_report(backtest_id: UUID) -> Response:
    """Show the result as a page for people, in English or Dutch (`Accept-Language`); it needs nothing beside it."""
    page = showing.show_report(_kept(backtest_id), wiring().language)
    policy = f"{PAGE_POLICY}; frame-ancestors 'none'"
    return Response(page, headers={"Content-Security-Policy": policy}, content_type="text/html; charset=utf-8")


@blueprint.route("/backtests/<uuid:backtest_id>/plots/<string:name>.png", methods=["GET"])
@permission("policy.read")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="image/png")
def show_backtest_plot(backtest_id: UUID, name: str) -> Response:
    """Show one plot of the report; `docs/backtest.md` names them, and so does the answer to an unknown name."""
    image = showing.show_plot(_kept(backtest_id), name, wiring().language)
    return Response(image, content_type="image/png")


def _kept(backtest_id: UUID) -> BacktestRecord:
    with wiring().transaction() as session:
        record = backtests.get(session, backtest_id)
    if record is None:
        raise NotFound("There is no such backtest, or its job has not succeeded yet.")
    return record
