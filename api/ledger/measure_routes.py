"""HTTP of the measures: of one debtor, of the whole book, and of what is overdue, item by item."""

from typing import Any
from uuid import UUID

from flask import Response

from api.ledger import measures
from api.ledger.clocks import currency_of, view_of
from api.ledger.measure_schemas import DebtorMeasuresSchema, MeasuresQuery, PortfolioSchema
from api.ledger.measures import Question
from api.ledger.overdue import overdue_page
from api.ledger.overdue_schemas import OverdueItemSchema, OverdueItemsSchema, OverdueQuery
from api.web.answers import json_answer
from api.web.blueprint import Blueprint
from api.web.lists import CSV_TOO, list_answer
from api.web.permissions import permission
from api.wiring import Wiring, wiring

blueprint = Blueprint("measures", __name__, description="How fast the book is paid, and what of it may be lost.")


@blueprint.route("/debtors/<uuid:debtor_id>/measures", methods=["GET"])
@permission("ledger.read")
@blueprint.arguments(MeasuresQuery, location="query")
@blueprint.response(200, DebtorMeasuresSchema)
def show_debtor_measures(query: dict[str, Any], debtor_id: UUID) -> Response:
    """Show what a debtor owes, how fast he pays, and what is to be provided for."""
    given = wiring()
    with given.transaction() as session:
        return json_answer(measures.debtor_answer(session, debtor_id, _question(query, given, session)))


@blueprint.route("/portfolio", methods=["GET"])
@permission("ledger.read")
@blueprint.arguments(MeasuresQuery, location="query")
@blueprint.response(200, PortfolioSchema)
def show_portfolio(query: dict[str, Any]) -> Response:
    """Show the measures of the whole book, on whom it hangs, and what of it may be lost."""
    given = wiring()
    with given.transaction() as session:
        return json_answer(measures.portfolio_answer(session, _question(query, given, session)))


@blueprint.route("/debtors/<uuid:debtor_id>/overdue-items", methods=["GET"])
@permission("ledger.read")
@blueprint.arguments(OverdueQuery, location="query")
@blueprint.response(200, OverdueItemsSchema)
@blueprint.doc(responses=CSV_TOO)
def list_overdue_items(query: dict[str, Any], debtor_id: UUID) -> Response:
    """List a debtor's overdue invoices, the longest overdue first, with interest, costs and VAT relief by Dutch law."""
    given = wiring()
    with given.transaction() as session:
        page = overdue_page(session, debtor_id, view_of(query, given), query["limit"], query["after"])
        return list_answer(OverdueItemSchema, page.items, page.next, page.beside)


def _question(query: dict[str, Any], given: Wiring, session: Any) -> Question:
    policy = given.house.policies.active(session).policy
    return Question(view_of(query, given), currency_of(query, given), query["period_days"], policy.provisions)
