"""Which code answers which vector, by the name of its function; none of the adapters computes anything itself."""

from collections.abc import Callable
from typing import Any

from tests.vectors.adapters_cover import COVER
from tests.vectors.adapters_identifiers import IDENTIFIERS
from tests.vectors.adapters_law import LAW
from tests.vectors.adapters_limits import LIMITS
from tests.vectors.adapters_orders import ORDERS
from tests.vectors.adapters_receivables import RECEIVABLES
from tests.vectors.adapters_scoring import SCORING

ADAPTERS: dict[str, Callable[[dict[str, Any]], object]] = {
    **SCORING,
    **LIMITS,
    **RECEIVABLES,
    **IDENTIFIERS,
    **LAW,
    **COVER,
    **ORDERS,
}
