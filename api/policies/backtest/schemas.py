"""What the routes of backtests take and give."""

from typing import Any

from marshmallow import fields

from api.policies.backtest.running import USUAL_ECONOMICS
from api.web.fields import Day, Share
from api.web.schemas import Schema


def _share(name: str, description: str) -> Share:
    return Share(load_default=getattr(USUAL_ECONOMICS, name), metadata={"description": description})


class NewBacktestSchema(Schema):
    """Which orders are judged, by which knowledge, and what a sale is worth."""

    from_on = Day(required=True, data_key="from", metadata={"description": "The first day of the orders."})
    to_on = Day(required=True, data_key="to", metadata={"description": "The last day of the orders."})
    as_known = fields.Boolean(load_default=False, metadata={"description": "What was learnt late counts late."})
    loss_given_default = _share("loss_given_default", "Of what is never paid.")
    margin_share = _share("margin_share", "The part of a price that is margin.")
    prepaid_kept_share = _share("prepaid_kept_share", "Of the buyers who are asked to pay before delivery.")
    funding_rate = _share("funding_rate", "By the year, on the cost of what is owed.")


class BacktestStartedSchema(Schema):
    """A backtest that waits for its turn; it can be asked for by its id once its job has succeeded."""

    backtest_id = fields.UUID(required=True)
    job_id = fields.UUID(required=True)
    state = fields.String(required=True)


class BacktestSchema(Schema):
    """A backtest that is done, without its result. `arguments` are those of the request."""

    id = fields.UUID(required=True)
    policy_version = fields.Integer(required=True)
    arguments = fields.Dict(required=True)
    made_by = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)


class BacktestResultSchema(BacktestSchema):
    """A backtest with its result: figures are text, and what there is no figure of is null with a reason beside it."""

    result = fields.Dict(required=True, metadata={"description": "See docs/backtest.md for what stands in it."})


def arguments_of(data: dict[str, Any]) -> dict[str, Any]:
    """Give what was asked as it is kept: as the request says it, with what it left to us."""
    dumped: dict[str, Any] = NewBacktestSchema().dump(data)
    return dumped
