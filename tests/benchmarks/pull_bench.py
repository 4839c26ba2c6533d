"""Pulling 1,000 small pages from 8 hosts: how close to what politeness alone allows, and what we need ourselves.

python -m tests.benchmarks.pull_bench      prints both

The floor is the pause between two requests to a host, times the requests to the busiest one. The sites run in a
process of their own, so that they do not take our time.
"""

import multiprocessing
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import yaml

from ingest.pull.config import PullConfig
from ingest.pull.pulling import Failed, Session
from ingest.pull.source import SOURCES, load_sources
from ingest.settings import Settings
from tests.integration.pull.publisher_server import Publisher, Reply

HOSTS = 8
PAGES = 1000
PAUSE = 0.1


@dataclass(frozen=True)
class Measured:
    """Seconds for all pages; `floor` is what the pauses alone take."""

    pages: int
    pause: float
    seconds: float
    floor: float

    @property
    def ratio(self) -> float | None:
        return self.seconds / self.floor if self.floor else None


def bench(pages: int = PAGES, pause: float = PAUSE, hosts: int = HOSTS) -> Measured:
    """Pull all pages into a new archive. Raises when a page does not come."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, pages // hosts, hosts), daemon=True)
        process.start()
        stack.callback(process.terminate)
        at: list[str] = ours.recv()
        settings = Settings.from_env({"CHISO_HOME": folder})
        for number, one in enumerate(at):
            _declare(Path(folder) / "catalog" / SOURCES, f"host_{number}", one, pages // hosts, pause)
        sources = load_sources(settings.shelves[-1:])[0].values()
        with Session(settings, PullConfig(allow_private=frozenset(at))) as session:
            started = time.perf_counter()
            ended = list(session.pull_all([(source, "all") for source in sources]))
            seconds = time.perf_counter() - started
        failed = [str(one.error) for one in ended if isinstance(one, Failed)]
        if failed:
            raise RuntimeError("; ".join(failed))
        # robots.txt is the first request to a host and waits for nothing: a pause before each page
        return Measured(pages, pause, seconds, pause * (pages // hosts))


def _declare(folder: Path, code: str, at: str, pages: int, pause: float) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    source = {
        "source": code,
        "title": "benchmark",
        "publisher": "Test",
        "publisher_code": "TEST",
        "delivers": {"index": "PCI"},
        "kind": "official",
        "connector": "page_tables",
        "page_tables": {"address": f"http://{at}/{{slug}}", "slugs": [f"p{number}" for number in range(pages)]},
        "hosts": [at],
        "pause_seconds": pause,
        "terms": "none",
        "status": "documented",
    }
    (folder / f"{code}.yaml").write_text(yaml.safe_dump(source))


def _serve(pipe: Connection, pages: int, hosts: int) -> None:
    with ExitStack() as stack:
        sites = [stack.enter_context(Publisher(f"127.0.0.{number + 1}")) for number in range(hosts)]
        for number, site in enumerate(sites):
            for page in range(pages):
                rows = "".join(f"<tr><td>{row}</td><td>{number}.{page}</td></tr>" for row in range(40))
                site.serve(f"/p{page}", Reply(f"<html><body><table>{rows}</table></body></html>".encode()))
        pipe.send([site.at for site in sites])
        time.sleep(600)


def main() -> None:
    polite = bench()
    hurried = bench(pause=0.0)
    print(f"pulling {polite.pages:,} pages from {HOSTS} hosts on loopback")
    print(f"  pause {polite.pause:g} s: {polite.seconds:6.2f} s; the pauses alone {polite.floor:.2f} s;", end=" ")
    print(f"ratio {polite.ratio:.3f}")
    print(f"  no pause:    {hurried.seconds:6.2f} s, {hurried.seconds / hurried.pages * 1000:.1f} ms a page")


if __name__ == "__main__":
    main()
