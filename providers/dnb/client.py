"""D&B Direct+: signing in, matching companies, and data blocks, which are what is charged."""

from datetime import timedelta
from urllib.parse import quote

from providers.dnb.mapping import bureau_facts
from providers.dnb.searching import DUNS, PROVIDER, candidates, criteria, match_candidates, the_one
from providers.errors import NothingToAskBy, NotUnderstood
from providers.http import Line, Reply, Request, Signature
from providers.memory import Token
from providers.payload import Payload
from providers.ports import About, Candidate, CompanyKey, CompanyQuery, Raw
from providers.settings import Rate, SourceSettings
from providers.sign_in import token_of_seconds
from scoring.facts import BureauFacts

SETTINGS = SourceSettings(
    provider=PROVIDER,
    address="https://plus.dnb.com",
    credentials=("key", "secret"),
    optional_credentials=("registration",),  # Where it monitors; D&B sets that up and names it.
    price=None,  # By contract, and not published.
    rate=Rate(4, 1.0),  # Not confirmed: clients keep to four or five a second.
    read_seconds=20.0,
    answer_bytes_max=20_000_000,
)
SIGN_IN_VERSION = "v3"  # v2 takes JSON instead; both are in use.
LIFETIMES = ("expiresIn", "expires_in")  # Not confirmed: the name differs between reports.
TOKEN_LIVES = timedelta(hours=24)
BLOCKS = (
    *("companyinfo_L2_v1", "financialstrengthinsight_L2_v1", "paymentinsight_L1_v1", "eventfilings_L1_v1"),
    *("companyfinancials_L1_v3", "hierarchyconnections_L1_v1"),
)
ORDER_REASONS = {"DE": 6332}  # German law wants a reason; not confirmed: that 6332 is a credit decision.
FOUND_MAX = 50
NOT_FOUND = 404


def sign_in(line: Line) -> Token:
    """A token for a day, by the version of the service that SIGN_IN_VERSION says."""
    grant = {"grant_type": "client_credentials"}
    reply = line.send(
        Request(
            "sign_in",
            f"/{SIGN_IN_VERSION}/token",
            method="POST",
            json=grant if SIGN_IN_VERSION == "v2" else None,
            form=None if SIGN_IN_VERSION == "v2" else grant,
            basic=(line.credentials["key"], line.credentials["secret"]),
        )
    )
    answer = Payload(PROVIDER, reply.document)
    return token_of_seconds(answer, "access_token", lives=LIFETIMES, now=line.real_now(), assumed=TOKEN_LIVES)


SIGNATURE = Signature(sign_in, lambda token: {"Authorization": f"Bearer {token}"})


def find(company: CompanyKey, line: Line) -> str | None:
    """The DUNS of a company: as we know it, else by its numbers, else by its name where it has none.

    None where nobody is sure enough. Raises NotUnderstood where several are.
    """
    if (known := company.number(DUNS)) is not None:
        return known
    asked = [each for number in company.identifiers if (each := criteria(number)) is not None]
    if not asked and company.name is not None:
        asked = [{"name": company.name, "countryISOAlpha2Code": company.country}]
    if not asked:
        raise NothingToAskBy(line.provider)
    for each in asked:
        reply = _match(dict(each), line)
        if not is_not_found(reply, line) and (found := the_one(reply.document, company)) is not None:
            return found
    return None


def _match(asked: dict[str, object], line: Line) -> Reply:
    return line.send(
        Request("match_company", "/v1/match/cleanseMatch", params=asked, signature=SIGNATURE, expect=(200, NOT_FOUND))
    )


def is_not_found(reply: Reply, line: Line) -> bool:
    """Whether D&B itself says that there is none. Raises NotUnderstood for a 404 of somebody before it."""
    if reply.status != NOT_FOUND:
        return False
    if not Payload(PROVIDER, reply.document).section("error").names():
        raise NotUnderstood(line.provider, "404 without an error of D&B's")
    return True


class Search:
    """Companies by number, else by words of a name."""

    def search(self, query: CompanyQuery, line: Line) -> tuple[Candidate, ...]:
        """Companies that may be meant; a name without a country is looked for everywhere."""
        for number in query.identifiers:
            if (asked := criteria(number)) is not None:
                reply = _match(dict(asked), line)
                if not is_not_found(reply, line) and (found := match_candidates(reply.document)):
                    return found
        if query.text is None:
            return ()
        wanted: dict[str, object] = {"searchTerm": query.text, "pageSize": FOUND_MAX}
        if query.country is not None:
            wanted["countryISOAlpha2Code"] = query.country
        if query.place is not None:
            wanted["addressLocality"] = query.place
        reply = line.send(
            Request(
                "search_name",
                "/v1/search/companyList",
                method="POST",
                json=wanted,
                signature=SIGNATURE,
                expect=(200, NOT_FOUND),
            )
        )
        return () if is_not_found(reply, line) else candidates(reply.document)


class DataBlocks:
    """The credit report, as blocks of one order; blocks that a contract does not have come back as not delivered."""

    def ask(self, company: CompanyKey, line: Line) -> Raw | None:
        """The blocks, and the DUNS they were ordered of; None for a company that D&B does not know."""
        duns = find(company, line)
        if duns is None:
            return None
        params: dict[str, object] = {"blockIDs": ",".join(BLOCKS), "tradeUp": "hq"}
        if company.country in ORDER_REASONS:
            params["orderReason"] = ORDER_REASONS[company.country]
        reply = line.send(
            Request(
                "data_blocks",
                f"/v1/data/duns/{quote(duns, safe='')}",
                params=params,
                signature=SIGNATURE,
                expect=(200, NOT_FOUND),
                cost=line.price,
                repeatable=False,
            )
        )
        return None if is_not_found(reply, line) else {"blocks": reply.document, "duns": duns}

    def facts(self, raw: Raw, about: About) -> BureauFacts:
        """The blocks as facts. Raises NotUnderstood."""
        kept = Payload(PROVIDER, raw)
        return bureau_facts(raw.get("blocks"), kept.text("duns"), about)
