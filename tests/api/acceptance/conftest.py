"""What the tests of acceptance share."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from api.records.sellers import Seller
from api.wiring import House
from tests.api.acceptance.covering import Covering, covering


@pytest.fixture
def insured(
    house: House, seller: Seller, client_of: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> Covering:
    """A test seller with a contract at the sandbox's insurer."""
    return covering(house, seller, client_of, monkeypatch)
