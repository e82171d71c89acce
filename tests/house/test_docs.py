"""Guards over the documents that are written from the code."""

import string
from pathlib import Path

import pytest

from api.figures_page import figures_page
from api.reasons_page import reasons_page
from scoring.reasons import REGISTRY
from scoring.reasons.registry import Words


def test_every_reason_is_documented_in_both_languages(project: Path) -> None:
    assert (project / "docs" / "reasons.md").read_text(encoding="utf-8") == reasons_page(), "run `creditgate reasons`"


def test_every_figure_and_operator_is_documented(project: Path) -> None:
    assert (project / "docs" / "figures.md").read_text(encoding="utf-8") == figures_page(), (
        "run `creditgate policy figures`"
    )


@pytest.mark.parametrize("code", REGISTRY)
def test_both_languages_say_the_same(code: str) -> None:
    kind = REGISTRY[code]
    for words in filter(None, (kind.text, kind.remedy)):
        assert words.en.strip()
        assert words.nl.strip()
        assert words.en != words.nl
        assert names(words, "en") == names(words, "nl")


def names(words: Words, language: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(getattr(words, language)) if name}
