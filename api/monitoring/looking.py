"""Looks at debtors: judges what is to be told of each, tells it, and has done what the policy says it brings about.

Many are looked at in a handful of statements. No debtor is locked meanwhile; who looks at the same seller waits.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from api.gate.entering import in_one_transaction
from api.gate.over_limit import untold
from api.monitoring.facts import Day, signal_facts
from api.monitoring.promise_keeping import note_promises
from api.records import alerts, debtor_signals, debtors, jobs, looks
from api.records.alerts import AlertRecord, Called
from api.wiring import Wiring
from scoring.monitoring.facts import SignalFacts
from scoring.monitoring.judging import OpenSignal, SignalJudgement, effect_of, judge_signals
from scoring.monitoring.kinds import OF_DEBTOR
from scoring.monitoring.told import Signal
from scoring.policy.document import Policy

TOGETHER = 500  # Debtors of one transaction: it holds no lock that an order waits for but while it tells.
INSOLVENT = "insolvency_event"


@dataclass(frozen=True, slots=True)
class Looked:
    """How many alerts looks have opened and ended."""

    opened_count: int = 0
    ended_count: int = 0

    def __add__(self, other: "Looked") -> "Looked":
        """Give both together."""
        return Looked(self.opened_count + other.opened_count, self.ended_count + other.ended_count)


def look_at_debtors(given: Wiring, ids: Collection[UUID]) -> Looked:
    """Open, raise and end the alerts of debtors by how they stand on the seller's day; gives how many.

    Some hundreds in each transaction; safe to repeat. Raises NotFound without a policy.
    """
    each_once, looked = list(dict.fromkeys(ids)), Looked()
    for start in range(0, len(each_once), TOGETHER):
        some = each_once[start : start + TOGETHER]
        looked += in_one_transaction(given, partial(look_within, debtor_ids=some, given=given))
    return looked


def look_within(session: Session, debtor_ids: Sequence[UUID], given: Wiring) -> Looked:
    """Do so within a transaction, which should end soon after; ids may be of debtors that are gone."""
    debtor_signals.look_alone(session)
    policy = given.house.policies.active(session).policy
    facts = signal_facts(session, debtor_ids, Day(given.today, given.seller.time_zone), policy)
    note_promises(session, facts.values(), given)
    records = {(each.debtor_id, each.kind): each for each in alerts.open_of(session, list(facts), OF_DEBTOR)}
    judged = {each: judge_signals(facts[each], policy, _open_signals(each, records)) for each in facts}
    called = [_called(each, signal) for each, of in judged.items() for signal in of.called]
    # Most are as they were told already, and need not be told to the database either.
    news = [each for each in called if not _is_told(each, records.get((each.debtor_id, each.kind)))]
    opened = alerts.open_alerts(session, news, now=given.now)
    over = [(kind, str(each)) for each, of in judged.items() for kind in of.ended]
    ended_count = alerts.end_alerts(session, over, now=given.now)
    for each, of in judged.items():
        _bring_about(session, each, facts[each], of, policy)
    for each in untold(session, list(facts), policy, given.today):
        # It is told under the debtor's lock, by how it stands then.
        jobs.defer(session, "tell_over_limit", lane=jobs.LONG, debtor_id=each)
    looks.plan(session, {each: judged[each].look_on if each in judged else None for each in debtor_ids})
    return Looked(len(opened), ended_count)


Records = Mapping[tuple[UUID | None, str], AlertRecord]


def _open_signals(debtor_id: UUID, records: Records) -> dict[str, OpenSignal]:
    return {
        kind: OpenSignal(records[debtor_id, kind].severity, records[debtor_id, kind].level)  # type: ignore[arg-type]  # A column of text.
        for kind in OF_DEBTOR
        if (debtor_id, kind) in records
    }


def _called(debtor_id: UUID, signal: Signal) -> Called:
    return Called(signal.kind, str(debtor_id), signal.severity, signal.data, debtor_id, signal.level, signal.due_on)


def _is_told(called: Called, record: AlertRecord | None) -> bool:
    """Whether an alert is open just as it is called for."""
    return record is not None and (called.severity, called.level, called.data, called.due_on) == (
        record.severity,
        record.level,
        record.data,
        record.due_on,
    )


def _bring_about(
    session: Session, debtor_id: UUID, facts: SignalFacts, judged: SignalJudgement, policy: Policy
) -> None:
    """Have done, after this transaction, what new alerts bring about.

    Of an insolvency that begins or ends all above and below are told: they are looked at once this is committed.
    """
    graver = [each.kind for each in (*judged.opened, *judged.raised)]
    effects = {effect_of(kind, policy, is_natural_person=facts.is_natural_person) for kind in graver}
    if effects - {"none"}:
        jobs.defer(session, "follow_alerts", debtor_id=debtor_id)
    if INSOLVENT in (*graver, *judged.ended):
        kin = debtors.kin(session, debtor_id)
        if kin:
            looks.mark(session, kin)
