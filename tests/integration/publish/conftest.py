"""A small working warehouse with everything that has to travel: types, nulls, diacritics, comments, keys."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

MakeWarehouse = Callable[..., Path]

_MODELS = """
create schema marts; create schema reporting; create schema staging; create schema seeds;
create table marts.dim_edition (index_code varchar not null, edition_year integer not null, publisher varchar,
    published_on date, version varchar not null, primary key (index_code, edition_year));
insert into marts.dim_edition values
    ('PCI', 2024, 'Liên đoàn Thương mại và Công nghiệp Việt Nam', date '2025-05-06', '{version}'),
    ('PAPI', 2024, 'UNDP', null, '{version}'), ('PCI', 2023, 'Liên đoàn Thương mại và Công nghiệp Việt Nam', null,
    '{version}');
create table marts.fct_index_result (index_code varchar not null, territory_code varchar, component_code varchar,
    value double, value_text varchar, vintage bigint, is_current boolean, accessed_at timestamp, share decimal(9, 4),
    version varchar not null);
insert into marts.fct_index_result
    select 'PCI', (i % 63)::varchar, 'thành_phần_' || (i % 11), if(i % 7 = 0, null, i / 3.0), 'giá trị ' || i, i % 3,
        i % 2 = 0, timestamp '2025-01-01' + to_seconds(i::int), i / 8, '{version}'
    from range({rows}) as r(i) order by hash(i + {shuffle});
create table reporting.rpt_empty (index_code varchar, value double, version varchar);
create table reporting.rpt_index_overview (tỉnh varchar, score double, version varchar);
alter table reporting.rpt_index_overview rename tỉnh to territory_name_vi;
insert into reporting.rpt_index_overview values ('Đắk Lắk', 1e-300, '{version}'),
    ('Lào Cai', '0.30000000000000004', '{version}'), ('Bà Rịa - Vũng Tàu', 'inf', '{version}'),
    (null, null, '{version}');
create view staging.stg_hidden as select 1 as secret; create table seeds.rule (rule_code varchar);
comment on table marts.fct_index_result is 'Kết quả chỉ số, đúng như công bố. What was "published", it''s all here.';
comment on column marts.fct_index_result.value is 'Giá trị; null khi „không có dữ liệu". Value';
"""


@pytest.fixture(scope="session")
def make_warehouse() -> MakeWarehouse:
    """make_warehouse(path, version='a', rows=…, shuffle=…): the same content whatever `shuffle` is."""

    def make(path: Path, version: str = "a", rows: int = 3_000, shuffle: int = 0, more: str = "") -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(path) as connection:
            connection.execute(_MODELS.format(version=version, rows=rows, shuffle=shuffle) + more)
        return path

    return make
