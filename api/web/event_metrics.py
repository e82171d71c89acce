"""What operators see of events going out: read from the database, since another process sends them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from api.records.sessions import Sessions
from api.records.webhook_figures import figures
from api.records.webhooks import STATES


@dataclass(frozen=True, slots=True)
class _Shown:
    """How a figure is shown; `always` are labels that are there also while nothing is counted."""

    name: str
    words: str
    label: str
    always: tuple[str, ...]


SHOWN = {
    "webhooks": _Shown("creditgate_webhooks", "Webhooks.", "state", STATES),
    "deliveries": _Shown(
        "creditgate_webhook_deliveries", "Deliveries not taken yet, and given up.", "state", ("waiting", "parked")
    ),
    "tries": _Shown("creditgate_webhook_tries", "Tries of the last five minutes.", "outcome", ("delivered",)),
    "waiting_since": _Shown(
        "creditgate_event_waiting_seconds",
        "How long the oldest event waits for its place in the feed, for being queued, for being taken.",
        "stage",
        ("feed", "queue", "delivery"),
    ),
}

log = structlog.get_logger(__name__)


class _Figures(Collector):
    def __init__(self, found: Mapping[str, Mapping[str, int]], now: datetime) -> None:
        self._found, self._now = found, now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give each figure; of what waits, for how long."""
        for figure, shown in SHOWN.items():
            values: dict[str, float] = dict(self._found.get(figure, {}))
            if figure == "waiting_since":
                values = {each: max(0.0, self._now.timestamp() - ms / 1000) for each, ms in values.items()}
            family = GaugeMetricFamily(shown.name, shown.words, labels=[shown.label])
            for each, value in (dict.fromkeys(shown.always, 0.0) | values).items():
                family.add_metric([each], value)
            yield family


def event_metrics(sessions: Sessions, now: datetime) -> bytes:
    """Give the figures in the text form of Prometheus; nothing of them where the database does not answer."""
    try:
        with sessions.of_nobody() as session:
            found = figures(session, now)
    except SQLAlchemyError as error:  # What this process counts itself is told all the same.
        log.warning("event_metrics_unread", error=type(error).__name__)
        return b""
    registry = CollectorRegistry()
    registry.register(_Figures(found, now))
    return generate_latest(registry)
