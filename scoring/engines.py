"""Every version of the judgement that decisions are still kept of, so that each can be replayed as it was made."""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from scoring.facts import CheckFacts
from scoring.judgement import Judgement
from scoring.orders import OrderFacts, OrderJudgement, release_order
from scoring.policy.document import Policy
from scoring.prospect import judge_check

# The engine that shipped policies are written for. A policy names its own: an upgrade changes nobody's decisions.
ENGINE_VERSION: Final = "2"
_Engine = TypeVar("_Engine")

# Engine 2 reads all that engine 1 read, and does more only where a policy asks for it; the stored judgements of each
# are kept in the tests.
_ENGINES: dict[str, Callable[[CheckFacts, Policy], Judgement]] = {"1": judge_check, "2": judge_check}
# Orders were first judged when engine 2 was the newest, by policies of both.
_ORDER_ENGINES: dict[str, Callable[[OrderFacts, Policy], OrderJudgement]] = {"1": release_order, "2": release_order}


class EngineUnknown(LookupError):
    """No engine of that version is kept."""


def judge(engine_version: str, facts: CheckFacts, policy: Policy) -> Judgement:
    """Judge as that engine version did. Raises EngineUnknown for a version that is not kept."""
    return _engine_of(engine_version, _ENGINES)(facts, policy)


def judge_order(engine_version: str, facts: OrderFacts, policy: Policy) -> OrderJudgement:
    """Judge an order as that engine version did. Raises EngineUnknown for a version that is not kept."""
    return _engine_of(engine_version, _ORDER_ENGINES)(facts, policy)


def _engine_of(engine_version: str, engines: Mapping[str, _Engine]) -> _Engine:
    """The engine of a version. Raises EngineUnknown."""
    engine = engines.get(engine_version)
    if engine is None:
        raise EngineUnknown(f"there is no engine {engine_version!r}, only {', '.join(engines)}")
    return engine
