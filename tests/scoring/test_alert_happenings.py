"""What sources told, as a line of a mail: to finance from what to what, to sales that it happened and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.reasons.alert_fields import alert_lines, told_to
from scoring.reasons.alert_happenings import PARTS, SHOWN_MAX

LIMIT = {
    "change_id": "c1",
    "provider": "creditsafe",
    "kind": "limit",
    "old": "30000",
    "new": "12000",
    "changed_at": "2026-03-01T23:30:00+00:00",  # Already the second in Amsterdam.
}
BANKRUPT = {"code": "bankruptcy", "occurred_on": "2026-02-27", "provider": "kvk", "report_id": "r1"}


def lines(data, audience="finance", language="en", is_natural_person=False):
    told = told_to(data, audience, is_natural_person=is_natural_person)
    return alert_lines(told, language, "Europe/Amsterdam")


@pytest.mark.parametrize(
    ("language", "change", "line"),
    [
        ("en", {}, ("Limit by the bureau", "from 30000 to 12000 (2026-03-02, creditsafe)")),
        ("nl", {}, ("Limiet volgens het bureau", "van 30000 naar 12000 (02-03-2026, creditsafe)")),
        ("en", {"old": None}, ("Limit by the bureau", "12000 (2026-03-02, creditsafe)")),
        ("nl", {"new": None}, ("Limiet volgens het bureau", "was 30000 (02-03-2026, creditsafe)")),
        ("nl", {"kind": "directors", "old": None, "new": None}, ("Bestuurders", "gewijzigd (02-03-2026, creditsafe)")),
        ("en", {"kind": "insolvency", "old": None, "new": None}, ("Insolvency", "reported (2026-03-02, creditsafe)")),
        (
            "nl",
            {"kind": "insolvency", "old": None, "new": "bankruptcy"},
            ("Insolventie", "faillissement (02-03-2026, creditsafe)"),
        ),
        ("en", {"kind": "brand_new"}, ("Brand new", "from 30000 to 12000 (2026-03-02, creditsafe)")),
        ("en", {"changed_at": "lately"}, ("Limit by the bureau", "from 30000 to 12000 (lately, creditsafe)")),
    ],
)
def test_finance_reads_what_became_of_what(language, change, line):
    assert lines({"changes": [{**LIMIT, **change}]}, language=language) == [line]


def test_how_many_changes_there_are_stands_beside_those_that_are_shown():
    changes = [{**LIMIT, "new": str(number)} for number in range(SHOWN_MAX + 5)]
    found = lines({"changes": changes, "changes_count": len(changes)})
    assert len(found) == SHOWN_MAX + 1
    assert found[-1] == ("Number of changes", str(SHOWN_MAX + 5))


def test_an_insolvency_is_told_with_its_day_and_to_finance_with_its_source():
    data = {"providers": ["creditsafe", "kvk"], "events": [BANKRUPT], "changes": [LIMIT | {"kind": "insolvency"}]}
    assert lines(data, "finance", "nl")[0] == ("Procedure", "faillissement (27-02-2026, kvk)")
    assert lines(data, "sales", "en") == [("Procedure", "bankruptcy (2026-02-27)"), ("Reported on", "2026-03-02")]
    assert lines(data, "sales", is_natural_person=True) == []


def test_what_two_sources_told_alike_stands_once_for_sales():
    assert len(lines({"events": [BANKRUPT, BANKRUPT | {"provider": "creditsafe"}]}, "sales")) == 1


entries = st.lists(
    st.one_of(st.none(), st.text(), st.dictionaries(st.sampled_from([*LIMIT, *BANKRUPT]), st.text() | st.none()))
)


@given(data=st.dictionaries(st.sampled_from([*PARTS]), entries | st.text() | st.none()))
def test_whatever_a_source_told_is_one_line_each_and_sales_reads_no_figure(data):
    for audience in ("sales", "finance"):
        told = told_to(data, audience, is_natural_person=False)
        for name, of in told.items():
            assert all(each.keys() <= set(PARTS[name][audience]) for each in of)
        for language in ("en", "nl"):
            for label, text in alert_lines(told, language, "Europe/Amsterdam"):
                assert (label + text).isprintable()
    hidden = {"old", "new", "kind", "provider", "report_id", "change_id"}
    assert not hidden & {name for of in PARTS.values() for name in of["sales"]}
