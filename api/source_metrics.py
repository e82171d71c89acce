"""What operators count of sources: calls, how long they took, what they cost, breakers that opened; of no seller.

Loaded only in a process that serves or works, since the counters must not exist before it is said where they are kept.
"""

from collections.abc import Iterable

from prometheus_client import Counter, Histogram

from providers.memory import Call

CALLS = Counter("creditgate_source_calls", "Calls to outside sources.", ("provider", "operation", "outcome"))
SECONDS = Histogram(
    "creditgate_source_seconds",
    "How long calls to outside sources took, with their retries.",
    ("provider", "operation"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
COST = Counter("creditgate_source_cost", "What calls to outside sources cost.", ("provider", "currency"))
OPENINGS = Counter("creditgate_source_breaker_openings", "How often the breaker of a source opened.", ("provider",))


def begin(providers: Iterable[str]) -> None:
    """Show what can be shown before anything was counted, so that an alert on a first opening sees it."""
    for provider in providers:
        OPENINGS.labels(provider)


def count_call(call: Call) -> None:
    """Count one call."""
    CALLS.labels(call.provider, call.operation, call.outcome).inc()
    SECONDS.labels(call.provider, call.operation).observe(call.seconds)
    if call.cost is not None:
        amount, currency = call.cost
        COST.labels(call.provider, currency).inc(float(amount))


def count_opening(provider: str) -> None:
    """Count that a breaker opened."""
    OPENINGS.labels(provider).inc()
