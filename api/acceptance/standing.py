"""What stands of a debtor's credit when somebody applies: the limit in force, whose it is, and a person's refusal."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from api.acceptance.limit_answers import as_limit, gives_credit, in_force_on
from api.exchange import convert
from api.records import limits, verdicts
from api.records.debtors import DebtorRecord
from api.records.limits import CreditLimitRecord
from scoring.acceptance import MACHINE
from scoring.applications import Standing
from scoring.facts import NO_LIMIT_GIVEN, CreditLimit
from scoring.money import Money
from scoring.policy.document import Policy


def standing_of(session: Session, debtor: DebtorRecord, scope: str, policy: Policy, today: date) -> Standing:
    """Give what stands of the limit of a scope; the debtor must be locked.

    A limit without a recent rate is taken as no credit: then a person decides.
    """
    every = limits.versions(session, debtor.id)
    versions = [each for each in every if each.scope == scope]
    found, version = in_force_on(versions, today)
    # One that a person decided and that is still to begin would not begin beside a newer one of the machine.
    to_begin = any(each.valid_from > today and _is_of_person(each) for each in versions)
    in_force = found.limit.kind != "none" and version is not None
    return Standing(
        limit=_in_policy(session, found.limit, "" if version is None else version.currency, policy, today),
        is_of_person=to_begin or (in_force and version is not None and _is_of_person(version)),
        refused=_is_refused(session, debtor, every),
    )


def _is_of_person(version: CreditLimitRecord) -> bool:
    return version.decided_by != MACHINE


def _is_refused(session: Session, debtor: DebtorRecord, versions: Sequence[CreditLimitRecord]) -> bool:
    """Whether the last that a person decided was that there is no credit: by a limit of any scope, or a verdict."""
    words: list[tuple[datetime, bool]] = [
        (each.known_at, not gives_credit(as_limit(each.limit_kind, each.limit_amount)))
        for each in versions
        if _is_of_person(each)
    ]
    said = verdicts.of_debtor(session, debtor.id)
    words += [(each.counts_since, each.record.verdict != "accept") for each in said if each.in_force]
    return max(words, key=lambda word: word[0], default=(None, False))[1]


def _in_policy(session: Session, limit: CreditLimit, currency: str, policy: Policy, on: date) -> CreditLimit:
    if limit.amount is None:
        return limit if limit.kind == "unlimited" else NO_LIMIT_GIVEN
    found = convert(session, [Money(limit.amount, currency)], policy.currency, on, policy.evidence.rate_usable_days)
    return CreditLimit("amount", Decimal(0) if found.missing else found.total)
