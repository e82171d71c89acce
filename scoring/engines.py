"""Every version of the judgement that decisions are still kept of, so that each can be replayed as it was made."""

from collections.abc import Callable
from typing import Final

from scoring.facts import CheckFacts
from scoring.judgement import Judgement
from scoring.policy.document import Policy
from scoring.prospect import judge_check

# The engine that shipped policies are written for. A policy names its own: an upgrade changes nobody's decisions.
ENGINE_VERSION: Final = "2"

# Engine 2 reads all that engine 1 read, and does more only where a policy asks for it; the stored judgements of each
# are kept in the tests.
_ENGINES: dict[str, Callable[[CheckFacts, Policy], Judgement]] = {"1": judge_check, "2": judge_check}


class EngineUnknown(LookupError):
    """No engine of that version is kept."""


def judge(engine_version: str, facts: CheckFacts, policy: Policy) -> Judgement:
    """Judge as that engine version did. Raises EngineUnknown for a version that is not kept."""
    engine = _ENGINES.get(engine_version)
    if engine is None:
        raise EngineUnknown(f"there is no engine {engine_version!r}, only {', '.join(_ENGINES)}")
    return engine(facts, policy)
