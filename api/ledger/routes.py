"""HTTP of the ledger room: imports, invoices, credit notes, and what they tell of a debtor."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, request

from api.known_time import since
from api.ledger import figures
from api.ledger.answer_schemas import (
    AgeingSchema,
    BehaviourSchema,
    CreditNoteSchema,
    ExposureSchema,
    ImportSchema,
    ImportStartedSchema,
    InvoiceSchema,
    RefusalSchema,
    TakenListSchema,
    TakenSchema,
)
from api.ledger.clocks import currency_of, view_of
from api.ledger.import_schemas import FILE, ImportQuery
from api.ledger.rates import total_answer
from api.ledger.refusals import refused_file
from api.ledger.schemas import BehaviourQuery, CreditNotesQuery, InvoicesQuery
from api.ledger.service import CREDIT_NOTES, INVOICES, Kind, take_sent
from api.ledger.uploads import accept
from api.problems import NotFound
from api.records import imports, invoice_listing
from api.records.imports import ImportRecord, ImportRefusalRecord
from api.records.invoices import CreditNoteRecord, InvoiceRecord
from api.web.answers import bytes_answer, json_answer
from api.web.blueprint import Blueprint
from api.web.bodies import json_body
from api.web.limits import large_body
from api.web.lists import CSV_TOO, list_answer
from api.web.money import money_answer
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import ClocksQuery, PageQuery, page_schema
from api.wiring import wiring

blueprint = Blueprint("ledger", __name__, description="What was invoiced and paid.")


def one_or_many(kind: Kind) -> dict[str, Any]:
    """Give the body of a route that takes one thing or a list."""
    return {"required": True, "content": {"application/json": {"schema": {"oneOf": [kind.one, kind.many]}}}}


def taken_answer(kind: Kind) -> Response:
    """Take what was sent, and tell what became of it."""
    return bytes_answer(*take_sent(kind, json_body(), wiring()))


TAKEN = {"content": {"application/json": {"schema": {"oneOf": [TakenSchema, TakenListSchema]}}}}


def taken_responses() -> dict[str, Any]:
    """Give the answers of a route that takes one thing or a list, beside the first one."""
    return {"200": {"description": "Known before.", **TAKEN}}


@blueprint.route("/imports", methods=["POST"])
@permission("ledger.write")
@large_body
@blueprint.arguments(ImportQuery, location="query")
@blueprint.doc(requestBody=FILE)
@blueprint.response(202, ImportStartedSchema)
def start_import(query: dict[str, Any]) -> Response:
    """Import a file, or a zip of files: a form with `file`, or the file as the body and the rest in the query.

    What it is its first bytes tell; only a delimited file needs a `mapping`.
    """
    return bytes_answer(accept(request, query, wiring()), 202)


@blueprint.route("/imports/<uuid:import_id>", methods=["GET"])
@permission("ledger.read")
@blueprint.response(200, ImportSchema)
def show_import(import_id: UUID) -> Response:
    """Show an import and, once it is finished, its report."""
    with wiring().transaction() as session:
        record = _import(imports.get(session, import_id))
        return json_answer({name: getattr(record, name) for name in ImportSchema().fields})


@blueprint.route("/imports/<uuid:import_id>/refusals", methods=["GET"])
@permission("ledger.read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_schema(RefusalSchema))
def list_refusals(query: dict[str, Any], import_id: UUID) -> Response:
    """List what was refused; with `Accept: text/csv` the lines themselves, to be corrected and sent again."""
    with wiring().transaction() as session:
        record = _import(imports.get(session, import_id))
        if request.accept_mimetypes.best_match(["application/json", "text/csv"]) == "text/csv":
            content, charset = refused_file(session, record)
            return Response(content, 200, content_type=f"text/csv; charset={charset}")
        keys = [ImportRefusalRecord.line, ImportRefusalRecord.fault]
        page = page_of(session, imports.refusals(import_id), keys, query["limit"], query["after"])
        items = [
            {"line": each.line, "column": each.column_name, "code": each.code, "detail": each.detail}
            for each in page.items
        ]
        return json_answer({"items": items, "next": page.next})


def _import(record: ImportRecord | None) -> ImportRecord:
    if record is None:
        raise NotFound("There is no such import.")
    return record


@blueprint.route("/invoices", methods=["POST"])
@permission("ledger.write")
@blueprint.doc(requestBody=one_or_many(INVOICES), responses=taken_responses())
@blueprint.response(201, TakenSchema)
def create_invoices() -> Response:
    """Add an invoice, or up to 1,000 as `items`: all of them, or none."""
    return taken_answer(INVOICES)


@blueprint.route("/credit-notes", methods=["POST"])
@permission("ledger.write")
@blueprint.doc(requestBody=one_or_many(CREDIT_NOTES), responses=taken_responses())
@blueprint.response(201, TakenSchema)
def create_credit_notes() -> Response:
    """Add a credit note, or up to 1,000 as `items`: all of them, or none."""
    return taken_answer(CREDIT_NOTES)


@blueprint.route("/invoices", methods=["GET"])
@permission("ledger.read")
@blueprint.arguments(InvoicesQuery, location="query")
@blueprint.response(200, page_schema(InvoiceSchema))
@blueprint.doc(responses=CSV_TOO)
def list_invoices(query: dict[str, Any]) -> Response:
    """List invoices, of one debtor or of all, in every state or one."""
    given = wiring()
    state = query["state"] or {True: "open", False: "settled", None: None}[query["open"]]
    listed = invoice_listing.invoices(query["debtor_id"], state, since(query["changed_since"], given), given.today)
    with given.transaction() as session:
        page = page_of(session, listed, [InvoiceRecord.id], query["limit"], query["after"])
        return list_answer(InvoiceSchema, [_invoice(each) for each in page.items], page.next)


def _invoice(record: InvoiceRecord) -> dict[str, Any]:
    plain = ("id", "debtor_id", "invoice_number", "invoiced_on", "due_on", "settled_on", "disputed")
    sums = ("amount", "open_amount", "paid_amount")
    return {name: getattr(record, name) for name in plain} | {
        name: money_answer(getattr(record, name), record.currency) for name in sums
    }


@blueprint.route("/credit-notes", methods=["GET"])
@permission("ledger.read")
@blueprint.arguments(CreditNotesQuery, location="query")
@blueprint.response(200, page_schema(CreditNoteSchema))
@blueprint.doc(responses=CSV_TOO)
def list_credit_notes(query: dict[str, Any]) -> Response:
    """List credit notes, of one debtor or of all."""
    given = wiring()
    listed = invoice_listing.credit_notes(query["debtor_id"], since(query["changed_since"], given))
    with given.transaction() as session:
        page = page_of(session, listed, [CreditNoteRecord.id], query["limit"], query["after"])
        return list_answer(CreditNoteSchema, [_credit_note(each) for each in page.items], page.next)


def _credit_note(record: CreditNoteRecord) -> dict[str, Any]:
    plain = ("id", "debtor_id", "credit_note_number", "credited_on", "invoice_id")
    return {name: getattr(record, name) for name in plain} | {
        name: money_answer(getattr(record, name), record.currency) for name in ("amount", "unused_amount")
    }


@blueprint.route("/debtors/<uuid:debtor_id>/payment-behaviour", methods=["GET"])
@permission("ledger.read")
@blueprint.arguments(BehaviourQuery, location="query")
@blueprint.response(200, BehaviourSchema)
def show_behaviour(query: dict[str, Any], debtor_id: UUID) -> Response:
    """Show how a debtor had paid in the policy's window until `as_of`, as far as we knew it at `known_at`."""
    given = wiring()
    currency = currency_of(query, given)
    with given.transaction() as session:
        policy = given.house.policies.active(session).policy
        return json_answer(figures.behaviour_answer(session, debtor_id, currency, view_of(query, given), policy))


@blueprint.route("/debtors/<uuid:debtor_id>/exposure", methods=["GET"])
@permission("ledger.read")
@blueprint.arguments(ClocksQuery, location="query")
@blueprint.response(200, ExposureSchema)
def show_exposure(query: dict[str, Any], debtor_id: UUID) -> Response:
    """Show what a debtor owes or will owe, by stage, on `as_of` as far as we knew it at `known_at`.

    The total in the seller's currency is made by the rates of that day.
    """
    given = wiring()
    with given.transaction() as session:
        view = view_of(query, given)
        total = partial(total_answer, given=given, on=view.as_of, known_at=view.known_at)
        return json_answer(figures.exposure_answer(session, debtor_id, view, total))


@blueprint.route("/debtors/<uuid:debtor_id>/ageing", methods=["GET"])
@permission("ledger.read")
@blueprint.arguments(ClocksQuery, location="query")
@blueprint.response(200, AgeingSchema)
def show_ageing(query: dict[str, Any], debtor_id: UUID) -> Response:
    """Show a debtor's open amounts by days overdue on `as_of`, as far as we knew it at `known_at`."""
    given = wiring()
    with given.transaction() as session:
        return json_answer(figures.ageing_answer(session, debtor_id, view_of(query, given)))
