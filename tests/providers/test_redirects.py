"""Where a redirect may lead, over real sockets."""

import pytest

from providers.errors import NotUnderstood
from providers.http import Request
from tests.providers.vendor import ASK, answers, line_to, vendor

REDIRECTED = [
    ("/v1/there", True),
    ("there", True),
    ("{home}/v1/there", True),
    ("/elsewhere", False),
    ("/v1/../elsewhere", False),
    ("/v1/%2e%2e/elsewhere", False),
    ("/v1x/there", False),
    ("{other}/v1/there", False),
    ("//{other_host}/v1/there", False),
    ("https://127.0.0.1/v1/there", False),
    ("http://user:secret@{home_host}/v1/there", False),
    ("{home}\\@{other_host}/v1/there", False),
    ("", False),
]


@pytest.mark.parametrize(("location", "followed"), REDIRECTED, ids=[each[0] for each in REDIRECTED])
def test_a_redirect_is_followed_only_below_the_same_address(location, followed):
    with vendor(answers(b'{"a": 1}')) as other, vendor(answers()) as home:
        hosts = {"home": home.address, "other": other.address}
        hosts |= {f"{name}_host": address.removeprefix("http://") for name, address in hosts.items()}
        home.behaviours = [answers(b"", 302, {"Location": location.format(**hosts)}), answers(b'{"a": 2}')]
        line = line_to(f"{home.address}/v1")
        signed = Request("ask", "/companies", params={"q": "x"}, headers={"Authorization": "Bearer x"})
        if followed:
            assert line.send(signed).document == {"a": 2}
            assert home.paths() == ["/v1/companies?q=x", "/v1/there"]
        else:
            with pytest.raises(NotUnderstood, match="redirects elsewhere"):
                line.send(signed)
    assert other.asked == []


def test_redirects_end_after_the_third():
    with vendor(answers(b"", 302, {"Location": "/again"})) as turning:
        with pytest.raises(NotUnderstood, match="too often"):
            line_to(turning.address).send(ASK)
        assert len(turning.asked) == 4


def test_only_get_is_redirected():
    with vendor(answers(b"", 307, {"Location": "/again"}), answers()) as turning:
        with pytest.raises(NotUnderstood):
            line_to(turning.address).send(Request("order", "/", method="POST", json={}))
        assert len(turning.asked) == 1
