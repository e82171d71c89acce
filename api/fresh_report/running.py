"""Runs the plan of a check: step by step, the questions of a step side by side, the whole within its deadline."""

from collections.abc import Sequence
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace
from datetime import date
from time import monotonic

from api.fresh_report import sharing, stored
from api.fresh_report.answering import Told, renewed
from api.fresh_report.inquiry import Inquiry
from api.fresh_report.planning import Planned
from api.fresh_report.sharing import Asked
from api.fresh_report.source import Source
from scoring.policy.document import Policy


def run(plan: Planned, sources: Sequence[Source], inquiry: Inquiry, as_of: date) -> list[Source]:
    """Ask what is not fresh; gives all sources anew. No transaction may be open.

    What has not answered by the deadline is late, and kept all the same when it comes.
    """
    known = {source.kind: source for source in sources}
    is_stopped = False
    for step in plan.steps:
        missing = [each for each in step.questions if each.offers and not known[each.kind].is_fresh]
        if is_stopped:
            known |= {each.kind: _not_asked(known[each.kind]) for each in missing}
            continue
        for asked in [sharing.begin(inquiry, each) for each in missing]:
            kind = asked.question.kind
            known[kind] = renewed(known[kind], _awaited(inquiry, asked), is_ours=asked.is_ours)
        is_stopped = stored.is_enough(step.stop_when, list(known.values()), inquiry.policy, as_of)
    return [known[source.kind] for source in sources]


def marked(plan: Planned, sources: Sequence[Source], policy: Policy, as_of: date) -> list[Source]:
    """Say of what is not asked why, where nothing is asked at all: enough is known by what is stored."""
    known = {source.kind: source for source in sources}
    is_stopped = False
    for step in plan.steps:
        if is_stopped:
            missing = [each.kind for each in step.questions if each.offers and not known[each.kind].is_fresh]
            known |= {kind: _not_asked(known[kind]) for kind in missing}
        is_stopped = is_stopped or stored.is_enough(step.stop_when, sources, policy, as_of)
    return [known[source.kind] for source in sources]


def _not_asked(source: Source) -> Source:
    """Say of what is stored or not that nobody was asked, since enough is known."""
    return replace(source, provider=source.provider if source.facts is not None else None, why="stopped")


def _awaited(inquiry: Inquiry, asked: Asked) -> Told:
    """Wait for an answer until the time of whoever asked for it is over, or ours."""
    deadline = min(asked.work.deadline, inquiry.deadline)
    try:
        told: Told = asked.work.future.result(timeout=max(0.0, deadline - monotonic()))
    except NotYet:
        if asked.is_ours:
            sharing.hold_for_late_answer(inquiry, asked)
        took = round(monotonic() - asked.started, 3)
        return Told(None, asked.question.offers[0].provider, sharing.LATE, took_seconds=took)
    return told
