"""A small published file of made-up figures: two provincial indices, one national, a home province merged of two.

Everything in it is synthetic. What a test needs beyond it the test adds.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from quality.report import Period, write_report
from tests.unit.quality.report.synthetic import AS_OF, HALF, HOME, Published, Rows, sheets, tables


def make_bare(path: Path) -> Published:
    """The tables, an index without editions and the territories; not a single figure."""
    made = Published(path)
    made.change("""
        insert into marts.dim_territory values
            ('1-2025', 'Đông Sơn', 'Dong Son', 'province', null),
            ('1', 'Đông Sơn', 'Dong Son', 'province', '2025-06-30'),
            ('2', 'Tây Sơn', 'Tay Son', 'province', '2025-06-30'), ('9', 'Bắc Hà', 'Bac Ha', 'province', null),
            ('VN', 'Việt Nam', 'Viet Nam', 'country', null);
        insert into marts.territory_predecessor values ('1-2025', '1', 'merged'), ('1-2025', '2', 'merged');
        insert into marts.dim_index values ('BETA', 'provincial', 'Chỉ số Bê-ta', null, true);
        insert into marts.dim_agency values ('fin', 'Sở Tài chính');
        insert into marts.bridge_lead_agency values
            ('ALPHA', '1-2025', 'fin', 'Kế hoạch, Phụ lục I mục 1', 'plan.txt', '2031-01-01', null),
            ('BETA', '1-2025', 'fin', 'Kế hoạch, Phụ lục I mục 2', 'plan.txt', '2031-01-01', null);
    """)
    return made


def make_published(path: Path) -> Published:
    """ALPHA 2029 and 2030 of both predecessors, published in the springs after; WORLD 2030, of unknown day."""
    made = make_bare(path)
    made.change("""
        insert into marts.dim_index values
            ('ALPHA', 'provincial', 'Chỉ số An-pha', null, true), ('WORLD', 'national', 'Chỉ số thế giới', null, false);
        insert into marts.dim_component values ('ALPHA', 'total', 'total', 'Chỉ số An-pha');
    """)
    for year in (2029, 2030):
        made.edition("ALPHA", year, date(year + 1, 4, 10))
    made.figure("ALPHA", 2029, "1", 65.25, 10)
    made.figure("ALPHA", 2029, "2", 60.5, 30)
    made.figure("ALPHA", 2030, "1", 64.1, 12, previous_edition_year=2029)
    made.figure("ALPHA", 2030, "2", 61.0, 28, previous_edition_year=2029)
    made.moved("ALPHA", 2030, "1", 65.25, 64.1)
    made.moved("ALPHA", 2030, "2", 60.5, 61.0)
    made.edition("WORLD", 2030, None, basis="VN", territories_published=1)
    made.figure("WORLD", 2030, "VN", 73.35, 61, basis="VN")
    return made


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Published]:
    made = make_bare(tmp_path / "chiso.duckdb")
    yield made
    made.close()


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Published]:
    made = make_published(tmp_path / "chiso.duckdb")
    yield made
    made.close()


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., tuple[dict[str, Rows], list[Rows]]]:
    """Write a report and read both files: sheets by name, and the document's tables, as rows by column title."""

    def write(published: Published, period: Period = HALF) -> tuple[dict[str, Rows], list[Rows]]:
        document, workbook = write_report(published.path, tmp_path / "out", period, AS_OF, HOME)
        return sheets(workbook), tables(document)

    return write
