"""HTTP of the overview: one debtor with all that one needs to decide."""

from uuid import UUID

from flask import Response

from api.overview.schemas import DebtorOverviewSchema
from api.overview.service import show_debtor
from api.web.answers import etag_of, json_answer
from api.web.blueprint import Blueprint
from api.web.permissions import permission
from api.wiring import wiring

blueprint = Blueprint("overview", __name__, description="One debtor at a glance.")


@blueprint.route("/debtors/<uuid:debtor_id>", methods=["GET"])
@permission("debtor.read")
@blueprint.response(200, DebtorOverviewSchema)
@blueprint.alt_response(404)
def show(debtor_id: UUID) -> Response:
    """Show a debtor with all that one needs to decide; a merged one gives the one it was merged into.

    Headroom and the gate's answer are what an order would meet at this moment. Sales sees what may be promised and whom
    to ask, not what is owed.
    """
    answer, version = show_debtor(debtor_id, wiring())
    return json_answer(answer, headers={"ETag": etag_of(answer["id"], version)})
