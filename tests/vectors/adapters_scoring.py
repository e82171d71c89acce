"""Vectors of scores, probabilities and failure formulas, each handed to the code that answers it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from scoring.behaviour import PaymentFigures, payment_index
from scoring.facts import BehaviourFacts
from scoring.financials import (
    AltmanFigures,
    FailureProbability,
    OhlsonFigures,
    ZScore,
    altman_z,
    altman_z_double_prime,
    altman_z_prime,
    em_score,
    ohlson_o,
    zmijewski,
)
from scoring.scorecard import OddsScale, blended_pd, buhlmann_credibility, credibility_of, weigh_bins
from scoring.vendor_scales import creditsafe_band, paydex_days
from tests.scoring.companies import POLICY_1
from tests.vectors.unpacking import POLICY, decimal, optional_decimal

Given = dict[str, Any]


def _altman_figures(given: Given) -> AltmanFigures:
    equity = given["mve"] if "mve" in given else given["bve"]
    return AltmanFigures(given["wc"], given["re"], given["ebit"], equity, given["ta"], given["tl"])


def _zoned(found: ZScore | str) -> Given:
    return {"z": found.score, "zone": found.zone} if isinstance(found, ZScore) else {"z": None, "reason": found}


def _altman_z_double_prime(given: Given) -> Given:
    found = altman_z_double_prime(_altman_figures(given))
    return {**_zoned(found), "z_em": em_score(found.score) if isinstance(found, ZScore) else None}


def _index_and_probability(found: FailureProbability | str, index_name: str) -> Given:
    if isinstance(found, FailureProbability):
        return {index_name: found.index, "p": found.probability}
    return {index_name: None, "p": None, "reason": found}


def _ohlson(given: Given) -> Given:
    names = ("ta", "gnp", "tl", "wc", "cl", "ca", "ni", "ni_prev", "ffo")
    return _index_and_probability(ohlson_o(OhlsonFigures(*(given[name] for name in names))), "t")


def _scale(given: Given) -> OddsScale:
    return OddsScale.of(given["base_score"], given["base_odds"], given["pdo"])


def _weight_of_evidence(given: Given) -> Given:
    found = weigh_bins([(good, bad) for good, bad in given["bins_good_bad"]])
    return {"woe": list(found.weights), "iv": found.information_value}


def _blend(given: Given) -> Given:
    z = credibility_of(given["n"], decimal(given["k"]), decimal(given["z_cap"]))
    return {"z": z, "pd": blended_pd(given["pd_external"], given["pd_internal"], z)}


def _buhlmann(given: Given) -> Given:
    found = buhlmann_credibility(given["n"], decimal(given["epv"]), decimal(given["vhm"]))
    return {"k": found.credibility_k, "z": found.credibility}


def _grade(given: Given) -> Given:
    grade = POLICY.master_scale.grade_of(decimal(given["pd"]))
    return {"grade": grade, "risk_class": POLICY.master_scale.class_of(grade)}


def _payment_index(given: Given) -> Given:
    behaviour = BehaviourFacts(
        window_days=365,
        settled_count=1,
        settled_amount=decimal(1),
        dbt_days=optional_decimal(given["dbt_days_12m"]),
        dbt_days_recent=optional_decimal(given["dbt_days_recent_90d"]),
        dbt_days_prior=optional_decimal(given["dbt_days_prior"]),
        late_amount_share=optional_decimal(given["late_share"]),
        promises_kept=given["promises_kept"],
        promises_broken=given["promises_broken"],
        peak_utilisation=optional_decimal(given["peak_utilisation"]),
        unjustified_dispute_ratio=decimal(given["unjustified_dispute_ratio"]),
    )
    figures = PaymentFigures.of(behaviour, date(2026, 6, 1))
    figures = replace(figures, tenure_years=optional_decimal(given["tenure_years"]))
    return {"payment_index": payment_index(figures, POLICY_1.scorecards.payment_index)}


SCORING: dict[str, Callable[[Given], object]] = {
    "altman_z": lambda given: _zoned(altman_z(_altman_figures(given), given["sales"])),
    "altman_z_prime": lambda given: _zoned(altman_z_prime(_altman_figures(given), given["sales"])),
    "altman_z_double_prime": _altman_z_double_prime,
    "zmijewski": lambda given: _index_and_probability(
        zmijewski(given["ni"], given["tl"], given["ta"], given["ca"], given["cl"]), "x"
    ),
    "ohlson_o": _ohlson,
    "pdo_scale": lambda given: {"factor": _scale(given).factor, "offset": _scale(given).offset},
    "pd_from_score": lambda given: {"pd": _scale(given).pd_of(given["score"])},
    "score_from_pd": lambda given: {"score": _scale(given).score_of(given["pd"])},
    "woe_iv": _weight_of_evidence,
    "blend_pd": _blend,
    "buhlmann_z": _buhlmann,
    "grade_from_pd": _grade,
    "creditsafe_band": lambda given: {"band": creditsafe_band(given["score"])},
    "paydex_to_days": lambda given: {"days_beyond_terms": paydex_days(decimal(given["paydex"]))},
    "payment_index": _payment_index,
}
