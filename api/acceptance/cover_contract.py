"""Chooses the contract under which cover is asked: the one that was named, else the one that bears on the debtor."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from api.acceptance.insurance_policies import get_policy
from api.acceptance.insurance_terms import in_force, terms_of
from api.problems import BadInput, Conflict, Fault, NotFound
from api.records import applications, cover_facts, insurance_policies
from api.records.debtors import DebtorRecord
from api.records.insurance_policies import InsurancePolicyRecord
from scoring.cover import bears_on

POINTER = "/insurance_policy_id"


@dataclass(frozen=True, slots=True)
class ToCover:
    """Whom a contract must be able to cover, as far as it is known; `currency` None: no amount is asked."""

    country: str
    is_natural_person: bool | None
    related: bool
    currency: str | None


def faults_of_contract(session: Session, policy_id: UUID, whom: ToCover, day: date) -> Iterator[Fault]:
    """Name why cover cannot be asked under a contract on a day: it is not there, not in force, or does not fit."""
    policy = insurance_policies.get(session, policy_id)
    if policy is None:
        yield Fault(POINTER, "insurance_policy_not_found", "There is no such insurance policy.")
        return
    terms = in_force(insurance_policies.terms_of(session, [policy.id]).get(policy.id, ()), day)
    runs = policy.valid_from <= day and (policy.valid_until is None or day <= policy.valid_until)
    if not runs or terms is None:
        yield Fault(POINTER, "insurance_policy_not_in_force", "The contract is not in force today.")
    if whom.currency not in (None, policy.currency):
        yield Fault(POINTER, "other_currency", f"The contract is in {policy.currency}, not in {whom.currency}.")
    if terms is not None and not bears_on(
        terms_of(terms), whom.country, is_natural_person=whom.is_natural_person, related=whom.related
    ):
        yield Fault(POINTER, "excluded", "The contract covers no such debtor, by its country or by what it excludes.")


def contract_to_ask(
    session: Session, policy_id: UUID | None, application_id: UUID | None, debtor: DebtorRecord, day: date
) -> InsurancePolicyRecord:
    """Give the contract under which cover of a debtor is asked: of its application where that names one.

    Raises NotFound for an unknown contract or application, BadInput for another contract than the application's, and
    Conflict for a withdrawn application and where nobody names one and none in force can cover the debtor.
    """
    chosen = _of_application(session, application_id, debtor)
    if policy_id is not None and chosen not in (None, policy_id):
        fault = Fault(POINTER, "other_contract", f"The application was made for cover under contract {chosen}.")
        raise BadInput("Cover is asked under the contract of the application.", faults=[fault])
    if policy_id is not None or chosen is not None:
        return get_policy(session, policy_id or chosen)  # type: ignore[arg-type]  # One of them is there.
    found = cover_facts.bearing(
        cover_facts.contracts(session, [debtor.id], day),
        debtor.id,
        debtor.country,
        is_natural_person=debtor.is_natural_person,
        related=debtor.related_party,
    )
    if found is None:
        raise Conflict("No contract in force can cover this debtor.", code="no_insurance_policy")
    return get_policy(session, found.id)


def _of_application(session: Session, application_id: UUID | None, debtor: DebtorRecord) -> UUID | None:
    if application_id is None:
        return None
    application = applications.get(session, application_id)
    if application is None or application.debtor_id != debtor.id:
        raise NotFound("The debtor has no such application.", code="application_not_found")
    if application.state == "withdrawn":
        raise Conflict("The application is withdrawn.", code="application_withdrawn")
    return application.insurance_policy_id
