"""Runs the plan of a check: step by step, the questions of a step side by side, the whole within its deadline."""

from collections.abc import Iterable, Sequence
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace
from datetime import date
from time import monotonic

from api.fresh_report import sharing, stored
from api.fresh_report.inquiry import Inquiry
from api.fresh_report.planning import Planned, Question
from api.fresh_report.sharing import Asked
from api.fresh_report.source import Source, Why
from api.fresh_report.told import Told, renewed
from scoring.facts import EntityFacts, RegisterFacts, SourceKind, VatFacts
from scoring.policy.document import Policy

NEEDS_NAME: frozenset[SourceKind] = frozenset({"sanctions_list"})  # It is searched by name; a number only helps.
TELLS_NAME: tuple[SourceKind, ...] = ("company_register", "entity_register", "vat_register")

_Known = dict[SourceKind, Source]


def run(plan: Planned, sources: Sequence[Source], inquiry: Inquiry, as_of: date) -> list[Source]:
    """Ask what is not fresh; gives all sources anew. No transaction may be open.

    What has not answered by the deadline is late, and kept all the same when it comes.
    """
    known = {source.kind: source for source in sources}
    is_stopped = False
    for step in plan.steps:
        missing = [each for each in step.questions if each.offers and not known[each.kind].is_fresh]
        if is_stopped:
            known |= {each.kind: _not_asked(known[each.kind], "stopped") for each in missing}
            continue
        _ask_side_by_side(missing, known, inquiry)
        is_stopped = stored.is_enough(step.stop_when, known.values(), inquiry.policy, as_of)
    return [known[source.kind] for source in sources]


def marked(plan: Planned, sources: Sequence[Source], policy: Policy, as_of: date) -> list[Source]:
    """Say of what is not asked why, where nothing is asked at all: enough is known by what is stored."""
    known = {source.kind: source for source in sources}
    is_stopped = False
    for step in plan.steps:
        if is_stopped:
            missing = [each.kind for each in step.questions if each.offers and not known[each.kind].is_fresh]
            known |= {kind: _not_asked(known[kind], "stopped") for kind in missing}
        is_stopped = is_stopped or stored.is_enough(step.stop_when, sources, policy, as_of)
    return [known[source.kind] for source in sources]


def _ask_side_by_side(questions: Sequence[Question], known: _Known, inquiry: Inquiry) -> None:
    """Put what each of the questions gives into `known`; those that need a name wait for it, where we have none."""
    by_name = [] if inquiry.company.name else [each for each in questions if each.kind in NEEDS_NAME]
    begun = {each.kind: sharing.begin(inquiry, each) for each in questions if each not in by_name}
    if by_name:
        for kind in TELLS_NAME:
            if _name_told(known) is None and kind in begun:
                _await(begun.pop(kind), known, inquiry)
        name = _name_told(known)
        if name is None:
            known |= {each.kind: _not_asked(known[each.kind], "no_name") for each in by_name}
        else:
            inquiry = replace(inquiry, company=replace(inquiry.company, name=name))
            begun |= {each.kind: sharing.begin(inquiry, each) for each in by_name}
    for asked in begun.values():
        _await(asked, known, inquiry)


def _name_told(known: _Known) -> str | None:
    """Give the name of the company as the first register that tells one has it."""
    facts: Iterable[object] = (known[kind].facts for kind in TELLS_NAME if kind in known)
    return next(
        (each.name for each in facts if isinstance(each, RegisterFacts | EntityFacts | VatFacts) and each.name), None
    )


def _not_asked(source: Source, why: Why) -> Source:
    """Say of what is stored or not why nobody was asked."""
    return replace(source, provider=source.provider if source.facts is not None else None, why=why)


def _await(asked: Asked, known: _Known, inquiry: Inquiry) -> None:
    kind = asked.question.kind
    known[kind] = renewed(known[kind], _told(asked, inquiry), is_ours=asked.is_ours)


def _told(asked: Asked, inquiry: Inquiry) -> Told:
    """Wait for an answer until the time of whoever asked for it is over, or ours."""
    deadline = min(asked.work.deadline, inquiry.deadline)
    try:
        told: Told = asked.work.future.result(timeout=max(0.0, deadline - monotonic()))
    except NotYet:
        if asked.is_ours and not asked.work.future.done():
            sharing.note_late(inquiry, asked)
        took = round(monotonic() - asked.started, 3)
        provider = asked.progress.waits_for or asked.question.offers[0].provider
        return Told(None, provider, sharing.LATE, tried=tuple(asked.progress.tried), took_seconds=took)
    return told
