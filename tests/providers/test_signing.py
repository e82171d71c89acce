"""Signing in: once for all, anew in time, and what a refused token leads to."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

import pytest

from providers.errors import SourceRefused
from providers.http import Line, Request, Signature
from providers.memory import LocalMemory, Token
from providers.refusals import REMEMBERED
from tests.providers.vendor import ASK, answers, failure_of, line_to, vendor

SIGN_IN = Request("sign_in", "/token", method="POST", json={"user": "u"})


def signature(minutes: float = 60) -> Signature:
    def sign_in(line: Line) -> Token:
        text = line.send(SIGN_IN).document["token"]
        return Token(text, line.real_now() + timedelta(minutes=minutes))

    return Signature(sign_in, lambda token: {"Authorization": f"Bearer {token}"})


class Signing:
    """A vendor's side of signing in: the newest token is good, until it is taken back."""

    def __init__(self, pause: float = 0.0) -> None:
        self.sign_ins = 0
        self.good = ""
        self.pause = pause
        self.refused = 0
        self.every_token_is_good = False
        self._lock = Lock()

    def __call__(self, connection: Any, request: bytes) -> None:
        if b"/token HTTP" in request:
            time.sleep(self.pause)
            with self._lock:
                self.sign_ins += 1
                self.good = f"token-{self.sign_ins}"
            return answers(b'{"token": "%s"}' % self.good.encode())(connection, request)
        good = "" if self.every_token_is_good else self.good
        if f"Bearer {good}".encode() in request and self.good:
            return answers(b'{"a": 1}')(connection, request)
        self.refused += 1
        return answers(b"{}", 401)(connection, request)


def signed(**options: Any) -> Request:
    return Request("ask", "/companies", signature=signature(**options))


def test_one_sign_in_serves_all_threads():
    memory, signing = LocalMemory(), Signing(pause=0.2)
    with vendor(signing) as signed_in, ThreadPoolExecutor(16) as threads:
        replies = list(
            threads.map(lambda _: line_to(signed_in.address, memory=memory, at_once=16).send(signed()), range(64))
        )
    assert [reply.document for reply in replies] == [{"a": 1}] * 64
    assert (signing.sign_ins, signing.refused) == (1, 0)


def test_a_token_is_renewed_before_it_ends():
    memory, signing = LocalMemory(), Signing()
    with vendor(signing) as signed_in:
        for _ in range(3):
            line_to(signed_in.address, memory=memory).send(signed(minutes=0.5))
    assert (signing.sign_ins, signing.refused) == (3, 0)


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_token_that_is_refused_is_fetched_anew_once(repeatable):
    memory, signing = LocalMemory(), Signing()
    request = Request("ask", "/companies", signature=signature(), repeatable=repeatable)
    with vendor(signing) as signed_in:
        line_to(signed_in.address, memory=memory).send(request)
        signing.good = ""
        assert line_to(signed_in.address, memory=memory).send(request).document == {"a": 1}
    assert (signing.sign_ins, signing.refused) == (2, 1)
    assert memory.token().text == "token-2"


def test_a_new_token_that_is_refused_too_ends_it():
    memory = LocalMemory()

    def refusing(connection: Any, request: bytes) -> None:
        ok = b"/token HTTP" in request
        answers(b'{"token": "x"}' if ok else b"{}", 200 if ok else 401)(connection, request)

    with vendor(refusing) as refused:
        assert isinstance(failure_of(line_to(refused.address, memory=memory), signed()), SourceRefused)
        assert refused.paths().count("/companies") == 2
    assert [call.outcome for call in memory.calls] == ["ok", "refused", "ok", "refused"]


class Refusing:
    """A vendor that takes one user only; to anybody else it says so with a status at its sign-in, or after it."""

    def __init__(self, status: int, *, at_sign_in: bool) -> None:
        self.status, self.at_sign_in = status, at_sign_in
        self.takes: bytes | None = None
        self.sign_ins = 0

    def __call__(self, connection: Any, request: bytes) -> None:
        is_sign_in = b"/token HTTP" in request
        self.sign_ins += is_sign_in
        if self.takes is None and is_sign_in == self.at_sign_in:
            return answers(b"{}", self.status)(connection, request)
        answers(b'{"token": "x"}' if is_sign_in else b'{"a": 1}')(connection, request)


@pytest.mark.parametrize(
    ("refusing", "sign_ins"),
    [(Refusing(401, at_sign_in=True), 1), (Refusing(403, at_sign_in=True), 1), (Refusing(401, at_sign_in=False), 2)],
    ids=["401 at sign-in", "403 at sign-in", "401 with a fresh token"],
)
def test_credentials_that_are_refused_are_not_tried_again_for_a_while(refusing, sign_ins):
    memory = LocalMemory()
    with vendor(refusing) as refused, ThreadPoolExecutor(6) as threads:
        kinds = [type(failure_of(line_to(refused.address, memory=memory), signed())) for _ in range(3)]
        together = list(
            threads.map(lambda _: failure_of(line_to(refused.address, memory=memory), signed()).code, range(6))
        )
        calls = len(refused.asked)
        assert (refusing.sign_ins, together) == (sign_ins, ["refused"] * 6)
        assert kinds == [SourceRefused] * 3
        assert memory.token() is None
        refusing.takes = b"all"
        memory.keep_refusal(replace(memory.refusal(), at=memory.refusal().at - REMEMBERED))
        assert line_to(refused.address, memory=memory).send(signed()).document == {"a": 1}
    assert calls < 5
    assert memory.refusal() is None


def test_of_threads_that_begin_at_once_one_is_refused_and_the_rest_believe_it():
    memory, refusing = LocalMemory(), Refusing(401, at_sign_in=True)
    with vendor(refusing) as refused, ThreadPoolExecutor(8) as threads:
        codes = list(
            threads.map(lambda _: failure_of(line_to(refused.address, memory=memory), signed()).code, range(8))
        )
    assert (codes, refusing.sign_ins) == (["refused"] * 8, 1)


def test_other_credentials_are_tried_at_once():
    memory, refusing = LocalMemory(), Refusing(401, at_sign_in=True)
    with vendor(refusing) as refused:
        line = line_to(refused.address, memory=memory)
        failure_of(line, signed())
        refusing.takes = b"other"
        other = replace(line, credentials={"key": "other"})
        assert other.send(signed()).document == {"a": 1}
    assert memory.refusal() is None


def test_a_forbidden_call_says_nothing_of_the_credentials():
    memory = LocalMemory()
    with vendor(Refusing(403, at_sign_in=False)) as refused:
        for _ in range(2):
            assert isinstance(failure_of(line_to(refused.address, memory=memory), signed()), SourceRefused)
    assert memory.refusal() is None
    assert memory.token().text == "x"


def test_a_key_that_is_refused_is_told_of_but_still_tried_since_no_account_is_locked_by_it():
    memory = LocalMemory()
    with vendor(answers(b"{}", 401), answers(b"{}", 401), answers()) as refused:
        for _ in range(2):
            failure_of(line_to(refused.address, memory=memory))
            assert memory.refusal() is not None
        line_to(refused.address, memory=memory).send(ASK)
    assert memory.refusal() is None
    assert len(refused.asked) == 3


def test_a_token_that_another_has_fetched_since_is_used_and_not_thrown_away():
    memory, signing = LocalMemory(), Signing()
    with vendor(signing) as signed_in:
        line = line_to(signed_in.address, memory=memory)
        old = Token("token-old", datetime.now(UTC) + timedelta(hours=1))
        memory.keep_token(old)
        signing.good = "token-of-another"

        class Late(LocalMemory):
            """Shows the old token once, as to who had read it before the other one came."""

            shown = False

            def token(self) -> Token | None:
                shown, self.shown = self.shown, True
                return Token("token-of-another", old.ends_at) if shown else old

        line = line_to(signed_in.address, memory=Late())
        assert line.send(signed()).document == {"a": 1}
    assert (signing.sign_ins, signing.refused) == (0, 1)


def test_a_refused_sign_in_is_refused_and_nothing_is_asked():
    with vendor(answers(b"{}", 401)) as refusing:
        assert isinstance(failure_of(line_to(refusing.address, retries=2), signed()), SourceRefused)
        assert refusing.paths() == ["/token"]
