"""YAML as people read it: one spelling of each number, and everything else refused by its line."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from api.problems import BadInput
from api.web.plain_yaml import read_plain_yaml
from scoring.canonical import canonical_json
from scoring.policy.document import shipped_texts

MAPPINGS = sorted((Path(__file__).parents[3] / "mappings").glob("*.yaml"))


def told(text: str | bytes) -> list[tuple[int | None, int | None, str]]:
    with pytest.raises(BadInput) as refused:
        read_plain_yaml(text, "policy")
    return [(each.line, each.column, each.detail) for each in refused.value.faults]


@pytest.mark.parametrize(
    ("spelling", "advice"),
    [
        *((each, "without colons") for each in ("1:30", "-1:30", "12:30:45", "1:30.5")),
        *((each, "without zeros in front") for each in ("010", "-010", "08", "00", "007.5")),
        *((each, "write true or false") for each in ("yes", "No", "ON", "off", "NO")),
        *((each, "digits of ten") for each in ("0x10", "0b101", "0o17", "-0x1F")),
        *((each, "without underscores") for each in ("1_000", "1_000.5", "0.000_1", "1_0e3")),
        *((each, "finite") for each in (".nan", ".NaN", ".inf", "-.inf")),
    ],
)
def test_what_readers_of_yaml_disagree_on_is_refused_and_taken_as_text_in_quotes(spelling: str, advice: str) -> None:
    ((line, column, detail),) = told(f"a: 1\nb: {spelling}")
    assert (line, column) == (2, 4)
    assert spelling in detail
    assert advice in detail
    assert read_plain_yaml(f"b: '{spelling}'", "policy") == {"b": spelling}


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        *(("0", 0), ("10", 10), ("-7", -7), ("+7", 7), ("0.5", 0.5), (".5", 0.5), ("-0.25", -0.25)),
        *(
            ("1e3", 1000.0),
            ("1.5E-2", 0.015),
            ("true", True),
            ("False", False),
            ("null", None),
            ("~", None),
            ("", None),
        ),
        *(("2025-01-31", "2025-01-31"), ("y", "y"), ("1,000", "1,000"), ("1.2.3", "1.2.3"), ("a_1", "a_1")),
        *(("NL", "NL"), ("none", "none"), ("1-30", "1-30"), ("91+", "91+"), ("a:1", "a:1"), ("<<", "<<")),
    ],
)
def test_what_everybody_reads_the_same_is_read(spelling: str, value: object) -> None:
    read = read_plain_yaml(f"b: {spelling}", "policy")
    assert read == {"b": value}
    assert type(read["b"]) is type(value)


@given(st.one_of(st.integers(-(10**29), 10**29), st.floats(allow_nan=False, allow_infinity=False), st.booleans()))
def test_numbers_are_read_as_json_writes_them(value: int | float | bool) -> None:
    assert read_plain_yaml(canonical_json({"a": value}), "policy") == {"a": value}


@pytest.mark.parametrize("text", [*shipped_texts().values(), *(each.read_text("utf-8") for each in MAPPINGS)])
def test_what_is_shipped_reads_as_any_reader_of_yaml_has_it(text: str) -> None:
    assert canonical_json(read_plain_yaml(text, "policy")) == canonical_json(yaml.safe_load(text))


def test_everything_that_is_wrong_is_named_at_once_in_the_order_of_the_lines() -> None:
    text = (
        "a: &x 1\na: 2\nb: *x\nc: !!int 3\nd: .nan\n"
        f"e: {'9' * 5000}\nf: \"\\x07\"\ng: 'a\x07b'\n1: h\n? [i]\n: j\nk: *y\nk: 010\nl: 0.12345678901234567891\n"
    )
    found = told(text)
    assert [(line, detail.partition(":")[0]) for line, _, detail in found] == [
        (2, "named twice"),
        (3, "aliases are not taken"),
        (4, "tags are not taken"),
        (5, ".nan is not read the same by everybody"),
        (6, "a number has more than 30 digits"),
        (7, "a text holds control characters"),
        (8, "holds the control character U+0007"),
        (9, "the name 1 is not text"),
        (10, "a name is not text"),
        (12, "aliases are not taken"),
        (13, "named twice"),
        (13, "010 is not read the same by everybody"),
        (14, "0.12345678901234567891 has more digits than a number keeps"),
    ]


def test_what_was_found_before_broken_yaml_is_told_beside_it() -> None:
    assert [(line, detail) for line, _, detail in told("a: *x\nb: [1")] == [
        (1, "aliases are not taken"),
        (2, "it is neither YAML nor JSON"),
    ]


def test_bytes_that_are_no_text_are_told_by_line() -> None:
    assert (2, 4, "it is not written in utf-8") in told(b"a: 1\nb: \xff\n")


def test_no_more_is_told_than_anybody_reads() -> None:
    with pytest.raises(BadInput, match="and 150 more") as refused:
        read_plain_yaml("- yes\n" * 200, "policy")
    assert len(refused.value.faults) == 50


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        faults = None
        read_plain_yaml(text, "policy")
    except BadInput as refused:
        faults = refused.faults
    assert faults is None or (faults and all(each.line and each.column for each in faults))
