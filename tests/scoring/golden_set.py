"""Writes the golden set of a release: what the present engine says of every case, by the shipped policy.

`python -m tests.scoring.golden_set` writes the file of ENGINE_VERSION where there is none yet. One that was released is
never written again: what changes a judgement in it is a new engine version.
"""

import json
from pathlib import Path
from typing import Any

from scoring.canonical import canonical_json, facts_document
from scoring.engines import ENGINE_VERSION, judge
from scoring.policy.document import parse_policy, shipped
from tests.scoring.cases import CASES

GOLDEN = Path(__file__).with_name("golden")


def golden_set() -> dict[str, Any]:
    """Every case judged: its facts and the judgement, beside the policy of both."""
    policy = shipped()["default"]
    decisions = [
        {
            "who": case.who,
            "facts": facts_document(case.facts),
            "judgement": judge(ENGINE_VERSION, case.facts, parse_policy(policy)).document(),
        }
        for case in CASES
    ]
    return {"engine": ENGINE_VERSION, "policy": policy, "decisions": decisions}


if __name__ == "__main__":
    path = GOLDEN / f"engine_{ENGINE_VERSION}.json"
    if path.exists():
        raise SystemExit(f"{path.name} is there already")
    text = json.dumps(json.loads(canonical_json(golden_set())), indent=1, ensure_ascii=False)
    path.write_text(text + "\n", "utf-8")
