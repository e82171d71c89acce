"""What others tell of a company: registers, bureaus, lists. None means "not known", and never zero."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from scoring.facts.stored import STORED_IF_ANY

RegisterStatus = Literal["active", "dissolved", "deregistered"]
SanctionsHit = Literal["none", "possible", "confirmed"]
IdentityField = Literal["number", "name", "vat", "iban_holder"]
LimitKind = Literal["none", "amount", "unlimited"]


@dataclass(frozen=True, slots=True)
class CreditLimit:
    """A limit of some kind: `none` was never decided, an amount of zero means no credit."""

    kind: LimitKind
    amount: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse an amount without the kind that carries it, and the other way round."""
        if (self.kind == "amount") != (self.amount is not None):
            raise ValueError(f"a limit of kind {self.kind!r} cannot have the amount {self.amount!r}")


NO_LIMIT_GIVEN = CreditLimit("none")


@dataclass(frozen=True, slots=True)
class NegativeEvent:
    """Something adverse a register or bureau reports; still in force while `ended_on` is None or ahead.

    `undated` is True where the source does not tell since when: `occurred_on` is then the day on which it told.
    """

    code: str
    occurred_on: date
    ended_on: date | None = None
    undated: bool | None = field(default=None, metadata=STORED_IF_ANY)

    def in_force(self, as_of: date) -> bool:
        """Whether the event has not ended by a day."""
        return self.ended_on is None or self.ended_on > as_of


@dataclass(frozen=True, slots=True)
class RegisterFacts:
    """What the company register says; `identity_mismatch` names the fields that differ from what we were told.

    `name` is shown, and never judged.
    """

    provider: str
    retrieved_on: date
    status: RegisterStatus
    legal_form: str | None = None
    incorporated_on: date | None = None
    identity_mismatch: tuple[IdentityField, ...] = ()
    events: tuple[NegativeEvent, ...] = ()
    name: str | None = field(default=None, metadata=STORED_IF_ANY)


@dataclass(frozen=True, slots=True)
class Financials:
    """One set of annual figures, all of one entity or all consolidated.

    `net_income_before` is of the year before, of accounts that were consolidated or not (`before_consolidated`).
    `market_value` is that of the equity; `price_index` the GNP price index of the year end, 1968 = 100.
    """

    year_end_on: date
    consolidated: bool
    total_assets: Decimal | None = None
    current_assets: Decimal | None = None
    current_liabilities: Decimal | None = None
    total_liabilities: Decimal | None = None
    equity: Decimal | None = None
    intangibles: Decimal | None = None
    retained_earnings: Decimal | None = None
    ebit: Decimal | None = None
    net_income: Decimal | None = None
    turnover: Decimal | None = None
    market_value: Decimal | None = field(default=None, metadata=STORED_IF_ANY)
    net_income_before: Decimal | None = field(default=None, metadata=STORED_IF_ANY)
    before_consolidated: bool | None = field(default=None, metadata=STORED_IF_ANY)
    funds_from_operations: Decimal | None = field(default=None, metadata=STORED_IF_ANY)
    price_index: Decimal | None = field(default=None, metadata=STORED_IF_ANY)


@dataclass(frozen=True, slots=True)
class CompanyDetails:
    """What a report tells of the company beside its risk, in the vendor's words: shown, and never judged."""

    band: str | None = None
    dbt_trend_days: Decimal | None = None
    sector: str | None = None
    company_size: str | None = None
    group: str | None = None
    filed_on: date | None = None
    auditor: str | None = None
    address_changed_on: date | None = None
    directors_changed_on: date | None = None


@dataclass(frozen=True, slots=True)
class BureauFacts:
    """A credit report; `pd` is the vendor's own probability over `horizon_months`, a share between 0 and 1.

    `limit_currency` and `financials_currency` (ISO 4217) tell that the report has these in another currency than was
    asked for, so that they were left out.
    """

    provider: str
    retrieved_on: date
    scored_on: date | None = None
    scale: str | None = None
    score: Decimal | None = None
    pd: Decimal | None = None
    target_event: str | None = None
    horizon_months: int | None = None
    recommended_limit: CreditLimit = NO_LIMIT_GIVEN
    provider_dbt_days: Decimal | None = None
    events: tuple[NegativeEvent, ...] = ()
    financials: Financials | None = None
    details: CompanyDetails | None = field(default=None, metadata=STORED_IF_ANY)
    limit_currency: str | None = field(default=None, metadata=STORED_IF_ANY)
    financials_currency: str | None = field(default=None, metadata=STORED_IF_ANY)

    @property
    def dated_on(self) -> date:
        """The day the report speaks of: when it was scored, or fetched when that is not told."""
        return self.scored_on or self.retrieved_on


@dataclass(frozen=True, slots=True)
class MatchClearance:
    """A person found that an entry of a list is not the debtor: who, and on which day."""

    cleared_by: str
    cleared_on: date


@dataclass(frozen=True, slots=True)
class SanctionsMatch:
    """An entry of a sanctions list that resembles the debtor, with the list's own score from 0 to 1.

    `hit` is its own weight. `lists` and `topics` are in the source's words; `last_change_on` is the day of the entry's
    last change, and `entry_digest` tells its content from any other. `clearance` None: nobody has cleared it.
    """

    entity_id: str
    caption: str | None
    score: Decimal
    hit: SanctionsHit
    schema: str | None
    topics: tuple[str, ...]
    lists: tuple[str, ...]
    last_change_on: date | None
    entry_digest: str
    clearance: MatchClearance | None = field(default=None, metadata=STORED_IF_ANY)


@dataclass(frozen=True, slots=True)
class SanctionsFacts:
    """Whether the debtor or its owners stand on a sanctions list; `possible` waits for a person.

    `matches` are the entries behind it; the source found `left_out_count` more than it told. A `hit` that was cleared
    by a person is `none`, and its matches say so. `list_version` is that of the list, where it was asked for.
    """

    provider: str
    retrieved_on: date
    hit: SanctionsHit
    matches: tuple[SanctionsMatch, ...] = field(default=(), metadata=STORED_IF_ANY)
    left_out_count: int | None = field(default=None, metadata=STORED_IF_ANY)
    list_version: str | None = field(default=None, metadata=STORED_IF_ANY)


@dataclass(frozen=True, slots=True)
class VatFacts:
    """What a VAT register says of one number; `name` and `address` None where the member state does not tell them.

    `consultation` is the number that proves the question was asked.
    """

    provider: str
    retrieved_on: date
    number: str
    valid: bool
    name: str | None = None
    address: str | None = None
    consultation: str | None = None


@dataclass(frozen=True, slots=True)
class GroupMember:
    """Another company of the group; `lei` None where it has none."""

    name: str | None
    lei: str | None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """What the register of legal entity identifiers says: status of the entity itself, and the group it belongs to.

    A registration whose fee was not renewed (`registration`: LAPSED) says nothing of the entity.
    `no_parent_reason` is the register's word for why it names no parent.
    """

    provider: str
    retrieved_on: date
    lei: str
    name: str | None
    active: bool | None
    registration: str | None = None
    registered_at: str | None = None
    registered_as: str | None = None
    parent: GroupMember | None = None
    ultimate_parent: GroupMember | None = None
    no_parent_reason: str | None = None
