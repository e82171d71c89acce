"""A policy with a card that was fitted to the seller's own ledger in the place of its own."""

from collections.abc import Mapping
from typing import Any

import yaml

from api.policies.documents import CheckedPolicy, check, read_written


def with_card(document: Mapping[str, Any], card: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a policy with another card of our own experience.

    Natural persons go on being judged by what people chose: no fitted card is let loose on them.
    """
    cards = document["scorecards"]
    chosen = cards.get("behaviour_of_persons") or cards["behaviour"]
    fitted = {"behaviour": dict(card), "behaviour_of_persons": chosen}
    others = {name: each for name, each in cards.items() if name not in fitted}
    return {**document, "scorecards": {**fitted, **others}}


def written(document: Mapping[str, Any], remarks: list[str]) -> str:
    """The text of a policy, remarks first."""
    text = yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)
    return "".join(f"# {line}\n" for line in remarks) + text


def checked(text: str, currency: str) -> CheckedPolicy:
    """Hold the text against everything a policy must be, as for one that a person wrote. Raises BadInput."""
    placed = read_written(text)
    return check(placed.document, currency, placed)
