"""What earlier pulls of a source brought: what need not be asked again, or only whether it changed."""

from datetime import datetime, timedelta

from ingest.pull.faults import PullRefused
from ingest.pull.request import Answer, Ask
from ingest.receipts import REFUSED, Receipt, Receipts
from ingest.store import Store

# a pull that broke off goes on from what it has; after that it starts anew
_RESUME = timedelta(hours=24)


class Memory:
    """The receipts of one source, as one pull of one partition sees them.

    delivered   hashes of the tables that the last complete pull of this partition had
    """

    def __init__(self, receipts: Receipts, store: Store, source: str, partition: str, now: datetime) -> None:
        self._store = store
        self.delivered: frozenset[str] = frozenset()
        self._newest: dict[tuple[object, ...], Receipt] = {}
        self._unfinished: dict[tuple[object, ...], tuple[str, Receipt]] = {}
        for one in receipts.partitions(source):
            completions, found = receipts.current(source, one)
            counted = {name for completion in completions for name in completion.receipts}
            for name, receipt in found:
                if receipt.role == REFUSED:
                    continue
                known = self._newest.get(receipt.request)
                if known is None or known.at <= receipt.at:
                    self._newest[receipt.request] = receipt
                unfinished = one == partition and receipt.role == "table" and name not in counted
                if unfinished and now - receipt.moment < _RESUME:
                    self._unfinished[receipt.request] = name, receipt
            if one == partition and completions:
                self.delivered = frozenset(completions[-1].tables)

    def fresh(self, ask: Ask) -> tuple[str, Receipt] | None:
        """The receipt of a table that a pull which broke off within a day has fetched, with its file name.

        Pages that only lead on are always asked again: what they lacked may be there by now.
        """
        found = self._unfinished.get(ask.request)
        path = self._store.find(found[1].sha256) if found else None
        if found is None or path is None:
            return None
        try:
            Answer(ask, found[1], path).check()
        except PullRefused:
            return None
        return found

    def known(self, ask: Ask) -> Receipt | None:
        """The newest answer to the same request whose bytes are still here."""
        found = self._newest.get(ask.request)
        return found if found and self._store.find(found.sha256) else None
