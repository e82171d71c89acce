"""Connections that another thread can cut: pooled as the library does, each known to the exchange that uses it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, socket
from threading import Lock, local
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

_here = local()


class Cutting:
    """What can be cut of one exchange: the connection it uses, now or as soon as it has one."""

    def __init__(self) -> None:
        self.is_connected = False
        self.is_asked = False
        self._handle: socket | None = None
        self._is_cut = False
        self._lock = Lock()

    @property
    def is_sent(self) -> bool:
        """Whether anything of the request may have gone out: a handshake of TLS that failed has sent none of it."""
        return self.is_connected and self.is_asked

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Know the connections that this thread uses."""
        _here.cutting = self
        try:
            yield
        finally:
            _here.cutting = None
            with self._lock:
                self._let_go()  # It is in the pool again, or closed: no longer ours to cut.

    def hold(self, handle: socket) -> None:
        """Use a connection, by a handle of our own: an answer without a length is read on after it is closed."""
        with self._lock:
            self._let_go()
            self.is_connected = True
            self._handle = handle.dup()
            if self._is_cut:
                _shut(self._handle)

    def cut(self) -> None:
        """End what is used; whoever waits for it is told at once that nothing more comes."""
        with self._lock:
            self._is_cut = True
            if self._handle is not None:
                _shut(self._handle)

    def _let_go(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None


def _shut(handle: socket) -> None:
    with suppress(OSError):  # It is closed already.
        handle.shutdown(SHUT_RDWR)


class _Cuttable(HTTPConnection):
    """Keeps a second handle of its socket, since TLS takes the first one over while it still shakes hands."""

    _handle: socket | None = None

    def _new_conn(self) -> socket:
        made = super()._new_conn()
        self._handle = made.dup()
        self._tell()
        return made

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send a request, over this very connection if it is open still; TLS has shaken hands by then."""
        self._tell()
        cutting: Cutting | None = getattr(_here, "cutting", None)
        if cutting is not None:
            cutting.is_asked = True
        super().request(*args, **kwargs)

    def close(self) -> None:
        """Close both handles."""
        super().close()
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.close()

    def _tell(self) -> None:
        cutting: Cutting | None = getattr(_here, "cutting", None)
        if cutting is not None and self._handle is not None:
            cutting.hold(self._handle)


class _CuttableTLS(_Cuttable, HTTPSConnection):
    """The same with TLS."""


class CuttablePool(HTTPConnectionPool):
    """Connections to one host that can be cut."""

    ConnectionCls = _Cuttable


class CuttablePoolTLS(HTTPSConnectionPool):
    """The same with TLS."""

    ConnectionCls = _CuttableTLS


class CuttableAdapter(HTTPAdapter):
    """The library's adapter with such connections; it never tries twice by itself."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        """Make the pools."""
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": CuttablePool, "https": CuttablePoolTLS}
