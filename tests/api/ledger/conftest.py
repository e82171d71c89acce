"""What the import tests share: a seller whose clock stands in 2026, and a way to import for it."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from api.clock import Clock
from api.ledger.importing import Ordered, run_import
from api.ledger.mapping import read_mapping
from api.ledger.report import ImportReport
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.api.ledger.bank_ledger import Bank
from tests.api.ledger.files import MAPPING, TODAY


@pytest.fixture
def seller(new_seller: Callable[..., Seller]) -> Seller:
    return new_seller(starts_on=TODAY)


@pytest.fixture
def importing(sessions: Sessions, seller: Seller) -> Callable[..., ImportReport]:
    """Imports text or bytes for the test's seller."""

    def run(content: str | bytes, mapping: dict[str, Any] | None = MAPPING, **options: Any) -> ImportReport:
        stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
        read = read_mapping(mapping) if mapping is not None else None
        of, on_progress = options.pop("seller", seller), options.pop("on_progress", lambda done: None)
        return run_import(sessions, of, Clock(), stream, Ordered(read, **options), on_progress)

    return run


@pytest.fixture
def bank(sessions: Sessions, seller: Seller) -> Bank:
    """The test's seller, with a ledger that bank statements come to."""
    return Bank(sessions, seller)
