"""What an import refuses: every fault of a bad line, and files that cannot be read; the rest is kept."""

import gzip
import os
from datetime import date

import pytest

from tests.api.ledger.files import HEADER, MAPPING, counts, line

BAD = [
    ("amount with a point", line(1, bedrag="1250.00"), {("bedrag", "not_an_amount")}),
    ("three decimals", line(1, bedrag="12,500"), {("bedrag", "too_many_decimals")}),
    ("nothing", line(1, bedrag="0,00"), {("bedrag", "amount_not_positive")}),
    ("below zero", line(1, bedrag="-5,00"), {("bedrag", "amount_not_positive")}),
    ("too large", line(1, bedrag="1.000.000.000.000,00"), {("bedrag", "amount_too_large")}),
    ("paid more", line(1, paid="2-4-2026;1.250,01"), {("betaald", "paid_more_than_amount")}),
    ("paid before invoiced", line(1, paid="28-2-2026;10,00"), {("betaald op", "paid_before_invoiced")}),
    ("paid tomorrow", line(1, paid="2-6-2026;10,00"), {("betaald op", "date_ahead")}),
    ("paid no day", line(1, paid=";10,00"), {("betaald op", "paid_on_missing")}),
    ("due before", line(1).replace("31-3-2026", "28-2-2026"), {("vervaldag", "due_before_invoiced")}),
    ("no such day", line(1).replace("31-3-2026", "31-4-2026"), {("vervaldag", "not_a_date")}),
    ("long ago", line(1).replace(";1-3-2026;", ";1-3-1969;"), {("datum", "date_absurd")}),
    ("far ahead", line(1).replace("31-3-2026", "31-3-2046"), {("vervaldag", "date_absurd")}),
    ("no number", line(1).replace("F00001", ""), {("nummer", "missing")}),
    ("too few columns", "1;x\n", {(None, "columns_count")}),
    ("NUL", line(1).replace("Bakkerij", "Bak\0kerij"), {(None, "control_character")}),
    ("too long", line(1).replace("F00001", "F" * 201), {("nummer", "too_long")}),
    ("open quote", line(1).replace("Bakkerij 1", '"Bakkerij'), {(None, "quote_unclosed")}),
    (
        "all at once",
        "1;x;;1-13-2026;31-3-2026;tien;;;\n",
        {("nummer", "missing"), ("datum", "not_a_date"), ("bedrag", "not_an_amount")},
    ),
]


@pytest.mark.parametrize(("bad", "expected"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_line_is_refused_with_every_fault_and_the_good_ones_are_kept(importing, bad, expected):
    report = importing(HEADER + line(8) + bad + line(9))
    assert counts(report) == (2, 0, 1)
    assert {(fault.column, fault.code) for fault in report.refusals} == expected
    assert {fault.line for fault in report.refusals} == {3}


def test_broken_letters_cost_their_own_line_only(importing):
    content = (HEADER + line(1)).encode() + line(2).encode().replace(b"Bakkerij", b"Caf\xe9") + line(3).encode()
    report = importing(content)
    assert (counts(report), report.refusals[0].code) == ((2, 0, 1), "encoding_broken")
    assert counts(importing(content, {**MAPPING, "encoding": "windows-1252"})) == (1, 2, 0)


def test_text_in_quotes_may_hold_the_delimiter_and_run_over_lines(sessions, seller, importing):
    quoted = line(1).replace("Bakkerij 1", '"Bakkerij ""De Oever"";\nPurmerend"')
    assert counts(importing(HEADER + quoted + line(2))) == (2, 0, 0)


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress((HEADER + line(1)).encode()),
        b"\xef\xbb\xbf" + (HEADER + line(1)).encode(),
        (HEADER + line(1)).replace("\n", "\r\n").encode(),
        (HEADER + line(1)).rstrip("\n").encode(),
    ],
    ids=["packed", "with a byte order mark", "with the line ends of Windows", "without a last line end"],
)
def test_the_same_ledger_may_be_wrapped_in_many_ways(importing, content):
    assert counts(importing(content)) == (1, 0, 0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        ("﻿".encode("utf-16"), "encoding_unsupported"),
        (HEADER.replace("bedrag", "prijs").encode(), "columns_differ"),
        (gzip.compress(os.urandom(300).hex().encode() * 40 + b"\n")[:-40], "file_broken_off"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(importing, content, code):
    report = importing(content)
    assert report.failure is not None
    assert report.failure["code"] == code


def test_a_header_without_lines_is_no_failure_but_is_told(importing):
    report = importing(HEADER)
    assert (counts(report), report.failure) == ((0, 0, 0), None)
    assert [each["code"] for each in report.warnings] == ["no_lines"]


def test_the_future_is_judged_by_the_sellers_clock(new_seller, importing):
    early = new_seller(starts_on=date(2026, 3, 20))
    report = importing(HEADER + line(1, paid="21-3-2026;10,00"), seller=early)
    assert [fault.code for fault in report.refusals] == ["date_ahead"]
    later = new_seller(starts_on=date(2026, 3, 22))
    assert counts(importing(HEADER + line(1, paid="21-3-2026;10,00"), seller=later)) == (1, 0, 0)
