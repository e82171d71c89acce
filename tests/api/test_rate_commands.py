"""`creditgate rates`: files of any packing, told by number; what is no file of rates is refused in one line."""

import gzip
import io
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import main

# Rates are every seller's: these tests have years of their own.
ONE_DAY = "Date, USD, JPY, GBP, \n1 March 2016, 1.0872, 122.53, 0.77825, \n"
HISTORY = "Date,USD,CYP,SEK,\n2015-03-02,1.1227,N/A,9.3525,\n2015-02-27,1.1240,N/A,9.3693,\n"
XML = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
    xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject><Cube>
<Cube time="2014-03-03"><Cube currency="USD" rate="1.3768"/><Cube currency="JPY" rate="139.63"/></Cube>
</Cube></gesmes:Envelope>"""
ENTITIES = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>' + XML.partition("?>")[2]


@pytest.fixture
def called(database_urls: tuple[str, str]) -> Any:
    def run(*arguments: str, given: bytes | None = None) -> Result:
        settings = {"CREDITGATE_DATABASE_URL": database_urls[1], "CREDITGATE_OWNER_DATABASE_URL": None}
        return CliRunner().invoke(main, ["rates", *arguments], env=settings, input=given)

    return run


def zipped(**contents: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_files_of_every_packing_are_read_and_told_by_number(called: Any, tmp_path: Path) -> None:
    contents = {
        "one.csv": ONE_DAY.encode(),
        "one.zip": zipped(**{"eurofxref.csv": ONE_DAY}),
        "hist.csv.gz": gzip.compress(b"\xef\xbb\xbf" + HISTORY.encode()),
        "daily.xml": XML.encode(),
        "two.zip": zipped(a=HISTORY.replace("9.3525", "9.3526"), b=XML),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    result = called("import", *(str(tmp_path / name) for name in contents))
    assert result.exit_code == 0, result.output
    assert [line.removeprefix(f"{tmp_path}/") for line in result.output.splitlines()] == [
        "one.csv: 3 new, 0 known already, 0 corrected, 0 refused",
        "one.zip: 0 new, 3 known already, 0 corrected, 0 refused",
        "hist.csv.gz: 4 new, 0 known already, 0 corrected, 0 refused",
        "daily.xml: 2 new, 0 known already, 0 corrected, 0 refused",
        "two.zip: 0 new, 5 known already, 1 corrected, 0 refused",
    ]
    listed = called("list", "--kind", "exchange", "--on", "2015-03-02").output
    assert "exchange  SEK  2015-03-02  9.3526  European Central Bank" in listed
    assert "exchange  JPY  2014-03-03  139.63" in listed
    assert len(called("list", "--name", "SEK", "--kind", "exchange").output.splitlines()) >= 2


def test_standard_input_is_read(called: Any) -> None:
    given = ONE_DAY.replace("2016", "2017").encode()
    assert called("import", "-", given=given).output == "-: 3 new, 0 known already, 0 corrected, 0 refused\n"


def test_rates_that_cannot_be_are_named_and_the_others_kept(called: Any, tmp_path: Path) -> None:
    ahead = date(2199, 1, 1)
    lines = ["Date,USD,EUR", "2018-03-01,1.2171,N/A", "2018-03-01,1.3,N/A", "2018-03-02,1.0000000000012,1"]
    (tmp_path / "odd.csv").write_text("\n".join([*lines, f"{ahead},1.5,N/A", ""]))
    result = called("import", str(tmp_path / "odd.csv"))
    assert result.exit_code == 1
    first, *refused = result.output.splitlines()
    assert first.endswith("odd.csv: 1 new, 0 known already, 0 corrected, 4 refused")
    assert [line.strip().partition(":")[0] for line in refused] == [
        "USD of 2018-03-02",
        "EUR of 2018-03-02",
        f"USD of {ahead}",
        "USD of 2018-03-01",
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nothing of the kind",
        b"\xff\xfeD\x00a\x00",
        b"Date,USD,\n2019-03-01,one,\n",
        b"Date,USD,\n",
        XML.replace("</gesmes:Envelope>", "").encode(),
        ENTITIES.encode(),
        gzip.compress(ONE_DAY.encode())[:-9],
        zipped(a=ONE_DAY)[:40],
        zipped(),
    ],
    ids=[
        *("empty", "text", "wide", "no number", "no rate", "broken off", "entities"),
        *("gzip broken off", "zip broken off", "empty zip"),
    ],
)
def test_what_is_no_file_of_rates_is_refused_in_one_line(called: Any, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad").write_bytes(content)
    result = called("import", str(tmp_path / "bad"), str(tmp_path / "absent"))
    assert (result.exit_code, result.stdout) == (1, "")
    refused, absent = result.stderr.splitlines()
    assert refused.startswith(f"{tmp_path}/bad: refused. ")
    assert absent == f"{tmp_path}/absent: No such file or directory"


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: zipped(a=content.decode())], ids=["gzip", "zip"])
def test_a_small_file_that_holds_too_much_is_refused(called: Any, tmp_path: Path, pack: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("api.ledger.rate_files.BYTES_MAX", 1000)
    (tmp_path / "bomb").write_bytes(pack(b" " * 100_000))
    assert "It holds more than 1,000 bytes." in called("import", str(tmp_path / "bomb")).output


STATUTORY = ("--kind", "statutory_commercial_interest", "--name", "NL", "--valid-on", "2096-01-01", "--source", "a law")


def test_a_rate_is_added_by_hand_and_corrected(called: Any) -> None:
    outputs = [called("add", *STATUTORY, "--value", value).output for value in ("10.40", "10.4", "10.65")]
    assert outputs == ["new\n", "known already\n", "corrected\n"]
    listed = called("list", "--kind", "statutory_commercial_interest", "--on", "2096-06-01").output
    assert listed == "statutory_commercial_interest  NL  2096-01-01  10.65  a law\n"


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"--value": "ten", "--source": " ", "--name": "UK"}, ("--value", "--source", "--name")),
        ({"--value": "0"}, ("--value",)),
        ({"--value": "101"}, ("--value",)),
        ({"--kind": "exchange"}, ("--name",)),
        ({"--kind": "exchange", "--name": "EUR"}, ("--name",)),
        ({"--valid-on": "1-1-2027"}, ("--valid-on",)),
    ],
)
def test_every_fault_of_a_rate_by_hand_is_named(called: Any, changed: dict[str, str], faults: tuple[str, ...]) -> None:
    values = {**dict(zip(STATUTORY[::2], STATUTORY[1::2], strict=True)), "--value": "10.40", **changed}
    result = called("add", *(each for pair in values.items() for each in pair))
    assert result.exit_code == 2
    assert all(fault in result.output for fault in faults), result.output


@pytest.mark.slow
def test_the_whole_history_is_known_the_second_time(called: Any, tmp_path: Path) -> None:
    names = [chr(65 + number // 26) + chr(65 + number % 26) + "X" for number in range(40)]
    days = [date(1980, 1, 1) + timedelta(number) for number in range(7000)]
    rows = [f"{day},{','.join(f'{1 + number / 7:.4f}' for number in range(40))}," for day in days]
    (tmp_path / "hist.csv").write_text("\n".join([f"Date,{','.join(names)},", *rows]))
    assert called("import", str(tmp_path / "hist.csv")).output.endswith(
        "hist.csv: 280000 new, 0 known already, 0 corrected, 0 refused\n"
    )
    assert called("import", str(tmp_path / "hist.csv")).output.endswith(
        " 0 new, 280000 known already, 0 corrected, 0 refused\n"
    )
