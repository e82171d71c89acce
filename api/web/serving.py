"""Runs the web server: gunicorn with threads, one app for each of its processes, no access log but our own."""

import os
import shutil
import socket
import tempfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from api.config import Config, ConfigInvalid
from api.web.connections import PatientWorker
from api.web.log import configure_log, json_handler

METRICS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
COUNTERS_PREFIX = "creditgate-metrics-"


class _Log(Logger):
    """What gunicorn has to say, as JSON lines beside ours."""

    def setup(self, cfg: Any) -> None:
        """Set up as the library does, then speak our way."""
        super().setup(cfg)
        self.error_log.handlers[:] = [json_handler()]
        self.error_log.propagate = False


class _Server(BaseApplication):
    """gunicorn, told by our settings rather than by a file."""

    def __init__(self, config: Config, settings: dict[str, Any]) -> None:
        self._config = config
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Hand over the settings."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the app of one process, after the fork: connections and counters are never shared."""
        configure_log()
        # By name, since the app stands above this folder, and the counters must not be loaded before the fork.
        return import_module("api.app").create_app(self._config)


def serve(config: Config) -> None:
    """Serve until told to stop; requests that are being answered then have 30 seconds to end."""
    remove_stale_counters()
    counters = tempfile.mkdtemp(prefix=f"{COUNTERS_PREFIX}{os.getpid()}-")
    os.environ[METRICS_VARIABLE] = counters
    _Server(config, settings(config, counters)).run()


def remove_stale_counters() -> None:
    """Remove what servers of ours left that were killed the hard way."""
    for folder in Path(tempfile.gettempdir()).glob(f"{COUNTERS_PREFIX}*"):
        owner = folder.name.removeprefix(COUNTERS_PREFIX).split("-")[0]
        with suppress(FileNotFoundError):  # Another start was faster.
            if folder.stat().st_uid == os.geteuid() and not (owner.isdigit() and _lives(int(owner))):
                shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def settings(config: Config, counters: str) -> dict[str, Any]:
    """Give gunicorn's settings. `counters` is the folder where the processes keep what they count."""
    return {
        "bind": config.listens_on,
        "workers": config.web_workers,
        "threads": config.web_threads,
        "worker_class": PatientWorker,
        "proc_name": "creditgate",
        "timeout": 60,
        "graceful_timeout": 30,
        "keepalive": 15,
        "backlog": 512,
        "limit_request_line": 8190,
        "limit_request_fields": 60,
        "limit_request_field_size": 8190,  # A token has 8,000 characters at most.
        "accesslog": None,
        "control_socket_disable": True,
        "logger_class": _Log,
        # Whether a proxy is believed is for `trusted_proxies` alone to say.
        "secure_scheme_headers": {},
        # Only the parent runs this; its forks end along the same path as it does.
        "on_exit": lambda _: shutil.rmtree(counters, ignore_errors=True),
    }


def require_free_port(config: Config) -> None:
    """Raise ConfigInvalid when something listens on our port already."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            raise ConfigInvalid(
                f"cannot listen on {config.listens_on} ({error.strerror}): set PORT or CREDITGATE_HOST to another one"
            ) from error
