"""Connections that go only where they may, end in time, and notice when a server says more than it announced."""

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import certifi
import httpcore
import httpx

from ingest.pull.address import Resolve, public_addresses
from ingest.pull.config import PullConfig
from ingest.pull.faults import NetworkFault, PullRefused

_HEAD_LIMIT = 1 << 17
# seconds after which a read looks up whether it is still wanted
_SLICE = 0.5
# a handshake that the other side broke off is the network; every other complaint of TLS is about who is there
_BROKEN_OFF = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


class Watch:
    """What the present request may take, and what its connection has brought so far."""

    def __init__(self) -> None:
        self.deadline = float("inf")
        self.last_byte = 0.0
        self.begin()

    def begin(self) -> None:
        """Count the bytes of an answer from here."""
        self.received = 0
        self.head_size: int | None = None
        self._head = bytearray()
        self._skipped = 0

    def start(self, seconds: float) -> None:
        """Count anew, and end everything that takes longer than this from now."""
        self.deadline = time.monotonic() + seconds
        self.last_byte = 0.0
        self.begin()

    def left(self, timeout: float | None) -> float:
        """The seconds that one read may take. Raises httpcore.ReadTimeout when the time is up."""
        rest = self.deadline - time.monotonic()
        if rest <= 0:
            raise httpcore.ReadTimeout("the answer takes too long")
        return rest if timeout is None else min(rest, timeout)

    def saw(self, data: bytes) -> None:
        """Count bytes, and find where the head of the answer ends."""
        self.received += len(data)
        self.last_byte = time.time()
        if self.head_size is not None or len(self._head) > _HEAD_LIMIT:
            return
        self._head += data
        while (end := self._head.find(b"\r\n\r\n")) >= 0:
            interim = self._head[:12].startswith((b"HTTP/1.1 1", b"HTTP/1.0 1"))
            if not interim:
                self.head_size = self._skipped + end + 4
                return
            self._skipped += end + 4
            del self._head[: end + 4]

    def surplus(self, body_size: int) -> int:
        """Bytes that came after the body that was announced."""
        return 0 if self.head_size is None else self.received - self.head_size - body_size


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, watch: Watch) -> None:
        self._inner, self._watch = inner, watch

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            wait = min(self._watch.left(timeout), _SLICE)
            try:
                data = self._inner.read(max_bytes, wait)
            except httpcore.ReadTimeout:
                if time.monotonic() >= end:
                    raise
                continue
            self._watch.saw(data)
            return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._watch.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        self._watch.begin()  # what a proxy said before is no part of the answer
        try:
            return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._watch.left(timeout)), self._watch)
        except httpcore.ConnectError as error:
            cause = error.__cause__
            if isinstance(cause, ssl.SSLError) and not isinstance(cause, _BROKEN_OFF):
                raise PullRefused(
                    f"{server_hostname} cannot prove who it is ({cause.reason or cause}); nothing was asked. Where an"
                    " office has certificates of its own, name them in CHISO_PULL_CA_FILE; otherwise ask the publisher"
                ) from error
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Looks a name up once, judges every address, and connects to one that it judged."""

    def __init__(self, watch: Watch, resolve: Callable[[str, int], list[str]]) -> None:
        self._inner, self._watch, self._resolve = httpcore.SyncBackend(), watch, resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failed: httpcore.NetworkError | httpcore.TimeoutException = httpcore.ConnectError(f"{host} has no address")
        for address in self._resolve(host, port):
            try:
                wait = self._watch.left(timeout)
                return _Stream(self._inner.connect_tcp(address, port, wait, local_address, socket_options), self._watch)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


class Transport(httpx.HTTPTransport):
    """One connection at a time, kept for the next request to the same host."""

    def __init__(self, config: PullConfig, tls: ssl.SSLContext, resolve: Resolve) -> None:
        super().__init__(verify=tls, trust_env=False, proxy=config.proxy)
        self.watch = Watch()

        def addresses(host: str, port: int) -> list[str]:
            # a proxy looks names up itself; its own address is the office's choice
            if config.proxy:
                return resolve(host, port)
            return public_addresses(host, port, resolve, config.allow_private)

        options: dict[str, Any] = {
            "ssl_context": tls,
            "max_connections": 1,
            "max_keepalive_connections": 1,
            "keepalive_expiry": 30.0,
            "network_backend": _Backend(self.watch, addresses),
        }
        if config.proxy is None:
            self._pool = httpcore.ConnectionPool(**options)
        else:
            proxy = httpx.Proxy(config.proxy)
            self._pool = httpcore.HTTPProxy(str(proxy.url), proxy_auth=proxy.raw_auth, **options)

    def surplus(self, body_size: int, stream: Any) -> int:
        """Bytes beyond an announced body: read already, or waiting on the connection."""
        extra = self.watch.surplus(body_size)
        if extra > 0 or not stream.get_extra_info("is_readable"):
            return extra
        before = self.watch.received
        try:
            stream.read(1, timeout=0.05)
        except (httpcore.NetworkError, httpcore.TimeoutException):
            return 0  # the other side closed, or TLS had something of its own to say
        return self.watch.received - before


def tls_context(config: PullConfig) -> ssl.SSLContext:
    """Certificates as the browsers trust them, and those that the office added."""
    context = ssl.create_default_context(cafile=certifi.where())
    if config.ca_file is not None:
        try:
            context.load_verify_locations(cafile=config.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise PullRefused(f"CHISO_PULL_CA_FILE {config.ca_file} holds no usable certificates: {error}") from error
    return context


def as_fault(error: httpx.HTTPError, url: str) -> NetworkFault | PullRefused:
    """The failure of one request in our words."""
    if isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError | httpx.TooManyRedirects):
        return PullRefused(f"{url} cannot be asked: {error}")
    what = str(error) or type(error).__name__
    return NetworkFault(f"{url}: {what}. The network or the publisher fails; try again later")
