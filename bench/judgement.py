"""The benchmark of one judgement: facts to canonical JSON with reasons, beside a bare Flask hello over real HTTP."""

import cProfile
import io
import json
import os
import pstats
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

from bench.hello import HELLO
from bench.load import Question, ask_for
from bench.machine import MachineTimes
from bench.servers import environment, running
from scoring.canonical import canonical_json, facts_from_document
from scoring.engines import judge
from scoring.facts import CheckFacts
from scoring.policy.document import Policy, parse_policy

GOLDEN = Path(__file__).parents[1] / "tests" / "scoring" / "golden" / "engine_2.json"
SHARE_MAX = 1 / 3
PROFILE_LINES = 25


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: each judgement so many times in each round, after so many seconds of hellos."""

    round_count: int
    times: int
    hello_seconds: float


WHOLE = Extent(round_count=7, times=30, hello_seconds=2)
QUICK = Extent(round_count=1, times=2, hello_seconds=0.5)


@dataclass(frozen=True, slots=True)
class Golden:
    """One decision of the golden set."""

    who: str
    outcome: str
    facts: CheckFacts


@dataclass(frozen=True, slots=True)
class Round:
    """One hello, and just after it each judgement of the set, in seconds; steal is in percent of the machine's time."""

    hello_seconds: float
    judgement_seconds: list[float]
    steal_percent: float

    @property
    def share(self) -> float:
        """What part of a hello one judgement takes, on average over the set."""
        return fmean(self.judgement_seconds) / self.hello_seconds


def run(extent: Extent, folder: Path) -> None:
    """Measure, tell it on standard output, and write all of it to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    document = json.loads(GOLDEN.read_text("utf-8"))
    engine, policy = document["engine"], parse_policy(document["policy"])
    decisions = [
        Golden(each["who"], each["judgement"]["outcome"], facts_from_document(each["facts"]))
        for each in document["decisions"]
    ]
    with (
        running(
            ("bench.hello",), environment("postgresql://nobody@127.0.0.1:1/nothing"), folder / "hello.log"
        ) as hello,
        ProcessPoolExecutor(1) as client,
    ):
        question = Question(hello.port, HELLO, b"", 200, method="GET")
        client.submit(ask_for, question, 0.5).result()  # To warm up.
        rounds = []
        for _ in range(extent.round_count):
            before = MachineTimes.now()
            hellos = client.submit(ask_for, question, extent.hello_seconds).result()
            taken = [judgement_seconds(engine, each.facts, policy, extent.times) for each in decisions]
            steal, _idle = before.percent_until(MachineTimes.now())
            rounds.append(Round(median(hellos), taken, steal))
    lines = verdict(decisions, rounds)
    profile = profiled(engine, decisions, policy, extent.times)
    print("\n".join(lines))
    (folder / "judgement.txt").write_text("\n".join([*lines, "", profile]) + "\n")
    told: list[dict[str, Any]] = [asdict(each) for each in rounds]
    (folder / "judgement.json").write_text(
        json.dumps({"who": [each.who for each in decisions], "rounds": told}, indent=1)
    )


def judgement_seconds(engine: str, facts: CheckFacts, policy: Policy, times: int) -> float:
    """Give the median seconds from facts to the text that is kept."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        canonical_json(judge(engine, facts, policy).document())
        taken.append(time.perf_counter() - started)
    return median(taken)


def profiled(engine: str, decisions: list[Golden], policy: Policy, times: int) -> str:
    """Give where the time of the judgements goes, function by function."""
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(times):
        for each in decisions:
            canonical_json(judge(engine, each.facts, policy).document())
    profile.disable()
    written = io.StringIO()
    pstats.Stats(profile, stream=written).strip_dirs().sort_stats("cumulative").print_stats(PROFILE_LINES)
    return written.getvalue()


def verdict(decisions: list[Golden], rounds: list[Round]) -> list[str]:
    """Say what was measured, and whether the aim is met."""
    share, hello = median(each.share for each in rounds), median(each.hello_seconds for each in rounds)
    each_seconds = [median(times) for times in zip(*(each.judgement_seconds for each in rounds), strict=True)]
    worst = max(zip(each_seconds, decisions, strict=True), key=lambda pair: pair[0])
    outcomes: dict[str, list[float]] = {}
    for seconds, decision in zip(each_seconds, decisions, strict=True):
        outcomes.setdefault(decision.outcome, []).append(seconds)
    return [
        f"hello over HTTP: {_ms(hello)}; steal {median(each.steal_percent for each in rounds):.1f} %,"
        f" load {os.getloadavg()[0]:.1f} (others at work make a hello wait more than a judgement)",
        f"one judgement, mean of {len(decisions)}: {_ms(fmean(each_seconds))}; worst {_ms(worst[0])}, {worst[1].who}",
        *(f"  {outcome}: {_ms(fmean(taken))} ({len(taken)})" for outcome, taken in sorted(outcomes.items())),
        f"a judgement takes {share:.0%} of a hello, {SHARE_MAX:.0%} {'met' if share <= SHARE_MAX else 'NOT met'}",
    ]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.2f} ms"
