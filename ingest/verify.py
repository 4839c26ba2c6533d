"""Whether the archive still holds what it says: every file re-hashed, every receipt followed to its bytes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ingest.catalog import Catalog
from ingest.catalog_reader import load_catalog
from ingest.receipts import ReceiptError, Receipts, read_receipt
from ingest.settings import Settings
from ingest.store import Store, hash_of


@dataclass(frozen=True)
class Problem:
    """One place that is damaged, and what to do about it."""

    place: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}. {self.remedy}."


@dataclass
class Verified:
    """What was looked at. `leftovers` are unfinished files of processes that died: no damage, the next pull clears."""

    problems: list[Problem] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    receipts: int = 0
    leftovers: int = 0


_CATALOG_REMEDY = "Restore the original; where the publisher restated, add a new vintage"


def verify(settings: Settings, progress: Callable[[str], None] = lambda _: None) -> Verified:
    """Re-hash every file that a catalog names and every stored one; look up every receipt's bytes. Changes nothing."""
    result = Verified()
    hashes: dict[Path, str] = {}

    def hashed(path: Path) -> str:
        if path not in hashes:
            hashes[path] = hash_of(path)
            result.files += 1
            result.bytes += path.stat().st_size
            progress(f"{result.files} files, {result.bytes / 1e6:,.0f} MB")
        return hashes[path]

    catalog = load_catalog(settings.shelves)
    unreadable = [*catalog.unreadable_indices, *(fault for _, fault in catalog.faults)]
    result.problems.extend(Problem(fault.place(), fault.message().en, fault.remedy().en) for fault in unreadable)
    for path, recorded, described in _named_by(catalog):
        if not path.is_file():
            result.problems.append(Problem(str(path), f"is missing, {described} names it", "Put the file there"))
        elif hashed(path) != recorded:
            result.problems.append(
                Problem(str(path), f"does not hash to what {described} recorded ({recorded[:12]}…)", _CATALOG_REMEDY)
            )
    store = Store(settings.shelves[-1].archive)
    whole = set()
    for path in store.files():
        if hashed(path) == path.name[:64]:
            whole.add(path.name[:64])
        else:
            result.problems.append(
                Problem(
                    str(path),
                    "does not hold the bytes that it is named after",
                    "Move it elsewhere and bring the file again (chiso pull or chiso add), or restore it from a copy",
                )
            )
    for path in Receipts(store.archive).paths():
        result.receipts += 1
        try:
            receipt = read_receipt(path)
        except ReceiptError as error:
            result.problems.append(Problem(str(path), str(error), "Restore it from a copy, or delete it"))
            continue
        if receipt.sha256 not in whole and store.find(receipt.sha256) is None:
            result.problems.append(
                Problem(
                    str(path),
                    f"names bytes that are not in the archive ({receipt.sha256[:12]}…)",
                    f"Restore {receipt.file} from a copy; if there is none, delete the receipt and pull again",
                )
            )
    result.leftovers = len(store.leftovers())
    return result


def _named_by(catalog: Catalog) -> list[tuple[Path, str, str]]:
    """(path, recorded sha256, what describes it) of every edition's tables and every delivery's file."""
    named = {
        (edition.shelf.archive / table.file, table.sha256, f"{edition.index} {edition.key}")
        for edition in catalog.editions
        for table in edition.tables
    }
    named |= {
        (delivery.shelf.archive / delivery.file, delivery.sha256, f"{delivery.source} {delivery.path.stem}")
        for delivery in catalog.deliveries
    }
    return sorted(named)
