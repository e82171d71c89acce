"""An explanation as one page to read or print: all in itself, nothing from any other host."""

from collections.abc import Mapping
from typing import Any

from api.policies.explanation.pack import day_text
from api.policies.explanation.words import HEADINGS, LABELS
from api.policies.pages import PAGES

# The page has no script and loads nothing; its own styles stand in it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def explanation_page(pack: Mapping[str, Any]) -> str:
    """Give an explanation as HTML, in its own language."""
    language = pack["language"]
    return PAGES.get_template("explanation.html").render(
        pack=pack,
        heading={name: words.of(language) for name, words in HEADINGS.items()},
        label={name: words.of(language) for name, words in LABELS.items()},
        day=lambda value: day_text(value, language),
    )
