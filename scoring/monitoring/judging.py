"""Judges what is to be told of a debtor: what is new, what got graver, what goes on, and what is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from scoring.monitoring import cover, credit, payments
from scoring.monitoring.facts import SignalFacts
from scoring.monitoring.kinds import OF_DEBTOR, Severity
from scoring.monitoring.told import SEVERITIES, Signal
from scoring.policy.alerts import Effect
from scoring.policy.document import Policy


@dataclass(frozen=True, slots=True)
class OpenSignal:
    """What is open of a kind."""

    severity: Severity
    level: int

    @property
    def rank(self) -> tuple[int, int]:
        """How grave it is."""
        return SEVERITIES.index(self.severity), self.level


@dataclass(frozen=True, slots=True)
class SignalJudgement:
    """What to do: signals to open, to raise, those that go on (or are milder) with newer data, and kinds to end.

    `look_on` is the next day on which time alone may change any of it; None: no day does.
    """

    opened: tuple[Signal, ...]
    raised: tuple[Signal, ...]
    kept: tuple[Signal, ...]
    ended: tuple[str, ...]
    look_on: date | None

    @property
    def called(self) -> tuple[Signal, ...]:
        """All that is to be open."""
        return self.opened + self.raised + self.kept


def judge_signals(facts: SignalFacts, policy: Policy, are_open: Mapping[str, OpenSignal]) -> SignalJudgement:
    """Judge a debtor on a day against what is open of it, by kind; kinds that are not of a debtor's facts are left."""

    def level(kind: str) -> int:
        """The level at which a kind is open, 0 where it is not."""
        return are_open[kind].level if kind in are_open else 0

    told = (
        payments.first_payment(facts, policy),
        payments.behaviour(facts, policy, level("behaviour_worsened")),
        payments.overdue_items(facts, policy),
        credit.limit_use(facts, policy, level("limit_nearly_used")),
        credit.class_change(facts, policy),
        credit.terms(facts, policy),
        credit.not_invoiced(facts, policy),
        credit.insolvency(facts),
        cover.cover_stop(facts, policy),
        cover.deadlines(facts, policy, are_open),
    )
    signals = [signal for each in told for signal in each.signals]
    called, unknown = {each.kind for each in signals}, {kind for each in told for kind in each.unknown}
    older = [each for each in signals if each.kind in are_open]
    return SignalJudgement(
        opened=tuple(each for each in signals if each.kind not in are_open),
        raised=tuple(each for each in older if each.rank > are_open[each.kind].rank),
        kept=tuple(each for each in older if each.rank <= are_open[each.kind].rank),
        ended=tuple(kind for kind in OF_DEBTOR if kind in are_open and kind not in called | unknown),
        look_on=min(filter(None, (facts.changes_on, *(each.next_on for each in told))), default=None),
    )


def effect_of(kind: str, policy: Policy, *, is_natural_person: bool | None) -> Effect:
    """What an alert that is opened or raised brings about by itself.

    A natural person, as who may be one counts, has no worse of it than a review: a person decides (GDPR 22).
    """
    effects: Mapping[str, Effect] = policy.alerts.effects  # type: ignore[assignment]  # Its keys are some of the kinds.
    effect = effects.get(kind, "none")
    if is_natural_person is not False and effect in ("lower", "stop_supply"):
        return "review"
    return effect
