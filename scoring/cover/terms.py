"""The terms of a contract with a credit insurer as data, read with every fault named."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Literal, cast

from scoring.countries import country_fault
from scoring.documents import DocumentInvalid, Fault, read_document, refuse, shape_of

Exclusion = Literal["disputed", "related_party", "natural_person", "public_body", "prepaid", "secured"]
_AMOUNT_MAX = Decimal(10) ** 12
_WHOLE_NUMBER_MAX = 3660  # Ten years in days: no contract counts further.
_SHARES = ("cover_percentage", "blind_cover_percentage")
_COUNTED_FROM_THE_STOP = ("notify_after_days", "handover_days")


@dataclass(frozen=True, slots=True)
class InsuranceTerms:
    """What a contract says from a day on; amounts in its currency, days are calendar days. None: not in this contract.

    `cover_percentage` is a share (0.9 for 90 %) of what is insured, `blind_cover_percentage` that of blind cover where
    it differs. A sale is covered with a term of at most `max_credit_term_days`; deliveries until `max_extension_days`
    after the original due date of the oldest unpaid invoice. What is overdue is told within `notify_after_days` after
    that stop, or within `notify_days` after the due date, and an insolvency within `insolvency_notify_days` after it is
    known. The claim is handed over within `handover_days` after the stop, lost `waiting_months` after that, filed
    within `claim_filing_days` after the loss and paid within `indemnity_months`.

    A cut takes effect `reduction_notice_days` after notice. Up to `discretionary_limit_max` we may set a limit
    ourselves: on a report of at most `discretionary_report_months`, or on `discretionary_paid_count` invoices paid
    within `discretionary_experience_months`, none more than `discretionary_paid_days` late. Up to `blind_cover_max` is
    covered without any limit.

    Of each loss we keep at least `minimum_retention`, nothing is paid at or below `claim_threshold`, of a year's losses
    we keep `first_loss` and are paid at most `maximum_payout`. `countries` None: everywhere.
    """

    cover_percentage: Decimal
    max_credit_term_days: int | None = None
    max_extension_days: int | None = None
    notify_after_days: int | None = None
    notify_days: int | None = None
    insolvency_notify_days: int | None = None
    handover_days: int | None = None
    waiting_months: int | None = None
    claim_filing_days: int | None = None
    indemnity_months: int = 1
    reduction_notice_days: int = 30
    discretionary_limit_max: Decimal | None = None
    discretionary_report_months: int | None = None
    discretionary_experience_months: int | None = None
    discretionary_paid_count: int | None = None
    discretionary_paid_days: int | None = None
    blind_cover_max: Decimal | None = None
    blind_cover_percentage: Decimal | None = None
    minimum_retention: Decimal | None = None
    claim_threshold: Decimal | None = None
    maximum_payout: Decimal | None = None
    first_loss: Decimal | None = None
    insures_vat: bool = False
    countries: tuple[str, ...] | None = None
    excludes: tuple[Exclusion, ...] = ()

    def __post_init__(self) -> None:
        """Refuse numbers that nobody can mean, and a period that runs from what the contract does not have."""
        refuse(_faults_of({each.name: getattr(self, each.name) for each in fields(self)}))


def insurance_terms(document: Mapping[str, Any]) -> InsuranceTerms:
    """The terms a plain document tells. Raises DocumentInvalid, naming every fault with its path."""
    faults: list[Fault] = []
    terms = read_document(InsuranceTerms, document, "", faults)
    if terms is None and isinstance(document, Mapping):
        # What cannot be read hides nothing else that is wrong.
        told = {fault.path.partition(".")[0] for fault in faults}
        values = {
            name: read_document(hint, document[name], name, []) if name in document else None
            for name, (hint, _) in shape_of(InsuranceTerms).items()
            if name not in told
        }
        faults.extend(_faults_of(values))
    if faults:
        raise DocumentInvalid(faults)
    return cast(InsuranceTerms, terms)


def _faults_of(values: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with terms of which these could be read."""
    for name, value in values.items():
        if isinstance(value, Decimal | int) and not isinstance(value, bool) and (detail := _bound_broken(name, value)):
            yield Fault(name, detail)
    if "max_extension_days" in values and values["max_extension_days"] is None:
        for name in _COUNTED_FROM_THE_STOP:
            if values.get(name) is not None:
                yield Fault(name, "runs from the end of max_extension_days, which is not given")
    for index, country in enumerate(values.get("countries") or ()):
        if fault := country_fault(country):
            yield Fault(f"countries.{index}", fault)


def _bound_broken(name: str, number: Decimal | int) -> str | None:
    """What is wrong with a number of that name, None when it may be."""
    if name in _SHARES:
        return None if 0 < number <= 1 else "is a share, above 0 and at most 1: 0.9 for 90 %"
    if number < 0:
        return "is below zero"
    most = _WHOLE_NUMBER_MAX if isinstance(number, int) else _AMOUNT_MAX
    return f"is beyond {most:,}" if number > most else None


def bears_on(terms: InsuranceTerms, country: str, *, is_natural_person: bool | None, related: bool) -> bool:
    """Whether a contract can cover a debtor at all, by its country (ISO 3166-1 alpha-2) and by what it excludes.

    Of whom it is not known whether he is a natural person, it can.
    """
    if terms.countries is not None and country not in terms.countries:
        return False
    if is_natural_person and "natural_person" in terms.excludes:
        return False
    return not (related and "related_party" in terms.excludes)
