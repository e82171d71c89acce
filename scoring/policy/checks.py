"""Faults between the sections of a policy: what one says that another does not know, or that cannot both be meant."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeVar

from scoring.countries import country_fault
from scoring.currencies import currency_fault
from scoring.documents import Fault
from scoring.policy.asking_checks import asking_faults
from scoring.policy.card_checks import card_faults
from scoring.policy.evidence_checks import table_faults
from scoring.policy.grading import (
    RISK_CLASSES,
    BlendingPolicy,
    EvidencePolicy,
    GradePolicy,
    MasterScalePolicy,
    ScoreBand,
)
from scoring.policy.rule_checks import meanings_of, rule_faults, too_long
from scoring.policy.tables import TableBand

ENGINES = ("1", "2")
CAPS = ("unresolved_write_off", "cover_withdrawn", "oldest_overdue", "young_company", "past_insolvency")
_NEEDED_FROM_ENGINE_2 = ("scorecards.behaviour", "evidence.lateness", "explanation")
_UNKNOWN_TO_ENGINE_1 = (
    *_NEEDED_FROM_ENGINE_2,
    *("rules", "terms.segments", "limits.loss_budget", "scorecards.financials"),
    *("evidence.contradictions", "scorecards.external_tables"),
)

Parts = Mapping[str, object]
_Part = TypeVar("_Part")


def disagreements(document: Mapping[str, Any], parts: Parts) -> Iterator[Fault]:
    """Every fault between what could be read of a document: `parts` has it by path, whole or only in part."""
    yield from _of_engine(document)
    yield from _of_names(document)
    scale = part(parts, "master_scale", MasterScalePolicy)
    names = _grade_names(document, scale)
    yield from _of_classes(parts)
    if names:
        yield from _of_grades(document, parts, names)
    yield from _of_limits(document, scale)
    for path in given(document, "scorecards.external_scales") or ():
        yield from _of_external_scale(f"scorecards.external_scales.{path}", parts, scale)
    yield from table_faults(parts, scale, named(document, "scorecards.external_scales"))
    yield from _of_confidence(parts)
    terms = {name: days for name, days in named(document, "terms.payment_term_days").items() if type(days) is int}
    yield from too_long("terms.payment_term_days", terms)
    yield from asking_faults(given(document, "sources.plans"))
    yield from _of_watching(document)
    yield from card_faults(parts)
    yield from rule_faults(parts, meanings_of(scale, names), str(given(document, "terms.seller_size")))


def _of_watching(document: Mapping[str, Any]) -> Iterator[Fault]:
    """What an insolvency brings about is said in one place."""
    if given(document, "sources.watching.stop_supply_when_insolvent") is not None:
        yield Fault("sources.watching.stop_supply_when_insolvent", "is said by alerts.effects.insolvency_event")


def part(parts: Parts, path: str, kind: type[_Part]) -> _Part | None:
    """What was read at a path, None where it could not be."""
    found = parts.get(path)
    return found if isinstance(found, kind) else None


def given(document: Any, path: str) -> Any:
    """What a document has at a path, read or not; None where it has nothing."""
    for name in path.split("."):
        if not isinstance(document, Mapping):
            return None
        document = document.get(name)
    return document


def named(document: Any, path: str) -> Mapping[str, Any]:
    """The mapping a document has at a path, an empty one where it has none."""
    found = given(document, path)
    return found if isinstance(found, Mapping) else {}


def _of_engine(document: Mapping[str, Any]) -> Iterator[Fault]:
    """What an engine needs, and what only a later one understands."""
    engine = document.get("engine")
    if not isinstance(engine, str):
        return
    if engine not in ENGINES:
        yield Fault("engine", f"{engine!r} is not one of {', '.join(ENGINES)}")
    elif engine == "1":
        for path in _UNKNOWN_TO_ENGINE_1:
            if given(document, path):
                yield Fault(path, "is not known to engine 1")
    else:
        for path in _NEEDED_FROM_ENGINE_2:
            if not given(document, path):
                yield Fault(path, f"is missing, engine {engine} needs it")


def _of_names(document: Mapping[str, Any]) -> Iterator[Fault]:
    """A currency and a country that are none."""
    currency = document.get("currency")
    if isinstance(currency, str) and (fault := currency_fault(currency)):
        yield Fault("currency", fault)
    country = given(document, "limits.domestic_country")
    if isinstance(country, str) and (fault := country_fault(country)):
        yield Fault("limits.domestic_country", fault)


def _grade_names(document: Mapping[str, Any], scale: MasterScalePolicy | None) -> frozenset[str]:
    """The grades that a master scale names, also one with faults; none where a name itself cannot be read."""
    if scale is not None:
        return frozenset(scale.names)
    grades = given(document, "master_scale.grades")
    written = [given(each, "grade") for each in grades] if isinstance(grades, list | tuple) else [None]
    written.append(given(document, "master_scale.default_grade"))
    names = frozenset(each for each in written if isinstance(each, str))
    return names if all(isinstance(each, str) for each in written) else frozenset()


def _of_grades(document: Mapping[str, Any], parts: Parts, names: frozenset[str]) -> Iterator[Fault]:
    """Grades that the master scale does not have."""
    for path, grade in _grades_named(document, parts):
        if isinstance(grade, str) and grade not in names:
            yield Fault(path, f"{grade!r} is not a grade of the master scale")


def _grades_named(document: Mapping[str, Any], parts: Parts) -> Iterator[tuple[str, object]]:
    """Every grade a section names, with the path it is named at."""
    # As they are written: what else is wrong with a section or a rule does not hide a grade that is none.
    for name in CAPS:
        yield f"caps.{name}_grade", given(document, f"caps.{name}_grade")
    rules = document.get("rules")
    for index, rule in enumerate(rules if isinstance(rules, list | tuple) else ()):
        yield f"rules.{index}.then.grade_at_best", given(rule, "then.grade_at_best")
    for path, each in parts.items():
        if isinstance(each, ScoreBand) or (isinstance(each, TableBand) and each.grade is not None):
            yield f"{path}.grade", each.grade
    for name in ("capacity", "own_risk"):
        for grade in named(document, f"limits.{name}"):
            yield f"limits.{name}.{grade}", grade


def _of_external_scale(path: str, parts: Parts, scale: MasterScalePolicy | None) -> Iterator[Fault]:
    """Bands of a vendor's scale that do not rise, or in which a higher score would be worse."""
    bands: list[ScoreBand] = []
    while (band := part(parts, f"{path}.{len(bands)}", ScoreBand)) is not None:
        bands.append(band)
    ranks = {} if scale is None else scale.ranks
    for index, (before, after) in enumerate(pairwise(bands), start=1):
        if after.at_least <= before.at_least:
            detail = f"the band from {after.at_least} does not come after that from {before.at_least}"
            yield Fault(f"{path}.{index}.at_least", detail)
        if ranks.get(after.grade, 0) > ranks.get(before.grade, len(ranks)):
            detail = f"a higher score stands for a worse grade: {after.grade} follows {before.grade}"
            yield Fault(f"{path}.{index}.grade", detail)


def _of_limits(document: Mapping[str, Any], scale: MasterScalePolicy | None) -> Iterator[Fault]:
    """Grades with a capacity that lack what else a limit needs."""
    lacking = []
    for grade in named(document, "limits.capacity"):
        if grade not in named(document, "limits.own_risk"):
            yield Fault(f"limits.own_risk.{grade}", "is missing")
        risk_class = scale.class_of(grade) if scale is not None and grade in scale.ranks else None
        if risk_class is not None and risk_class not in named(document, "limits.valid_months"):
            lacking.append(risk_class)
    for risk_class in dict.fromkeys(lacking):
        yield Fault(f"limits.valid_months.{risk_class}", "is missing")


def _of_classes(parts: Parts) -> Iterator[Fault]:
    """Grades of a better class than the better grade before them."""
    grades = [(path, each) for path, each in parts.items() if isinstance(each, GradePolicy)]
    for (_, better), (path, worse) in pairwise(grades):
        if RISK_CLASSES.index(worse.risk_class) < RISK_CLASSES.index(better.risk_class):
            yield Fault(f"{path}.risk_class", "is a better class than that of the better grade before it")


def _of_confidence(parts: Parts) -> Iterator[Fault]:
    """Reports that are believed more when they say less, and a confidence asked for that nobody can have."""
    evidence = part(parts, "evidence", EvidencePolicy)
    blending = part(parts, "blending", BlendingPolicy)
    if evidence is None:
        return
    if evidence.quality_fresh_with_financials < evidence.quality_fresh_without_financials:
        yield Fault("evidence.quality_fresh_without_financials", "is above that of a report with annual figures")
    if evidence.quality_fresh_without_financials < evidence.quality_stale:
        yield Fault("evidence.quality_stale", "is above that of a fresh report")
    if blending is None:
        return
    cap = blending.credibility_cap
    highest: Decimal = cap + (1 - cap) * evidence.quality_fresh_with_financials
    if evidence.confidence_min > highest:
        detail = f"no debtor reaches it: {highest} is the most that history and a fresh report give together"
        yield Fault("evidence.confidence_min", detail)
