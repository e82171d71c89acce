"""Weighs what a person says: whether it can be said at all, for which class, and how much authority it takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy.orm import Session

from api.acceptance.limit_answers import CLASSES, as_limit, gives_credit, known_class
from api.acceptance.limit_fields import GivenLimit
from api.acceptance.matter import Matter
from api.acceptance.persons import Credit, credit_to_weigh
from api.acceptance.terms_law import faults_of_term, size_known
from api.problems import BadInput, Conflict, Fault
from api.records.decisions import Decision
from api.records.verdicts import VerdictRecord
from api.sanctions_clearing import refuse_listed
from api.wiring import Wiring
from scoring.acceptance import (
    DECIDING_ROLES,
    CampariForm,
    Decider,
    campari_form,
    limit_days,
    moved_grade,
    notches_of,
    roles_within,
    within_authority,
)
from scoring.canonical import plain
from scoring.documents import DocumentInvalid
from scoring.facts import NO_LIMIT_GIVEN, CreditLimit
from scoring.money import Money
from scoring.policy.document import Policy
from scoring.policy.grading import RiskClass


class ToWeigh(Protocol):
    """What of a verdict is weighed."""

    @property
    def verdict(self) -> str: ...
    @property
    def limit(self) -> GivenLimit | None: ...
    @property
    def terms(self) -> dict[str, Any] | None: ...
    @property
    def valid_until(self) -> date | None: ...
    @property
    def campari(self) -> dict[str, Any] | None: ...
    @property
    def faults(self) -> Sequence[Fault]: ...


@dataclass(frozen=True, slots=True)
class Weighed:
    """A verdict as it is kept. `amount` must lie within somebody's authority for `risk_class`; None: unlimited."""

    limit: CreditLimit
    currency: str
    valid_until: date | None
    risk_class: RiskClass | None
    amount: Money | None
    campari: dict[str, Any] | None = None

    @property
    def weight(self) -> Decimal | None:
        """The amount alone, in the policy's currency."""
        return None if self.amount is None else self.amount.amount

    def is_within(self, decider: Decider, policy: Policy) -> bool:
        """Whether a person may decide on this alone."""
        return within_authority(self.weight, self.risk_class, decider.role, policy)

    def can_be_seconded(self, decider: Decider, policy: Policy) -> bool:
        """Whether there is a role that could second this person's verdict."""
        return bool(roles_within(self.weight, self.risk_class, policy)) or decider.role == DECIDING_ROLES[-1]


def weigh_anew(session: Session, record: VerdictRecord, matter: Matter, given: Wiring) -> Weighed:
    """Weigh a verdict that waits for a second person: what raises its limit may have been added since."""
    limit = as_limit(record.limit_kind, record.limit_amount)
    credit, policy = Credit(limit, record.currency, matter.application.scope), matter.rules.policy
    amount = credit_to_weigh(session, matter.debtor.id, credit, policy, given)
    return Weighed(limit, record.currency, record.valid_until, known_class(record.risk_class), amount)


def weigh(session: Session, matter: Matter, said: ToWeigh, given: Wiring) -> Weighed:
    """Weigh what a person says of an application. Raises BadInput naming every fault, and Conflict.

    The class is that of the grade, moved by the form where one was filled in; for authority the worse of the two
    counts, so that nobody widens his own by his marks.
    """
    policy, decision = matter.rules.policy, matter.decision
    if said.verdict != "decline":
        refuse_what_no_person_may(session, matter)
    faults = [*said.faults, *_faults(said, matter, given), *_faults_of_terms(session, said, matter)]
    form, notches = _form(said.campari, policy, faults)
    limit, currency = (NO_LIMIT_GIVEN, policy.currency) if said.limit is None else said.limit.stored(policy)
    amount = None
    try:
        credit = Credit(limit, currency, matter.application.scope)
        amount = credit_to_weigh(session, matter.debtor.id, credit, policy, given)
    except BadInput as unfit:
        faults += unfit.faults
    if faults:
        raise BadInput("The verdict cannot be taken.", faults=faults)
    return Weighed(
        limit=limit,
        currency=currency,
        valid_until=said.valid_until,
        risk_class=worse_class(_class_of(decision), _moved_class(decision, notches, policy)),
        amount=amount,
        campari=None if form is None else {"marks": plain(form), "notches": notches},
    )


def refuse_what_no_person_may(session: Session, matter: Matter) -> None:
    """A listed party gets no goods on whatever terms (Sanctions Act 1977): there is nothing to weigh."""
    hit = any(each["code"] == "sanctions_hit" for each in matter.decision.judgement["reasons"])
    if hit:
        raise Conflict("The debtor is on a sanctions list: nobody here can accept it.", code="sanctions_hit_confirmed")
    refuse_listed(session, matter.debtor)  # It may have been found since.


def _faults(said: ToWeigh, matter: Matter, given: Wiring) -> Iterator[Fault]:
    given_credit = said.limit is not None and gives_credit(said.limit.stored(matter.rules.policy)[0])
    if said.verdict == "accept" and not given_credit and not _at_fault(said, "/limit"):
        yield Fault("/limit", "limit_needed", "Who accepts on account says up to which limit, above zero.")
    if said.verdict == "decline" and given_credit:
        yield Fault("/limit", "limit_of_refusal", "A refusal gives no credit.")
    if said.verdict == "accept_prepayment" and given_credit:
        yield Fault("/limit", "limit_of_prepayment", "Who has orders prepaid gives no credit.")
    if said.valid_until is None:
        return
    if said.valid_until < given.today:
        yield Fault("/valid_until", "in_the_past", "The limit would have ended before it began.")
    latest = limit_days(_class_of(matter.decision), given.today, matter.rules.policy.limits).valid_until
    if said.valid_until > latest:
        yield Fault("/valid_until", "too_late", f"By the policy a limit of this class ends by {latest}.")


def _at_fault(said: ToWeigh, pointer: str) -> bool:
    """Whether a part could not be read, so that nothing is known of it."""
    return any(each.pointer == pointer or each.pointer.startswith(f"{pointer}/") for each in said.faults)


def _faults_of_terms(session: Session, said: ToWeigh, matter: Matter) -> Iterator[Fault]:
    """Nobody grants what the law makes void; how large a debtor is where figures do not tell, its terms must say."""
    days = (said.terms or {}).get("payment_term_days")
    # Whether it was expressly agreed decides on the days.
    if days is None or _at_fault(said, "/terms/expressly_agreed"):
        return
    policy = matter.rules.policy
    size = size_known(session, matter.debtor.id, policy)
    expressly = bool((said.terms or {}).get("expressly_agreed"))
    yield from faults_of_term(days, size or "sme", policy, expressly_agreed=expressly, pointer="/terms")


def _form(said: dict[str, Any] | None, policy: Policy, faults: list[Fault]) -> tuple[CampariForm | None, int]:
    """Read the form and by how many notches it moves the grade; what is wrong with it is added to the faults."""
    if said is None:
        return None, 0
    try:
        form = campari_form(said)
    except DocumentInvalid as invalid:
        faults += [
            Fault("/campari" + "".join(f"/{part}" for part in each.path.split(".") if part), "invalid", each.detail)
            for each in invalid.faults
        ]
        return None, 0
    return form, notches_of(form, policy.campari)


def _class_of(decision: Decision) -> RiskClass | None:
    return known_class(decision.judgement["risk_class"])


def _moved_class(decision: Decision, notches: int, policy: Policy) -> RiskClass | None:
    grade, before_caps = decision.judgement["grade"], decision.judgement["grade_before_caps"]
    if grade is None or grade not in policy.master_scale.ranks:
        return _class_of(decision)
    at_best = grade if grade != before_caps else None
    return policy.master_scale.class_of(moved_grade(grade, notches, policy.master_scale, at_best))


def worse_class(one: RiskClass | None, other: RiskClass | None) -> RiskClass | None:
    """Give the worse of two classes; not known is worse than any."""
    if one is None or other is None:
        return None
    return max(one, other, key=CLASSES.index)
