"""HTTP of the management room: promises to pay."""

from typing import Any
from uuid import UUID

from flask import Response

from api.known_time import since
from api.management.promise_answers import promise_answers
from api.management.promise_schemas import (
    NewPromiseSchema,
    PromiseSchema,
    PromisesQuery,
    WithdrawalOfPromiseSchema,
)
from api.management.promises import PromiseRequest, find, make, withdraw
from api.records import promise_listing
from api.records.promise_listing import Wanted
from api.records.promises import PromiseRecord
from api.web.answers import bytes_answer, json_answer
from api.web.blueprint import Blueprint
from api.web.lists import CSV_TOO, list_answer
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("management", __name__, description="Phase 4: it is overdue, what now?")


@blueprint.route("/invoices/<uuid:invoice_id>/promises", methods=["POST"])
@permission("promise.make")
@blueprint.arguments(NewPromiseSchema)
@blueprint.response(201, PromiseSchema)
@blueprint.alt_response(404)
def create_promise(request: PromiseRequest, invoice_id: UUID) -> Response:
    """Note that somebody promised to pay an invoice, and perhaps others of the same debtor with it."""
    return bytes_answer(make(invoice_id, request, wiring()), 201)


@blueprint.route("/promises", methods=["GET"])
@permission("promise.read")
@blueprint.arguments(PromisesQuery, location="query")
@blueprint.response(200, page_schema(PromiseSchema))
@blueprint.doc(responses=CSV_TOO)
def list_promises(query: dict[str, Any]) -> Response:
    """List promises, the newest first."""
    given = wiring()
    wanted = Wanted(
        debtor_id=query["debtor_id"],
        invoice_id=query["invoice_id"],
        state=query["state"],
        due_by=query["due_by"],
        changed_since=since(query["changed_since"], given),
    )
    with given.transaction() as session:
        listed = promise_listing.listing(wanted)
        page = page_of(session, listed, [PromiseRecord.id], query["limit"], query["after"], newest_first=True)
        return list_answer(PromiseSchema, promise_answers(session, page.items), page.next)


@blueprint.route("/promises/<uuid:promise_id>", methods=["GET"])
@permission("promise.read")
@blueprint.response(200, PromiseSchema)
@blueprint.alt_response(404)
def read_promise(promise_id: UUID) -> Response:
    """Read a promise, and what came of it."""
    with wiring().transaction() as session:
        (told,) = promise_answers(session, [find(session, promise_id)])
    return json_answer(told)


@blueprint.route("/promises/<uuid:promise_id>/withdrawals", methods=["POST"])
@permission("promise.withdraw")
@blueprint.arguments(WithdrawalOfPromiseSchema)
@blueprint.response(201, PromiseSchema)
def create_promise_withdrawal(data: dict[str, Any], promise_id: UUID) -> Response:
    """Take back a promise that is open; only a person may. It counts no more, neither as kept nor as broken."""
    return bytes_answer(withdraw(promise_id, data["grounds"], wiring()), 201)
