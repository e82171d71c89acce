"""Who asks in the benchmarks: a finance key, the role that is shown most."""

from api.clock import real_now
from api.records import keys
from api.records.keys import NewKey
from api.records.sellers import Seller
from api.records.sessions import Sessions


def authorization(sessions: Sessions, seller: Seller) -> str:
    """Give the header of a finance key."""
    with sessions.of(seller.id) as session:
        return f"Bearer {keys.add(session, seller, NewKey('finance', 'benchmark'), real_now())}"
