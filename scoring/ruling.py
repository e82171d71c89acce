"""One pass of the rules over the facts: evidence, grade, grant, objections, and the heaviest of what they call for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from scoring.contradictions import contradictions
from scoring.evidence import Evidence, weigh_evidence
from scoring.facts import CheckFacts
from scoring.first_payment import starts_first_payment, while_first_invoice_is_open
from scoring.grading import Grading, grade_facts
from scoring.granting import NOTHING_GRANTED, Grant, grant_credit
from scoring.judgement import NO_TERMS, Outcome, Reason, Terms, TermsMode, reason
from scoring.objections import objections
from scoring.policy.document import Policy
from scoring.policy.rules import Rule
from scoring.review import review_of_person
from scoring.rules import cap_by_rules, held_rules, objections_of_rules

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules say. `proposed` is the outcome apart from what leaves the answer to a person."""

    evidence: Evidence
    grading: Grading
    grant: Grant
    reasons: tuple[Reason, ...]
    outcome: Outcome
    proposed: Outcome
    needs_review: bool
    first_payment_first: bool
    held_rules: tuple[Rule, ...] = ()

    @property
    def terms(self) -> Terms:
        """The terms that the grant leads to, under the outcome proposed."""
        if self.proposed is Outcome.DECLINE or self.grading.grade is None:
            return NO_TERMS
        grant, mode = self.grant, self._mode()
        no_credit = grant.limit.amount == 0
        prepayment = grant.prepayment_required if mode == "prepayment" else None
        return Terms(None if no_credit else grant.term_days, mode, prepayment)

    def _mode(self) -> TermsMode:
        """How is paid, under the outcome proposed."""
        if any(each.effect == "accept_prepayment" for each in self.reasons):
            return "prepayment"
        return "first_payment_first" if self.first_payment_first else "open_account"


def rule(facts: CheckFacts, policy: Policy) -> Ruling:
    """All reasons the facts call for, and the heaviest outcome among them."""
    evidence = weigh_evidence(facts, policy)
    grading = grade_facts(facts, evidence, policy)
    held = held_rules(evidence, grading, policy)
    grading = cap_by_rules(grading, held, policy)
    objected = (
        *objections(facts, evidence, grading, policy),
        *objections_of_rules(held),
        *contradictions(facts, evidence, policy),
    )
    declined = any(each.effect == "decline" for each in objected)
    if declined and policy.engine != "1":
        # Who is refused for a fact was judged on it: a credit report would change nothing.
        objected = tuple(each for each in objected if each.code != "no_pd")
    # Limit and order of a debtor that is declined are beside the point, and would read as an offer.
    grant = NOTHING_GRANTED if declined else grant_credit(facts, evidence, grading, held, policy)
    offered = [*while_first_invoice_is_open(facts, grading, policy), *grant.reasons]
    proposed = _heaviest(each for each in (*objected, *offered) if each.effect != "refer")
    first_payment_first = starts_first_payment(facts, grading, proposed, policy)
    of_person = tuple(review_of_person((*objected, *offered), evidence, grading, grant, held, policy))
    needs_review = any(each.effect == "refer" for each in of_person)
    # The review comes before everything, also before a decline.
    outcome = Outcome.REFER if needs_review else _heaviest((*objected, *offered))
    if outcome is Outcome.ACCEPT and first_payment_first:
        offered.append(reason("first_payment_first"))
    if outcome is Outcome.REFER:
        # What would be offered or refused is finance's to see until somebody has decided.
        offered = [each if each.effect == "refer" else _for_finance(each) for each in offered]
        objected = tuple(_for_finance(each) if each.effect == "decline" else each for each in objected)
    return Ruling(
        evidence=evidence,
        grading=grading,
        grant=grant,
        reasons=(*objected, *grading.reasons, *offered, *evidence.reasons, *of_person),
        outcome=outcome,
        proposed=proposed,
        needs_review=needs_review,
        first_payment_first=first_payment_first,
        held_rules=held,
    )


def _heaviest(reasons: Iterable[Reason]) -> Outcome:
    """The heaviest outcome that reasons call for."""
    called_for = (_OUTCOMES[each.effect] for each in reasons if each.effect in _OUTCOMES)
    return max(called_for, key=_rank, default=Outcome.ACCEPT)


def _rank(outcome: Outcome) -> int:
    """The weight of an outcome, by which the heaviest is found."""
    return outcome.rank


def _for_finance(each: Reason) -> Reason:
    """The same reason, not to be read by sales."""
    return replace(each, audience="finance")
