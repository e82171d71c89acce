"""The sentences a report of a backtest begins and ends with: what it comes to, and what it cannot say."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from api.policies.backtest.code_words import in_words, target_words
from api.policies.backtest.readable import amount, count, day, figure, percent
from api.policies.backtest.sentence_words import ALWAYS_UNSAID, HEADLINE, UNSAID
from scoring.reasons.registry import Language

SHOWN_DAYS = 30

Result = Mapping[str, Any]


def headline(result: Result, language: Language) -> list[str]:
    """Say in plain words what it comes to: how much is sold, what that earns, who pays late, how risk is told."""
    if not result["coverage"]["orders"]:
        return [HEADLINE["no_orders"].of(language).format(**_ledger_period(result, language))]
    said = [
        *_compared(result, language),
        *_sold(result, language),
        *_earned(result, language),
        " ".join(_late(result, language)),
        _told(result, language),
    ]
    return [sentence for sentence in said if sentence]


def _ledger_period(result: Result, language: Language) -> dict[str, str]:
    period = result["period"]
    return {"begin": day(period["ledger_from"], language), "end": day(period["ledger_to"], language)}


def _compared(result: Result, language: Language) -> Iterator[str]:
    if result["comparison"] is None:
        return
    ours, theirs = (Decimal(each["earned"]["all"]["result_amount"]) for each in result["measures"])
    key = "same" if ours == theirs else "more" if ours > theirs else "less"
    difference = amount(str(abs(ours - theirs)), language)
    yield HEADLINE[key].of(language).format(currency=result["currency"], difference=difference)


def _sold(result: Result, language: Language) -> Iterator[str]:
    orders = result["coverage"]["orders"]
    for measures in result["measures"]:
        by_outcome = {each["outcome"]: each["orders"] for each in measures["outcomes"]}
        sold, prepaid = by_outcome["accept"], by_outcome["accept_prepayment"]
        yield (
            HEADLINE["sold"]
            .of(language)
            .format(
                role=in_words("named_role", measures["role"], language),
                orders=count(orders, language),
                sold=count(sold, language),
                sold_share=percent(f"{sold / orders:.6f}", language),
                prepaid=count(prepaid, language),
                waiting=count(measures["earned"]["waiting"]["orders"], language),
                refused=count(measures["earned"]["refused"]["orders"], language),
            )
        )


def _earned(result: Result, language: Language) -> Iterator[str]:
    said = {"currency": result["currency"]}
    for measures in result["measures"]:
        earned = measures["earned"]["all"]
        figures = {name.removesuffix("_amount"): amount(earned[name], language) for name in earned if name != "orders"}
        yield (
            HEADLINE["earned"]
            .of(language)
            .format(role=in_words("named_role", measures["role"], language), **said, **figures)
        )


def _late(result: Result, language: Language) -> Iterator[str]:
    if result["comparison"] is None:
        return
    for side in result["comparison"]["swap"]:
        late = next(each for each in side["late"] if each["late_days"] == SHOWN_DAYS)
        if late["event_rate"] is not None:
            yield (
                HEADLINE[f"late_{side['side']}"]
                .of(language)
                .format(
                    rate=percent(late["event_rate"], language), cases=count(late["cases"], language), days=SHOWN_DAYS
                )
            )


def _told(result: Result, language: Language) -> str:
    place = next(
        place
        for place, each in enumerate(result["targets"])
        if (each["level"], each["late_days"]) == ("invoice", SHOWN_DAYS)
    )
    sample = result["measures"][0]["targets"][place]["with_history"]
    said = {
        "target": target_words(result["targets"][place], language),
        "events": count(sample["events"], language),
        "cases": count(sample["cases"], language),
    }
    if sample["auc"] is None:
        reason = in_words("missing", sample["missing"], language)
        return HEADLINE["not_told"].of(language).format(**said, reason=reason)
    pairs = percent(sample["auc"], language).removesuffix(" %")
    return HEADLINE["told"].of(language).format(**said, pairs=pairs, auc=figure(sample["auc"], language))


def unsaid(result: Result, language: Language) -> list[str]:
    """Say what the result has no figure of, and why; then what no backtest can say."""
    return [
        *_uncompared(result, language),
        *_unmeasured(result, language),
        *_unknown(result, language),
        *(words.of(language) for words in ALWAYS_UNSAID),
    ]


def _uncompared(result: Result, language: Language) -> Iterator[str]:
    if result["compared_missing"] is not None:
        yield in_words("missing", result["compared_missing"], language)


def _unmeasured(result: Result, language: Language) -> Iterator[str]:
    """Name each figure of a target that is missing once, with the policies that it is missing for."""
    found: dict[tuple[str, int, str, str], list[str]] = {}
    for measures in result["measures"]:
        for place, each in enumerate(measures["targets"]):
            for sample in ("with_history", "first_with_history"):
                for kind, reason in _gaps(each[sample]):
                    found.setdefault((kind, place, sample, reason), []).append(
                        in_words("named_role", measures["role"], language)
                    )
    for place, each in enumerate((result["comparison"] or {"targets": []})["targets"]):
        for sample in ("with_history", "first_with_history"):
            missing = each[sample]["missing"]
            if missing is not None:
                kind = "difference" if each[sample]["auc_difference"] is None else "difference_interval"
                found[kind, place, sample, missing] = []
    for (kind, place, sample, reason), roles in found.items():
        yield (
            UNSAID[kind]
            .of(language)
            .format(
                target=target_words(result["targets"][place], language),
                sample=in_words("sample", sample, language),
                reason=in_words("missing", reason, language),
                roles=", ".join(roles),
            )
        )


def _gaps(sample: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if sample["missing"] is not None:
        yield "auc", sample["missing"]
    elif sample["interval_missing"] is not None:
        yield "interval", sample["interval_missing"]


def _unknown(result: Result, language: Language) -> Iterator[str]:
    coverage, currency = result["coverage"], result["currency"]
    if coverage["orders_with_report"] < coverage["orders"]:
        without = coverage["orders"] - coverage["orders_with_report"]
        yield (
            UNSAID["reports"]
            .of(language)
            .format(without=count(without, language), orders=count(coverage["orders"], language))
        )
    if coverage["orders_in_other_currencies"]:
        left_out = count(coverage["orders_in_other_currencies"], language)
        yield UNSAID["currencies"].of(language).format(count=left_out, currency=currency)
    for measures in result["measures"]:
        role = in_words("named_role", measures["role"], language)
        if measures["limits"]["uses"] is None:
            yield UNSAID["uses"].of(language).format(role=role)
        for kind in ("undecided", "unrated"):
            value = measures["earned"]["all"][f"{kind}_amount"]
            if Decimal(value):
                yield UNSAID[kind].of(language).format(role=role, currency=currency, amount=amount(value, language))
