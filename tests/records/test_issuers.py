"""Which issuers may be registered."""

import pytest

from api.clock import real_now
from api.problems import BadInput
from api.records import issuers
from api.records.issuers import Terms


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"key_set_url": "http://login.example/keys"}, "/key_set_url"),
        ({"algorithms": ("HS256",)}, "/algorithms"),
        ({"algorithms": ("none",)}, "/algorithms"),
        ({"algorithms": ()}, "/algorithms"),
        ({"roles": {"x": "insurer"}}, "/roles"),
        ({"roles": {"x": "owner"}}, "/roles"),
        ({"roles": {}}, "/roles"),
    ],
)
def test_an_issuer_that_could_not_be_trusted_is_not_registered(sessions, seller, changes, pointer):
    good = {
        "issuer": "https://login.example",
        "audience": "creditgate",
        "key_set_url": "https://login.example/keys",
        "algorithms": ("RS256",),
        "role_claim": "groups",
        "roles": {"x": "finance"},
    }
    with sessions.of(seller.id) as session:
        issuers.add(session, Terms(**good), real_now())
        with pytest.raises(BadInput) as refused:
            issuers.add(session, Terms(**{**good, **changes}), real_now())
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    with sessions.of(seller.id) as session:
        [kept] = issuers.every(session)
        assert issuers.remove(session, kept.id)
        assert not issuers.remove(session, kept.id)
