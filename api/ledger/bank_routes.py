"""HTTP of bank statements: what the bank sent, and whether anything of it is missing."""

from typing import Any

from flask import Response

from api.ledger.bank_schemas import BankStatementSchema, BankStatementsQuery
from api.ledger.continuity import Continuity
from api.ledger.statements import continuities
from api.records import bank
from api.records.bank import BankStatementRecord
from api.web.blueprint import Blueprint
from api.web.lists import CSV_TOO, list_answer
from api.web.money import money_or_none
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("bank", __name__, description="What the bank says came in and went out.")


@blueprint.route("/bank-statements", methods=["GET"])
@permission("ledger.read")
@blueprint.arguments(BankStatementsQuery, location="query")
@blueprint.response(200, page_schema(BankStatementSchema))
@blueprint.doc(responses=CSV_TOO)
def list_bank_statements(query: dict[str, Any]) -> Response:
    """List bank statements, of one account or of all, and how each follows those before it."""
    with wiring().transaction() as session:
        listed = bank.statement_listing(query["account"])
        page = page_of(session, listed, bank.LISTED_BY, query["limit"], query["after"], newest_first=True)
        said = continuities(session, page.items)
        items = [_statement(each, said[each.account, each.identity]) for each in page.items]
        return list_answer(BankStatementSchema, items, page.next)


def _statement(record: BankStatementRecord, continuity: Continuity) -> dict[str, Any]:
    plain = ("id", "account", "currency", "statement_reference", "sequence_number", "from_on", "until_on")
    return {
        **{name: getattr(record, name) for name in plain},
        "opening_amount": money_or_none(record.opening_amount, record.currency),
        "closing_amount": money_or_none(record.closing_amount, record.currency),
        "continuity": continuity,
        "known_at": record.known_at,
        "import_id": record.import_id,
    }
