"""Agreed terms: what a debtor accepted in writing, as far as the law and what was granted allow it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from api import onboarding
from api.acceptance import states
from api.acceptance.answers import granted_terms, terms_answer
from api.acceptance.finding import get_application
from api.acceptance.terms_law import faults_of_term, size_known
from api.identity.debtors import locked_debtor
from api.persons import is_decider
from api.problems import BadInput, Conflict, Fault, NotAllowed
from api.records import applications, debtors, documents, held_orders, verdicts
from api.records.applications import AgreedTermsRecord, ApplicationRecord
from api.records.debtors import DebtorRecord
from api.wiring import Wiring, answer_bytes
from scoring.policy.terms import CompanySize
from scoring.terms import AGREED_DAYS_MAX, STATUTORY_DAYS

ACCEPTED_SINCE = date(2000, 1, 1)  # What is older was written with another year in mind.


@dataclass(frozen=True, slots=True)
class TermsAccepted:
    """What was accepted: the text by its stored paper or its hash, by whom, when, and how long he has to pay."""

    terms_version: str
    accepted_by: str
    accepted_on: date
    channel: str
    payment_term_days: int
    expressly_agreed: bool = False
    debtor_size: CompanySize | None = None
    document_id: UUID | None = None
    document_sha256: str | None = None


def agree_on_application(application_id: UUID, accepted: TermsAccepted, given: Wiring) -> tuple[bytes, int]:
    """Keep the terms that a debtor accepted after an application. Gives the answer and its status; raises Problems."""
    with given.transaction() as session:
        given.once.claim(session)
        debtor = locked_debtor(session, get_application(session, application_id).debtor_id)
        application = get_application(session, application_id)
        if application.state in ("declined", "withdrawn"):
            raise Conflict(f"The application is {application.state}.", code="application_decided")
        return _agree(session, debtor, application, accepted, given)


def agree_with_debtor(debtor_id: UUID, accepted: TermsAccepted, given: Wiring) -> tuple[bytes, int]:
    """Keep the terms that a debtor accepted. Gives the answer and its status; raises Problems."""
    with given.transaction() as session:
        given.once.claim(session)
        return _agree(session, locked_debtor(session, debtor_id), None, accepted, given)


def _agree(
    session: Session,
    debtor: DebtorRecord,
    application: ApplicationRecord | None,
    accepted: TermsAccepted,
    given: Wiring,
) -> tuple[bytes, int]:
    accepted, sha256 = _checked(session, debtor, accepted, given)
    _refuse_longer_than_granted(session, debtor, application, accepted, given)
    record = _record(debtor, application, accepted, sha256, given)
    known = applications.terms_of_version(session, debtor.id, accepted.terms_version)
    if known is not None:
        _refuse_otherwise(known, record)
    status = 201 if known is None else 200
    if known is None:
        session.add(record)
        session.flush()
        told = {"agreed_terms_id": str(record.id), "payment_term_days": record.payment_term_days}
        debtors.tell(session, "debtor.terms_agreed.v1", debtor.id, told, given.now)
        onboarding.terms_agreed(session, debtor, given.house.policies, given.now)
        held_orders.look_again(session, [debtor.id])
    answer = answer_bytes(terms_answer(known or record))
    given.once.keep(session, status, answer)
    return answer, status


def _checked(
    session: Session, debtor: DebtorRecord, accepted: TermsAccepted, given: Wiring
) -> tuple[TermsAccepted, str]:
    """Give what was accepted with the size of the debtor that counts, and the hash of the text.

    Raises BadInput naming every fault of the text, the day, the size, and of the term by law.
    """
    policy = given.house.policies.active(session).policy
    faults, sha256 = list(_faults_of_text(accepted, given)), accepted.document_sha256 or ""
    if accepted.document_id is not None and accepted.document_sha256 is None:
        document = documents.of_debtor(session, accepted.document_id, debtor.id)
        if document is None:
            faults.append(Fault("/document_id", "document_not_found", "There is no such document of this debtor."))
        else:
            sha256 = document.sha256
    known = size_known(session, debtor.id, policy)
    size = accepted.debtor_size or known
    # That it is small by its figures does not say that it is no public body, and who says more asks for less.
    says_otherwise = given.caller.role == "credit_manager" and is_decider(given)
    if known not in (None, "sme", size) and not says_otherwise:
        detail = f"By its annual figures or legal form it is {known}; only a credit_manager says otherwise."
        faults.append(Fault("/debtor_size", "size_known_otherwise", detail))
        size = known
    accepted = replace(accepted, debtor_size=size)
    days, expressly_agreed = accepted.payment_term_days, accepted.expressly_agreed
    unlawful = list(faults_of_term(days, size, policy, expressly_agreed=expressly_agreed))
    if unlawful and not faults:
        raise BadInput("The law does not allow this term.", code="term_not_lawful", faults=unlawful)
    if faults:
        raise BadInput("The terms cannot be recorded.", faults=[*faults, *unlawful])
    return accepted, sha256


def _faults_of_text(accepted: TermsAccepted, given: Wiring) -> Iterator[Fault]:
    if (accepted.document_id is None) == (accepted.document_sha256 is None):
        yield Fault("", "name_one_document", "Give exactly one of document_id and document_sha256.")
    elif accepted.document_id is None and given.caller.subject is None:
        yield Fault("/document_id", "document_needed", "A machine records terms by their stored document only.")
    if accepted.accepted_on > given.today:
        yield Fault("/accepted_on", "in_the_future", "Nobody has accepted it yet.")
    if accepted.accepted_on < ACCEPTED_SINCE:
        yield Fault("/accepted_on", "out_of_range", f"Must not be before {ACCEPTED_SINCE}.")


def _refuse_longer_than_granted(
    session: Session,
    debtor: DebtorRecord,
    application: ApplicationRecord | None,
    accepted: TermsAccepted,
    given: Wiring,
) -> None:
    """A longer term is more credit: sales agrees to what was granted, and beyond what the law has as its rule nobody
    who records it agrees alone: that takes a person's verdict that says that it was expressly agreed.
    """
    accepted_before = applications.of_debtor(session, debtor.id, (*states.ACCEPTED, "agreed"))
    granted_on = application or next(iter(accepted_before), None)
    days = accepted.payment_term_days
    if days > AGREED_DAYS_MAX:
        verdict = None if granted_on is None else verdicts.in_force(session, [granted_on.id]).get(granted_on.id)
        terms = (verdict.terms if verdict else None) or {}
        if not terms.get("expressly_agreed") or terms.get("payment_term_days", 0) < days:
            detail = f"Beyond {AGREED_DAYS_MAX} days takes a verdict that grants them as expressly agreed."
            raise NotAllowed(detail, code="verdict_needed")
    if is_decider(given):
        return
    most = STATUTORY_DAYS if granted_on is None else granted_terms(session, granted_on)["payment_term_days"]
    if most is not None and days > most:
        detail = f"{most} days were granted; finance or a credit_manager may agree to more."
        raise NotAllowed(detail, code="longer_than_granted")


def _record(
    debtor: DebtorRecord,
    application: ApplicationRecord | None,
    accepted: TermsAccepted,
    sha256: str,
    given: Wiring,
) -> AgreedTermsRecord:
    return AgreedTermsRecord(
        debtor_id=debtor.id,
        application_id=application.id if application else None,
        document_id=accepted.document_id,
        document_sha256=sha256,
        terms_version=accepted.terms_version,
        payment_term_days=accepted.payment_term_days,
        expressly_agreed=accepted.expressly_agreed,
        debtor_size=accepted.debtor_size,
        accepted_by=accepted.accepted_by,
        accepted_on=accepted.accepted_on,
        channel=accepted.channel,
        recorded_by=given.caller.name,
        known_at=given.now,
    )


CONTENT = (
    *("document_sha256", "payment_term_days", "expressly_agreed", "debtor_size"),
    *("accepted_by", "accepted_on", "channel"),
)


def _refuse_otherwise(known: AgreedTermsRecord, told: AgreedTermsRecord) -> None:
    """One version of the terms is accepted once: told again it is the same, told otherwise one of the two is wrong."""
    differing = [name for name in CONTENT if getattr(known, name) != getattr(told, name)]
    if differing:
        faults = [Fault(f"/{name}", "recorded_otherwise", f"Recorded as {getattr(known, name)}.") for name in differing]
        detail = f"Version {known.terms_version} was recorded otherwise; what was agreed anew has a version of its own."
        raise Conflict(detail, code="terms_recorded_otherwise", faults=faults)
