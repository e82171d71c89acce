"""Whom a caller means, as he names him: a debtor of ours, or a company."""

from dataclasses import dataclass
from uuid import UUID

from api.records.identities import OfficialNumber, Reference


@dataclass(frozen=True, slots=True)
class CompanyNamed:
    """A company as a caller names it: by numbers, or by name and country (and place, where names are alike).

    `found` are further numbers of it, as registers told when it was looked up.
    """

    country: str
    numbers: tuple[OfficialNumber, ...] = ()
    name: str | None = None
    place: str | None = None
    found: tuple[OfficialNumber, ...] = ()


@dataclass(frozen=True, slots=True)
class DebtorNamed:
    """A debtor as a caller names it, in exactly one of three ways."""

    debtor_id: UUID | None = None
    reference: Reference | None = None
    company: CompanyNamed | None = None
