"""Fits a policy's card of our own experience to the seller's ledger; it writes nothing and activates nothing."""

from dataclasses import dataclass, replace
from datetime import date
from textwrap import wrap
from typing import Any

import orjson

from api.policies.calibration.cases import CasesUnfit
from api.policies.calibration.document import scorecard_document
from api.policies.calibration.fitting import Settings, fit
from api.policies.calibration.later import Later, compare_later
from api.policies.calibration.ledger_cases import Asked, LedgerCases, gather
from api.policies.calibration.ledger_policy import checked, with_card, written
from api.policies.calibration.ledger_sheet import ledger_sheet
from api.policies.calibration.sheet import Evidence
from api.policies.calibration.trying import try_in_folds
from api.policies.documents import CheckedPolicy
from api.policies.service import get_version
from api.problems import BadInput, Fault, NotFound
from api.records import policies
from api.records.sellers import Seller
from api.records.sessions import Sessions
from scoring.policy.document import parse_policy
from scoring.policy.warnings import policy_warnings

CARD = "scorecards.behaviour."


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A policy with the fitted card, as text and as checked, with the evidence for it."""

    text: str
    policy: CheckedPolicy
    evidence: Evidence
    sheet: dict[str, Any]


def calibrate_ledger(
    sessions: Sessions, seller: Seller, asked: Asked, *, version: int | None, default_rate: float | None, today: date
) -> Calibrated:
    """Fit a card in the place of that of a version (None: of the active one), and hold it against that.

    Without `default_rate` the fitted card keeps the level of the one it replaces: it gives the cases the same mean
    probability of default. Raises BadInput for what cannot be asked, NotFound, and CasesUnfit when there is too little
    to learn from.
    """
    _require_period(asked, today)
    with sessions.snapshot_of(seller.id) as session:
        version = policies.active_version(session) if version is None else version
        if version is None:
            raise NotFound("No policy is active, so a version must be named.")
        document = orjson.loads(get_version(session, version).document)
        policy = parse_policy(document)
        card = policy.scorecards.behaviour
        if card is None:
            raise NotFound(f"Policy version {version} has no card scorecards.behaviour to put another in the place of.")
        gathered = gather(session, seller.time_zone, policy, asked)
    settings = Settings(
        f"{asked.event.words}; at the level of: {card.predicts or 'default'}", default_rate=default_rate
    )
    try:
        evidence, later = _fitted(gathered, settings, f"ledger of {seller.name}")
    except CasesUnfit as unfit:
        raise CasesUnfit("; ".join((str(unfit), *gathered.cases.notes))) from unfit
    level_of = f"that of policy version {version}" if default_rate is None else "the default rate that was given"
    sheet = ledger_sheet(evidence, gathered, later, asked, version=version, level_of=level_of)
    text = written(with_card(document, scorecard_document(evidence.fitted)), _remarks(evidence, sheet))
    kept = checked(text, seller.currency)
    sheet["warnings"] += [f"{each.path}: {each.detail}" for each in policy_warnings(kept.policy) if CARD in each.path]
    return Calibrated(text, kept, evidence, sheet)


def _require_period(asked: Asked, today: date) -> None:
    faults = []
    if asked.until_on > today:
        faults.append(Fault("/until", "in_the_future", f"Must not lie after the seller's today, {today}."))
    if asked.from_on is not None and asked.from_on >= asked.until_on:
        faults.append(Fault("/from", "after_until", "Must lie before until."))
    if faults:
        raise BadInput("There is no such period.", faults=faults)


def _fitted(gathered: LedgerCases, settings: Settings, source: str) -> tuple[Evidence, Later]:
    """The card fitted to all cases, tried in folds of debtors; and how one fitted to the earlier does on the later."""
    later = compare_later(gathered, settings)
    if settings.default_rate is None:
        settings = replace(settings, default_rate=float(gathered.pds.mean()))
    cases = gathered.cases
    return Evidence(fit(cases, settings), cases, try_in_folds(cases, settings), source), later


def _remarks(evidence: Evidence, sheet: dict[str, Any]) -> list[str]:
    """What whoever opens the policy must know of its card."""
    ledger, later, cases = sheet["ledger"], sheet["later"], sheet["cases"]
    fitted, own = (later[name]["auc"] for name in ("fitted", "own"))
    remarks = [
        f"Policy version {ledger['policy_version']} with scorecards.behaviour fitted to the {evidence.source},",
        f"{cases['count']} cases of {ledger['debtors']} debtors from {ledger['from']} to before {ledger['until']}.",
        ledger["level"],
        f"On later cases its AUC is {fitted:.3f}, that of the card it replaces {own:.3f}: see the evidence sheet.",
    ]
    return [line for remark in (*remarks, later["verdict"] or "") for line in wrap(remark, 110)]
