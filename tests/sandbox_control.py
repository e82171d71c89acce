"""The sandbox as tests use it: served on a free port of this machine, with its faults and its counts at hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

import requests

from api.clock import real_now
from providers.sandbox.app import make_app
from providers.sandbox.serving import make_server


@dataclass(frozen=True, slots=True)
class SandboxControl:
    """A sandbox that is being served; `address` goes into the catalog as `sandbox_address`."""

    address: str

    @contextmanager
    def fault(self, kind: str, *, provider: str, **more: Any) -> Iterator[None]:
        """Let a fault (`match`, `seconds`, `times`) wait as long as the `with` lasts."""
        told = {"provider": provider, "kind": kind, **more}
        made = requests.post(f"{self.address}/faults", json=told, timeout=10)
        assert made.status_code == 201, made.text
        try:
            yield
        finally:
            requests.delete(f"{self.address}/faults/{made.json()['id']}", timeout=10)

    def calls(self, provider: str, operation: str | None = None, company: str | None = None) -> int:
        """How often a provider was asked since the tests began: for an operation, about a company by its name."""
        counted = requests.get(f"{self.address}/calls", timeout=10).json()["calls"]
        return sum(
            each["times"]
            for each in counted
            if each["provider"] == provider
            and operation in (None, each["operation"])
            and company in (None, each["company"])
        )


@contextmanager
def serving(**options: Any) -> Iterator[SandboxControl]:
    """Serve a sandbox of one's own; `options` are those of `make_app`."""
    server = make_server(make_app(real_now, **options), "127.0.0.1", 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield SandboxControl(f"http://127.0.0.1:{server.port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
