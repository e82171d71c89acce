"""OpenSanctions over HTTP: companies screened one by one or many at once, the list's version, and single entries."""

from collections.abc import Sequence
from urllib.parse import quote, unquote, urlsplit

from providers.errors import NotUnderstood, SourceBusy, SourceRefused
from providers.http import Line, Reply, Request
from providers.opensanctions.mapping import QUERY, list_version, sanctions_facts
from providers.payload import Payload
from providers.ports import About, CompanyKey, Raw
from providers.settings import SourceSettings
from scoring.facts import SanctionsFacts

# The collection of sanctions lists, the European, the Dutch and that of the United Nations among them.
DATASET = "sanctions"
ALGORITHM = "logic-v2"  # Named, so that a new best one of theirs does not change our hits unseen.
THRESHOLD = "0.7"  # From this score on they call a result a match.
RESULTS_MAX = 25
COMPANIES_MAX = 100  # In one call.
MERGES_MAX = 3  # An entry that was merged into another points on to it; so many times at most.

# Their property names for our schemes; a name they do not know is ignored without a word and weakens the match.
PROPERTIES = {"vat": "vatCode", "lei": "leiCode", "duns": "dunsCode", "rsin": "taxNumber"}
OTHER_NUMBERS = "registrationNumber"

# The list price is by volume and is not confirmed, so that what a call costs is for the seller's policy to say.
SETTINGS = SourceSettings(
    provider="opensanctions",
    address="https://api.opensanctions.org",
    credentials=("api_key",),
    open_when_own=True,
    price=None,
    # A hundred companies take longer than one, and their answer is larger.
    read_seconds=30.0,
    answer_bytes_max=20_000_000,
)


class Screenings:
    """The sanctions lists, as a report on one company and as a screening of many."""

    companies_max = COMPANIES_MAX

    def ask(self, company: CompanyKey, line: Line) -> Raw | None:
        """What the lists have that resembles a company. Raises SourceError."""
        (raw,) = self.screen_many((company,), line)
        if isinstance(raw, NotUnderstood):
            raise raw
        return raw

    def facts(self, raw: Raw, about: About) -> SanctionsFacts:
        """The heaviest hit and the entries behind it. Raises NotUnderstood."""
        return sanctions_facts(SETTINGS.provider, raw.get("match"), about.retrieved_on, version=raw.get("version"))

    def screen_many(
        self, companies: Sequence[CompanyKey], line: Line, version: str | None = None
    ) -> tuple[Raw | NotUnderstood, ...]:
        """What the lists have that resembles each of up to 100 companies, in one call and each as if asked alone.

        A company that cannot be screened, such as one without a name, is an error in its place and spoils no other.
        `version` is that of the list, kept with the answers. Raises SourceError where there is no answer at all.
        """
        assert len(companies) <= COMPANIES_MAX
        named = {str(at): company for at, company in enumerate(companies) if company.name}
        answered = _match(named, line) if named else {}
        return tuple(
            _alone(answered, str(at), version)
            if str(at) in named
            else NotUnderstood(line.provider, "a company cannot be screened without its name")
            for at in range(len(companies))
        )

    def version(self, line: Line) -> str | None:
        """Which version of the list is asked now; None where they do not tell. Raises SourceError."""
        reply = line.send(Request("catalog", "/catalog", headers=_sign(line), expect=(200, 404)))
        if reply.status == 404:
            return None
        return list_version(line.provider, reply.document, DATASET)

    def entry(self, entity_id: str, line: Line) -> Raw | None:
        """One entry of the list in full, under the id it has now; None where there is none. Raises SourceError."""
        for _ in range(MERGES_MAX + 1):
            path = f"/entities/{quote(entity_id, safe='')}"
            reply = line.send(Request("entity", path, headers=_sign(line), expect=(200, 308, 404)))
            if reply.status == 404:
                return None
            if reply.status == 200:
                Payload(line.provider, reply.document)
                return {"entity": reply.document}
            entity_id = _merged_into(reply, line)
        raise NotUnderstood(line.provider, "entity is merged into others without an end")


def query(company: CompanyKey) -> dict[str, object]:
    """A company as they are asked about it."""
    properties: dict[str, list[str]] = {"name": [company.name or ""], "jurisdiction": [company.country.lower()]}
    for number in company.identifiers:
        properties.setdefault(PROPERTIES.get(number.scheme, OTHER_NUMBERS), []).append(number.value)
    return {"schema": "Company", "properties": properties}


def _alone(document: object, key: str, version: str | None) -> Raw | NotUnderstood:
    """The answer about one of many as it would have come for it alone: no debtor's report holds another's answer."""
    try:
        responses = Payload(SETTINGS.provider, document).section("responses")
        response = responses.section(key).document
    except NotUnderstood as broken:
        return broken
    raw: Raw = {"match": {"responses": {QUERY: response}}}
    return raw if version is None else {**raw, "version": version}


def _match(companies: dict[str, CompanyKey], line: Line) -> object:
    # Each company counts as a call of theirs.
    cost = None if line.price is None else (line.price[0] * len(companies), line.price[1])
    reply = line.send(
        Request(
            "match",
            f"/match/{DATASET}",
            method="POST",
            params={"limit": RESULTS_MAX, "threshold": THRESHOLD, "algorithm": ALGORITHM},
            json={"queries": {key: query(company) for key, company in companies.items()}},
            headers=_sign(line),
            expect=(200, 404, 429),
            cost=cost,
        )
    )
    if reply.status == 404:
        raise SourceRefused(line.provider, f"match: the list {DATASET} is not there")
    if reply.status == 429:
        if "Retry-After" in reply.headers:
            raise SourceBusy(line.provider, "match: 429")
        # Without a word of when to come back, the quota of the month is used up.
        raise SourceRefused(line.provider, "match: the quota is used up")
    return reply.document


def _sign(line: Line) -> dict[str, str]:
    key = line.credentials.get("api_key")
    return {"Authorization": f"ApiKey {key}"} if key else {}


def _merged_into(reply: Reply, line: Line) -> str:
    folder, _, last = urlsplit(reply.headers.get("Location", "")).path.rpartition("/")
    if not folder.endswith("/entities") or not last:
        raise NotUnderstood(line.provider, "entity was merged into one that is not told")
    return unquote(last)
