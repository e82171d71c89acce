"""The sandbox, served to a benchmark on a free port of this machine, with sources as slow as is asked."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Thread
from typing import Any

import requests

from api.clock import real_now
from providers.sandbox.app import make_app
from providers.sandbox.serving import make_server

HOST = "127.0.0.1"


@contextmanager
def sandbox(slow_seconds: Mapping[str, float] | None = None) -> Iterator[str]:
    """Serve it; gives its address. `slow_seconds` are what each call of a provider takes at least."""
    server = make_server(make_app(real_now), HOST, 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    address = f"http://{HOST}:{server.port}"
    try:
        for provider, seconds in (slow_seconds or {}).items():
            fault = {"provider": provider, "kind": "slow", "seconds": seconds}
            requests.post(f"{address}/faults", json=fault, timeout=10).raise_for_status()
        yield address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def calls(address: str, provider: str) -> list[dict[str, Any]]:
    """Give what a provider was asked, each operation and company with how often."""
    counted = requests.get(f"{address}/calls", timeout=10).json()["calls"]
    return [each for each in counted if each["provider"] == provider]
