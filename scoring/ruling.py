"""One pass of the rules over the facts: evidence, grade, grant, objections, and the heaviest of what they call for."""

from dataclasses import dataclass, replace

from scoring.evidence import Evidence, weigh_evidence
from scoring.facts import CheckFacts
from scoring.grading import Grading, grade_facts
from scoring.granting import NOTHING_GRANTED, Grant, grant_credit
from scoring.judgement import Outcome, Reason, Terms, TermsMode, reason
from scoring.objections import objections
from scoring.policy import Policy

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_ADVERSE = ("decline", "accept_prepayment")
_TELLING = (*_ADVERSE, "limit")
_NO_TERMS = Terms(None, None, None)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules say. `unreviewed` is the outcome before the review that a natural person is owed."""

    evidence: Evidence
    grading: Grading
    grant: Grant
    reasons: tuple[Reason, ...]
    unreviewed: Outcome
    needs_review: bool

    @property
    def outcome(self) -> Outcome:
        """The outcome that takes effect now."""
        return Outcome.REFER if self.needs_review else self.unreviewed

    @property
    def terms(self) -> Terms:
        """The terms the grant leads to, under the outcome before review."""
        if self.unreviewed is Outcome.DECLINE or self.grading.grade is None:
            return _NO_TERMS
        grant, mode = self.grant, self._mode()
        no_credit = grant.limit.amount == 0
        prepayment = grant.prepayment_required if mode == "prepayment" else None
        return Terms(None if no_credit else grant.term_days, mode, prepayment)

    def _mode(self) -> TermsMode:
        """How is paid, under the outcome before review."""
        effects = {each.effect for each in self.reasons}
        if "accept_prepayment" in effects:
            return "prepayment"
        if "hold_first_payment" in effects or self.grant.first_payment_first:
            return "first_payment_first"
        return "open_account"


def rule(facts: CheckFacts, policy: Policy) -> Ruling:
    """All reasons the facts call for, and the heaviest outcome among them."""
    evidence = weigh_evidence(facts, policy)
    grading = grade_facts(facts, evidence, policy)
    objected = tuple(objections(facts, evidence, grading, policy))
    declined = any(each.effect == "decline" for each in objected)
    # Limit and order of a debtor that is declined are beside the point, and would read as an offer.
    grant = NOTHING_GRANTED if declined else grant_credit(facts, evidence, grading, policy)
    reasons = [*objected, *grading.reasons, *grant.reasons, *evidence.reasons]
    if facts.debtor.first_payment_pending:
        # A critical debtor is never held by a rule alone.
        held = not facts.debtor.critical
        reasons.append(reason("first_payment_pending", "hold_first_payment") if held else reason("critical_debtor"))
    elif grant.first_payment_first:
        reasons.append(reason("first_payment_first"))
    natural_person = is_natural_person(facts, policy)
    if natural_person is None:
        reasons.append(reason("legal_form_unknown"))
    called_for = (_OUTCOMES[each.effect] for each in reasons if each.effect in _OUTCOMES)
    unreviewed = max(called_for, key=_rank, default=Outcome.ACCEPT)
    needs_review = natural_person is not False and any(each.effect in _ADVERSE for each in reasons)
    if needs_review:
        # What would be proposed is finance's to see until somebody has looked at it.
        reasons = [replace(each, audience="finance") if each.effect in _TELLING else each for each in reasons]
        reasons.append(reason("natural_person_review", "refer"))
    return Ruling(evidence, grading, grant, tuple(reasons), unreviewed, needs_review)


def is_natural_person(facts: CheckFacts, policy: Policy) -> bool | None:
    """What was stated, else what the legal form says, the register's first; None counts as a natural person."""
    if facts.debtor.is_natural_person is not None:
        return facts.debtor.is_natural_person
    registered = None if facts.register is None else facts.register.legal_form
    legal_form = registered or facts.debtor.legal_form
    if legal_form in policy.evidence.natural_person_legal_forms:
        return True
    return False if legal_form in policy.evidence.legal_person_legal_forms else None


def _rank(outcome: Outcome) -> int:
    """The weight of an outcome, by which the heaviest is found."""
    return outcome.rank
