"""HTTP of marks of critical debtors."""

from typing import Any
from uuid import UUID

from flask import Response

from api.acceptance.critical_marks import mark, mark_answer
from api.acceptance.critical_schemas import CriticalMarkSchema, CriticalMarksQuery, NewCriticalMarkSchema
from api.identity.debtors import named_debtor
from api.records import critical_marks
from api.records.critical_marks import CriticalMarkRecord
from api.web.answers import bytes_answer
from api.web.blueprint import Blueprint
from api.web.lists import list_answer
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("critical", __name__, description="Debtors that the first-payment rule spares.")


@blueprint.route("/debtors/<uuid:debtor_id>/critical-marks", methods=["POST"])
@permission("critical.mark")
@blueprint.arguments(NewCriticalMarkSchema)
@blueprint.response(201, CriticalMarkSchema)
def create_critical_mark(data: dict[str, Any], debtor_id: UUID) -> Response:
    """Mark a debtor critical, or no more, by a person with grounds; orders that waited for nothing else go out."""
    return bytes_answer(mark(debtor_id, data["critical"], data["grounds"], wiring()), 201)


@blueprint.route("/debtors/<uuid:debtor_id>/critical-marks", methods=["GET"])
@permission("critical.mark")
@blueprint.arguments(CriticalMarksQuery, location="query")
@blueprint.response(200, page_schema(CriticalMarkSchema))
def list_critical_marks(query: dict[str, Any], debtor_id: UUID) -> Response:
    """List who marked a debtor critical or no more, and why, the newest first."""
    with wiring().transaction() as session:
        listed = critical_marks.listing(named_debtor(session, debtor_id).id)
        page = page_of(session, listed, [CriticalMarkRecord.id], query["limit"], query["after"], newest_first=True)
        return list_answer(CriticalMarkSchema, [mark_answer(each) for each in page.items], page.next)
