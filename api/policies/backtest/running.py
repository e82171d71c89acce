"""A backtest: judges each order of a ledger by what was known then, and tells how good the judgement was."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy.orm import Session

from api.policies.backtest.judging import Period, judged
from api.policies.backtest.result import Tested, result_of
from api.policies.backtest.tally import Tally
from api.policies.documents import CheckedPolicy
from api.problems import BadInput, Fault, NotFound
from api.records import ledger_walk, policies
from api.records.ledger_walk import Extent
from api.records.policies import PolicyRecord
from api.records.sellers import Seller
from api.records.sessions import Sessions
from scoring.engines import EngineUnknown
from scoring.policy.document import parse_policy
from scoring.validation.economics import Economics

DEBTORS_BETWEEN_WORDS = 50
# What a sale is worth where nobody says so: a proposal, as the shipped policy is.
USUAL_ECONOMICS = Economics(
    loss_given_default=Decimal("0.6"),
    margin_share=Decimal("0.2"),
    prepaid_kept_share=Decimal("0.5"),
    funding_rate=Decimal("0.05"),
)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Ordered:
    """What a backtest is to tell: over which orders, by which knowledge, reckoned with which economics."""

    from_on: date
    to_on: date
    as_known: bool
    economics: Economics

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins."""
        if self.from_on > self.to_on:
            raise BadInput(
                "The period ends before it begins.", faults=[Fault("/to", "before_from", "Must not lie before from.")]
            )


def of_version(session: Session, version: int, role: str = "candidate") -> Tested:
    """Give a version of the seller's policy to test. Raises NotFound."""
    record = policies.get(session, version)
    if record is None:
        raise NotFound(f"There is no policy version {version}.")
    return _of_record(record, role)


def _of_record(record: PolicyRecord, role: str) -> Tested:
    policy = parse_policy(orjson.loads(record.document))
    return Tested(role, record.version, record.name, record.digest, policy)


def of_file(checked: CheckedPolicy) -> Tested:
    """Give a policy that is only a file to test."""
    return Tested("candidate", None, None, checked.digest, checked.policy)


def run_backtest(
    sessions: Sessions, seller: Seller, today: date, candidate: Tested, ordered: Ordered, on_progress: Progress
) -> dict[str, Any]:
    """Judge the orders of a period by the candidate and by the active policy, and give the result document.

    Nothing is written. The ledger is read as it stood when the run began; `on_progress` is told how many debtors of
    how many are done. Raises BadInput for a policy in another currency than the seller's, or of an unknown engine, and
    for a period without any order in it.
    """
    period = Period(ordered.from_on, ordered.to_on, ordered.as_known, seller.time_zone)
    with sessions.snapshot_of(seller.id) as session:
        tested, missing = _beside_active(session, candidate)
        _require_currency(tested, seller.currency)
        extent = ledger_walk.extent(session, today)
        tally = Tally([each.policy for each in tested], ordered.economics, extent.last_on or today)
        try:
            for done, debtor in enumerate(judged(session, [each.policy for each in tested], period), 1):
                tally.add(debtor)
                if done % DEBTORS_BETWEEN_WORDS == 0 or done == extent.debtors_count:
                    on_progress(done, extent.debtors_count)
        except EngineUnknown as unknown:
            detail = f"{unknown}."
            raise BadInput(
                detail, code="policy_invalid", faults=[Fault("/engine", "other_engine", detail)]
            ) from unknown
    _require_orders(tally, period, extent, seller.currency)
    return result_of(tally, tested, missing, period, extent)


def _beside_active(session: Session, candidate: Tested) -> tuple[list[Tested], str | None]:
    """Give the candidate with the active policy beside it, or why it stands alone."""
    version = policies.active_version(session)
    if version is None:
        return [candidate], "no_active_policy"
    active = of_version(session, version, "active")
    if active.digest == candidate.digest:
        return [candidate], "same_policy"
    return [candidate, active], None


def _require_orders(tally: Tally, period: Period, extent: Extent, currency: str) -> None:
    """Refuse to tell of nothing at all: hardly ever is that what somebody asked for."""
    if tally.coverage.orders:
        return
    told = "holds no invoice at all"
    if extent.first_on is not None:
        told = f"tells of {extent.first_on} to {extent.last_on or extent.first_on}"
    raise BadInput(
        f"There is no order in {currency} from {period.from_on} to {period.to_on}: the ledger {told}.",
        code="no_orders",
    )


def _require_currency(tested: list[Tested], currency: str) -> None:
    faults = [
        Fault("/currency", "other_currency", f"The {each.role} policy must be in {currency}, the seller's currency.")
        for each in tested
        if each.policy.currency != currency
    ]
    if faults:
        raise BadInput("The policy cannot be used.", code="policy_invalid", faults=faults)
