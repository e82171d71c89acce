"""What the proofs share: a running stack over the scratch database, and sellers with keys and debtors in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from api.clock import Clock, real_now
from api.records import keys
from api.records.keys import NewKey
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.proofs.book import Book
from tests.proofs.stack import Stack, running

PROCESSES, THREADS = 3, 8


@dataclass(frozen=True, slots=True)
class Trade:
    """A seller's debtors, and the key of its ERP."""

    book: Book
    key: str


@pytest.fixture(scope="session")
def variables(database_urls: tuple[str, str]) -> dict[str, str]:
    """Give the settings of a stack: nobody is held back for asking too often."""
    return {
        "CREDITGATE_DATABASE_URL": database_urls[1],
        "CREDITGATE_SECRET_KEYS": Fernet.generate_key().decode(),
        "CREDITGATE_REQUESTS_PER_MINUTE": "1000000000",
        "CREDITGATE_WEB_WORKERS": str(PROCESSES),
        "CREDITGATE_WEB_THREADS": str(THREADS),
    }


@pytest.fixture(scope="module")
def stack(variables: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A server and a worker, for all of one file who let them live: other files count what no worker may touch."""
    with running(variables, tmp_path_factory.mktemp("stack")) as started:
        yield started


@pytest.fixture
def mortal_stack(variables: dict[str, str], tmp_path: Path) -> Iterator[Stack]:
    """A server and a worker to be killed."""
    with running(variables, tmp_path) as started:
        yield started


@pytest.fixture
def trade(sessions: Sessions, new_seller: Callable[[], Seller]) -> Callable[[], Trade]:
    """Makes a seller that nobody else uses."""

    def make() -> Trade:
        seller = new_seller()
        with sessions.of(seller.id) as session:
            key = keys.add(session, seller, NewKey("integration", "proof"), real_now())
        return Trade(Book(sessions, seller, Clock()), key)

    return make
