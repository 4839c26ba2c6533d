"""A real web server on loopback that plays publishers, well behaved or not.

    with Publisher() as site:                      # http://127.0.0.1:<port>; another host: Publisher("127.0.0.2")
        site.serve("/a.csv", Reply(b"a,b"))        # or a list of replies, one after the other, the last stays;
        ...                                        # or a function from Asked to Reply
        site.asked                                 # what was asked so far

What real publishers serve is in `publishers.py`. Several sites may run at once on 127.0.0.1 to 127.0.0.8.
"""

import gzip
import hashlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Asked:
    """One request as it came. `path` with its query; header names in lower case; `at` in seconds, monotonic."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass(frozen=True)
class Reply:
    """One answer, and how it goes wrong.

    validators    ETag and Last-Modified are sent, and a conditional request is answered with 304
    announced     Content-Length, where it lies
    cut_after     bytes of the body after which the connection is closed
    stall_after   bytes of the whole answer, head included, after which nothing more comes
    drip          seconds between single bytes of the body
    endless       the body is repeated for ever
    packed        gzip
    """

    body: bytes = b""
    kind: str = HTML
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    validators: bool = True
    announced: int | None = None
    cut_after: int | None = None
    stall_after: int | None = None
    drip: float = 0.0
    endless: bool = False
    packed: bool = False


def redirect(target: str, status: int = 302) -> Reply:
    """An answer that leads on to another address."""
    return Reply(b"moved", status=status, headers=(("Location", target),))


Answer = Reply | list[Reply] | Callable[[Asked], Reply]
_MODIFIED = "Tue, 06 May 2025 02:00:00 GMT"


class _Stalled(Exception):
    """The answer stops here, the connection stays."""


@dataclass
class Publisher:
    """One host. `authority`: serve HTTPS with a certificate of this authority."""

    host: str = "127.0.0.1"
    authority: trustme.CA | None = None
    names: tuple[str, ...] = ()
    robots: Answer = field(default_factory=lambda: Reply(b"not found", status=404))
    asked: list[Asked] = field(default_factory=list)
    routes: dict[str, Answer] = field(default_factory=dict)
    connections: int = 0
    most_at_once: int = 0
    stalled: threading.Event = field(default_factory=threading.Event)

    def serve(self, path: str, answer: Answer) -> None:
        """Answer this path. A path with a query is served only with that query."""
        self.routes[path] = answer

    @property
    def at(self) -> str:
        """host:port, as `hosts` and CHISO_PULL_ALLOW_PRIVATE name it."""
        return f"{self.host}:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"http{'s' if self.authority else ''}://{self.at}"

    def paths(self) -> list[str]:
        """What was asked, as "GET /a.csv", robots.txt left out."""
        return [f"{one.method} {one.path}" for one in self.asked if one.path != "/robots.txt"]

    def __enter__(self) -> "Publisher":
        self._server = _Server((self.host, 0), _Handler)
        self._server.site = self
        if self.authority:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.authority.issue_cert(self.host, *self.names).configure_cert(context)
            self._server.context = context
        self._guard, self._open = threading.Lock(), 0
        self._ended = threading.Event()
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    def entered(self, change: int) -> None:
        with self._guard:
            self._open += change
            self.connections += change > 0
            self.most_at_once = max(self.most_at_once, self._open)

    def reply_to(self, asked: Asked) -> Reply:
        with self._guard:
            self.asked.append(asked)
            answer = self.robots if asked.path == "/robots.txt" else self._route(asked.path)
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return answer if isinstance(answer, Reply) else answer(asked)

    def _route(self, path: str) -> Answer:
        for known in (path, path.partition("?")[0]):
            if known in self.routes:
                return self.routes[known]
        return Reply(b"<h1>not found</h1>", status=404)

    def wait(self, seconds: float | None) -> bool:
        """Wait, or end early because the site is closed."""
        return self._ended.wait(seconds)


class _Server(ThreadingHTTPServer):
    site: Publisher
    context: ssl.SSLContext | None = None
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        if self.server.context is not None:
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()

    def handle(self) -> None:
        self.server.site.entered(1)
        try:
            super().handle()
        finally:
            self.server.site.entered(-1)

    def do_GET(self) -> None:
        site = self.server.site
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body, time.monotonic())
        try:
            self._send(site.reply_to(asked), asked)
        except _Stalled:
            site.stalled.set()
            site.wait(None)
            self.close_connection = True

    do_POST = do_GET

    def _send(self, reply: Reply, asked: Asked) -> None:
        body = gzip.compress(reply.body, 9) if reply.packed else reply.body
        head = [("Content-Type", reply.kind), *reply.headers]
        status = reply.status
        if reply.validators and status == 200 and asked.method == "GET":
            tag = f'"{hashlib.md5(reply.body, usedforsecurity=False).hexdigest()}"'
            head += [("ETag", tag), ("Last-Modified", _MODIFIED)]
            if asked.headers.get("if-none-match") == tag:
                status, body = 304, b""
        if reply.packed:
            head.append(("Content-Encoding", "gzip"))
        if reply.endless:
            head.append(("Transfer-Encoding", "chunked"))
        elif status != 304:
            head.append(("Content-Length", str(len(body) if reply.announced is None else reply.announced)))
        lines = [
            f"HTTP/1.1 {status} {'OK' if status == 200 else 'Answer'}",
            *(f"{name}: {text}" for name, text in head),
        ]
        self._written = 0
        self._write("\r\n".join([*lines, "", ""]).encode(), reply)
        for piece in self._pieces(body, reply):
            self._write(piece, reply)
        if reply.cut_after is not None or reply.announced is not None:
            self.close_connection = True
            if reply.cut_after is not None:
                self.request.shutdown(socket.SHUT_RDWR)

    def _pieces(self, body: bytes, reply: Reply) -> Iterator[bytes]:
        while reply.endless:
            yield f"{len(body):x}\r\n".encode() + body + b"\r\n"
        if reply.cut_after is not None:
            body = body[: reply.cut_after]
        if reply.drip:
            for byte in body:
                if self.server.site.wait(reply.drip):
                    return
                yield bytes([byte])
        elif body:
            yield body

    def _write(self, data: bytes, reply: Reply) -> None:
        if reply.stall_after is not None and self._written + len(data) > reply.stall_after:
            self.wfile.write(data[: reply.stall_after - self._written])
            raise _Stalled
        self.wfile.write(data)
        self._written += len(data)

    def log_message(self, *_: Any) -> None:
        """Silence."""
