"""Vectors of identifiers and payment references, each handed to the code that answers it."""

from collections.abc import Callable
from typing import Any

from scoring import identifiers

Given = dict[str, Any]


def _vat_number(given: Given) -> Given:
    scheme = identifiers.vat_scheme_of(given["value"])
    return {"valid": scheme is not None, "scheme": scheme}


IDENTIFIERS: dict[str, Callable[[Given], object]] = {
    "iban": lambda given: {"valid": identifiers.is_iban(given["value"])},
    "rf_reference": lambda given: {"valid": identifiers.is_rf_reference(given["value"])},
    "rf_make": lambda given: {"rf": identifiers.make_rf_reference(given["reference"])},
    "lei": lambda given: {"valid": identifiers.is_lei(given["value"])},
    "btw_id": _vat_number,
    "rsin": lambda given: {"valid": identifiers.is_rsin(given["value"])},
    "kvk_number": lambda given: {"valid": identifiers.is_kvk_number(given["value"])},
    "vestigingsnummer": lambda given: {"valid": identifiers.is_establishment_number(given["value"])},
    "betalingskenmerk": lambda given: {"valid": identifiers.is_payment_reference(given["value"])},
    "betalingskenmerk_make": lambda given: {"kenmerk": identifiers.make_payment_reference(given["payload"])},
}
