"""Pulling partitions of sources: what is asked, what came, and whether that is all."""

import queue
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace

from ingest.pull.address import Resolve, host_of, resolve_here
from ingest.pull.client import Fetched, PoliteClient, Tally
from ingest.pull.config import PullConfig
from ingest.pull.connectors import steps_of
from ingest.pull.faults import NetworkFault, PullFault, PullRefused
from ingest.pull.memory import Memory
from ingest.pull.pace import Clock, Pace
from ingest.pull.request import Answer, Ask
from ingest.pull.source import PullSource
from ingest.receipts import REFUSED, Completion, Receipt, ReceiptError, Receipts, stamp
from ingest.settings import Settings
from ingest.store import Store, StoreError

MOST_HOSTS = 8
# a host that refuses so many pages of one family is not asked for the rest
_MOST_REFUSED = 3
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Pulled:
    """All that one partition of a source needs, in the archive.

    receipts   in the order of the requests, what earlier pulls had included; role "table" are the figures
    new        those tables whose bytes the last complete pull of this partition did not have
    requests, bytes, seconds   what it took this time; several partitions pulled at once count for themselves
    """

    source: PullSource
    partition: str
    receipts: tuple[Receipt, ...]
    new: tuple[Receipt, ...]
    requests: int
    bytes: int
    seconds: float

    @property
    def tables(self) -> tuple[Receipt, ...]:
        return tuple(receipt for receipt in self.receipts if receipt.role == "table")


@dataclass(frozen=True)
class Failed:
    """A partition that could not be pulled, and why."""

    source: PullSource
    partition: str
    error: PullFault | StoreError | ReceiptError


class Session:
    """Several pulls that share connections, queues, what robots.txt says, and pages that only lead on."""

    def __init__(
        self,
        settings: Settings,
        config: PullConfig,
        clock: Clock | None = None,
        resolve: Resolve = resolve_here,
        progress: Progress = lambda _: None,
    ) -> None:
        self.settings, self.config, self.clock, self.progress = settings, config, clock or Clock(), progress
        self.store = Store(settings.shelves[-1].archive)
        self.receipts = Receipts(self.store.archive)
        self.client = PoliteClient(
            config, self.store, Pace(settings.state / "pull", self.clock, config.patience), self.clock, resolve
        )
        self.pages: dict[tuple[str, object], Answer] = {}

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.client.close()

    def pull(self, source: PullSource, partition: str) -> Pulled:
        """Bring one partition into the archive. Done again, it asks only for what is missing or has changed.

        Raises NetworkFault when it may work later, PullRefused when a person must see to it, StoreError, ReceiptError.
        """
        check_wanted(self.settings, source)
        return _Pull(self, source, partition).run()

    def pull_all(self, wanted: list[tuple[PullSource, str]]) -> Iterator[Pulled | Failed]:
        """Pull partitions, several hosts at once and each host one after the other; each is told as it ends."""
        queues: dict[str, list[tuple[PullSource, str]]] = {}
        for source, partition in wanted:
            queues.setdefault(source.hosts[0] if source.hosts else "", []).append((source, partition))
        done: queue.SimpleQueue[Pulled | Failed | BaseException] = queue.SimpleQueue()

        def work(pairs: list[tuple[PullSource, str]]) -> None:
            try:
                for source, partition in pairs:
                    try:
                        done.put(self.pull(source, partition))
                    except (NetworkFault, PullRefused, StoreError, ReceiptError) as error:
                        done.put(Failed(source, partition, error))
            except BaseException as error:
                done.put(error)
                raise

        with ThreadPoolExecutor(MOST_HOSTS, "pull") as pool:
            try:
                for pairs in queues.values():
                    pool.submit(work, pairs)
                for _ in wanted:
                    ended = done.get()
                    if isinstance(ended, BaseException):
                        raise ended
                    yield ended
            except BaseException:
                self.stop()
                raise

    def stop(self) -> None:
        """End all pulls soon; what is stored stays, and the next pull goes on from there."""
        self.clock.stop()
        self.client.abandon()


def check_wanted(settings: Settings, source: PullSource) -> None:
    """Raises PullRefused when the installation leaves this publisher out."""
    if source.publisher_code.upper() in settings.excluded_publishers:
        raise PullRefused(f"{source.code} is left out: CHISO_EXCLUDE_PUBLISHERS names {source.publisher_code}")


class _Pull:
    """One pull of one partition."""

    def __init__(self, session: Session, source: PullSource, partition: str) -> None:
        self._session, self._source, self._partition = session, source, partition
        self._memory = Memory(session.receipts, session.store, source.code, partition, session.clock.now())
        self._tally = Tally()
        self._kept: list[tuple[str | None, Receipt]] = []

    def run(self) -> Pulled:
        started = time.monotonic()
        steps = steps_of(self._source, self._partition)
        answers: list[Answer] | None = None
        with closing(steps):
            while True:
                try:
                    asks = next(steps) if answers is None else steps.send(answers)
                except StopIteration:
                    break
                answers = self._batch(asks)
        return self._completed(round(time.monotonic() - started, 3))

    def _completed(self, seconds: float) -> Pulled:
        receipts = tuple(receipt for _, receipt in self._kept)
        tables = tuple(receipt for receipt in receipts if receipt.role == "table")
        new = tuple(receipt for receipt in tables if receipt.sha256 not in self._memory.delivered)
        self._session.receipts.complete(
            Completion(
                self._source.code,
                self._partition,
                stamp(self._session.clock.now()),
                tuple(name for name, _ in self._kept if name),
                tuple(receipt.sha256 for receipt in tables),
                self._tally.requests,
                self._tally.bytes,
                seconds,
            )
        )
        return Pulled(self._source, self._partition, receipts, new, self._tally.requests, self._tally.bytes, seconds)

    def _batch(self, asks: list[Ask]) -> list[Answer]:
        """All answers, in order; raises when one is lacking, after what else could be had is stored."""
        hosts: dict[str, list[int]] = {}
        for number, ask in enumerate(asks):
            hosts.setdefault(host_of(ask.url), []).append(number)
        answers: dict[int, tuple[str | None, Answer]] = {}
        faults: list[NetworkFault | PullRefused] = []

        def work(numbers: list[int]) -> None:
            refused = 0
            for number in numbers:
                self._session.progress(
                    f"{self._source.code} {self._partition}: {len(answers)}/{len(asks)} {asks[number].url}"
                )
                try:
                    answers[number] = self._answer(asks[number])
                except (NetworkFault, PullRefused) as error:
                    faults.append(error)
                    refused += 1
                    if isinstance(error, NetworkFault) or refused == _MOST_REFUSED:
                        return

        if len(hosts) == 1:
            work(next(iter(hosts.values())))
        else:
            with ThreadPoolExecutor(MOST_HOSTS, "host") as pool:
                for future in [pool.submit(work, numbers) for numbers in hosts.values()]:
                    future.result()
        if faults:
            raise self._fault(faults, len(asks), len(answers))
        in_order = [answers[number] for number in range(len(asks))]
        self._kept += [(name, answer.receipt) for name, answer in in_order if answer.receipt is not None]
        return [answer for _, answer in in_order]

    def _fault(self, faults: list[NetworkFault | PullRefused], asked: int, got: int) -> NetworkFault | PullRefused:
        if asked == 1:
            return faults[0]
        told = "".join(f"\n  {fault}" for fault in faults)
        what = f"{self._source.code} {self._partition}: {got} of {asked} pages are here, the rest is not:{told}"
        if any(isinstance(fault, PullRefused) for fault in faults):
            return PullRefused(what)
        waits = [fault.retry_after for fault in faults if isinstance(fault, NetworkFault) and fault.retry_after]
        return NetworkFault(what, max(waits, default=None))

    def _answer(self, ask: Ask) -> tuple[str | None, Answer]:
        """The answer to one request and the name of its receipt: remembered, or asked for and stored."""
        session, key = self._session, (self._source.code, ask.request)
        if ask.role == "index" and key in session.pages:
            return None, session.pages[key]
        if fresh := self._memory.fresh(ask):
            name, receipt = fresh
            return name, Answer(ask, receipt, session.store.find(receipt.sha256))
        known = self._memory.known(ask)
        fetched = session.client.fetch(ask, self._source, known, self._tally)
        if fetched.stored is None and fetched.status != 304:
            return None, Answer(ask, None, None)
        receipt = self._receipt(ask, fetched, known)
        answer = Answer(ask, receipt, session.store.find(receipt.sha256))
        try:
            answer.check()
        except PullRefused:
            session.receipts.add(replace(receipt, role=REFUSED))
            raise
        if ask.role == "index":
            session.pages[key] = answer
        return session.receipts.add(receipt), answer

    def _receipt(self, ask: Ask, fetched: Fetched, known: Receipt | None) -> Receipt:
        if fetched.stored is not None:
            sha256, size, file = fetched.stored.sha256, fetched.stored.size, fetched.stored.name
        elif known is not None:
            sha256, size, file = known.sha256, known.size, known.file
        else:
            raise RuntimeError(f"{ask.url}: an answer without bytes was taken for one with bytes")
        return Receipt(
            source=self._source.code,
            partition=self._partition,
            role=ask.role,
            at=stamp(self._session.clock.now()),
            sha256=sha256,
            size=size,
            file=file,
            part=ask.part,
            method=ask.method,
            url=ask.url,
            final_url=fetched.final_url,
            request_body=ask.body,
            status=fetched.status,
            headers=fetched.headers,
            original_name=fetched.name,
        )
