"""Findings and checks: their columns, and how they are written into the working warehouse.

Belongs here: the schema of `reporting.rpt_finding` and `reporting.rpt_check`, with the comments that BI users read.
Does not belong here: deciding whether a rule held (Great Expectations) or what to do about it (the digest).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, get_args, get_type_hints

import duckdb
import pyarrow as pa

from quality.rules import IS_WITHHELD, Rule


@dataclass(frozen=True)
class Finding:
    """One rule that did not hold on one subject. Figures are as published; texts are plain text."""

    finding_id: Annotated[str, "Mã phát hiện. Stable id (rule, subject, edition)."]
    rule_code: Annotated[str, "Mã quy tắc. Rule that did not hold."]
    kind: Annotated[str, "Loại. `data_fault` (lỗi dữ liệu) or `regression` (suy giảm)."]
    severity: Annotated[str, "Mức độ. `info`, `warn` or `critical`."]
    title_vi: Annotated[str, "Tên lỗi hoặc suy giảm. Name of the fault or fall, Vietnamese."]
    title_en: Annotated[str, "Tên lỗi hoặc suy giảm (tiếng Anh). Name of the fault or fall, English."]
    index_code: Annotated[str | None, "Mã chỉ số. Index."]
    index_name_vi: Annotated[str | None, "Tên chỉ số. Name of the index, Vietnamese."]
    edition_year: Annotated[int | None, "Năm của kỳ chỉ số. Edition year."]
    basis: Annotated[str | None, "Danh mục lãnh thổ của kỳ. Territorial list: 63, 34 or VN."]
    vintage: Annotated[int | None, "Phiên bản số liệu của kỳ. Vintage of the edition's figures."]
    territory_code: Annotated[str | None, "Mã lãnh thổ. Territory."]
    territory_name_vi: Annotated[str | None, "Tên lãnh thổ. Name of the territory, Vietnamese."]
    territory_label_vi: Annotated[str | None, "Tên lãnh thổ kèm thời gian. Name, with dates if shared."]
    component_code: Annotated[str | None, "Mã thành phần. Component."]
    component_name_vi: Annotated[str | None, "Tên thành phần. Name of the component, Vietnamese."]
    measure: Annotated[str | None, "Đại lượng. Measure (score, rank, ...)."]
    subject_vi: Annotated[str, "Đối tượng của phát hiện. What the finding is about, Vietnamese."]
    expected: Annotated[str, "Giá trị mong đợi. What was expected, Vietnamese text."]
    observed: Annotated[str, "Giá trị thực tế. What was found, Vietnamese text."]
    previous_edition_year: Annotated[int | None, "Năm của kỳ liền trước. Edition compared with."]
    value_before: Annotated[float | None, "Giá trị kỳ trước. Figure of the edition before."]
    value_after: Annotated[float | None, "Giá trị kỳ này. Figure of this edition."]
    change: Annotated[float | None, "Chênh lệch. value_after minus value_before."]
    before_vi: Annotated[str | None, "Giá trị kỳ trước (dạng để đọc). Figure of the edition before, as shown."]
    after_vi: Annotated[str | None, "Giá trị kỳ này (dạng để đọc). Figure of this edition, as shown."]
    change_vi: Annotated[str | None, "Mức suy giảm. How far it fell, in words."]
    magnitude: Annotated[float | None, "Độ lớn của sai lệch. How far off, in the rule's unit."]
    noise: Annotated[float | None, "Mức nhiễu. Standard deviation of one change."]
    noise_source: Annotated[str | None, "Nguồn của mức nhiễu. What the noise was taken from."]
    z: Annotated[float | None, "Thay đổi tính bằng số lần nhiễu. Change over noise; negative is worse."]
    contribution: Annotated[float | None, "Đóng góp vào thay đổi của tổng điểm. Points of the total's change."]
    rank: Annotated[int | None, "Thứ hạng kỳ này. Rank in this edition."]
    is_rank_computed: Annotated[bool | None, "Hạng tự tính từ điểm công bố. Rank computed from published scores."]
    ranked_among: Annotated[int | None, "Số đơn vị được xếp hạng. Number of units ranked."]
    rank_interval_low: Annotated[int | None, "Hạng tốt nhất trong khoảng 90%. Best place of the 90% interval."]
    rank_interval_high: Annotated[int | None, "Hạng kém nhất trong khoảng 90%. Worst place of the 90% interval."]
    certainty_vi: Annotated[str | None, "Mức chắc chắn. How sure it is, Vietnamese."]
    certainty_en: Annotated[str | None, "Mức chắc chắn (tiếng Anh). How sure it is, English."]
    is_latest_edition: Annotated[bool, "Thuộc kỳ mới nhất có số liệu của tỉnh. In the home province's latest edition."]
    is_withheld: Annotated[bool, "Số liệu đang bị giữ lại. About figures that are withheld."]
    lead_agency_code: Annotated[str | None, "Mã cơ quan đầu mối. Lead agency."]
    lead_agency_vi: Annotated[str | None, "Cơ quan đầu mối. Name of the lead agency, Vietnamese."]
    legal_basis: Annotated[str | None, "Căn cứ giao đầu mối. Legal basis of the assignment."]
    message_vi: Annotated[str, "Nội dung phát hiện. Message, Vietnamese."]
    message_en: Annotated[str, "Nội dung phát hiện (tiếng Anh). Message, English."]
    remedy_vi: Annotated[str | None, "Việc cần làm. What to do, Vietnamese."]
    remedy_en: Annotated[str | None, "Việc cần làm (tiếng Anh). What to do, English."]
    source_url: Annotated[str | None, "Địa chỉ nguồn. Address of the source."]
    previous_source_url: Annotated[str | None, "Địa chỉ nguồn của kỳ trước. Address of the edition before."]
    source_locator: Annotated[str | None, "Vị trí trong tệp nguồn. File, row and column."]
    evidence: Annotated[str, "Bằng chứng. The failing rows, as JSON."]
    as_of: Annotated[date, "Ngày đánh giá. Date judged as of."]


@dataclass(frozen=True)
class Check:
    """How one rule came out over all its subjects. `error` is a fault of ours, never a judgement of the figures."""

    rule_code: Annotated[str, "Mã quy tắc. Rule."]
    kind: Annotated[str, "Loại. `data_fault` (lỗi dữ liệu) or `regression` (suy giảm)."]
    title_vi: Annotated[str | None, "Điều cần đạt. What holds when the check passes, Vietnamese."]
    title_en: Annotated[str | None, "Điều cần đạt (tiếng Anh). What holds when the check passes, English."]
    suite: Annotated[str | None, "Bộ kiểm tra Great Expectations. Great Expectations suite."]
    table_name: Annotated[str | None, "Bảng được kiểm tra. Table that was judged."]
    outcome: Annotated[str, "Kết quả. `passed`, `failed`, `not_judged` (there was nothing to judge) or `error`."]
    evaluated: Annotated[int, "Số đối tượng được xét. Subjects judged."]
    unexpected: Annotated[int, "Số đối tượng không đạt. Subjects that failed."]
    error_text: Annotated[str | None, "Lỗi khi chạy kiểm tra. Why the check could not run."]
    data_docs_page: Annotated[str | None, "Trang Data Docs. Data Docs page, relative path."]
    as_of: Annotated[date, "Ngày đánh giá. Date judged as of."]


_TYPES = {
    str: ("varchar", pa.string()),
    int: ("integer", pa.int32()),
    float: ("double", pa.float64()),
    bool: ("boolean", pa.bool_()),
    date: ("date", pa.date32()),
}
FINDING_TABLE = "rpt_finding"
CHECK_TABLE = "rpt_check"
_TABLE_COMMENTS = {
    FINDING_TABLE: "Phát hiện. Rules that did not hold: data faults and regressions, with their evidence."
    " One row per rule and subject.",
    CHECK_TABLE: "Kết quả kiểm tra. How every rule came out over all its subjects. One row per rule.",
}


# what tells the subjects of one rule apart, beside what a rule names itself
SUBJECT = ("index_code", "edition_year", "basis", "territory_code", "component_code", "measure")


def subject_id(rule_code: str, row: Mapping[str, Any]) -> str:
    """Give the stable id of a rule on the subject of a row, whatever else tells two findings of it apart."""
    return finding_id(rule_code, *(row.get(part) for part in SUBJECT))


def finding_id(rule_code: str, *subject: object) -> str:
    """Give the stable id of a rule on a subject: 16 hexadecimal digits, the same on every machine and run."""
    text = "\x1f".join("" if part is None else str(part) for part in (rule_code, *subject))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def subjects_judged(con: duckdb.DuckDBPyConnection, rule: Rule, table: pa.Table) -> set[str]:
    """Ids of what `rule` judged in `table`, withheld figures aside: `subject_id`; without an index, `finding_id`.

    The same hash in SQL: a run judges a hundred thousand subjects.
    """
    parts = SUBJECT if "index_code" in table.column_names else (*SUBJECT, *rule.identity)
    texts = [f"coalesce({part}::varchar, '')" if part in table.column_names else "''" for part in parts]
    applies = f"and {rule.applies[0]} = ?" if rule.applies else ""
    con.register("judged_subject", table)
    ids = con.execute(
        f"select distinct substr(sha256(concat_ws(chr(31), ?, {', '.join(texts)})), 1, 16) from judged_subject"
        f" where not {IS_WITHHELD} {applies}",
        [rule.rule_code, *((rule.applies[1],) if rule.applies else ())],
    ).fetchall()
    con.unregister("judged_subject")
    return {one for (one,) in ids}


def write_results(warehouse: Path, findings: Sequence[Finding], checks: Sequence[Check]) -> None:
    """Replace both tables in one transaction; a reader sees the old pair or the new pair, never a mixture."""
    with duckdb.connect(str(warehouse)) as con:
        con.begin()
        try:
            con.execute("create schema if not exists reporting")
            _replace(con, FINDING_TABLE, "finding_id", Finding, findings)
            _replace(con, CHECK_TABLE, "rule_code", Check, checks)
            con.commit()
        except BaseException:
            con.rollback()
            raise


def _replace(con: duckdb.DuckDBPyConnection, name: str, key: str, shape: type, rows: Sequence[Any]) -> None:
    columns = _columns(shape)
    lines = [f"{c.name} {c.sql_type} {'primary key' if c.name == key else c.constraint}" for c in columns]
    con.execute(f"drop table if exists reporting.{name}")
    con.execute(f"create table reporting.{name} ({', '.join(lines)})")
    schema = pa.schema([(c.name, c.arrow_type) for c in columns])
    con.register("new_rows", pa.Table.from_pylist([vars(row) for row in rows], schema=schema))
    con.execute(f"insert into reporting.{name} by name select * from new_rows")
    con.unregister("new_rows")
    con.execute(f"comment on table reporting.{name} is {_literal(_TABLE_COMMENTS[name])}")
    for c in columns:
        con.execute(f"comment on column reporting.{name}.{c.name} is {_literal(c.comment)}")


@dataclass(frozen=True)
class _Column:
    name: str
    sql_type: str
    arrow_type: pa.DataType
    constraint: str
    comment: str


def _columns(shape: type) -> list[_Column]:
    """Read the table's columns off the dataclass: the type gives the SQL type, `| None` the missing constraint."""
    columns = []
    for name, hint in get_type_hints(shape, include_extras=True).items():
        kind, comment = get_args(hint)
        (value_type,) = {t for t in (get_args(kind) or (kind,)) if t is not NoneType}
        sql_type, arrow_type = _TYPES[value_type]
        constraint = "" if NoneType in get_args(kind) else "not null"
        columns.append(_Column(name, sql_type, arrow_type, constraint, comment))
    return columns


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
