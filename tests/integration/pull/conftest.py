"""What the tests of pulling share: a site, and an installation that may ask it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.pull.address import Resolve, resolve_here
from ingest.pull.config import PullConfig
from ingest.pull.planning import Planned, plan
from ingest.pull.pulling import Pulled, Session
from ingest.pull.source import SOURCES, PullSource, load_sources
from ingest.receipts import Receipts
from ingest.settings import Settings
from ingest.store import Store
from ingest.verify import Verified, verify
from tests.integration.pull.publisher_server import Publisher

QUICK = PullConfig(tries=3, patience=5.0, connect=2.0, idle=2.0, total=5.0, first_wait=0.01)


@dataclass
class House:
    """An installation with sources of its own."""

    home: Path
    config: PullConfig = QUICK
    resolve: Resolve = resolve_here
    progress: list[str] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return Settings.from_env({"CHISO_HOME": str(self.home), "CHISO_AS_OF": "2026-11-22"})

    @property
    def store(self) -> Store:
        return Store(self.home / "archive")

    @property
    def receipts(self) -> Receipts:
        return Receipts(self.home / "archive")

    def allow(self, *sites: Publisher, **changes: Any) -> None:
        """Let these sites be asked though they are on loopback."""
        self.config = replace(self.config, allow_private=frozenset(site.at for site in sites), **changes)

    def declare(self, code: str, connector: str, options: dict[str, Any], *sites: Publisher, **changes: Any) -> None:
        """A source made for a test, at these sites."""
        source = {
            "source": code,
            "title": "made for a test",
            "publisher": "Test",
            "publisher_code": "TEST",
            "delivers": {"index": "PCI"},
            "kind": "official",
            "connector": connector,
            connector: options,
            "hosts": [site.at for site in sites],
            "pause_seconds": 0,
            "terms": "none",
            "status": "documented",
        } | changes
        folder = self.home / "catalog" / SOURCES
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{code}.yaml").write_text(yaml.safe_dump(source, allow_unicode=True), encoding="utf-8")

    def file_at(self, url: str, *sites: Publisher, **changes: Any) -> None:
        """A source `s` that is one file at an address."""
        self.declare("s", "file", {"address": url}, *sites, **changes)

    def source(self, code: str) -> PullSource:
        sources, faults = load_sources(self.settings.shelves)
        assert not faults, faults
        return sources[code]

    def session(self) -> Session:
        return Session(self.settings, self.config, resolve=self.resolve, progress=self.progress.append)

    def pull(self, code: str = "s", partition: str = "all") -> Pulled:
        with self.session() as session:
            return session.pull(self.source(code), partition)

    def plan(self, code: str = "s", partition: str = "all") -> list[Planned]:
        with self.session() as session:
            return plan(session, self.source(code), partition)

    def bytes_of(self, pulled: Pulled) -> list[bytes]:
        """The tables of a pull, as they lie in the archive."""
        return [(self.home / "archive" / receipt.file).read_bytes() for receipt in pulled.tables]

    def verify(self) -> Verified:
        return verify(self.settings)

    def stored(self) -> list[Path]:
        return list(self.store.files())

    def unfinished(self) -> list[Path]:
        return list((self.home / "archive" / ".incoming").glob("*.part"))


@pytest.fixture
def site() -> Iterator[Publisher]:
    with Publisher() as made:
        yield made


@pytest.fixture
def house(tmp_path: Path, site: Publisher) -> House:
    """Allowed to ask `site`."""
    made = House(tmp_path / "home")
    made.allow(site)
    return made


@pytest.fixture
def sites() -> Iterator[Callable[..., Publisher]]:
    """Further sites; all are closed at the end."""
    made: list[Publisher] = []

    def start(host: str = "127.0.0.2", **options: Any) -> Publisher:
        made.append(Publisher(host, **options).__enter__())
        return made[-1]

    yield start
    for one in made:
        one.__exit__()
