"""The page that tells of every source what it serves, needs and costs, and how asking behaves; from the catalog."""

from collections.abc import Iterable, Sequence

from providers.catalog import Source
from providers.settings import FREE, Rate, SourceSettings

HEADING = """# Sources

The tables are written from the code by `creditgate sources`, the words with them; do not edit this page.

A live seller uses a source once the texts that it needs are handed in (`PUT /v1/provider-credentials/{provider}`, role
admin):

    curl -s -X PUT http://127.0.0.1:8000/v1/provider-credentials/creditsafe \\
      -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\
      -d '{"values": {"username": "seller@example.com", "password": "..."}}'

Names that the source does not know, names that are missing and texts that have not the form they must have are refused,
all at once. A test seller uses those sources that the sandbox speaks for, and no other: that live never meets the
sandbox is decided in one place and checked at each call.

| Source | Serves | Countries | Needs | A report costs | Test sellers | Address |
|---|---|---|---|---|---|---|
"""
LIMITS = """
## Time and limits

Each host of a source has limits of its own. Where a seller's contract allows less, say so to the source's `SETTINGS`.

| Host | Rate | At once | To connect | To answer | Further tries | Breaker opens after | for |
|---|---|---|---|---|---|---|---|
"""
ASKING = """
## How a source is asked

**In time.** Every question has a deadline, whatever the other side does: a server that trickles its answer is cut off.
No database transaction is open meanwhile.

**Tried again** is only what is safe to repeat (reads): after a failed connection, a cut, `429` or `5xx`, with growing
random waits. A page of HTML in place of an answer counts as `5xx`: it tells of maintenance. What orders or buys is sent
again only where no connection was made, so that nothing can have been done.
`Retry-After` is kept by everybody of the seller who asks that source; where it does not fit into the time, the source
is busy.

**The breaker.** Failures in a row, or one call that used up its time, open the breaker of a seller's source, for all
processes: it is not asked for a while, then one caller tries, and the rest follow when that went well. What a source
did answer (`429`, a refusal, something unreadable) is no failure of it.

**Limits.** The rate holds across all processes of a seller in any span of its time, bursts included; "at once" is
counted in each process. Who finds no turn or place in time gets "busy", never a wrong answer. The sandbox has no rate.

**In size and place.** Answers are read up to a bound, unpacked. Redirects are followed for reads only, to the same host
below the same address. TLS is always verified. Proxies, `.netrc` and certificates that the environment names are not
used: where credentials go is for creditgate's settings alone to say. Cookies are not kept.

**How it fails.** A source that is down, late or busy, refuses us, or cannot be read is told as just that: never as "not
known", "clean" or zero. The policy says what then becomes of the order.

## What changes

Sources that monitor and need a key of their own for it do so once it is handed in: `change_key` is that of a KVK
subscription (Mutatieservice), which may be the same as `api_key`, and `stream_key` one made for streaming at Companies
House. Without it they are only asked. How they tell of changes, and what of it is not confirmed, is in
[monitoring](monitoring.md).

## What is metered

Every call: source, operation, time, outcome, status, tries, size, cost, and for which debtor and decision. Each is at
`GET /v1/source-calls` (also as CSV), and `GET /v1/source-costs` adds them up by month, to hold a vendor's invoice
against (roles finance, credit_manager and admin). A call costs what the policy says, else the list price above, once it
was answered with 200, also where nobody could read the answer. One whose answer was lost after it was sent (it timed
out, or was cut) was probably charged, and is counted as charged, once for each try; the outcome `down` or `late` with a
cost tells that it is not certain. One that found no connection costs nothing. A call is noted when it ends: of those
under way in a process that is killed there is no note, though the vendor may have charged them. What was being ordered
then is [not ordered again for an hour](asking.md). `/metrics` counts the web processes' calls
(`creditgate_source_calls_total`, `creditgate_source_seconds`, `creditgate_source_cost_total`,
`creditgate_source_breaker_openings_total`), of all sellers together; the worker's are in the table alone.

## Credentials

They are encrypted in the database under `CREDITGATE_SECRET_KEYS`, never shown, and used by every process within five
seconds of a change. Tokens got with them are kept encrypted too, shared by all processes, renewed before they end, and
forgotten when the credential changes. A source that refuses a token is signed in to once more; then a person must look.

**Refused credentials.** Who signs in again and again with wrong credentials is locked out by the vendor. So a refused
sign-in is remembered for that seller and source, by all processes: for 15 minutes nobody signs in again, and checks
tell of it as `refused`, unless the credential is changed or taken away before. The alert `source_refused` (its subject
is the source) is opened once, at `GET /v1/alerts` and in the feed, and ends when the source serves us again or the
credential changes. Where a plain key is refused, the alert is opened too; it is still tried, since nothing is locked.

`creditgate secrets rotate` encrypts everything anew with the first key: see [running it](running.md).
"""
KINDS = {
    "company_register": "company register",
    "credit_bureau": "credit reports",
    "sanctions_list": "sanctions list",
    "vat_register": "VAT register",
    "entity_register": "entity register",
}


def sources_page(sources: Sequence[Source]) -> str:
    """Give the page as Markdown, the sources in their order of preference."""
    hosts = [settings for source in sources for settings in (source.settings, *source.services)]
    return HEADING + _lines(map(_source, sources)) + LIMITS + _lines(map(_host, hosts)) + ASKING


def _lines(rows: Iterable[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _source(source: Source) -> tuple[str, ...]:
    settings = source.settings
    return (
        f"`{source.provider}`",
        ", ".join(_services(source)),
        "all" if settings.countries is None else ", ".join(sorted(settings.countries)),
        _credentials(settings),
        _price(settings),
        "yes" if source.in_sandbox else "no",
        f"<{settings.address}>",
    )


def _services(source: Source) -> Iterable[str]:
    yield from (words for kind, words in KINDS.items() if kind in source.reports)
    offers = {
        "search": source.search,
        "screening of many": source.screening,
        "monitoring": source.watch or source.change_feed,
        "credit insurance": source.insurer,
    }
    yield from (words for words, offered in offers.items() if offered is not None)


def _credentials(settings: SourceSettings) -> str:
    needed = ", ".join(f"`{name}`" for name in settings.credentials) or "nothing"
    optional = ", ".join(f"`{name}`" for name in settings.optional_credentials)
    return f"{needed}; takes {optional}" if optional else needed


def _price(settings: SourceSettings) -> str:
    if settings.price is None:
        return "by contract"
    return "nothing" if settings.price == FREE else f"{settings.price.currency} {settings.price.amount}"


def _host(settings: SourceSettings) -> tuple[str, ...]:
    return (
        f"`{settings.provider}`",
        "none known" if settings.rate is None else _rate(settings.rate),
        str(settings.at_once),
        f"{settings.connect_seconds:g} s",
        f"{settings.read_seconds:g} s",
        str(settings.retries),
        f"{settings.breaker_failures} failures",
        f"{settings.breaker_seconds:g} s",
    )


def _rate(rate: Rate) -> str:
    return f"{rate.calls} in {rate.seconds:g} s"
