"""An explanation as one page to read or print: all in itself, nothing from any other host."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from api.policies.explanation.pack import day_text
from api.policies.explanation.words import HEADINGS, LABELS

# Whatever a name or a vendor's text holds is shown as text; a parameter that is missing is an error, never a gap.
_PAGES = Environment(
    loader=PackageLoader("api.policies"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# The page has no script and loads nothing; its own styles stand in it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def explanation_page(pack: Mapping[str, Any]) -> str:
    """Give an explanation as HTML, in its own language."""
    language = pack["language"]
    return _PAGES.get_template("explanation.html").render(
        pack=pack,
        heading={name: words.of(language) for name, words in HEADINGS.items()},
        label={name: words.of(language) for name, words in LABELS.items()},
        day=lambda value: day_text(value, language),
    )
