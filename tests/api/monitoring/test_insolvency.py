"""An insolvency is told once of a debtor, by whatever source, and to its group, as long as anybody tells of it."""

from datetime import timedelta

import pytest

from api.clock import real_now
from api.records import source_changes, watches
from api.records.identities import OfficialNumber
from api.records.reports import ReportRecord
from api.records.source_changes import Told
from api.records.watches import Watch
from providers.stored_facts import as_document
from scoring.facts import BureauFacts, NegativeEvent

BANKRUPT = (NegativeEvent("bankruptcy", real_now().date()),)


@pytest.fixture
def told(sessions, seller):
    """Has a source tell a change of a debtor now."""

    def tell(whom, provider="creditsafe", kind="insolvency", new="Bankruptcy"):
        number = OfficialNumber("own", "NL", str(whom))
        with sessions.of(seller.id) as session:
            watches.keep(session, whom, Watch(provider, "watched", number, real_now()))
            session.flush()
            change = Told(f"{whom} {kind} {new}", "own", str(whom), kind, real_now(), None, new)
            assert source_changes.add(session, provider, [change], real_now()) == 1

    return tell


@pytest.fixture
def bureau(sessions, seller):
    """Keeps a report of a source that came a moment later."""

    def keep(whom, *events, provider="creditsafe"):
        at = real_now() + timedelta(seconds=1)
        facts = as_document(BureauFacts(provider, at.date(), events=events))
        common = {"raw": {}, "purpose": "credit_review", "relation": "customer"}
        with sessions.of(seller.id) as session:
            session.add(
                ReportRecord(
                    debtor_id=whom, kind="credit_bureau", provider=provider, retrieved_at=at, facts=facts, **common
                )
            )

    return keep


def test_two_sources_that_tell_of_it_are_one_alert_until_both_deny_it(watch, told, bureau, reported, debtor_id):
    reported(debtor_id, "bankruptcy")
    told(debtor_id)
    watch.look(debtor_id)
    alert = watch.alerts(debtor_id)["insolvency_event"]
    assert (alert.subject, alert.data["providers"]) == (str(debtor_id), ["creditsafe", "kvk"])
    assert [each["new"] for each in alert.data["changes"]] == ["Bankruptcy"]
    assert [each["code"] for each in alert.data["events"]] == ["bankruptcy"]
    bureau(debtor_id)
    watch.look(debtor_id)
    assert watch.alerts(debtor_id)["insolvency_event"].data["providers"] == ["kvk"]
    reported(debtor_id)
    watch.look(debtor_id)
    assert watch.events("insolvency_event") == ["opened", "ended"]


def test_a_report_of_the_source_says_by_itself_whether_it_is_so(watch, told, bureau, debtor_id):
    told(debtor_id)
    bureau(debtor_id, *BANKRUPT)
    bureau(debtor_id, provider="dnb")  # Another source that tells nothing denies nothing.
    watch.look(debtor_id)
    data = watch.alerts(debtor_id)["insolvency_event"].data
    assert (data["providers"], data["changes"], len(data["events"])) == (["creditsafe"], [], 1)


@pytest.mark.parametrize(
    ("kind", "new", "is_told"),
    [("insolvency", "No", False), ("status", "In liquidation", True), ("score", "bankrupt", False)],
)
def test_only_a_change_that_means_an_insolvency_is_one(watch, told, debtor_id, kind, new, is_told):
    told(debtor_id, kind=kind, new=new)
    watch.look(debtor_id)
    assert ("insolvency_event" in watch.alerts(debtor_id)) is is_told


def test_what_was_told_of_a_debtor_goes_on_with_the_one_it_was_merged_into(
    watch, told, bureau, new_debtor, finance, debtor_id
):
    below, merged = new_debtor(parent_id=str(debtor_id)), new_debtor()
    told(merged)
    watch.look(merged)
    watch.minute()
    assert set(watch.alerts(merged)) == {"insolvency_event"}
    assert watch.alerts(below) == {}
    answer = finance.post(f"/v1/debtors/{debtor_id}/merges", json={"merged_debtor_id": str(merged)})
    assert answer.status_code == 201, answer.text
    watch.minute()
    assert watch.alerts(debtor_id)["insolvency_event"].data["providers"] == ["creditsafe"]
    assert watch.alerts(below)["group_insolvency_event"].data["insolvent_debtor_ids"] == [str(debtor_id)]
    bureau(debtor_id)
    watch.look(debtor_id)
    watch.minute()
    assert watch.alerts(below) == watch.alerts(debtor_id) == {}


def test_whoever_joins_or_leaves_a_group_is_told_of_its_insolvencies(watch, reported, new_debtor, finance, debtor_id):
    top, child = new_debtor(), new_debtor()
    reported(child, "bankruptcy")
    watch.look(child)
    watch.minute()
    for parent_id, members in ((debtor_id, {debtor_id}), (top, {top}), (None, set())):
        version = finance.get(f"/v1/debtors/{child}").headers["ETag"]
        parent = None if parent_id is None else str(parent_id)
        answer = finance.patch(f"/v1/debtors/{child}", json={"parent_id": parent}, headers={"If-Match": version})
        assert answer.status_code == 200, answer.text
        watch.minute()
        found = {each for each in (top, debtor_id) if "group_insolvency_event" in watch.alerts(each)}
        assert found == members
        assert set(watch.alerts(child)) == {"insolvency_event"}
