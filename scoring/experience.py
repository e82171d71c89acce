"""What our own experience says: a score of how the debtor paid us, by the scorecard of the policy."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from scoring.behaviour import PaymentFigures, payment_index
from scoring.facts import BehaviourFacts
from scoring.figures import Known
from scoring.points import CardScore, Improvement, improvements, scale_pd, score_figures
from scoring.policy.document import Policy
from scoring.policy.grading import PaymentIndexPolicy
from scoring.policy.scorecards import OddsScalePolicy

# The figures of the payment index by their names in the table of figures.
_INDEX_FIGURES = {"dispute_ratio": "behaviour.unjustified_dispute_share"}


@dataclass(frozen=True, slots=True)
class Experience:
    """A score, higher is better, the probability it stands for, and the number of settled items it rests on."""

    score: Decimal
    pd: float
    items_count: int
    figures: PaymentFigures | None = None
    scored: CardScore | None = None


def score_experience(known: Known, policy: Policy) -> Experience | None:
    """The score of our own history; None without any."""
    behaviour = known.facts.behaviour
    if behaviour is None:
        return None
    cards = policy.scorecards
    if cards.behaviour is None:
        return _by_index(behaviour, known, policy)
    # A card that was fitted to data is not let loose on people (AI Act, Annex III 5(b)); unknown counts as one.
    is_person = known.is_natural_person is not False
    card = cards.behaviour_of_persons if is_person and cards.behaviour_of_persons else cards.behaviour
    scored = score_figures(card, known)
    counts = behaviour.lateness
    if scored is None or counts is None or not counts.whole.count + counts.past_due.count:
        return None
    return Experience(scored.score, scored.pd, counts.whole.count, scored=scored)


def better_experience(experience: Experience, policy: Policy) -> Iterator[Improvement]:
    """Each figure that misses its target, with the probability that meeting it would have given."""
    if experience.scored is not None:
        yield from improvements(experience.scored)
        return
    figures, (index_policy, scale) = experience.figures, _index_of(policy)
    assert figures is not None
    for name, improved in figures.improved(index_policy):
        index = payment_index(improved, index_policy)
        if index is not None and index != experience.score:
            figure = _INDEX_FIGURES.get(name, f"behaviour.{name}")
            yield Improvement(figure, None, getattr(figures, name), getattr(improved, name), scale_pd(index, scale))


def _by_index(behaviour: BehaviourFacts, known: Known, policy: Policy) -> Experience | None:
    """The payment index of policies of engine 1."""
    index_policy, scale = _index_of(policy)
    figures = PaymentFigures.of(behaviour, known.facts.as_of)
    index = payment_index(figures, index_policy)
    if index is None:
        return None
    return Experience(index, scale_pd(index, scale), behaviour.settled_count, figures=figures)


def _index_of(policy: Policy) -> tuple[PaymentIndexPolicy, OddsScalePolicy]:
    """The payment index of a policy and its scale; a policy without a behaviour scorecard has them."""
    cards = policy.scorecards
    assert cards.payment_index is not None
    assert cards.index_scale is not None
    return cards.payment_index, cards.index_scale
