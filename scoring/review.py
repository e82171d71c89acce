"""What a reviewer must see before an adverse answer to a natural person holds: its grounds other than the score."""

from collections.abc import Iterable, Iterator

from scoring.evidence import Evidence
from scoring.grading import BUREAU_IN_DEFAULT, Grading
from scoring.granting import Grant
from scoring.judgement import Reason, reason
from scoring.policy.document import Policy
from scoring.policy.rules import Condition, Rule

_ADVERSE = ("decline", "accept_prepayment")
# Figures that are a score or follow from one alone: a rule that reads nothing else has no ground of its own.
_SCORES = frozenset({"result.pd", "result.grade", "result.risk_class", "bureau.pd", "bureau.score"})
_BY_LIMIT = ("limit_is_zero", "limit_exceeded", "limit_used_up")


def review_of_person(
    found: Iterable[Reason],
    evidence: Evidence,
    grading: Grading,
    grant: Grant,
    held: tuple[Rule, ...],
    policy: Policy,
) -> Iterator[Reason]:
    """The review that a natural person, or one who may be, is owed of an adverse answer, with the grounds to weigh.

    Nobody is refused for a score alone (GDPR 22): where there is no other ground, a reason says so to the reviewer.
    """
    natural_person, found = evidence.known.is_natural_person, tuple(found)
    if natural_person is None:
        yield reason("legal_form_unknown")
    adverse = [each for each in found if each.effect in _ADVERSE]
    if natural_person is False or not adverse:
        return
    if policy.engine == "1":
        yield reason("natural_person_review", "refer")
        return
    # What is reported weighs with a person though it forbids nothing by itself.
    reported = [each for each in found if each.code == "adverse_event"]
    grounds = grounds_beside_score((*adverse, *reported), grading, grant, held, policy)
    yield reason("natural_person_review", "refer", {"grounds": grounds})
    if not grounds:
        yield reason("score_is_only_ground", "refer")


def grounds_beside_score(
    adverse: Iterable[Reason], grading: Grading, grant: Grant, held: tuple[Rule, ...], policy: Policy
) -> tuple[str, ...]:
    """The codes of all grounds of an adverse answer that are facts or amounts; none where the score stands alone."""
    by_score = {rule.name for rule in held if _reads_only_scores(rule.when)}
    grounds: list[str] = []
    for each in adverse:
        if each.code == "grade_without_credit":
            # The grade rests on the score, unless a fact by itself leaves a grade that gets no credit.
            without_credit = {cap.code for cap in grading.caps if cap.grade not in policy.limits.capacity}
            told = [cap for cap in grading.reasons if cap.code in without_credit]
            grounds += [cap.code for cap in told if _is_fact(cap, by_score)]
        elif each.code in _BY_LIMIT and grant.binding == "loss_budget":
            continue  # Such a limit is reckoned from the probability alone.
        elif _is_fact(each, by_score):
            grounds.append(each.code)
    return tuple(dict.fromkeys(grounds))


def _is_fact(each: Reason, rules_by_score: set[str]) -> bool:
    """Whether a reason rests on something else than a score."""
    return each.code != BUREAU_IN_DEFAULT and each.params.get("rule") not in rules_by_score


def _reads_only_scores(condition: Condition) -> bool:
    """Whether a condition compares nothing but scores and what follows from them."""
    parts = (*condition.all, *condition.any)
    return all(map(_reads_only_scores, parts)) if parts else condition.field in _SCORES
