"""Which reasons of a judgement somebody reads who may not read all of them, so that none of them leads him astray."""

from collections.abc import Iterable, Mapping
from typing import Any

from scoring.judgement import Outcome

# Who may not know why is told what to do: nothing that he could change changes the answer.
NEUTRAL = {Outcome.DECLINE.value: "do_not_deliver", Outcome.REFER.value: "finance_decides"}
_RANKED = {outcome.value: outcome for outcome in Outcome}


def read_by_sales(reasons: Iterable[Mapping[str, Any]], outcome: str | None = None) -> list[Mapping[str, Any]]:
    """The stored reasons that everybody may read, in their order; `outcome` None: the heaviest that they call for.

    Where a reason that sales may not read decides, one neutral reason stands for it, and lighter ones are left out:
    following their advice would not help. Of a referral what else a person must look at stays; a refusal is final.
    """
    every = list(reasons)
    visible = [each for each in every if each["audience"] == "sales"]
    decided = outcome or _heaviest(every)
    if decided not in NEUTRAL or all(each["audience"] == "sales" for each in every if each["effect"] == decided):
        return visible
    neutral = {"code": NEUTRAL[decided], "effect": decided, "audience": "sales", "params": {}}
    is_final = decided == Outcome.DECLINE.value
    return [neutral, *(each for each in visible if each["effect"] == decided and not is_final)]


def _heaviest(reasons: Iterable[Mapping[str, Any]]) -> str | None:
    """The heaviest outcome that reasons call for; None where none calls for any."""
    found = [_RANKED[each["effect"]] for each in reasons if each["effect"] in _RANKED]
    return max(found, key=lambda outcome: outcome.rank).value if found else None
