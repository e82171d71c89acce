"""What a kind of alert is: how grave, whose, who is told, when it begins and ends, and its words in both languages."""

from dataclasses import dataclass
from typing import Literal

from scoring.reasons.registry import Audience, Words

Severity = Literal["notice", "warning", "urgent"]
SEVERITIES: tuple[Severity, ...] = ("notice", "warning", "urgent")


@dataclass(frozen=True, slots=True)
class AlertKind:
    """One kind of alert. `severities` are those it can have, the mildest first.

    `owner` must act: of sales the debtor's account owner, of finance its credit owner; `also_told` get mail of it too.
    `title` says what happened and `todo` what to do. `begins` and `ends` are sentences for the page on alerts.
    """

    name: str
    severities: tuple[Severity, ...]
    begins: str
    ends: str
    title: Words
    todo: Words
    owner: Audience = "finance"
    also_told: tuple[Audience, ...] = ()

    @property
    def told(self) -> frozenset[Audience]:
        """Who gets mail of it: who must act, and who must know."""
        return frozenset({self.owner, *self.also_told})


LOOK = Words("Look at the debtor and decide what to do.", "Bekijk de debiteur en bepaal wat er moet gebeuren.")
DECIDE_LIMIT = Words("Decide on the limit anew.", "Beslis opnieuw over de limiet.")
