"""Reads the terms of an insurance policy as they were sent, with every fault named, and tells those in force."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from api.problems import BadInput, Fault
from api.records.insurance_policies import InsuranceTermsRecord
from api.web.faults import pointer_to
from scoring.canonical import plain
from scoring.cover import InsuranceTerms, insurance_terms
from scoring.documents import DocumentInvalid

DECIMALS_MAX = 6


def read_terms(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give the terms as they are kept, with everything that was left out. Raises BadInput naming every fault."""
    faults = list(_imprecise(document, ("terms",)))
    terms = None
    try:
        terms = insurance_terms(document)
    except DocumentInvalid as invalid:
        known = {fault.pointer for fault in faults}
        told = (Fault(pointer_to("terms", *_path(each.path)), "bad_terms", each.detail) for each in invalid.faults)
        faults += [fault for fault in told if fault.pointer not in known]
    if terms is not None:
        faults += _too_fine(terms)
    if faults or terms is None:
        raise BadInput("Such terms no insurance policy can have.", faults=faults)
    kept: dict[str, Any] = plain(terms)
    return kept


def faults_of_terms(document: object) -> Sequence[Fault]:
    """Name every fault of terms as they were sent; none where they are no document at all, which is named elsewhere."""
    if not isinstance(document, Mapping):
        return ()
    try:
        read_terms(document)
    except BadInput as unfit:
        return unfit.faults
    return ()


def faults_of_days(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Name that a contract ends before it begins, as far as its days are told."""
    start, until = data.get("valid_from"), data.get("valid_until")
    if start is not None and until is not None and until < start:
        yield Fault("/valid_until", "out_of_range", "Must not be before valid_from.")


def _path(path: str) -> Sequence[str]:
    return path.split(".") if path else ()


def _imprecise(value: object, path: tuple[str, ...]) -> Iterator[Fault]:
    """Name numbers that were sent as JSON numbers with decimals: nobody knows what was written."""
    if isinstance(value, float):
        yield Fault(pointer_to(*path), "not_an_amount", 'Must be text such as "0.9" or "15000.00".')
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _imprecise(each, (*path, str(name)))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _imprecise(each, (*path, str(index)))


def _too_fine(terms: InsuranceTerms) -> Iterator[Fault]:
    for each in fields(terms):
        value = getattr(terms, each.name)
        if isinstance(value, Decimal) and value != value.quantize(Decimal(1).scaleb(-DECIMALS_MAX)):
            yield Fault(pointer_to("terms", each.name), "too_many_decimals", f"Has {DECIMALS_MAX} decimals at most.")


def terms_of(record: InsuranceTermsRecord) -> InsuranceTerms:
    """Give kept terms as they are judged by."""
    return insurance_terms(record.terms)


def in_force(versions: Sequence[InsuranceTermsRecord], day: date) -> InsuranceTermsRecord | None:
    """Give the version that counts on a day: the newest that has begun, of one day the one recorded later."""
    begun = [each for each in versions if each.valid_from <= day]
    return max(begun, key=lambda each: (each.valid_from, each.id), default=None)


def counting(versions: Sequence[InsuranceTermsRecord], day: date) -> InsuranceTerms:
    """Give the terms that a day is reckoned by: those in force, and before all of them the first."""
    found = in_force(versions, day) or min(versions, key=lambda each: (each.valid_from, each.id))
    return terms_of(found)
