"""What a host's robots.txt allows us, looked up once a session."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego

from ingest.pull.faults import PullRefused

AGENT = "chiso"
# as much as RFC 9309 asks one to read
SIZE = 512_000
_LONGEST_DELAY = 300.0


@dataclass(frozen=True)
class Rules:
    """The robots.txt of one origin (scheme, host, port)."""

    origin: str
    parsed: Protego

    def check(self, url: str) -> None:
        """Raises PullRefused when the publisher does not want this address asked by programs."""
        if not self.parsed.can_fetch(url, AGENT):
            raise PullRefused(
                f"{self.origin}/robots.txt does not allow programs to ask {url}. Ask the publisher for leave or for the"
                " file, and drop that into the inbox"
            )

    @property
    def delay(self) -> float:
        """Seconds between requests that the publisher asks for. Raises PullRefused when nobody could wait so long."""
        delay = self.parsed.crawl_delay(AGENT) or 0.0
        if delay > _LONGEST_DELAY:
            raise PullRefused(
                f"{self.origin}/robots.txt asks for {delay:,.0f} s between requests. Get the file by hand and drop it"
                " into the inbox"
            )
        return delay


class Robots:
    """The rules of every origin that was asked."""

    def __init__(self) -> None:
        self._rules: dict[str, Rules] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def of(self, origin: str, read: Callable[[str], bytes | None]) -> Rules:
        """`read` brings a robots.txt, or None where there is none; what it raises passes through."""
        with self._guard:
            lock = self._locks.setdefault(origin, threading.Lock())
        with lock:
            if origin not in self._rules:
                content = read(f"{origin}/robots.txt") or b""
                self._rules[origin] = Rules(origin, Protego.parse(content.decode("utf-8", "replace")))
            return self._rules[origin]
