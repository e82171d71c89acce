"""What a change that a source tells of means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.watching import WARNING_KINDS, ends_watch, meaning

CASES = [
    ("insolvency", "Bankruptcy", "insolvency"),
    ("insolvency", "true", "insolvency"),
    ("insolvency", None, "insolvency"),  # What is not denied is taken for so.
    ("insolvency", "", "insolvency"),
    ("insolvency", "False", "warning"),
    ("insolvency", "No", "warning"),
    ("insolvency", "Members\u2019 voluntary liquidation", "warning"),
    ("status", "Faillissement", "insolvency"),
    ("status", "In Administration", "insolvency"),
    ("status", "NonActive", "warning"),
    ("status", "Active", "warning"),
    ("status", "Solvent liquidation", "warning"),
    ("negative_event", "Surseance van betaling", "insolvency"),
    ("negative_event", "Judgment of 1,200", "warning"),
    ("score", "31", "warning"),
    ("limit", "0", "warning"),
    ("name", "Bankrupt Records B.V.", "notice"),  # A name says nothing.
    ("address", "Liquidation Lane 1", "notice"),
    ("directors", None, "notice"),
    ("other", None, "notice"),
]


@pytest.mark.parametrize(("kind", "new_value", "expected"), CASES)
def test_a_change_means(kind: str, new_value: str | None, expected: str) -> None:
    assert meaning(kind, new_value) == expected


@given(st.text(), st.none() | st.text())
def test_only_kinds_that_bear_on_payment_are_more_than_a_notice(kind: str, new_value: str | None) -> None:
    assert (meaning(kind, new_value) == "notice") == (kind not in WARNING_KINDS)


@pytest.mark.parametrize(
    ("kind", "new_value", "expected"),
    [
        ("watch", "EXIT", True),
        ("watch", "DELETE", True),
        ("watch", "TRANSFER", True),
        ("watch", None, True),
        ("watch", "REENTRY", False),
        ("watch", "UNDELETE", False),
        ("status", "EXIT", False),
    ],
)
def test_a_source_tells_that_it_watches_no_longer(kind: str, new_value: str | None, expected: bool) -> None:
    assert ends_watch(kind, new_value) == expected
