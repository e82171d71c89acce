"""HTTP of documents: papers are sent, listed, and fetched again as they came."""

from typing import Any
from uuid import UUID

from flask import Response, request

from api.acceptance.documents import add_document, documents_answer, get_document, name_debtor
from api.acceptance.documents_kinds import HTML, XML
from api.acceptance.documents_schemas import FILE, DocumentQuery, DocumentSchema, DocumentsQuery, NamedDebtorSchema
from api.identity.schemas import debtor_named
from api.records import documents
from api.records.documents import DocumentRecord
from api.web.answers import bytes_answer, json_answer
from api.web.blueprint import Blueprint
from api.web.limits import large_body
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("documents", __name__, description="Papers as evidence, each stored once.")

# What a browser would run or draw as a page of ours is only ever given as bytes.
NEVER_DRAWN = {HTML, XML}
BYTES = {"200": {"description": "The bytes.", "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}


@blueprint.route("/documents", methods=["POST"])
@permission("document.add")
@large_body
@blueprint.arguments(DocumentQuery, location="query")
@blueprint.doc(requestBody=FILE, responses={"200": {"description": "Kept before."}})
@blueprint.response(201, DocumentSchema)
def create_document(query: dict[str, Any]) -> Response:
    """Keep a document of at most 10 MB: a form with `file`, or the file as the body and the rest in the query."""
    return bytes_answer(*add_document(request, query, wiring()))


@blueprint.route("/documents", methods=["GET"])
@permission("document.read")
@blueprint.arguments(DocumentsQuery, location="query")
@blueprint.response(200, page_schema(DocumentSchema))
def list_documents(query: dict[str, Any]) -> Response:
    """List documents, the newest first: of a debtor, of a type, or all."""
    with wiring().transaction() as session:
        listed = documents.listing(query["debtor_id"], query["type"])
        page = page_of(session, listed, [DocumentRecord.id], query["limit"], query["after"], newest_first=True)
        return json_answer({"items": documents_answer(session, page.items), "next": page.next})


@blueprint.route("/documents/<uuid:document_id>", methods=["GET"])
@permission("document.read")
@blueprint.response(200, DocumentSchema)
def show_document(document_id: UUID) -> Response:
    """Show what is known of a document."""
    with wiring().transaction() as session:
        return json_answer(documents_answer(session, [get_document(session, document_id)])[0])


@blueprint.route("/documents/<uuid:document_id>/debtors", methods=["POST"])
@permission("document.add")
@blueprint.arguments(NamedDebtorSchema)
@blueprint.response(201, DocumentSchema)
@blueprint.alt_response(200, schema=DocumentSchema)
def create_document_debtor(data: dict[str, Any], document_id: UUID) -> Response:
    """Tell that a document names a further debtor, and is evidence of it, such as one guarantee for a group."""
    return bytes_answer(*name_debtor(document_id, debtor_named(data), wiring()))


@blueprint.route("/documents/<uuid:document_id>/content", methods=["GET"])
@permission("document.read")
@blueprint.doc(responses=BYTES)
def fetch_document(document_id: UUID) -> Response:
    """Fetch a document as it came, as a file to save."""
    with wiring().transaction() as session:
        record = get_document(session, document_id)
        media_type = "application/octet-stream" if record.media_type in NEVER_DRAWN else record.media_type
        answer = Response(record.content, 200, content_type=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=record.file_name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
