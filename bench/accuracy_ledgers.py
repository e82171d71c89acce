"""How well the policy's score of our own experience tells who pays late, beside gradient boosting and a simple rule."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import yaml
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from api.administration.sellers import add_seller
from api.clock import Clock
from api.ledger.importing import Ordered, run_import
from api.ledger.mapping import read_mapping
from api.records import ledger_walk
from api.records.ledger_walk import DebtorLedger
from api.records.sessions import Sessions, connect
from bench.database import durable_database
from bench.history import Case, any_late_ahead, cases_of, features_of, score_of, shrunk_share_of, shuffled
from scoring.policy.document import Policy, parse_policy, shipped
from scoring.scorecard import rounded_pd
from scoring.validation.calibration import calibrate

THRESHOLDS = (0, 5, 15)
TRAINING_SHARE = 0.7
EVENTS_MIN = 25  # Fewer of either kind tell nothing.
RESAMPLES, SHUFFLES = 400, 60
BELOW_BOOSTING_MAX, BELOW_RULE_MAX = 0.03, 0.01
CONTROL = (0.47, 0.53)
# The best of these on the very cases they are tried on is what the score is held against: that favours boosting.
BOOSTINGS = (
    {"max_iter": 120, "learning_rate": 0.05, "max_leaf_nodes": 8, "l2_regularization": 1.0},
    {"max_iter": 150, "learning_rate": 0.03, "max_leaf_nodes": 4, "min_samples_leaf": 40, "l2_regularization": 5.0},
    {"max_iter": 300, "learning_rate": 0.03, "max_leaf_nodes": 15, "min_samples_leaf": 30},
)
GOLDEN_1 = Path("tests/scoring/golden/engine_1.json")
Labels = Sequence[bool | None]
Numbers = np.ndarray


@dataclass(frozen=True, slots=True)
class Trial:
    """One target on one ledger: which cases were fitted to and which tried, and what each way of scoring gave them."""

    target: str
    of: str
    events: Numbers
    debtors: Numbers
    scores: dict[str, Numbers]

    def auc(self, name: str) -> float:
        """The area under the ROC curve of one way of scoring."""
        return _auc(self.scores[name], self.events)

    def difference(self, name: str) -> tuple[float, float, float]:
        """The policy's area less another's, with a 95 % interval over debtors drawn anew: theirs belong together."""
        found = self.auc("policy") - self.auc(name)
        random = np.random.default_rng(0)
        places = [np.flatnonzero(self.debtors == each) for each in np.unique(self.debtors)]
        drawn = []
        for _ in range(RESAMPLES):
            chosen = np.concatenate([places[each] for each in random.integers(0, len(places), len(places))])
            events = self.events[chosen]
            if 0 < events.sum() < len(events):
                one, other = (_auc(self.scores[each][chosen], events) for each in ("policy", name))
                drawn.append(one - other)
        low, high = np.quantile(drawn, (0.025, 0.975))
        return found, float(low), float(high)


def run(ledgers: Sequence[tuple[Path, Path]], folder: Path) -> None:
    """Measure each ledger (a file with its mapping), tell it as markdown, and keep it in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    policy = parse_policy(shipped()["default"])
    index = parse_policy(json.loads(GOLDEN_1.read_text("utf-8"))["policy"])
    lines: list[str] = []
    for file, mapping in ledgers:
        read = _read(file, mapping)
        lines += [*_measured(file.name, read, policy, index), ""]
    print("\n".join(lines))
    (folder / "accuracy_ledgers.md").write_text("\n".join(lines) + "\n")


def _read(file: Path, mapping: Path) -> list[DebtorLedger]:
    """Import a ledger as `creditgate import` does, and read it back debtor by debtor."""
    with durable_database() as database:
        engine = connect(database.app_url)
        sessions = Sessions(engine)
        seller = add_seller(sessions, "Accuracy", "test")
        ordered = Ordered(read_mapping(yaml.safe_load(mapping.read_bytes())))
        with file.open("rb") as stream:
            run_import(sessions, seller, Clock(), stream, ordered)
        with sessions.of(seller.id) as session:
            found = list(ledger_walk.walk(session, seller.time_zone, as_known=False))
        engine.dispose()
    return found


def _measured(name: str, ledgers: list[DebtorLedger], policy: Policy, index: Policy) -> list[str]:
    """The tables of one ledger."""
    cases = cases_of(ledgers, policy.currency, policy)
    days = sorted(case.invoiced_on for case in cases)
    cut_off = days[int(len(days) * TRAINING_SHARE)]
    ends_on = max(part.happened_on for each in ledgers for part in each.parts)
    trials = [
        trial
        for late_days in THRESHOLDS
        for target, labels in _targets(cases, late_days, ends_on)
        for trial in _trials(target, late_days, zip(cases, labels, strict=True), cut_off, (policy, index))
    ]
    tried = [case for case in cases if case.invoiced_on >= cut_off]
    known = sum(bool(case.settled) for case in tried)
    return [
        f"### {name}",
        "",
        f"{len(cases):,} invoices of {len(ledgers):,} debtors; fitted to what was decided before {cut_off}, tried on"
        f" the {len(tried):,} invoices issued from that day on, of which {known:,} ({known / len(tried):.0%}) are of a"
        " debtor that had settled one.",
        "",
        *_table(trials),
        "",
        *_verdicts(trials),
        "",
        *_grades(cases, ends_on, policy),
        "",
        *_control(ledgers, policy, cut_off, ends_on),
    ]


def _targets(cases: list[Case], late_days: int, ends_on: date) -> list[tuple[str, Labels]]:
    """What is foretold: this very invoice late, or any of the next 90 days."""
    this = [case.is_late(late_days) if case.decided_on(late_days) <= ends_on else None for case in cases]
    return [
        (f"this invoice > {late_days} days", this),
        (f"any in 90 days > {late_days} days", any_late_ahead(cases, late_days, ends_on)),
    ]


def _trials(
    target: str,
    late_days: int,
    labels: Iterable[tuple[Case, bool | None]],
    cut_off: date,
    policies: tuple[Policy, Policy],
) -> list[Trial]:
    """A target tried on all invoices with history, and on each debtor's first of them; none with too few events."""
    ahead = target.startswith("any")
    policy, index = policies
    labelled = [(case, label) for case, label in labels if label is not None and case.settled]
    fitting = [
        (case, label)
        for case, label in labelled
        if (case.decided_on(late_days) if not ahead else max(case.invoiced_on, case.decided_on(late_days))) < cut_off
        and (not ahead or (cut_off - case.invoiced_on).days > 90 + late_days)
    ]
    trying = [(case, label) for case, label in labelled if case.invoiced_on >= cut_off]
    events = np.array([label for _, label in trying])
    if min(events.sum(), len(events) - events.sum()) < EVENTS_MIN:
        return []
    rate = float(np.mean([label for _, label in fitting]))
    scores = {
        "policy": np.array([score_of(case, policy) or 0.0 for case, _ in trying]),
        "boosting": _boosted(fitting, trying, events),
        "simple rule": np.array([shrunk_share_of(case, late_days, rate) for case, _ in trying]),
        "index of engine 1": np.array([score_of(case, index) or 0.0 for case, _ in trying]),
        "overdue now": np.array([sum(due < case.invoiced_on for due in case.open_due_on) for case, _ in trying]),
    }
    debtors = np.array([str(case.debtor_id) for case, _ in trying])
    whole = Trial(target, "all with history", events, debtors, scores)
    _, first = np.unique(debtors, return_index=True)
    firsts = Trial(
        target, "each debtor's first", events[first], debtors[first], {k: v[first] for k, v in scores.items()}
    )
    return [whole, firsts]


def _boosted(fitting: list[tuple[Case, bool]], trying: list[tuple[Case, bool]], events: Numbers) -> Numbers:
    """Gradient boosting on the same history, by the settings that do best on the very cases they are tried on."""
    known, labels = np.array([features_of(case) for case, _ in fitting]), np.array([label for _, label in fitting])
    asked = np.array([features_of(case) for case, _ in trying])
    with threadpool_limits(1):  # Threads cost more than they give on tables as small as these.
        models = [HistGradientBoostingClassifier(random_state=0, **each).fit(known, labels) for each in BOOSTINGS]
        return max((model.predict_proba(asked)[:, 1] for model in models), key=lambda scores: _auc(scores, events))


def _table(trials: list[Trial]) -> list[str]:
    """The areas of every way of scoring as a markdown table."""
    names = ["policy", "boosting", "simple rule", "index of engine 1", "overdue now"]
    differences = "policy less boosting (95 %) | policy less simple rule (95 %)"
    lines = [
        f"| Target | Over | Cases | Late | {' | '.join(names)} | {differences} |",
        "|---" * (len(names) + 6) + "|",
    ]
    for each in trials:
        areas = [f"{each.auc(name):.3f}" for name in names]
        differences = [
            f"{found:+.3f} ({low:+.3f} to {high:+.3f})"
            for found, low, high in (each.difference("boosting"), each.difference("simple rule"))
        ]
        cells = [each.target, each.of, str(len(each.events)), f"{each.events.mean():.0%}", *areas, *differences]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _verdicts(trials: list[Trial]) -> list[str]:
    """Whether the aims are met for the target they are set for: this invoice late."""
    lines = []
    for name, most in (("boosting", BELOW_BOOSTING_MAX), ("simple rule", BELOW_RULE_MAX)):
        mine = [each for each in trials if each.target.startswith("this")]
        worst = min(mine, key=lambda each: each.auc("policy") - each.auc(name))
        below = worst.auc(name) - worst.auc("policy")
        met = "met" if below <= most else "NOT met"
        lines.append(
            f"- for *this one*, at most {most} below {name}: **{met}**"
            f" ({-below:+.3f} where it is least: {worst.target}, {worst.of})"
        )
    return lines


def _grades(cases: list[Case], ends_on: date, policy: Policy) -> list[str]:
    """How many invoices were late by the grade their debtor had, with 95 % intervals (Wilson)."""
    scored = [(case, pd) for case in cases if case.settled and (pd := score_of(case, policy)) is not None]
    grades = [policy.master_scale.grade_of(rounded_pd(pd)) for _, pd in scored]
    lines = ["| Grade | Invoices | Mean PD | " + " | ".join(f"> {days} days late" for days in THRESHOLDS) + " |"]
    lines.append("|---" * (len(THRESHOLDS) + 3) + "|")
    rows = {}
    for late_days in THRESHOLDS:
        decided = [place for place, (case, _) in enumerate(scored) if case.decided_on(late_days) <= ends_on]
        found = calibrate(
            [grades[place] for place in decided],
            [scored[place][1] for place in decided],
            [scored[place][0].is_late(late_days) for place in decided],
            policy.master_scale.names,
        )
        for row in found.grades:
            if row.cases_count:
                interval = row.interval
                assert row.observed_rate is not None
                assert interval is not None
                cell = f"{row.observed_rate:.1%} ({interval.low:.1%} to {interval.high:.1%})"
                rows.setdefault(row.grade, [str(row.cases_count), f"{row.expected_rate:.2%}"]).append(cell)
    return [*lines, *(f"| {grade} | {' | '.join(cells)} |" for grade, cells in rows.items())]


def _control(ledgers: list[DebtorLedger], policy: Policy, cut_off: date, ends_on: date) -> list[str]:
    """The areas where history cannot know: each month's invoices dealt out anew among its debtors."""
    areas: dict[int, list[float]] = {late_days: [] for late_days in THRESHOLDS}
    for seed in range(SHUFFLES):
        dealt = cases_of(shuffled(ledgers, Random(seed)), policy.currency, policy)
        tried = [case for case in dealt if case.settled and case.invoiced_on >= cut_off]
        pairs = [(case, score) for case in tried if (score := score_of(case, policy)) is not None]
        for late_days, found in areas.items():
            decided = [(case, score) for case, score in pairs if case.decided_on(late_days) <= ends_on]
            events = np.array([case.is_late(late_days) for case, _ in decided])
            found.append(_auc(np.array([score for _, score in decided]), events))
    means = {late_days: float(np.mean(found)) for late_days, found in areas.items()}
    low, high = CONTROL
    met = "met" if all(low <= mean <= high for mean in means.values()) else "NOT met"
    told = ", ".join(f"> {late_days} days {mean:.3f}" for late_days, mean in means.items())
    return [f"Debtors shuffled within each month, mean of {SHUFFLES}: {told}; {low} to {high} **{met}**."]


def _auc(scores: Numbers, events: Numbers) -> float:
    """The area under the ROC curve: the chance that an event scores above another case, ties counting half."""
    ranks, count = rankdata(scores), int(events.sum())
    return float((ranks[events].sum() - count * (count + 1) / 2) / (count * (len(events) - count)))
