"""Alerts of before, which told a cause beside another alert: they are ended, and their debtors looked at again."""

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from api.migrate import MIGRATIONS
from api.records import alerts


@pytest.mark.parametrize(
    ("kind", "beside", "is_ended"),
    [
        ("judged_worse", "", True),
        ("group_member_insolvent", " other", True),
        ("insolvency_event", " creditsafe", True),
        ("insolvency_event", "", False),
        ("bureau_change", " notice", False),
    ],
)
def test_what_was_told_twice_is_ended_and_looked_at(
    sessions, seller, clock, watch, debtor_id, *, kind, beside, is_ended
):
    with sessions.of(seller.id) as session:
        session.execute(text("DELETE FROM debtor_to_look_at"))
        alerts.open_alert(
            session, kind, f"{debtor_id}{beside}", "urgent", {}, debtor_id=debtor_id, now=clock.now(seller)
        )
        module = ScriptDirectory(MIGRATIONS).get_revision("0021").module
        for statement in (module.MARK, module.END):
            session.execute(text(statement))
    assert (kind in watch.alerts(debtor_id)) is not is_ended
    assert watch.marks() == ({debtor_id} if is_ended else set())
