"""The key sets of issuers: fetched when they must be, and no oftener; only public signing keys are taken."""

import time
from uuid import uuid4

from api.web.key_sets import KeySets
from tests.token_issuer import OTHER_RSA_KEY, RSA_KEY, jwk


def test_new_keys_are_fetched_when_a_token_names_one_but_not_for_every_unknown_one(publisher):
    sets = KeySets(refetch_seconds_min=0.3)
    assert sets.key(publisher.url, "one") is not None
    publisher.document = {"keys": [jwk(OTHER_RSA_KEY, "two")]}
    assert sets.key(publisher.url, "two") is None  # It was asked a moment ago.
    assert publisher.asked == 1
    time.sleep(0.35)
    assert sets.key(publisher.url, "two") is not None
    for _ in range(20):
        sets.key(publisher.url, str(uuid4()))
    assert publisher.asked == 2


def test_keys_that_were_fetched_go_on_serving_while_the_issuer_is_down(publisher):
    sets = KeySets(refetch_seconds_min=0)
    assert sets.key(publisher.url, "one") is not None
    publisher.status = 500
    assert sets.key(publisher.url, "new") is None
    assert sets.key(publisher.url, "one") is not None


def test_shared_secrets_and_encryption_keys_in_a_key_set_are_left_out(publisher):
    publisher.document = {
        "keys": [{"kty": "oct", "kid": "secret", "k": "AAAA"}, jwk(RSA_KEY, "enc", use="enc"), {"kty": "?"}, 7]
    }
    assert KeySets().key(publisher.url, "secret") is None
    assert KeySets().key(publisher.url, "enc") is None
