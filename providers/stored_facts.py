"""Facts of a source as the plain document they are kept in, and back."""

from collections.abc import Mapping
from typing import Any, cast

from providers.ports import Facts
from scoring.canonical import plain
from scoring.documents import DocumentInvalid, Fault, read_document
from scoring.facts import BureauFacts, EntityFacts, RegisterFacts, SanctionsFacts, SourceKind, VatFacts

_TYPES: dict[SourceKind, type[Facts]] = {
    "company_register": RegisterFacts,
    "credit_bureau": BureauFacts,
    "sanctions_list": SanctionsFacts,
    "vat_register": VatFacts,
    "entity_register": EntityFacts,
}


def as_document(facts: Facts) -> dict[str, Any]:
    """The facts of one source as text, whole numbers, booleans, lists and mappings."""
    return cast(dict[str, Any], plain(facts))


def from_document(kind: SourceKind, document: Mapping[str, Any]) -> Facts:
    """The facts that a document of that kind was made from. Raises DocumentInvalid, naming every fault."""
    faults: list[Fault] = []
    facts = read_document(_TYPES[kind], document, "", faults)
    if faults:
        raise DocumentInvalid(faults)
    return cast(Facts, facts)
