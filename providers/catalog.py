"""Which source serves whom, in which order: the only way to a source, and the check that live never meets sandbox."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from providers.ports import Answer, Candidate, CompanyKey, CompanyQuery, CompanyRegister, CreditBureau, SanctionsList
from providers.sandbox.client import PROVIDER, Sandbox
from scoring.facts import SourceKind

Mode = Literal["live", "test"]
KINDS: tuple[SourceKind, ...] = get_args(SourceKind)


@dataclass(frozen=True, slots=True)
class Source:
    """One outside party and what it can do for us; `countries` None means every country, `buys` that reports cost."""

    provider: str
    is_sandbox: bool
    countries: frozenset[str] | None = None
    register: CompanyRegister | None = None
    bureau: CreditBureau | None = None
    sanctions: SanctionsList | None = None
    buys: bool = False

    def answers(self, kind: SourceKind) -> bool:
        """Whether the source can be asked this kind of question."""
        ports = {"company_register": self.register, "credit_bureau": self.bureau, "sanctions_list": self.sanctions}
        return ports[kind] is not None


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Whom to ask one kind of question. `provider` None: nobody serves this seller there, so it is not asked.

    `needed` sources must answer before anything is accepted; where one `buys`, a purpose and a relation are required.
    """

    kind: SourceKind
    provider: str | None
    needed: bool
    buys: bool
    mode: str


class Catalog:
    """All sources of this installation, in the order in which they are asked."""

    def __init__(self, sources: tuple[Source, ...] | None = None) -> None:
        """Take the given sources, else the shipped ones."""
        self._sources = _shipped() if sources is None else sources

    def sources_for(self, mode: str, country: str | None, kind: SourceKind) -> tuple[Source, ...]:
        """Sources of a kind for a seller's mode (`live`, `test`) and a country, in order of preference.

        Every way to a source comes through here: a live seller is never given a sandbox, a test seller never a
        real source. Without a country any source will do. Raises ValueError for an unknown mode.
        """
        if mode not in get_args(Mode):
            raise ValueError(f"{mode!r} is not a mode")
        return tuple(
            source
            for source in self._sources
            if source.is_sandbox == (mode == "test")
            and (country is None or source.countries is None or country in source.countries)
            and source.answers(kind)
        )

    def kinds(self, mode: str, country: str, needed_kinds: Collection[SourceKind] = KINDS) -> tuple[SourceSpec, ...]:
        """One spec per kind of question, register first; `needed_kinds` come from the policy."""
        specs = []
        for kind in KINDS:
            source = next(iter(self.sources_for(mode, country, kind)), None)
            buys = source is not None and source.buys and kind == "credit_bureau"
            specs.append(SourceSpec(kind, source.provider if source else None, kind in needed_kinds, buys, mode))
        return tuple(specs)

    def registers(self, mode: str, country: str | None) -> tuple[str, ...]:
        """Providers that a company can be searched with, in order."""
        return tuple(source.provider for source in self.sources_for(mode, country, "company_register"))

    def search(
        self, provider: str, mode: str, query: CompanyQuery, *, now: datetime, deadline_seconds: float
    ) -> tuple[Candidate, ...]:
        """Candidates of one register. Raises SourceError."""
        register = self._source(provider, mode, query.country, "company_register").register
        assert register is not None
        return register.search(query, now=now, deadline_seconds=deadline_seconds)

    def ask(
        self, spec: SourceSpec, company: CompanyKey, *, currency: str, now: datetime, deadline_seconds: float
    ) -> Answer:
        """Ask about one company; amounts come in `currency`. Raises SourceError, and ValueError where nobody serves."""
        source = self._source(spec.provider, spec.mode, company.country, spec.kind)
        if spec.kind == "company_register":
            assert source.register is not None
            return source.register.profile(company, now=now, deadline_seconds=deadline_seconds)
        if spec.kind == "credit_bureau":
            assert source.bureau is not None
            return source.bureau.report(company, currency, now=now, deadline_seconds=deadline_seconds)
        assert source.sanctions is not None
        return source.sanctions.screen(company, now=now, deadline_seconds=deadline_seconds)

    def _source(self, provider: str | None, mode: str, country: str | None, kind: SourceKind) -> Source:
        for source in self.sources_for(mode, country, kind):
            if source.provider == provider:
                return source
        raise ValueError(f"{provider!r} does not serve {kind} to a {mode} seller in {country}")


def _shipped() -> tuple[Source, ...]:
    sandbox = Sandbox()
    return (Source(PROVIDER, is_sandbox=True, register=sandbox, bureau=sandbox, sanctions=sandbox, buys=True),)
