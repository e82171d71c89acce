"""Guards over the documents that are written from the code."""

import copy
import re
import string
import textwrap
from pathlib import Path

import pytest
import yaml

from api.figures_page import figures_page
from api.reasons_page import reasons_page
from api.sources_page import sources_page
from providers.catalog import Catalog
from scoring.policy.document import parse_policy, shipped
from scoring.reasons import REGISTRY
from scoring.reasons.registry import Words


def test_every_reason_is_documented_in_both_languages(project: Path) -> None:
    assert (project / "docs" / "reasons.md").read_text(encoding="utf-8") == reasons_page(), "run `creditgate reasons`"


def test_every_figure_and_operator_is_documented(project: Path) -> None:
    assert (project / "docs" / "figures.md").read_text(encoding="utf-8") == figures_page(), (
        "run `creditgate policy figures`"
    )


def test_every_source_is_documented(project: Path) -> None:
    written = (project / "docs" / "sources.md").read_text(encoding="utf-8")
    assert written == sources_page(Catalog().sources), "run `creditgate sources`"


def test_the_examples_of_the_page_on_policies_can_be_used(project: Path) -> None:
    text = (project / "docs" / "policies.md").read_text(encoding="utf-8")
    blocks = [textwrap.dedent(block) for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", text, re.MULTILINE)]
    (card,), (rule,) = (
        [yaml.safe_load(block) for block in blocks if block.strip().startswith(start)]
        for start in ("- figure", "- name")
    )
    document = copy.deepcopy(shipped()["default"])
    document["scorecards"]["behaviour"]["characteristics"] = card
    assert rule[0] in document["rules"]
    assert parse_policy(document).scorecards.behaviour.characteristics[0].figure == card[0]["figure"]


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
