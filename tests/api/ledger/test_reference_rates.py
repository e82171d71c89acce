"""The files of the European Central Bank, each layout it publishes, and files that are none."""

from pathlib import Path

import pytest

from api.ledger.reference_rates import ReferenceRatesInvalid, rates_of_csv, rates_of_xml

FILES = Path(__file__).with_name("reference_rates")
ENVELOPE = '<e:Envelope xmlns:e="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">'


def told(rates):
    return [(each.rate_on.isoformat(), each.currency, str(each.per_euro)) for each in rates]


def xml(inside: str, before: str = "") -> bytes:
    return f"{before}{ENVELOPE}<Cube>{inside}</Cube></e:Envelope>".encode()


def test_the_history_in_csv_leaves_out_what_was_not_quoted():
    assert told(rates_of_csv((FILES / "eurofxref-hist.csv").read_text("utf-8"))) == [
        ("2026-07-23", "USD", "1.1702"),
        ("2026-07-23", "JPY", "172.51"),
        ("2026-07-23", "HKD", "9.1846"),
        ("2026-07-22", "USD", "1.1688"),
        ("2026-07-22", "JPY", "172.04"),
        ("2005-12-30", "USD", "1.1797"),
        ("2005-12-30", "JPY", "138.9"),
        ("2005-12-30", "BGN", "1.9563"),
        ("2005-12-30", "CYP", "0.5735"),
        ("2005-12-30", "HKD", "9.1474"),
    ]


def test_one_day_in_csv_has_its_date_in_words():
    assert told(rates_of_csv((FILES / "eurofxref.csv").read_text("utf-8"))) == [
        ("2026-07-23", "USD", "1.1702"),
        ("2026-07-23", "JPY", "172.51"),
        ("2026-07-23", "CZK", "24.580"),
    ]


def test_windows_line_ends_and_a_byte_order_mark_make_no_difference():
    text = (FILES / "eurofxref-hist.csv").read_text("utf-8")
    assert told(rates_of_csv("\ufeff" + text.replace("\n", "\r\n"))) == told(rates_of_csv(text))


def test_one_day_and_ninety_days_in_xml():
    day = [("2026-07-23", "USD", "1.1702"), ("2026-07-23", "JPY", "172.51")]
    assert told(rates_of_xml((FILES / "eurofxref-daily.xml").read_bytes())) == day
    assert told(rates_of_xml((FILES / "eurofxref-hist-90d.xml").read_bytes())) == [
        *day,
        ("2026-07-22", "USD", "1.1688"),
    ]
    assert {each.source for each in rates_of_xml((FILES / "eurofxref-daily.xml").read_bytes())} == {
        "European Central Bank, euro foreign exchange reference rates"
    }


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "line 1"),
        ("<html></html>", "line 1"),
        ("Date,\n", "line 1"),
        ("Day,USD\n2026-07-23,1.1\n", "line 1"),
        ("Date,USD,dollar\n2026-07-23,1.1,1\n", "line 1"),
        ("Date,USD,\n2026-07-23,1.1,\n23/07/2026,1.1,\n", "line 3"),
        ("Date,USD,\n23 Juli 2026,1.1,\n", "line 2"),
        ("Date,USD,\n20260723,1.1,\n", "line 2"),
        ("Date,USD,\n31 June 2026,1.1,\n", "line 2"),
        ("Date,USD,JPY,\n2026-07-23,1.1\n", "line 2"),
        ("Date,USD,\n2026-07-23,1.1,5\n", "line 2"),
        ("Date,USD,\n2026-07-23,-1.1,\n", "line 2"),
        ("Date,USD,\n2026-07-23,0,\n", "line 2"),
        ('Date,USD,\n2026-07-23,"1,1",\n', "line 2"),
        ("Date,USD,\n2026-07-23,1_1,\n", "line 2"),
        ("Date,USD,\n2026-07-23,NaN,\n", "line 2"),
        ("Date,USD,\n" + "1" * 200_000 + ",1.1,\n", "line 2"),
    ],
)
def test_a_csv_file_that_is_none_says_where(text, where):
    with pytest.raises(ReferenceRatesInvalid, match=where):
        list(rates_of_csv(text))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no element"),
        (b"Date,USD", "syntax error"),
        (b"<rates/>", "envelope"),
        (xml(""), "no rate"),
        (xml('<Cube currency="USD" rate="1.1"/>'), "without a day"),
        (xml('<Cube time="today"><Cube currency="USD" rate="1.1"/></Cube>'), "not a date"),
        (xml('<Cube time="2026-07-23"><Cube currency="USD" rate="-1"/></Cube>'), "not a rate"),
        (xml('<Cube time="2026-07-23"><Cube currency="USD"/></Cube>'), "no rate"),
        (xml('<Cube time="2026-07-23"><Cube currency="usd" rate="1"/></Cube>'), "not a rate"),
        (xml("", "<!DOCTYPE x>"), "no place"),
        (xml("&a;", '<!DOCTYPE x [<!ENTITY a "aaaa">]>'), "no place"),
        (xml("", '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">'), "no place"),
        ((FILES / "eurofxref-daily.xml").read_bytes()[:-30], "no element|unclosed"),
    ],
)
def test_an_xml_file_that_is_none_is_refused(content, why):
    with pytest.raises(ReferenceRatesInvalid, match=why):
        rates_of_xml(content)


def test_rates_outside_the_banks_vocabulary_are_not_read():
    other = b'<e:Envelope xmlns:e="http://www.gesmes.org/xml/2002-08-01"><Cube time="2026-07-23"/></e:Envelope>'
    with pytest.raises(ReferenceRatesInvalid, match="no rate"):
        rates_of_xml(other)
