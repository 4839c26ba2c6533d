"""Making the open-data package: from the published file, whole or not at all.

    open_data/csv/<schema>.<table>.csv, parquet/<schema>.<table>.parquet    the tables that may leave
    open_data/datapackage.json, catalog.jsonld, README.md                  what they are

The package is made in a folder beside and takes the place of the one before by renaming. The same content leaves every
file untouched.
"""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import jinja2

from ingest.settings import Settings
from orchestration import datapackage
from orchestration.bi.open_data import catalog_record, description
from orchestration.bi.open_data.catalog_record import Facts
from orchestration.bi.open_data.csv_file import write_csv
from orchestration.bi.open_data.description import FILES_KEY, ISSUED_KEY, MODIFIED_KEY, PARQUET_KEY, Resource
from orchestration.bi.open_data.offered import Offer, read_offer
from orchestration.bi.whole_folder import beside, take_place
from orchestration.datapackage import CONTENT_KEY, PublishedFile
from orchestration.duckdb_resource import read_only
from orchestration.publish import whole_file
from orchestration.published_tables import PublishError, write_parquet

_README = "README.md"


@dataclass(frozen=True)
class Package:
    """What stands in the folder after a call; `rows` counts by table, `withheld` are codes of indices."""

    folder: Path
    unchanged: bool
    content_sha256: str
    rows: dict[str, int]
    withheld: tuple[str, ...]


def make_package(settings: Settings, folder: Path) -> Package:
    """Make the open-data package of the published file in `folder`, which is the package's own.

    Raises PublishError when the folder holds something else or the list of tables does not fit the published file,
    WarehouseError when that cannot be read, SettingsError when CHISO_RELEASE_PUBLISHERS names an unknown publisher. In
    every case the folder stays as it was.
    """
    folder = folder.expanduser().resolve()
    staging = beside(folder)
    standing = datapackage.read_published(folder)
    if folder.exists() and any(folder.iterdir()) and (standing or {}).get("name") != description.NAME:
        raise PublishError(f"{folder} holds something else than an open-data package; name a new or an empty folder")
    try:
        package = _make(settings, folder, staging, standing)
        if not package.unchanged:
            take_place(staging, folder)
        return package
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _make(settings: Settings, folder: Path, staging: Path, standing: dict[str, Any] | None) -> Package:
    for kind in ("csv", "parquet"):
        (staging / kind).mkdir(parents=True)
    covers: dict[str, tuple[str, str]] = {}
    creators: dict[str, list[str]] = {}
    resources: list[Resource] = []
    with read_only(whole_file(settings.published)) as connection:
        offer = read_offer(connection, settings)
        judged_on, country_vi, country_en = _occasion(connection)
        for offered in offer.tables:
            name, rows = offered.table.full_name, offered.rows(connection)
            write_csv(rows, staging / f"csv/{name}.csv")
            write_parquet(rows, staging / f"parquet/{name}.parquet")
            files = (PublishedFile.of(staging, f"{kind}/{name}.{kind}") for kind in ("csv", "parquet"))
            resources.append(Resource(offered, rows.num_rows, *files))
            creators[name] = catalog_record.creators(rows, offered.index_code, offer)
            years = catalog_record.covered(rows)
            if years:
                covers[name] = years
    described = description.content(offer, resources, settings.open_data_publisher)
    content_hash = datapackage.content_sha256(described)
    issued, modified = _days(standing or {}, content_hash, judged_on)
    facts = Facts(country_vi, country_en, settings.open_data_publisher, issued, modified, covers, creators)
    descriptor = _describe(staging, described | {CONTENT_KEY: content_hash}, offer, resources, facts)
    unchanged = descriptor == standing and _is_whole(folder, descriptor)
    counted = {resource.offered.table.full_name: resource.rows for resource in resources}
    return Package(folder, unchanged, content_hash, counted, tuple(index.code for index in offer.withheld))


def _occasion(connection: duckdb.DuckDBPyConnection) -> tuple[date, str, str]:
    """The day that the published file was judged on, and the country's names."""
    found = connection.execute(
        "select (select max(as_of) from reporting.rpt_check), name_vi, name_en"
        " from marts.dim_territory where kind = 'country'"
    ).fetchone()
    if found is None or found[0] is None:
        raise PublishError("the published file says neither its day nor its country; run `chiso run --force`")
    return found


def _days(standing: dict[str, Any], content_hash: str, judged_on: date) -> tuple[date, date]:
    """The day of the first package in the folder, and the day since which the content is what it is."""
    issued = standing.get(ISSUED_KEY, judged_on.isoformat())
    modified = standing[MODIFIED_KEY] if standing.get(CONTENT_KEY) == content_hash else judged_on.isoformat()
    return date.fromisoformat(issued), date.fromisoformat(modified)


def _describe(
    staging: Path, descriptor: dict[str, Any], offer: Offer, resources: list[Resource], facts: Facts
) -> dict[str, Any]:
    """Write the README, the record and the descriptor, which is returned."""
    record = catalog_record.record(resources, facts)
    (staging / catalog_record.FILE_NAME).write_text(datapackage.to_text(record), encoding="utf-8")
    template = (Path(__file__).parent / f"{_README}.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False)
    text = environment.from_string(template).render(
        publisher=facts.publisher,
        modified=facts.modified,
        resources=resources,
        indices=offer.indices,
        withheld=offer.withheld,
    )
    (staging / _README).write_text(text, encoding="utf-8")
    described_by = [PublishedFile.of(staging, name).as_properties() for name in (_README, catalog_record.FILE_NAME)]
    days = {ISSUED_KEY: facts.issued.isoformat(), MODIFIED_KEY: facts.modified.isoformat()}
    whole = descriptor | days | {FILES_KEY: described_by}
    (staging / datapackage.FILE_NAME).write_text(datapackage.to_text(whole), encoding="utf-8")
    return whole


def files_of(descriptor: dict[str, Any]) -> list[PublishedFile]:
    """The files that a descriptor of ours names, itself not among them.

    Raises KeyError, TypeError or AttributeError when it is not of our making.
    """
    entries = [*descriptor["resources"], *(entry[PARQUET_KEY] for entry in descriptor["resources"])]
    return [
        PublishedFile(entry["path"], entry["bytes"], entry["hash"].removeprefix("sha256:"))
        for entry in [*entries, *descriptor[FILES_KEY]]
    ]


def _is_whole(folder: Path, descriptor: dict[str, Any]) -> bool:
    try:
        return all(PublishedFile.of(folder, file.path) == file for file in files_of(descriptor))
    except (KeyError, TypeError, AttributeError, FileNotFoundError):
        return False  # somebody else wrote the descriptor, or took a file away: make it again
