"""Sources that answer from memory, behind the ports and the catalog: how long they take and what they say is told."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from api.fresh_report import stored
from api.fresh_report.inquiry import Budget, Inquiry
from api.fresh_report.planning import Planned, Sellers, Subject, agreed_prices, planned
from api.fresh_report.running import run
from api.fresh_report.source import Source
from api.records import debtors, reports
from api.records.identities import OfficialNumber
from api.records.sellers import Seller
from api.shared_work import SharedWork
from api.source_access import source_access
from api.wiring import House
from providers import catalog
from providers.catalog import Catalog
from providers.errors import NotUnderstood, SourceBusy, SourceDown
from providers.http import Line
from providers.ports import About, CompanyKey, Facts, Identifier, Raw
from providers.settings import FREE, Price, SourceSettings
from scoring.facts import BureauFacts, EntityFacts, RegisterFacts, SanctionsFacts, SourceKind, VatFacts
from scoring.policy.document import Policy, parse_policy, shipped

SANDBOX = "http://127.0.0.1:9"
KVK, VAT = OfficialNumber("kvk", "NL", "90000001"), OfficialNumber("vat", "NL", "NL123456782B01")


@dataclass
class Fake:
    """One source of one kind. `says` is what it answers, or raises; it takes `seconds` unless the line ends first.

    `is_under_way`: from the first moment; else it waits for its turn.
    """

    provider: str
    kind: SourceKind
    says: Any = None
    seconds: float = 0.0
    price: Price | None = FREE
    countries: frozenset[str] | None = None
    heeds_deadline: bool = True
    is_under_way: bool = True
    is_readable: bool = True
    asked: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, company: CompanyKey, line: Line) -> Raw | None:
        """Answer after a while."""
        with self.lock:
            self.asked.append(monotonic())
        left = line.seconds_left() + (line.late_seconds if self.is_under_way else 0)
        sleep(min(self.seconds, left) if self.heeds_deadline else self.seconds)
        if self.heeds_deadline and self.seconds > left:
            if not self.is_under_way:
                raise SourceBusy(self.provider, "has no turn in the time there is")
            line.seconds_left()
        said = self.says(company) if callable(self.says) else self.says
        if isinstance(said, Exception):
            raise said
        return said  # type: ignore[no-any-return]

    def facts(self, raw: Raw, about: About) -> Facts:
        """Read what it said."""
        if not self.is_readable:
            raise NotUnderstood(self.provider, "the answer is not an object")
        day, document = about.retrieved_on, raw["document"]
        made: Mapping[SourceKind, Callable[[], Facts]] = {
            "company_register": lambda: RegisterFacts(
                self.provider, day, document["status"], name=document.get("name")
            ),
            "credit_bureau": lambda: BureauFacts(self.provider, day, scale="x", score=None),
            "sanctions_list": lambda: SanctionsFacts(self.provider, day, document["hit"]),
            "vat_register": lambda: VatFacts(self.provider, day, document["number"], document["valid"]),
            "entity_register": lambda: EntityFacts(self.provider, day, "L", None, document["active"]),
        }
        return made[self.kind]()

    def source(self) -> catalog.Source:
        """The source as the catalog has it."""
        settings = SourceSettings(self.provider, "https://real.example", self.countries, price=self.price)
        return catalog.Source(settings, in_sandbox=True, reports={self.kind: self})


GOOD: Mapping[SourceKind, Any] = {
    "company_register": {"document": {"status": "active"}},
    "credit_bureau": {"document": {}},
    "sanctions_list": {"document": {"hit": "none"}},
    "vat_register": {"document": {"number": VAT.value, "valid": True}},
    "entity_register": {"document": {"active": True}},
}
DOWN = SourceDown("somebody", "no connection")


def good(provider: str, kind: SourceKind, **given: Any) -> Fake:
    """A source that knows every company and has nothing against it."""
    return Fake(provider, kind, GOOD[kind], **given)


def five(**seconds: float) -> list[Fake]:
    """One good source of each kind; `seconds` by kind."""
    return [good(f"the_{kind}", kind, seconds=seconds.get(kind, 0.0)) for kind in GOOD]


def catalog_of(*fakes: Fake) -> Catalog:
    """A catalog of these sources, in this order of preference."""
    return Catalog(tuple(each.source() for each in fakes), sandbox_address=SANDBOX)


def policy_document(*plans: Any, **sources: Any) -> dict[str, Any]:
    """The shipped policy with these plans, as a document."""
    document: dict[str, Any] = dict(shipped()["default"])
    document["sources"] = {**document["sources"], "plans": list(plans), **sources}
    return document


def policy_of(*plans: Any, **sources: Any) -> Policy:
    """The shipped policy with these plans."""
    return parse_policy(policy_document(*plans, **sources))


def plan(*steps: Any, **given: Any) -> dict[str, Any]:
    """A plan of steps, each a mapping of kinds or a whole step."""
    return {"name": "x", "steps": [each if "ask" in each else {"ask": each} for each in steps], **given}


@dataclass
class Check:
    """The asking of one check, with a catalog and a pool of its own, as another process has."""

    house: House
    seller: Seller
    debtor_id: UUID
    policy: Policy
    numbers: tuple[OfficialNumber, ...] = (KVK, VAT)
    name: str | None = "Somebody"

    def planned(self) -> tuple[Planned, list[Source]]:
        """What is planned, and what is stored."""
        access = source_access(self.house, self.seller)
        subject = Subject("NL", frozenset(each.scheme for each in self.numbers))
        plan = planned(subject, self.policy.sources, self.policy.currency, Sellers(self.house.catalog, access))
        with self.house.sessions.of(self.seller.id) as session:
            kept = reports.latest(session, [self.debtor_id])
        now = self.house.clock.now(self.seller)
        return plan, stored.read(kept, plan.questions, self.policy.sources.fresh_days, now)

    def ask(self) -> dict[SourceKind, Source]:
        """Run the plan once."""
        plan, sources = self.planned()
        prices = agreed_prices(self.policy.sources, self.policy.currency)
        inquiry = Inquiry(
            house=self.house,
            seller=self.seller,
            debtor_id=self.debtor_id,
            company=CompanyKey(
                self.name, "NL", tuple(Identifier(each.scheme, each.country, each.value) for each in self.numbers)
            ),
            policy=self.policy,
            access=source_access(self.house, self.seller, debtor_id=self.debtor_id, prices=prices),
            budget=Budget(plan.cost_max, self.policy.currency),
            deadline=monotonic() + plan.deadline_seconds,
            purpose="credit_assessment",
            relation="prospect",
        )
        return {source.kind: source for source in run(plan, sources, inquiry, self.house.clock.today(self.seller))}


def new_debtor(house: House, seller: Seller, *names: OfficialNumber) -> UUID:
    """A debtor with these numbers."""
    with house.sessions.of(seller.id) as session:
        values = {"name": "Somebody", "country": "NL"}
        return debtors.add(session, values, phase="prospect", names=names, now=house.clock.now(seller)).id


def house_with(house: House, catalog: Catalog, *, clock: Any = None) -> House:
    """A house with these sources and a pool of its own: what another process is."""
    return House(
        config=house.config,
        sessions=house.sessions,
        clock=clock or house.clock,
        catalog=catalog,
        vault=house.vault,
        credentials=house.credentials,
        policies=house.policies,
        shared_work=SharedWork(40),
    )


def later(house: House, delta: timedelta) -> Any:
    """The clock of a house, so much later."""
    clock = house.clock
    return type(clock)(lambda: clock._real() + delta)
