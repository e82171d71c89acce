"""Serves the sandbox: a thread for each call, so that a slow answer holds up nobody else."""

from ipaddress import ip_address

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

WAITING_MAX = 2048  # Calls that may wait to be taken up: more than a thousand can arrive at one moment.
IDLE_SECONDS = 60


class _Handler(WSGIRequestHandler):
    """Says nothing of calls that went well, and sends head and body without waiting for each other."""

    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep still: what was asked is counted instead."""


class _Server(ThreadedWSGIServer):
    request_queue_size = WAITING_MAX


def make_server(app: Flask, host: str, port: int) -> ThreadedWSGIServer:
    """A server that listens already; `port` 0 takes any free one. Ended by `shutdown` from another thread."""
    return _Server(host, port, app, handler=_Handler)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
