"""Monitoring at Creditsafe: one portfolio whose rules are on, and every event once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
import responses
from responses import matchers

from providers.creditsafe.client import SETTINGS
from providers.creditsafe.portfolio import Portfolio
from providers.errors import NothingToAskBy, NotUnderstood
from providers.http import Line
from providers.ports import CompanyKey, Identifier
from tests.providers.register_contracts import assert_allowed
from tests.providers.wires import line_to, payload

BASE = f"{SETTINGS.address}/monitoring"
FOUND = payload("creditsafe/companies-search-NL.assembled.json")
LISTED = payload("creditsafe/monitoring-portfolios-list.assembled.json")
MADE = payload("creditsafe/monitoring-portfolio-created.assembled.json")
RULES = payload("creditsafe/monitoring-eventRules-XX.assembled.json")
EVENTS = payload("creditsafe/monitoring-notificationEvents.assembled.json")
COMPANY = CompanyKey("Voorbeeld Handel B.V.", "NL", (Identifier("kvk", "NL", "37124884"),))
WATCHED = Identifier("creditsafe-connect-id", "NL", "NL-X-371248840000")
OURS = {**LISTED, "data": {"portfolios": [*LISTED["data"]["portfolios"], {"portfolioId": 7, "name": "creditgate"}]}}
CONTRACT = "creditsafe-connect-1.10.4.json"
SINCE = datetime(2026, 2, 28, 12, tzinfo=UTC)


@pytest.fixture
def line() -> Line:
    return line_to(SETTINGS, username="us", password="open sesame")


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(f"{SETTINGS.address}/authenticate", json={"token": "t"})
        mock.get(f"{SETTINGS.address}/companies", json=FOUND)
        yield mock
        for call in mock.calls:
            assert_allowed(call.request, CONTRACT, SETTINGS.address)


def asked(vendor: responses.RequestsMock) -> list[str]:
    """The calls as method and path, without those that sign in."""
    calls = [(call.request.method, call.request.url.split("?")[0]) for call in vendor.calls]
    return [f"{method} {url.removeprefix(BASE)}" for method, url in calls if not url.endswith("/authenticate")]


@pytest.mark.parametrize(
    ("listed", "companies", "count"),
    [
        (LISTED, None, 0),
        (OURS, (200, {"totalCount": 12, "data": []}), 12),
        (OURS, (200, {"totalCount": 0, "data": []}), 0),
        (OURS, (404, {"message": "Portfolio not found"}), 0),
    ],
    ids=["no portfolio", "some", "none", "gone meanwhile"],
)
def test_how_many_are_watched_is_told_by_the_portfolio(
    vendor: responses.RequestsMock, line: Line, listed: Any, companies: tuple[int, Any] | None, count: int
) -> None:
    vendor.get(f"{BASE}/portfolios", json=listed)
    if companies is not None:
        vendor.get(f"{BASE}/portfolios/7/companies", status=companies[0], json=companies[1])
    assert Portfolio().watched_count(line) == count


def test_a_count_that_is_not_told_is_not_none_watched(vendor: responses.RequestsMock, line: Line) -> None:
    vendor.get(f"{BASE}/portfolios", json=OURS)
    vendor.get(f"{BASE}/portfolios/7/companies", json={"data": []})
    with pytest.raises(NotUnderstood):
        Portfolio().watched_count(line)


def test_a_new_portfolio_gets_its_rules_before_a_company_is_added(vendor: responses.RequestsMock, line: Line) -> None:
    vendor.get(f"{BASE}/portfolios", json=LISTED)
    vendor.post(f"{BASE}/portfolios", json=MADE)
    vendor.get(f"{BASE}/portfolios/131318/eventRules/XX", json=[])
    vendor.get(f"{BASE}/eventRules/XX", json=RULES)
    rules = vendor.put(f"{BASE}/portfolios/131318/eventRules/XX", status=204)
    added = vendor.post(
        f"{BASE}/portfolios/131318/companies", json=payload("creditsafe/monitoring-company-added.assembled.json")
    )
    assert Portfolio().watch(COMPANY, line) == WATCHED
    assert orjson.loads(rules.calls[0].request.body) == [{"ruleCode": 101, "isActive": 1, "param0": "1", "param1": "A"}]
    assert orjson.loads(added.calls[0].request.body)["id"] == "NL-X-371248840000"
    assert asked(vendor)[-1] == "POST /portfolios/131318/companies"


def test_a_company_that_is_there_already_is_watched_all_the_same(vendor: responses.RequestsMock, line: Line) -> None:
    vendor.get(f"{BASE}/portfolios", json=OURS)
    vendor.get(f"{BASE}/portfolios/7/eventRules/XX", json=[{**RULES[0], "isActive": 1}])
    again = payload("creditsafe/monitoring-company-duplicate.409.assembled.json")
    vendor.post(f"{BASE}/portfolios/7/companies", status=409, json=again)
    assert Portfolio().watch(COMPANY, line) == WATCHED
    assert "POST /portfolios" not in asked(vendor)
    assert not any(each.startswith("PUT") for each in asked(vendor))


def test_a_portfolio_that_no_rule_can_be_set_for_is_not_taken_for_a_watch(
    vendor: responses.RequestsMock, line: Line
) -> None:
    vendor.get(f"{BASE}/portfolios", json=OURS)
    vendor.get(f"{BASE}/portfolios/7/eventRules/XX", json=[])
    vendor.get(f"{BASE}/eventRules/XX", json=[])
    with pytest.raises(NotUnderstood, match="no rules"):
        Portfolio().watch(COMPANY, line)


def test_whom_creditsafe_does_not_know_cannot_be_watched(vendor: responses.RequestsMock, line: Line) -> None:
    with pytest.raises(NothingToAskBy):
        Portfolio().watch(CompanyKey("Voorbeeld", "NL", ()), line)


@pytest.mark.parametrize("status", [200, 404])
def test_a_company_is_taken_out_once_or_twice(vendor: responses.RequestsMock, line: Line, status: int) -> None:
    vendor.get(f"{BASE}/portfolios", json=OURS)
    vendor.delete(f"{BASE}/portfolios/7/companies/NL-X-371248840000", status=status, json={"message": "x"})
    Portfolio().unwatch(WATCHED, line)
    assert asked(vendor)[-1] == "DELETE /portfolios/7/companies/NL-X-371248840000"


def test_without_a_portfolio_nothing_is_watched_and_nothing_changed(vendor: responses.RequestsMock, line: Line) -> None:
    vendor.get(f"{BASE}/portfolios", json=LISTED)
    Portfolio().unwatch(WATCHED, line)
    assert Portfolio().changes(SINCE, line) == ()


def event(number: int, day: str, **parts: Any) -> dict[str, Any]:
    return {**EVENTS["data"][0], "notificationEventId": number, "eventDate": f"2026-02-{day}T08:00:00", **parts}


def test_events_are_paged_from_zero_and_told_once_the_oldest_first(vendor: responses.RequestsMock, line: Line) -> None:
    vendor.get(f"{BASE}/portfolios", json=OURS)
    pages = [[event(2, "20"), event(1, "10")], [event(2, "20"), event(3, "05")]]
    for number, page in enumerate(pages):
        vendor.get(
            f"{BASE}/portfolios/7/notificationEvents",
            json={"totalCount": 4, "data": page},
            match=[
                matchers.query_param_matcher(
                    {"page": str(number), "startDate": "2026-02-28T12:00:00Z"}, strict_match=False
                )
            ],
        )
    changes = Portfolio().changes(SINCE, line)
    assert [each.id for each in changes] == ["3", "1", "2"]
    assert changes[0].changed_at == datetime(2026, 2, 5, 8, tzinfo=UTC)  # It has no zone; it is taken as UTC.


@pytest.mark.parametrize("body", [{}, {"data": None}, {"message": "maintenance"}, {"data": {"portfolios": None}}])
def test_an_answer_without_a_list_does_not_tell_that_nothing_changed(
    vendor: responses.RequestsMock, line: Line, body: Any
) -> None:
    vendor.get(f"{BASE}/portfolios", json=body)
    for act in (lambda: Portfolio().changes(SINCE, line), lambda: Portfolio().watch(COMPANY, line)):
        with pytest.raises(NotUnderstood):
            act()
    assert "POST /portfolios" not in asked(vendor)
    vendor.upsert(responses.GET, f"{BASE}/portfolios", json=OURS)
    vendor.get(f"{BASE}/portfolios/7/notificationEvents", json={"totalCount": 3, **body})
    with pytest.raises(NotUnderstood):
        Portfolio().changes(SINCE, line)


@pytest.mark.parametrize("page", [EVENTS, {**EVENTS, "data": []}])
def test_pages_that_bring_nothing_new_end_and_what_they_keep_back_is_missed(
    vendor: responses.RequestsMock, line: Line, page: Any
) -> None:
    vendor.get(f"{BASE}/portfolios", json=OURS)
    vendor.get(f"{BASE}/portfolios/7/notificationEvents", json=page)  # 36 events, it says.
    with pytest.raises(NotUnderstood, match="totalCount"):
        Portfolio().changes(SINCE, line)
    vendor.upsert(responses.GET, f"{BASE}/portfolios/7/notificationEvents", json={**page, "totalCount": None})
    company = Identifier("creditsafe-connect-id", "US", "US-X-US22384484")
    told = [(each.id, each.kind, each.company) for each in Portfolio().changes(SINCE, line)]
    assert told == [("51861887", "address", company)][: len(page["data"])]


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("Credit Limit Change", "limit"),
        ("International Rating | Reduce by {0} Band(s)", "score"),
        ("Company Status", "status"),
        ("Insolvency event", "insolvency"),
        ("New CCJ", "judgment"),
        ("Something new", "other"),
        (None, "address"),  # Only the summary tells: Address Change reported.
    ],
)
def test_rules_become_words_of_ours(vendor: responses.RequestsMock, line: Line, rule: str | None, kind: str) -> None:
    vendor.get(f"{BASE}/portfolios", json=OURS)
    told = {**EVENTS, "totalCount": 1, "data": [event(1, "10", ruleName=rule, oldValue=6100000, newValue=7050000)]}
    vendor.get(f"{BASE}/portfolios/7/notificationEvents", json=told)
    (change,) = Portfolio().changes(SINCE, line)
    assert (change.kind, change.old, change.new) == (kind, "6100000", "7050000")


@pytest.mark.parametrize("broken", [{"eventDate": "yesterday"}, {"company": {}}, {"notificationEventId": None}])
def test_an_event_that_cannot_be_read_is_not_passed_over(
    vendor: responses.RequestsMock, line: Line, broken: dict[str, Any]
) -> None:
    vendor.get(f"{BASE}/portfolios", json=OURS)
    told = {"totalCount": 1, "data": [{**EVENTS["data"][0], **broken}]}
    vendor.get(f"{BASE}/portfolios/7/notificationEvents", json=told)
    with pytest.raises(NotUnderstood):
        Portfolio().changes(SINCE, line)
