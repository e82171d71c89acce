"""Serves the sandbox: a thread for each call, so that a slow answer holds up nobody else."""

import resource
from contextlib import suppress
from ipaddress import ip_address

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

AT_ONCE = 4096  # Connections that may be open; each is a file to the system.
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
    _allow_files(AT_ONCE)
    return _Server(host, port, app, handler=_Handler)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _allow_files(number: int) -> None:
    """Let this process have so many files open, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number if hard == resource.RLIM_INFINITY else min(number, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
