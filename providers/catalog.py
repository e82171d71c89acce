"""Which source serves whom, in which order: the only way to a source, and the check that live never meets sandbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import Literal, get_args
from urllib.parse import urlsplit

from providers.allianz_trade import client as allianz_trade
from providers.atradius import client as atradius
from providers.coface import client as coface
from providers.cofaserve import client as cofaserve
from providers.companies_house import client as companies_house
from providers.companies_house import streams
from providers.creditsafe import client as creditsafe
from providers.creditsafe import portfolio
from providers.dnb import client as dnb
from providers.dnb import notifications, registration
from providers.gleif import client as gleif
from providers.http import Line
from providers.insurers import CreditInsurer
from providers.kvk import client as kvk
from providers.kvk import signals
from providers.memory import Memory
from providers.north_data import client as north_data
from providers.opensanctions import client as opensanctions
from providers.ports import (
    About,
    Candidate,
    ChangeFeed,
    CompanyKey,
    CompanyQuery,
    CompanySearch,
    Facts,
    Identifier,
    Notices,
    Raw,
    Report,
    Screening,
    TellsNumbers,
    Watch,
)
from providers.settings import FREE, Price, SourceSettings
from providers.vies import client as vies
from scoring.facts import SourceKind

Mode = Literal["live", "test"]
MODES: tuple[Mode, ...] = get_args(Mode)
KINDS: tuple[SourceKind, ...] = get_args(SourceKind)
SANDBOX_CREDENTIAL = "sandbox"  # What a test seller signs in with where it has handed in nothing else.


class WrongAddress(ValueError):
    """A live seller would be given a sandbox, or a test seller a real source."""


@dataclass(frozen=True, slots=True)
class Source:
    """One outside party and what it can do for us; `services` are its other hosts, each with settings of its own.

    `in_sandbox`: the sandbox speaks its protocol, so that test sellers can use it. `policy_numbers` names what an
    insurer must be told of an insurance policy with each call; `finds_by_number`: it finds buyers by their official
    numbers, so that the only one it offers is the one that was meant. `feed_credentials` names the texts without which
    its change feed is not read.
    """

    settings: SourceSettings
    services: tuple[SourceSettings, ...] = ()
    in_sandbox: bool = False
    search: CompanySearch | None = None
    reports: Mapping[SourceKind, Report] = field(default_factory=dict)
    screening: Screening | None = None
    watch: Watch | None = None
    change_feed: ChangeFeed | None = None
    feed_credentials: tuple[str, ...] = ()
    notices: Notices | None = None
    insurer: CreditInsurer | None = None
    policy_numbers: tuple[str, ...] = ()
    finds_by_number: bool = False

    @property
    def provider(self) -> str:
        """Its name: that of its folder."""
        return self.settings.provider

    def serves(self, country: str | None) -> bool:
        """Whether it knows companies of a country (ISO 3166-1 alpha-2); None asks for any."""
        countries = self.settings.countries
        return country is None or countries is None or country in countries


@dataclass(frozen=True, slots=True)
class Access:
    """What a seller reaches sources with: its mode, its credentials by provider, and what its lines share.

    `now` is the seller's time in its own zone; `prices` what a report of a provider costs it, where that is told.
    """

    mode: Mode
    credentials: Mapping[str, Mapping[str, str]] = field(repr=False)
    memory: Callable[[str], Memory]
    now: datetime
    real_now: Callable[[], datetime]
    prices: Mapping[str, Price] = field(default_factory=dict)


class Catalog:
    """All sources of this installation, in the order in which they are asked where a policy names none.

    `sandbox_address` is where the sandbox serves every vendor's protocol, each below its name; `addresses` are those
    of an installation's own services (a self-hosted list, say) instead of the vendor's; `ca_files` name, by provider,
    the authorities that vouch for a vendor whose certificate no public one has issued.
    """

    def __init__(
        self,
        sources: tuple[Source, ...] | None = None,
        *,
        sandbox_address: str | None = None,
        addresses: Mapping[str, str] | None = None,
        ca_files: Mapping[str, str] | None = None,
    ) -> None:
        """Take the given sources, else the shipped ones. Raises WrongAddress for one that is not what it should be."""
        given = _shipped() if sources is None else sources
        self._sources = tuple(_own(each) if each.provider in (addresses or {}) else each for each in given)
        self._sandbox_address = sandbox_address
        self._addresses = dict(addresses or {})
        self._ca_files = dict(ca_files or {})
        vendors = (settings.address for each in self._sources for settings in (each.settings, *each.services))
        self._real_hosts = {_host(address) for address in (*vendors, *self._addresses.values())}

    @property
    def sources(self) -> tuple[Source, ...]:
        """All sources, in order of preference."""
        return self._sources

    @property
    def screening_providers(self) -> frozenset[str]:
        """The names of the sanctions lists that screen many at once."""
        return frozenset(each.provider for each in self._sources if each.screening is not None)

    @property
    def insurer_providers(self) -> frozenset[str]:
        """The names of the credit insurers."""
        return frozenset(each.provider for each in self._sources if each.insurer is not None)

    def sources_for(self, country: str | None, kind: SourceKind, access: Access) -> tuple[Source, ...]:
        """Sources of a kind for a country that this seller can use, in order of preference."""
        return tuple(
            source
            for source in self._sources
            if kind in source.reports and source.serves(country) and self.usable(source, access)
        )

    def searches_for(self, country: str | None, access: Access) -> tuple[Source, ...]:
        """Sources that find companies of a country for this seller, in order of preference."""
        return tuple(
            source
            for source in self._sources
            if source.search is not None and source.serves(country) and self.usable(source, access)
        )

    def usable(self, source: Source, access: Access) -> bool:
        """Whether the seller can use a source: a live one needs the credentials, a test one the sandbox."""
        if access.mode == "test":
            return source.in_sandbox and self._sandbox_address is not None
        if source.settings.open_when_own and source.provider in self._addresses:
            return True
        given = access.credentials.get(source.provider, {})
        return all(given.get(name) for name in source.settings.credentials)

    def tells_changes(self, source: Source, access: Access) -> bool:
        """Whether the seller can have companies watched there; a change feed may need credentials of its own."""
        if not self.usable(source, access):
            return False
        if source.watch is not None or source.change_feed is None:
            return source.watch is not None
        given = access.credentials.get(source.provider)
        if access.mode == "test" and not given:
            return True
        return all((given or {}).get(name) for name in source.feed_credentials)

    def source(self, provider: str) -> Source:
        """The source of a name. Raises ValueError."""
        for source in self._sources:
            if source.provider == provider:
                return source
        raise ValueError(f"{provider!r} is no source")

    def line(self, source: Source, access: Access, *, deadline_seconds: float, late_seconds: float = 0.0) -> Line:
        """A line to a source, for so long. Raises WrongAddress, and ValueError for an unknown mode."""
        return self._line(source, source.settings, access, monotonic() + deadline_seconds, late_seconds)

    def _line(
        self, source: Source, settings: SourceSettings, access: Access, deadline: float, late_seconds: float
    ) -> Line:
        def beside(service: str) -> Line:
            other = next(each for each in source.services if each.provider == service)
            return self._line(source, other, access, deadline, late_seconds)

        is_sandbox = access.mode == "test"
        credentials = access.credentials.get(source.provider)
        if is_sandbox and not credentials:
            names = (*source.settings.credentials, *source.feed_credentials)
            credentials = dict.fromkeys(names, SANDBOX_CREDENTIAL)
        return Line(
            # The sandbox has no limit that must be kept to, and nobody shall wait for one that is not there.
            replace(settings, rate=None) if is_sandbox else settings,
            self._address(settings, access.mode),
            credentials or {},
            access.memory(settings.provider),
            now=access.now,
            real_now=access.real_now,
            deadline=deadline,
            is_sandbox=is_sandbox,
            late_seconds=late_seconds,
            agreed_price=access.prices.get(source.provider),
            other_host=beside,
            ca_file=None if is_sandbox else self._ca_files.get(settings.provider),
        )

    def ask(
        self,
        kind: SourceKind,
        provider: str,
        company: CompanyKey,
        access: Access,
        *,
        deadline_seconds: float,
        late_seconds: float = 0.0,
    ) -> Raw | None:
        """What a source says of a company, as it said it; None where it does not know it. Raises SourceError.

        What was sent within the deadline and may be charged is waited for `late_seconds` longer.
        """
        source = self.source(provider)
        line = self.line(source, access, deadline_seconds=deadline_seconds, late_seconds=late_seconds)
        return source.reports[kind].ask(company, line)

    def facts(self, kind: SourceKind, provider: str, raw: Raw, about: About) -> Facts:
        """What was said as facts of ours. Raises NotUnderstood."""
        return self.source(provider).reports[kind].facts(raw, about)

    def numbers(self, kind: SourceKind, provider: str, raw: Raw, company: CompanyKey) -> tuple[Identifier, ...]:
        """The official numbers that an answer tells of the company, none where it tells none. Raises NotUnderstood."""
        report = self.source(provider).reports[kind]
        return report.numbers(raw, company) if isinstance(report, TellsNumbers) else ()

    def search(
        self, provider: str, query: CompanyQuery, access: Access, *, deadline_seconds: float
    ) -> tuple[Candidate, ...]:
        """Candidates of one source. Raises SourceError."""
        source = self.source(provider)
        assert source.search is not None
        return source.search.search(query, self.line(source, access, deadline_seconds=deadline_seconds))

    def _address(self, settings: SourceSettings, mode: str) -> str:
        """The one place that decides where a seller's calls go."""
        if mode not in MODES:
            raise ValueError(f"{mode!r} is not a mode")
        real = self._addresses.get(settings.provider, settings.address)
        if mode == "test":
            # Nor is any other vendor's host a sandbox.
            if self._sandbox_address is None or _host(self._sandbox_address) in self._real_hosts:
                raise WrongAddress(f"a test seller has no sandbox for {settings.provider}")
            return f"{self._sandbox_address.rstrip('/')}/{settings.provider}"
        if self._sandbox_address is not None and _host(self._sandbox_address) == _host(real):
            raise WrongAddress(f"a live seller would be given the sandbox for {settings.provider}")
        return real.rstrip("/")


def _host(address: str) -> tuple[str, int | None]:
    """The host and port of an address, however it is written."""
    parts = urlsplit(address)
    return (parts.hostname or "").rstrip("."), parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _own(source: Source) -> Source:
    """The source at an address of the installation's own: nobody charges for one's own copy of the service."""
    settings = source.settings
    return replace(source, settings=replace(settings, price=FREE)) if settings.open_when_own else source


def _shipped() -> tuple[Source, ...]:
    """Registers first, those of one country before those of many."""
    lists = opensanctions.Screenings()
    return (
        Source(
            kvk.SETTINGS,
            services=(kvk.OPEN_DATA, signals.SETTINGS),
            in_sandbox=True,
            search=kvk.Search(),
            reports={"company_register": kvk.CompanyRegister()},
            change_feed=signals.Signals(),
            feed_credentials=signals.SETTINGS.credentials,
        ),
        Source(
            companies_house.SETTINGS,
            services=(companies_house.STREAM,),
            in_sandbox=True,
            search=companies_house.Search(),
            reports={"company_register": companies_house.CompanyRegister()},
            change_feed=streams.Streams(),
            feed_credentials=companies_house.STREAM.credentials,
        ),
        Source(
            north_data.SETTINGS,
            search=north_data.Search(),
            reports={"company_register": north_data.CompanyRegister()},
        ),
        Source(
            gleif.SETTINGS,
            in_sandbox=True,
            search=gleif.Search(),
            reports={"entity_register": gleif.EntityRegister()},
        ),
        Source(vies.SETTINGS, in_sandbox=True, reports={"vat_register": vies.VatRegister()}),
        Source(
            creditsafe.SETTINGS,
            in_sandbox=True,
            search=creditsafe.Search(),
            reports={"credit_bureau": creditsafe.CreditReport(), "company_register": creditsafe.RegisterExtract()},
            watch=portfolio.Portfolio(),
        ),
        Source(
            dnb.SETTINGS,
            in_sandbox=True,
            search=dnb.Search(),
            reports={"credit_bureau": dnb.DataBlocks()},
            watch=registration.Registration(),
            notices=notifications.Files(),
        ),
        Source(coface.SETTINGS, reports={"credit_bureau": coface.Assessments()}),
        Source(opensanctions.SETTINGS, in_sandbox=True, reports={"sanctions_list": lists}, screening=lists),
        Source(
            atradius.SETTINGS,
            in_sandbox=True,
            insurer=atradius.Atradius(),
            policy_numbers=("customer_id", "policy_id"),
            finds_by_number=True,
        ),
        Source(
            allianz_trade.SETTINGS,
            insurer=allianz_trade.AllianzTrade(),
            policy_numbers=("business_unit_code", "policy_id"),
        ),
        # Switched off: no call of it can be made without what Coface tells its customers only.
        Source(cofaserve.SETTINGS, insurer=cofaserve.CofaServe(), policy_numbers=("policy_number",)),
    )
