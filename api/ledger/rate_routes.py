"""HTTP of exchange rates: what one currency is taken for in another."""

from typing import Any

from flask import Response

from api.known_time import known_until
from api.ledger.rate_schemas import ExchangeRateSchema, ExchangeRatesQuery
from api.ledger.rates import rates_on
from api.web.blueprint import Blueprint
from api.web.lists import CSV_TOO, list_answer
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("rates", __name__, description="What one currency is taken for in another.")


@blueprint.route("/exchange-rates", methods=["GET"])
@permission("ledger.read")
@blueprint.arguments(ExchangeRatesQuery, location="query")
@blueprint.response(200, page_schema(ExchangeRateSchema))
@blueprint.doc(responses=CSV_TOO)
def list_exchange_rates(query: dict[str, Any]) -> Response:
    """List the exchange rates that a conversion on a day uses, each with its own day and source; always one page."""
    given = wiring()
    with given.transaction() as session:
        on = query["on"] or given.today
        items = rates_on(session, on, query["currency"], known_until(query["known_at"], given), given.house.policies)
        return list_answer(ExchangeRateSchema, items, None)
