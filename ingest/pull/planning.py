"""What a pull would ask first, without asking."""

from dataclasses import dataclass

from ingest.pull.address import url_of
from ingest.pull.connectors import steps_of
from ingest.pull.memory import Memory
from ingest.pull.pulling import Session, check_wanted
from ingest.pull.request import Ask
from ingest.pull.source import PullSource
from ingest.receipts import Receipt


@dataclass(frozen=True)
class Planned:
    """One request as it would be sent, and what depends on its answer."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    then: str


def plan(session: Session, source: PullSource, partition: str) -> list[Planned]:
    """The requests that would be made first, robots.txt included; no connection is opened and nothing written.

    Raises PullRefused where a pull would before its first request.
    """
    check_wanted(session.settings, source)
    asks = next(steps_of(source, partition))
    memory = Memory(session.receipts, session.store, source.code, partition, session.clock.now())

    def planned(ask: Ask, known: Receipt | None) -> Planned:
        request = session.client.build(ask, known)
        return Planned(request.method, str(request.url), tuple(request.headers.items()), ask.body, ask.then)

    origins = dict.fromkeys(f"{url.scheme}://{url.netloc.decode()}" for url in (url_of(ask.url) for ask in asks))
    robots = [planned(Ask(f"{origin}/robots.txt", then="what it disallows is not asked"), None) for origin in origins]
    return robots + [planned(ask, memory.known(ask)) for ask in asks if memory.fresh(ask) is None]
