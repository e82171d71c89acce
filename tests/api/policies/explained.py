"""Decisions to explain: every kind there is, as a record would hold them, and a page taken apart."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from api.policies.explanation.pack import Explained, PolicyNamed
from api.records.decisions import Decision
from api.records.sellers import Seller
from scoring.canonical import canonical_json, facts_from_document
from scoring.engines import judge
from scoring.facts import CheckFacts
from scoring.policy.document import Policy, parse_policy
from tests.scoring.cases import CASES
from tests.scoring.companies import POLICY

GOLDEN = sorted((Path(__file__).parents[2] / "scoring" / "golden").glob("engine_*.json"))
SELLER = Seller(UUID(int=7), "Gouden Gans", "test", "Europe/Amsterdam", "EUR", timedelta())
VOID = {"meta", "br"}


def explained(facts: CheckFacts, policy: Policy = POLICY, **changed: Any) -> Explained:
    """A decision on these facts, as it is read back, with whatever is named changed."""
    judgement = orjson.loads(canonical_json(judge(policy.engine, facts, policy).document()))
    decision = Decision(
        id=UUID(int=1),
        kind="credit_check",
        debtor_id=UUID(int=2),
        as_of=facts.as_of,
        decided_at=datetime(2026, 6, 1, 12, tzinfo=UTC),
        judgement=judgement,
        policy_version=3,
        policy_digest="0" * 64,
        engine_version=policy.engine,
        sources=[
            {
                "kind": each.kind,
                "provider": each.provider,
                "status": each.status,
                "retrieved_at": each.retrieved_on and f"{each.retrieved_on}T10:00:00+00:00",
                "age_days": None,
                "cost": None,
            }
            for each in facts.sources
        ],
        asked_by="ann@seller.example",
        actor=None,
        behaviour=None,
    )
    rules = PolicyNamed(policy, 3, "house", "maker@seller.example", "checker@seller.example")
    return replace(Explained(decision, facts, rules, SELLER, "Zilveren Zwaan", "cleo@seller.example"), **changed)


def of_every_kind() -> dict[str, Explained]:
    """The stored judgements of every engine, and the answers that the present policy gives, by whose they are."""
    stored = {
        f"engine {document['engine']}: {decision['who']}": explained(
            facts_from_document(decision["facts"]), parse_policy(document["policy"])
        )
        for document in (json.loads(path.read_text("utf-8")) for path in GOLDEN)
        for decision in document["decisions"]
    }
    return stored | {f"now: {case.who}": explained(case.facts) for case in CASES}


class Page(HTMLParser):
    """A page taken apart: its texts in order, its tags with what they point to, and whether all that opens closes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.pointers: list[str] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(page)
        self.close()
        self.faults += self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.pointers += [f"{name}={value}" for name, value in attrs if name in ("src", "href", "action", "style")]
        self.pointers += [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open[-1] != "style":
            self.texts.append(re.sub(r"\s+", " ", data.strip()))
