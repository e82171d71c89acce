"""The page on debtors is true: it names every field and filter, and who sees what."""

import re
from pathlib import Path

import pytest
from flask import Flask

from api.debtor_schemas import DebtorSchema
from api.overview.schemas import BOOK_ONLY, DebtorOverviewSchema
from api.web.openapi import document


@pytest.fixture(scope="module")
def page(project: Path) -> str:
    return (project / "docs" / "debtors.md").read_text(encoding="utf-8")


def test_every_field_of_the_overview_is_told_with_who_sees_it(page: str) -> None:
    rows = re.findall(r"^\| (`.*?`) \| .* \| (.*?) \|$", page[: page.index("## How far")], re.MULTILINE)
    seen_by = {name: who for names, who in rows for name in re.findall(r"`(\w+)`", names)}
    own = {"phase", "risk_class", "account_owner", "credit_owner"}
    fields = DebtorOverviewSchema().fields
    assert set(seen_by) == (set(fields) - set(DebtorSchema().fields) - {"mode", "as_of", "policy_version"}) | own
    for name, who in seen_by.items():
        told = str(fields[name].metadata.get("description", ""))
        of_the_book = BOOK_ONLY["description"] in told
        assert (who == "the book") == of_the_book, name
        assert (who == "finance") == ("For finance only." in told), name


def test_every_filter_of_a_list_is_told(page: str, app: Flask) -> None:
    paths = document(app)["paths"]
    rows = re.findall(r"^\| `(/v1/[\w-]+)` \| (.*?) \|$", page[page.index("## Lists") :], re.MULTILINE)
    for path, told in rows:
        named = set(re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", told)))
        taken = {each["name"] for each in paths[path]["get"]["parameters"] if each.get("in") == "query"}
        # `open` is the older way to say a state.
        assert taken - {"limit", "after", "changed_since", "open"} == named, path
        assert {"limit", "after", "changed_since"} <= taken, path
