"""Where a run reads and writes, and for whom: the CHISO_* environment, read once."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

PACKAGE_ROOT = Path(__file__).resolve().parent
PROJECT_ROOT = PACKAGE_ROOT.parent
# a day is a day of the country, wherever the clock of the machine stands
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


MEMORY = "3GiB"


class SettingsError(ValueError):
    """A CHISO_* variable holds something that cannot be used."""


@dataclass(frozen=True)
class Settings:
    """Folders and choices of one installation. Nothing is created by making one."""

    home: Path
    territory: str
    excluded_publishers: frozenset[str]
    as_of: date
    # None: those whose terms allow passing on with citation
    released_publishers: frozenset[str] | None = None
    # who offers the open data; named in its records where known
    open_data_publisher: str | None = None
    # where dossiers are delivered; None: in the inbox
    given_dossier_feed: Path | None = None
    # what DuckDB may hold in memory at a time; beyond it works on disk
    memory: str = MEMORY
    # which Spark builds the tables; None: DuckDB does
    spark_master: str | None = None

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, today: date | None = None) -> "Settings":
        """Read CHISO_HOME, CHISO_TERRITORY, CHISO_EXCLUDE_PUBLISHERS, CHISO_RELEASE_PUBLISHERS,
        CHISO_OPEN_DATA_PUBLISHER, CHISO_DOSSIER_FEED, CHISO_MEMORY, CHISO_SPARK_MASTER and
        CHISO_AS_OF.

        Raises SettingsError naming the variable when a value cannot be read. The clock is asked here and nowhere
        else, and only when CHISO_AS_OF is not set: every later step gets the date passed in.
        """
        env = os.environ if environ is None else environ
        given = env.get("CHISO_AS_OF", "").strip()
        try:
            as_of = date.fromisoformat(given) if given else (today or datetime.now(ZONE).date())
        except ValueError:
            raise SettingsError(f"CHISO_AS_OF is {given!r}; write a date as YYYY-MM-DD, or leave it out") from None
        feed = env.get("CHISO_DOSSIER_FEED", "").strip()
        return cls(
            home=Path(env.get("CHISO_HOME", "").strip() or PROJECT_ROOT / "data").expanduser().resolve(),
            territory=env.get("CHISO_TERRITORY", "").strip() or "15-2025",
            excluded_publishers=_codes(env.get("CHISO_EXCLUDE_PUBLISHERS", "")),
            as_of=as_of,
            released_publishers=_released(env.get("CHISO_RELEASE_PUBLISHERS")),
            open_data_publisher=env.get("CHISO_OPEN_DATA_PUBLISHER", "").strip() or None,
            given_dossier_feed=Path(feed).expanduser().resolve() if feed else None,
            memory=_memory(env.get("CHISO_MEMORY", "").strip() or MEMORY),
            spark_master=env.get("CHISO_SPARK_MASTER", "").strip() or None,
        )

    @property
    def raw(self) -> Path:
        return self.home / "raw"

    @property
    def accepted(self) -> Path:
        return self.home / "accepted"

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse" / "chiso.duckdb"

    @property
    def dbt(self) -> Path:
        return self.home / "dbt"

    @property
    def column_lineage(self) -> Path:
        """Which columns each column of a model is made of, kept from run to run."""
        return self.dbt / "column_lineage.json"

    @property
    def quality(self) -> Path:
        return self.home / "quality"

    @property
    def alerts(self) -> Path:
        return self.home / "alerts"

    @property
    def outbox(self) -> Path:
        return self.alerts / "outbox"

    @property
    def reports(self) -> Path:
        return self.home / "reports"

    @property
    def published(self) -> Path:
        return self.home / "published"

    @property
    def site(self) -> Path:
        return self.home / "site"

    @property
    def open_data(self) -> Path:
        return self.home / "open_data"

    @property
    def inbox(self) -> Path:
        return self.home / "inbox"

    @property
    def dossier_feed(self) -> Path:
        """Where dossiers are delivered. It is another's folder: nothing is written there.

        Raises SettingsError where CHISO_DOSSIER_FEED names no folder: one that is away must not look like an empty one.
        """
        if self.given_dossier_feed is not None and not self.given_dossier_feed.is_dir():
            raise SettingsError(
                f"CHISO_DOSSIER_FEED names {self.given_dossier_feed}, which is no folder; correct the path, mount the"
                " folder, or leave the variable out to have dossiers delivered into the inbox"
            )
        return self.given_dossier_feed or self.inbox / "dossiers"

    @property
    def quarantine(self) -> Path:
        return self.home / "quarantine"

    @property
    def dagster(self) -> Path:
        return self.home / "dagster"

    @property
    def state(self) -> Path:
        return self.home / "state"

    @property
    def shelves(self) -> tuple["Shelf", ...]:
        """The catalog and archive that ship, then those that this installation added."""
        return (
            Shelf(PACKAGE_ROOT / "catalog", PACKAGE_ROOT / "archive"),
            Shelf(self.home / "catalog", self.home / "archive"),
        )

    @property
    def index_codes(self) -> frozenset[str]:
        """The indices of all shelves: a folder bears its index's code."""
        return frozenset(
            path.parent.name.upper() for shelf in self.shelves for path in shelf.catalog.glob("*/index.yaml")
        )


def _codes(listed: str) -> frozenset[str]:
    return frozenset(code for code in (one.strip().upper() for one in listed.split(",")) if code)


def _released(listed: str | None) -> frozenset[str] | None:
    """What was meant by an empty list cannot be told, and a wrong guess lets figures out."""
    if listed is None:
        return None
    codes = _codes(listed)
    if not codes:
        raise SettingsError(
            "CHISO_RELEASE_PUBLISHERS is empty; write the codes of the publishers whose figures may leave the house,"
            " or leave it out to release those whose terms allow passing on with citation"
        )
    return codes


def _memory(given: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]*(\.[0-9]+)? ?[KMGT]i?B", given):
        raise SettingsError(f"CHISO_MEMORY is {given!r}; write an amount as 3GiB or 800MiB, or leave it out")
    return given


def waiting_in(inbox: Path) -> list[str]:
    """Names of the files that lie in an inbox, without those that are a program's own."""
    return sorted(path.name for path in inbox.glob("*") if path.is_file() and not is_a_programs_own(path.name))


def is_a_programs_own(name: str) -> bool:
    """Whether a file is hidden or half-copied, by its name."""
    return name.startswith((".", "~$")) or name.endswith((".part", ".partial", ".crdownload", ".tmp"))


@dataclass(frozen=True)
class Shelf:
    """One pair of a catalog folder and the archive folder that its files name."""

    catalog: Path
    archive: Path
