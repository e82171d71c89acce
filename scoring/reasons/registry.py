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

    `owner` is who can do something about it, `remedy` what; a reason that nobody can change has no remedy.
    """

    category: Category
    owner: Owner
    audience: Audience
    text: Words
    remedy: Words | None = None
