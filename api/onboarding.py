"""The file of a debtor that was accepted: what of the policy's checklist is there, and what follows once all of it is.

Rooms that complete an item of it, such as by clearing a match or deciding on cover, call `recount` in that transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import get_args

from sqlalchemy.orm import Session

from api.fresh_report.stored import facts_of
from api.policy_shelf import PolicyShelf
from api.records import applications, checks, covers, debtors, entity_matches, held_orders
from api.records.checks import CheckStart
from api.records.debtors import DebtorRecord
from api.records.reports import Report
from api.sanctions_clearing import cleared
from providers.ports import Facts
from scoring.company_numbers import CompanyNumber
from scoring.facts import EntityFacts, RegisterFacts, SanctionsFacts, SourceKind, VatFacts
from scoring.policy.document import Policy
from scoring.policy.terms import ChecklistItem
from scoring.registers import register_beside

ITEMS: tuple[ChecklistItem, ...] = get_args(ChecklistItem)
# Whose turn it is while an item is missing.
ACTED_BY: Mapping[ChecklistItem, str] = {
    "identity_matched": "sales",
    "vat_valid": "sales",
    "sanctions_clear": "finance",
    "terms_agreed": "sales",
    "cover_decided": "finance",
}
# What waits for nothing more than this file.
ACCEPTED = ("approved", "prepayment_offered")


def begin(session: Session, debtor: DebtorRecord, policies: PolicyShelf, now: datetime) -> None:
    """Ask a debtor, which was just accepted and is locked, for what its file still lacks."""
    _keep(session, debtor, policies, now)


def recount(session: Session, debtor: DebtorRecord, policies: PolicyShelf, now: datetime) -> None:
    """Look again at what the file of a debtor lacks; the debtor must be locked. A file once complete stays so."""
    if debtor.onboarding_missing:
        _keep(session, debtor, policies, now)


def terms_agreed(session: Session, debtor: DebtorRecord, policies: PolicyShelf, now: datetime) -> None:
    """Look again after terms were agreed, where a debtor was accepted already; it must be locked."""
    if debtor.onboarding_missing is not None:
        _keep(session, debtor, policies, now)


def missing(session: Session, debtor: DebtorRecord, policy: Policy) -> tuple[ChecklistItem, ...]:
    """Give what of the policy's checklist is not there yet, in its order, from what is stored of a debtor."""
    asked = policy.onboarding.checklist
    if not asked:
        return ()
    start = checks.start(session, debtor.id)
    assert start is not None
    there = {
        "identity_matched": lambda: _identity_matched(session, start),
        "vat_valid": lambda: _vat_valid(start),
        "sanctions_clear": lambda: _sanctions_clear(session, debtor, start),
        "terms_agreed": lambda: applications.newest_terms(session, debtor.id) is not None,
        "cover_decided": lambda: covers.is_decided(session, debtor.id),
    }
    return tuple(item for item in asked if not there[item]())


def _keep(session: Session, debtor: DebtorRecord, policies: PolicyShelf, now: datetime) -> None:
    """Note what is missing, tell where that changed, and let a complete file be what it is."""
    lacking = list(missing(session, debtor, policies.active(session).policy))
    if debtor.onboarding_missing != lacking:
        debtor.onboarding_missing, debtor.version, debtor.changed_at = lacking, debtor.version + 1, now
        debtors.tell(session, "debtor.onboarding_changed.v1", debtor.id, {"missing": lacking}, now)
        held_orders.look_again(session, [debtor.id])
    if not lacking and applications.newest_terms(session, debtor.id) is not None:
        _agree(session, debtor, now)


def _agree(session: Session, debtor: DebtorRecord, now: datetime) -> None:
    """Take the debtor's accepted applications as agreed: from here on it is watched."""
    for application in applications.of_debtor(session, debtor.id, ACCEPTED):
        application.state, application.changed_at = "agreed", now
        application.version += 1
        debtors.tell(session, "application.agreed.v1", debtor.id, {"application_id": str(application.id)}, now)
    if debtor.phase in ("prospect", "acceptance"):
        debtors.enter_phase(session, debtor, "monitoring", now)


def _identity_matched(session: Session, start: CheckStart) -> bool:
    """Whether a register bears out who it is, or a person chose it since a register contradicted."""
    register = _newest(start, "company_register")
    chosen_at = entity_matches.last_of_debtor(session, start.debtor.id)
    if register is None:
        return chosen_at is not None
    return not _mismatch(start) or (chosen_at is not None and chosen_at > register.retrieved_at)


def _mismatch(start: CheckStart) -> bool:
    register, vat, entity = (_facts(start, kind) for kind in ("company_register", "vat_register", "entity_register"))
    assert isinstance(register, RegisterFacts)
    found = register_beside(
        register,
        vat if isinstance(vat, VatFacts) else None,
        entity if isinstance(entity, EntityFacts) else None,
        [each.value for each in start.numbers if each.scheme == "vat"],
        [CompanyNumber(each.scheme, each.country, each.value) for each in start.numbers],
    )
    return found is None or bool(found.identity_mismatch)


def _vat_valid(start: CheckStart) -> bool:
    """Whether the VAT register calls a number of the debtor valid."""
    facts = _facts(start, "vat_register")
    numbers = {each.value for each in start.numbers if each.scheme == "vat"}
    return isinstance(facts, VatFacts) and facts.valid and facts.number in numbers


def _sanctions_clear(session: Session, debtor: DebtorRecord, start: CheckStart) -> bool:
    """Whether the lists were asked, and nothing stands that a person has not cleared."""
    facts = _facts(start, "sanctions_list")
    found = cleared(session, debtor, facts if isinstance(facts, SanctionsFacts) else None)
    return found is not None and found.hit == "none"


def _facts(start: CheckStart, kind: SourceKind) -> Facts | None:
    report = _newest(start, kind)
    return None if report is None else facts_of(report)


def _newest(start: CheckStart, kind: SourceKind) -> Report | None:
    told = [each for each in start.reports if each.kind == kind and each.facts is not None]
    return max(told, key=lambda each: each.retrieved_at, default=None)
