"""Asking politely: in turn, with robots.txt in mind, only what changed, not for ever, and only where it is allowed."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_before_delay

from ingest.pull.address import Resolve, check_target, host_of, resolve_here
from ingest.pull.answers import name_again, name_of, refusal, suffix_of
from ingest.pull.config import PullConfig
from ingest.pull.content import ACCEPTED, decoded
from ingest.pull.faults import NetworkFault, NotThere, PullRefused
from ingest.pull.pace import LONGEST_WAIT, Clock, Pace
from ingest.pull.request import Ask
from ingest.pull.robots import SIZE, Robots
from ingest.pull.source import PullSource
from ingest.pull.transport import Transport, as_fault, tls_context
from ingest.receipts import Receipt
from ingest.store import Store, Stored

_REDIRECTS = {301, 302, 303, 307, 308}
_MOST_REDIRECTS = 5
_BUSY = {429, 502, 503, 504}
_GONE = {404, 405, 410}


@dataclass(frozen=True)
class Fetched:
    """One answer. `stored` is None after 304 and for what was allowed to be missing (404). `name`: of the file."""

    status: int
    final_url: str
    headers: dict[str, str]
    stored: Stored | None
    name: str | None = None


class Tally:
    """What one pull cost: requests sent, bytes of content stored. Counted from several threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self.requests = 0
        self.bytes = 0

    def add(self, requests: int = 0, size: int = 0) -> None:
        with self._guard:
            self.requests += requests
            self.bytes += size


class PoliteClient:
    """Makes the requests of one session. May be used from several threads; cookies stay within a source."""

    def __init__(
        self, config: PullConfig, store: Store, pace: Pace, clock: Clock, resolve: Resolve = resolve_here
    ) -> None:
        self._config, self._store, self._pace, self._clock, self._resolve = config, store, pace, clock, resolve
        self._tls = tls_context(config)
        self._clients: dict[str, tuple[httpx.Client, Transport]] = {}
        self._cookies: dict[str, httpx.Cookies] = {}
        self._robots = Robots()
        self._builder, _ = self._fresh_client()
        self._guard = threading.Lock()

    def build(self, ask: Ask, known: Receipt | None = None) -> httpx.Request:
        """The request as it would be sent, without sending it. `known`: an earlier answer whose bytes are here."""
        headers = dict(ask.headers)
        if known is not None and ask.method == "GET":
            if "etag" in known.headers:
                headers["If-None-Match"] = known.headers["etag"]
            if "last-modified" in known.headers:
                headers["If-Modified-Since"] = known.headers["last-modified"]
        return self._builder.build_request(ask.method, ask.url, headers=headers, content=ask.body)

    def fetch(self, ask: Ask, source: PullSource, known: Receipt | None, tally: Tally) -> Fetched:
        """Make one request and store what comes. Network faults are tried again with growing pauses.

        Raises NetworkFault, PullRefused, StoreError.
        """
        config = self._config
        retrying = Retrying(
            retry=retry_if_exception_type(NetworkFault),
            stop=stop_after_attempt(config.tries) | stop_before_delay(config.patience),
            wait=partial(_wait, config.first_wait),
            sleep=self._clock.sleep,
            reraise=True,
        )
        return retrying(self._once, ask, source, known, tally)

    def abandon(self) -> None:
        """End what is being read now; for a session that was asked to stop."""
        with self._guard:
            transports = [transport for _, transport in self._clients.values()]
        for transport in transports:
            transport.watch.deadline = 0.0

    def close(self) -> None:
        for host in list(self._clients):
            self._drop(host)

    def _once(self, ask: Ask, source: PullSource, known: Receipt | None, tally: Tally) -> Fetched:
        request = self.build(ask, known)
        with self._following(request, source, tally) as (response, transport):
            fetched = self._judged(response, transport, ask, source, known)
        tally.add(size=fetched.stored.size if fetched.stored else 0)
        return fetched

    @contextmanager
    def _following(
        self, request: httpx.Request, source: PullSource, tally: Tally, heeding: bool = True
    ) -> Iterator[tuple[httpx.Response, Transport]]:
        """The first answer that is no redirect, open, while its host's turn is ours."""
        came_from = None
        for _ in range(_MOST_REDIRECTS + 1):
            url = str(request.url)
            check_target(url, source.hosts, came_from)
            pause = source.pause_seconds
            if heeding:
                origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
                rules = self._robots.of(origin, lambda address: self._read_robots(address, source, tally))
                rules.check(url)
                pause = max(pause, rules.delay)
            with (
                self._turn(request, source, pause) as (client, transport),
                self._sent(client, request, tally) as response,
            ):
                self._cookies[source.code].update(response.cookies)
                following = _next_request(client, request, response)
                if following is None:
                    yield response, transport
                    return
            came_from, request = url, following
        raise PullRefused(
            f"{came_from} leads on and on; after {_MOST_REDIRECTS} redirects it is given up. Ask the publisher"
        )

    @contextmanager
    def _turn(
        self, request: httpx.Request, source: PullSource, pause: float
    ) -> Iterator[tuple[httpx.Client, Transport]]:
        host = host_of(str(request.url))
        with self._pace.turn(host, pause) as turn:
            client, transport = self._client(host)
            jar = self._cookies.setdefault(source.code, httpx.Cookies())
            request.headers.pop("cookie", None)
            jar.set_cookie_header(request)
            transport.watch.start(self._config.total)
            try:
                yield client, transport
            except BaseException:
                # whatever is left on the connection must not become the answer to the next request
                self._drop(host)
                raise
            finally:
                turn.ended = transport.watch.last_byte

    @contextmanager
    def _sent(self, client: httpx.Client, request: httpx.Request, tally: Tally) -> Iterator[httpx.Response]:
        try:
            tally.add(requests=1)
            response = client.send(request, stream=True)
            try:
                yield response
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise as_fault(error, str(request.url)) from error

    def _judged(
        self, response: httpx.Response, transport: Transport, ask: Ask, source: PullSource, known: Receipt | None
    ) -> Fetched:
        status, url = response.status_code, str(response.url)
        headers = {name: value for name, value in response.headers.items() if name != "set-cookie"}
        if status == 304 and known is not None:
            return Fetched(status, url, known.headers | headers, None, name_again(response, known))
        if status in _GONE and ask.may_be_missing:
            return Fetched(status, url, headers, None)
        if status in _BUSY:
            raise self._busy(response)
        if status != 200:
            raise (NotThere if status in (404, 410) else PullRefused)(refusal(status, url))
        stream = response.extensions["network_stream"]
        content = decoded(response, source.max_bytes, lambda size: transport.surplus(size, stream))
        name = name_of(response)
        stored = self._store.put(_some(content, url), ask.suffix or suffix_of(name, response))
        return Fetched(status, url, headers, stored, name)

    def _busy(self, response: httpx.Response) -> NetworkFault:
        status, url = response.status_code, str(response.url)
        wait = self._retry_after(response.headers.get("retry-after", ""))
        if wait is not None:
            self._pace.hold(host_of(url), wait)
            if wait > self._config.patience:
                return NetworkFault(
                    f"{url} is busy ({status}) and asks to wait {wait:,.0f} s. Try again after that", wait
                )
        return NetworkFault(f"{url} is busy ({status}). Try again later", wait)

    def _retry_after(self, text: str) -> float | None:
        """Seconds, however the publisher says it; a day at most."""
        if text.strip().isdecimal():
            return min(float(text), LONGEST_WAIT)
        try:
            return min(max((parsedate_to_datetime(text) - self._clock.now()).total_seconds(), 0.0), LONGEST_WAIT)
        except (ValueError, TypeError):
            return None

    def _read_robots(self, url: str, source: PullSource, tally: Tally) -> bytes | None:
        with self._following(self.build(Ask(url)), source, tally, heeding=False) as (response, transport):
            if response.status_code in _BUSY or response.status_code >= 500:
                fault = self._busy(response)
                raise NetworkFault(f"{fault} As long as robots.txt fails, nothing is asked there", fault.retry_after)
            if response.status_code != 200:
                return None
            stream = response.extensions["network_stream"]
            return b"".join(decoded(response, SIZE, lambda size: transport.surplus(size, stream)))

    def _client(self, host: str) -> tuple[httpx.Client, Transport]:
        with self._guard:
            if host not in self._clients:
                self._clients[host] = self._fresh_client()
            return self._clients[host]

    def _fresh_client(self) -> tuple[httpx.Client, Transport]:
        transport = Transport(self._config, self._tls, self._resolve)
        timeout = httpx.Timeout(self._config.idle, connect=self._config.connect)
        headers = {"User-Agent": self._config.user_agent, "Accept-Encoding": ACCEPTED}
        return httpx.Client(transport=transport, headers=headers, timeout=timeout, trust_env=False), transport

    def _drop(self, host: str) -> None:
        with self._guard:
            client, _ = self._clients.pop(host, (None, None))
        if client is not None:
            client.close()


def _some(content: Iterator[bytes], url: str) -> Iterator[bytes]:
    """Raises NetworkFault when there is no content at all."""
    first = next(content, b"")
    if not first:
        raise NetworkFault(f"{url} answers with nothing. Try again later")
    yield first
    yield from content


def _wait(first: float, state: RetryCallState) -> float:
    fault = state.outcome.exception() if state.outcome else None
    asked = fault.retry_after if isinstance(fault, NetworkFault) else None
    growing: float = first * 2 ** (state.attempt_number - 1) * random.uniform(1.0, 1.25)
    return max(growing, asked or 0.0)


def _next_request(client: httpx.Client, request: httpx.Request, response: httpx.Response) -> httpx.Request | None:
    """The request that a redirect asks for; None when the answer is no redirect."""
    if response.status_code not in _REDIRECTS:
        return None
    try:
        target = response.url.join(response.headers["location"])
    except (KeyError, ValueError, httpx.InvalidURL) as error:
        raise PullRefused(
            f"{response.url} leads on to no address ({response.status_code}). Ask the publisher"
        ) from error
    keeps = response.status_code in (307, 308) or request.method == "GET"
    headers = {
        name: value
        for name, value in request.headers.items()
        if name not in ("host", "cookie", "content-length", "transfer-encoding") and (keeps or name != "content-type")
    }
    body = request.content if keeps else None
    return client.build_request(request.method if keeps else "GET", target, headers=headers, content=body)
