"""Tables are read as they are written; what is wrong with one is named by line and column, all of it at once."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from api.policies.calibration.cases import Cases
from api.policies.calibration.tables import TableColumns, TableInvalid, read_table

COLUMNS = TableColumns("failed", "yes")


def read(folder: Path, text: str, columns: TableColumns = COLUMNS, delimiter: str = ",") -> Cases:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return read_table(path, columns, delimiter)


def test_numbers_yes_and_no_and_what_is_missing_are_read(tmp_path):
    text = "margin,audited,size,failed\n0.5,yes,big,no\n-1e-3,no,small,yes\n?,,big,no\n.25,NO,,no\n"
    cases = read(tmp_path, text)
    assert cases.figures == ("margin", "audited")
    assert np.array_equal(cases.values, [[0.5, 1], [-0.001, 0], [np.nan, np.nan], [0.25, 0]], equal_nan=True)
    assert list(cases.bad) == [False, True, False, False]
    assert cases.notes == ("size is left out: its values are words, neither numbers nor yes and no",)


def test_a_packed_table_with_a_byte_order_mark_and_another_delimiter_is_read(tmp_path):
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbfmargin;failed\n0.5;yes\n\n0.7;no\n"))
    assert read_table(path, COLUMNS, ";").values.tolist() == [[0.5], [0.7]]


def test_a_few_rows_that_repeat_another_exactly_are_told_and_left_out(tmp_path):
    rows = [f"{place},{'yes' if place % 2 else 'no'}" for place in range(60)]
    cases = read(tmp_path, "\n".join(["margin,failed", *rows, rows[3], rows[3], "3,no"]))
    assert cases.values[:, 0].tolist() == [*range(60), 3]
    assert cases.notes == ("2 rows that repeat another one exactly are left out",)


def test_where_many_rows_look_alike_they_are_cases_of_their_own(tmp_path):
    cases = read(tmp_path, "margin,failed\n" + "1,yes\n2,no\n" * 10)
    assert len(cases) == 20
    assert cases.notes == ("18 rows look exactly like another one: they are taken as cases of their own",)


def test_excluded_and_period_columns_are_no_figures(tmp_path):
    columns = TableColumns("failed", "yes", ("code",), "year")
    cases = read(tmp_path, "year,code,margin,failed\n2001,7,1,yes\n2002,8,2,no\n", columns)
    assert cases.figures == ("margin",)
    assert cases.periods == ("2001", "2002")


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ["the file is empty"]),
        ("margin,failed\n", ["there are no rows below the header"]),
        ("margin,margin,failed\n1,2,yes\n3,4,no\n", ["line 1: two columns are named 'margin'"]),
        ("margin,x\n1,yes\n", ["line 1: there is no column 'failed'; there are margin, x"]),
        (
            "margin,failed\n1,yes,3\n2\n3,no\n",
            ["line 2: has 3 cells, the header has 2", "line 3: has 1 cells, the header has 2"],
        ),
        (
            "margin,debt,failed\n1,2,yes\n1;5,1,no\n2,inf,\n3,4,no\n5,6e999,no\n",
            [
                "line 4, column failed: is empty",
                "line 3, column margin: '1;5' is not a number",
                "line 4, column debt: 'inf' is not a number",
                "line 6, column debt: '6e999' is not a number",
            ],
        ),
        ("margin,failed\n1,no\n2,maybe\n", ["column failed: no row says 'yes'; there are maybe, no"]),
        ("margin,failed\n1,yes\n2,yes\n", ["column failed: every row says 'yes'"]),
        ("size,failed\nbig,yes\nsmall,no\n", ["no column of numbers is left to fit to"]),
    ],
)
def test_every_fault_is_named(tmp_path, text, faults):
    with pytest.raises(TableInvalid) as refused:
        read(tmp_path, text)
    assert list(refused.value.faults) == faults


def test_an_empty_period_is_a_fault(tmp_path):
    with pytest.raises(TableInvalid, match="line 3, column year: is empty"):
        read(tmp_path, "year,margin,failed\n2001,1,yes\n,2,no\n", TableColumns("failed", "yes", (), "year"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"margin,failed\n\xff,yes\n", "not UTF-8"),
        (b'margin,failed\n"1,yes\n', "cannot be read"),
        (gzip.compress(b"margin,failed\n1,yes\n", mtime=0)[:-6], "cannot be read"),
        (b"\x1f\x8bmargin", "cannot be read"),
    ],
)
def test_a_broken_file_is_refused(tmp_path, content, said):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(TableInvalid, match=said):
        read_table(path, COLUMNS)
