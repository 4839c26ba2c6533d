"""The words of pulling: what is asked, and what came."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.pull.faults import PullRefused
from ingest.receipts import Receipt


@dataclass(frozen=True)
class Ask:
    """One request that a connector wants made.

    role      "table": its answer holds figures; "index": its answer only says where to go next
    part      which of several: the slug of a page, the number of a query
    headers   beside those of the client
    suffix    of the stored file, where the address would mislead
    then      what depends on the answer, for people who look at a dry run
    may_be_missing   a 404 is an answer (`Answer.missing`) and no fault
    judge     raises PullRefused for an answer that is not what was asked for, though its status says 200
    """

    url: str
    role: str = "table"
    part: str | None = None
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    suffix: str | None = None
    then: str = ""
    may_be_missing: bool = False
    judge: Callable[["Answer"], object] | None = None

    @property
    def request(self) -> tuple[str, str, str | None]:
        """What is asked, as `Receipt.request` keeps it."""
        return self.method, self.url, self.body


@dataclass(frozen=True)
class Answer:
    """What one request brought: its receipt and where the bytes are, or neither when the address has nothing."""

    ask: Ask
    receipt: Receipt | None
    path: Path | None

    @property
    def missing(self) -> bool:
        return self.receipt is None

    @property
    def address(self) -> str:
        """Where the answer came from, after redirects."""
        return (self.receipt.final_url if self.receipt else None) or self.ask.url

    def check(self) -> None:
        """Raises PullRefused when this is not what was asked for; only a connector knows."""
        if self.ask.judge is not None and not self.missing:
            self.ask.judge(self)

    def read(self) -> bytes:
        """The bytes. Raises PullRefused when there are none."""
        if self.path is None:
            raise PullRefused(f"{self.ask.url} has nothing (404)")
        return self.path.read_bytes()

    def json(self) -> Any:
        """The bytes as JSON. Raises PullRefused when they are not."""
        import json

        try:
            return json.loads(self.read().rstrip(b"\0"))
        except (ValueError, RecursionError) as error:
            raise PullRefused(
                f"{self.address} should answer in JSON and does not ({error}). Open it in a browser; if the publisher"
                " changed the service, mend the source's YAML"
            ) from error
