"""Reads a policy that somebody wrote, as a JSON document or as YAML, and names every fault where it stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from api.policies.providers_named import provider_faults
from api.problems import BadInput, Fault
from api.web.plain_yaml import PlacedDocument, read_placed_yaml
from providers.catalog import Catalog
from scoring import documents
from scoring.canonical import canonical_json, digest
from scoring.policy.bounds import oversized
from scoring.policy.document import Policy, PolicyInvalid, parse_policy

WRITTEN_LENGTH_MAX = 200_000
NAME_LENGTH_MAX = 100


@dataclass(frozen=True, slots=True)
class CheckedPolicy:
    """A policy that can be used: as it is kept (canonical JSON text and its SHA-256), and as it is judged by."""

    text: str
    digest: str
    policy: Policy


def read_written(text: str | bytes) -> PlacedDocument:
    """Read a policy written as YAML or JSON. Raises BadInput when it cannot be read."""
    if len(text) > WRITTEN_LENGTH_MAX:
        raise BadInput(f"The policy is longer than {WRITTEN_LENGTH_MAX:,} characters.", code="policy_unreadable")
    written = read_placed_yaml(text, "policy", "/yaml")
    if not isinstance(written.document, dict):
        raise BadInput("The policy must be a document of sections.", code="policy_unreadable")
    return written


def check(
    document: Mapping[str, Any], currency: str | None = None, written: PlacedDocument | None = None
) -> CheckedPolicy:
    """Hold a document against everything a policy must be, for a seller of that currency where one is given.

    Raises BadInput naming every fault with its place: a pointer into `document`, or for one that was `written` into
    `yaml`, with line and column.
    """
    unknown: list[documents.Fault] = []
    try:
        if too_large := list(oversized(document)):
            raise PolicyInvalid(too_large)
        text = canonical_json(document).decode()
        # What is stored is what must be readable later: so that is what is checked.
        unknown = list(provider_faults(orjson.loads(text), Catalog()))
        policy = parse_policy(orjson.loads(text))
        if unknown:
            raise PolicyInvalid(unknown)
    except PolicyInvalid as invalid:
        faults = invalid.faults if invalid.faults == unknown else [*invalid.faults, *unknown]
        raise _refused(faults, written) from invalid
    except (TypeError, ValueError) as error:
        raise BadInput(f"The policy cannot be kept: {error}.", code="policy_invalid") from error
    if currency is not None and policy.currency != currency:
        other = documents.Fault("currency", f"Must be {currency}, the seller's currency.")
        raise _refused([other], written, "other_currency")
    return CheckedPolicy(text, digest(document), policy)


def _refused(
    faults: Sequence[documents.Fault], written: PlacedDocument | None, code: str = "policy_invalid"
) -> BadInput:
    """Make the problem that names the faults, in a text in the order of its lines."""
    named = list(_named(faults, written, code))
    named.sort(key=lambda fault: (fault.line or 0, fault.column or 0))
    return BadInput("The policy cannot be used.", code="policy_invalid", faults=named)


def _named(faults: Sequence[documents.Fault], written: PlacedDocument | None, code: str) -> Iterator[Fault]:
    for each in faults:
        if written is None:
            yield Fault(_pointer("document", each.path), code, each.detail)
        else:
            place = written.place_of(each.path)
            yield Fault(_pointer("yaml", each.path), code, each.detail, place.line, place.column)


def _pointer(field: str, path: str) -> str:
    """Give the JSON pointer of a path within a field of the request."""
    names = [field, *(path.split(".") if path else ())]
    return "".join(f"/{name.replace('~', '~0').replace('/', '~1')}" for name in names)
