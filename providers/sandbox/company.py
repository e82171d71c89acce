"""The companies of the sandbox: who they are and what becomes of them, one plain description each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from providers.names import begins_words, best_similarity
from providers.ports import LEI_COUNTRY, Identifier
from providers.sandbox.fates import Accounts, Address, Change, Cover, Credit, Happening, Later, Listing

FOUND_NAME_MIN = Decimal("0.6")  # Wide on purpose: a search offers, a person chooses.
NOT_LEGAL_PERSONS = frozenset({"eenmanszaak"})


@dataclass(frozen=True, slots=True)
class Company:
    """One company. Ages are days seen from today: -400 was 400 days ago. `numbers` are by scheme.

    `parent` is a KVK number. `vat` says what VIES makes of its VAT number: `valid`, `invalid` or `member_state_down`.
    `down` are the providers that cannot answer about it. `insolvency` runs now: `bankruptcy` or `moratorium`. It is
    bankrupt `bankrupt_after_days` days after somebody first has it watched.
    """

    key: str
    fate: str
    name: str
    country: str
    numbers: Mapping[str, str]
    legal_form: str
    address: Address
    started: int
    trade_names: tuple[str, ...] = ()
    ended: int | None = None
    insolvency: str | None = None
    credit: Credit | None = None
    sanctions: tuple[Listing, ...] = ()
    vat: str = "valid"
    parent: str | None = None
    down: frozenset[str] = frozenset()
    cover: Cover | None = None
    changes: tuple[Change, ...] = field(default=())
    bankrupt_after_days: int | None = None

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """Its numbers as the rest of the house writes them."""
        issuers = {"lei": LEI_COUNTRY}
        return tuple(Identifier(each, issuers.get(each, self.country), number) for each, number in self.numbers.items())

    @property
    def names(self) -> tuple[str, ...]:
        """Its name, then what else it trades under."""
        return (self.name, *self.trade_names)

    @property
    def is_legal_person(self) -> bool:
        """Whether it is one, and not a natural person with a shop."""
        return self.legal_form not in NOT_LEGAL_PERSONS

    @property
    def rsin(self) -> str | None:
        """The number of a Dutch legal person, which its VAT number is made of."""
        vat = self.numbers.get("vat", "")
        return vat[2:11] if self.is_legal_person and vat.startswith("NL") else None

    def is_like(self, text: str) -> bool:
        """Whether what somebody types could mean this company."""
        return any(begins_words(text, name) for name in self.names) or best_similarity(text, self.names) >= (
            FOUND_NAME_MIN
        )


@cache
def companies() -> tuple[Company, ...]:
    """All companies, by the name of their file."""
    return tuple(_read(path) for path in sorted((Path(__file__).parent / "companies").glob("*.yaml")))


def company_with(scheme: str, number: str | None) -> Company | None:
    """The company that has a number."""
    return next((each for each in companies() if number and each.numbers.get(scheme) == number), None)


def company_of_connect_id(connect_id: str) -> Company | None:
    """The company that Creditsafe knows under an id."""
    return next((each for each in companies() if each.credit and each.credit.connect_id == connect_id), None)


def children_of(company: Company) -> Iterator[Company]:
    """The companies whose parent it is."""
    yield from (each for each in companies() if each.parent is not None and each.parent == company.numbers.get("kvk"))


def _read(path: Path) -> Company:
    told: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    told["address"] = Address(**told["address"])
    told["trade_names"] = tuple(told.get("trade_names", ()))
    told["sanctions"] = tuple(
        Listing(**{**each, "topics": tuple(each["topics"])}) for each in told.get("sanctions", ())
    )
    told["down"] = frozenset(told.get("down", ()))
    told["changes"] = tuple(Change(**each) for each in told.get("changes", ()))
    told["credit"] = _credit(told["credit"]) if "credit" in told else None
    told["cover"] = _cover(told["cover"]) if "cover" in told else None
    return Company(key=path.stem, **told)


def _credit(told: dict[str, Any]) -> Credit:
    happenings = {name: tuple(Happening(**each) for each in told.get(name, ())) for name in ("judgements", "history")}
    return Credit(**{**told, **happenings, "accounts": tuple(Accounts(**each) for each in told.get("accounts", ()))})


def _cover(told: dict[str, Any]) -> Cover:
    later = told.get("later")
    return Cover(
        decision=told["decision"],
        after_days=told.get("after_days", 0),
        share=_share(told),
        later=None if later is None else Later(later["after_days"], later["to"], _share(later)),
    )


def _share(told: dict[str, Any]) -> Decimal | None:
    return Decimal(str(told["share"])) if "share" in told else None
