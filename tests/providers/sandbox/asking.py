"""Asking the sandbox as a test seller does: through the shipped catalog and the real clients."""

from datetime import UTC, date, datetime
from typing import Any

from providers.catalog import Access, Catalog
from providers.errors import SourceError
from providers.insurers import InsurancePolicyKey
from providers.ports import About, CompanyKey, Facts, Identifier, Raw
from providers.sandbox.company import Company, companies
from scoring.facts import SourceKind
from tests.providers.register_lines import OwnMemory
from tests.sandbox_control import SandboxControl

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECONDS = 20.0
POLICY = InsurancePolicyKey({"customer_id": "7", "policy_id": "111222"}, "EUR")


class TestSeller:
    """A seller whose test clock stands somewhere, with what its lines share kept in this process."""

    __test__ = False

    def __init__(self, sandbox: SandboxControl, now: datetime = NOW, **credentials: dict[str, str]) -> None:
        self.catalog = Catalog(sandbox_address=sandbox.address)
        self.now = now
        self._credentials = credentials
        self._memories: dict[str, OwnMemory] = {}

    def access(self) -> Access:
        return Access(
            mode="test",
            credentials=self._credentials,
            memory=lambda provider: self._memories.setdefault(provider, OwnMemory()),
            now=self.now,
            real_now=lambda: datetime.now(UTC),
        )

    def line(self, provider: str, seconds: float = SECONDS) -> Any:
        return self.catalog.line(self.catalog.source(provider), self.access(), deadline_seconds=seconds)

    def providers(self, kind: SourceKind, country: str) -> list[str]:
        return [each.provider for each in self.catalog.sources_for(country, kind, self.access())]

    def ask(self, kind: SourceKind, provider: str, company: CompanyKey, seconds: float = SECONDS) -> Raw | None:
        return self.catalog.ask(kind, provider, company, self.access(), deadline_seconds=seconds)

    def facts(self, kind: SourceKind, company: CompanyKey, provider: str | None = None) -> Any:
        """The facts of the first source that knows the company, as its policy's plan would find them."""
        for each in [provider] if provider else self.providers(kind, company.country):
            raw = self.ask(kind, each, company)
            if raw is not None:
                return self.read(kind, each, raw, company)
        return None

    def read(self, kind: SourceKind, provider: str, raw: Raw, company: CompanyKey, currency: str = "EUR") -> Facts:
        return self.catalog.facts(kind, provider, raw, About(company, currency, self.today))

    @property
    def today(self) -> date:
        return self.now.date()


def key(company: Company) -> CompanyKey:
    return CompanyKey(company.name, company.country, company.identifiers)


def company(number: str) -> Company:
    """The company of a KVK number."""
    return next(each for each in companies() if each.numbers.get("kvk") == number)


def dutch(number: str, name: str | None = None) -> CompanyKey:
    """A company as a seller names it: by its KVK number, with its VAT number where the sandbox knows one."""
    known = next((each for each in companies() if each.numbers.get("kvk") == number), None)
    if known is not None:
        return key(known)
    return CompanyKey(name or "Nobody at all B.V.", "NL", (Identifier("kvk", "NL", number),))


def answer_or_error(seller: TestSeller, kind: SourceKind, provider: str, asked: CompanyKey, seconds: float) -> str:
    """What became of a question: `facts`, `nothing`, or the code of a named failure; anything else is raised."""
    try:
        raw = seller.ask(kind, provider, asked, seconds)
        if raw is None:
            return "nothing"
        seller.read(kind, provider, raw, asked)
        return "facts"
    except SourceError as failed:
        return failed.code
