"""Whether a file speaks of another year than its edition's: a publisher may answer with its newest page."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from ingest.archive import open_table
from ingest.catalog import Edition, Index, Table
from ingest.faults import Words
from ingest.formats.opening import titles_in
from ingest.guess import years_in, years_in_headers
from ingest.remarks import Remark


def another_year(edition: Edition, index: Index) -> Iterator[Remark]:
    """A remark for each table whose headers, titles or address name years, and not the edition's. Raises EditionFault.

    A file's name only warns: people name files by the year in which they got them.
    """
    for table in edition.tables:
        for holds, where, years in _told(edition, table, index):
            if years and edition.year not in years:
                text = ", ".join(map(str, sorted(years)))
                yield Remark(
                    "another_year",
                    holds,
                    Words(
                        f"{where.vi} nói về năm {text}, không phải {edition.year}",
                        f"{where.en} says {text}, not {edition.year}",
                    ),
                    Words("Xem tệp này là của năm nào", "See which year's file this is"),
                    table.called,
                )


def _told(edition: Edition, table: Table, index: Index) -> Iterator[tuple[bool, Words, set[int]]]:
    path = edition.shelf.archive / table.file
    header = open_table(edition.shelf, table).header
    titles = titles_in(path, table.called, table.format, table.place, table.encoding)
    yield True, Words("Tiêu đề cột", "The header"), years_in_headers(header, index)
    yield True, Words("Tiêu đề trong tệp", "The file's title"), years_in(titles)
    yield False, Words("Tên tệp", "The file's name"), years_in([table.called])
    for source in table.sources[:1]:
        address = urlsplit(source.url or "").path.rstrip("/").rpartition("/")[2]
        yield True, Words("Địa chỉ nguồn", "The source's address"), years_in([address])
