"""What a reason is: its owner, its readers and its words in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Language = Literal["en", "nl"]
Category = Literal[
    "compliance", "identity", "insolvency", "external", "behaviour", "limit", "cover", "order", "data", "policy"
]
Owner = Literal["sales", "finance", "debtor"]
Audience = Literal["sales", "finance"]
Param = str | int | Decimal | date | tuple[str, ...]
Params = Mapping[str, Param]


@dataclass(frozen=True, slots=True)
class Words:
    """A text with named parameters in English and in Dutch."""

    en: str
    nl: str

    def of(self, language: Language) -> str:
        """The text in a language."""
        return self.en if language == "en" else self.nl


@dataclass(frozen=True, slots=True)
class ReasonKind:
    """One entry of the registry. `audience` sales: everybody may read it; finance: sales may not.

    `owner` is who can do something about it, `remedy` what; a reason that nobody can change has no remedy. Where
    `text` tells what only finance may know (grades, probabilities, figures), sales reads `sales_text` instead.
    `unchanged` is the text where the grade that is told would be, or was, the same.
    """

    category: Category
    owner: Owner
    audience: Audience
    text: Words
    remedy: Words | None = None
    sales_text: Words | None = None
    unchanged: Words | None = None

    def text_for(self, *, full: bool) -> Words:
        """The text for who may read everything (`full`), or for everybody else."""
        return self.text if full or self.sales_text is None else self.sales_text
