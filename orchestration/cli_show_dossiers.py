"""What `chiso dossiers` prints."""

import duckdb
from rich.markup import escape
from rich.table import Table

from ingest.dossiers.feed import list_feed
from ingest.dossiers.ledger import Ledger
from ingest.settings import Settings
from orchestration.cli_show_alerts import console

# so many days of delivery, newest first
_DAYS = 14
_BY_DAY = f"""
select
    delivered_date::varchar,
    count(distinct sender),
    count(distinct delivery_no),
    sum(records)::bigint,
    strftime(min(received_month), '%Y-%m') || ' – ' || strftime(max(received_month), '%Y-%m')
from read_parquet(?)
group by delivered_date
order by delivered_date desc
limit {_DAYS}
"""
_IN_ALL = """
select count(distinct delivery_no), coalesce(sum(records), 0)::bigint, count(distinct load_no) from read_parquet(?)
"""
_REFUSED = "select file, row_no, column_name, message_vi, message_en, remedy_vi, remedy_en from read_parquet(?)"


def deliveries(settings: Settings) -> None:
    """Loaded by day of delivery, what lies in the feed, and every reason for a refusal with its remedy."""
    ledger = Ledger(settings)
    found, misnamed = list_feed(settings.dossier_feed)
    files = len(found) + len(misnamed)
    console.print(f"Feed: {settings.dossier_feed}  ({files:,} files)", markup=False, soft_wrap=True)
    if not ledger.refusals.exists():
        console.print("Nothing was looked at yet. Start with: chiso run")
        return
    with duckdb.connect() as connection:
        ledger_files = str(ledger.deliveries / "load-*.parquet")
        files, records, loads = connection.execute(_IN_ALL, [ledger_files]).fetchone() or (0, 0, 0)
        days = connection.execute(_BY_DAY, [ledger_files]).fetchall()
        refused = connection.execute(_REFUSED, [str(ledger.refusals)]).fetchall()
    if files:
        table = Table("delivered", "senders", "files", "records", "months of receipt", box=None, pad_edge=False)
        for row in days:
            table.add_row(*(f"{value:,}" if isinstance(value, int) else value for value in row))
        console.print(table)
        console.print(f"Loaded: {files:,} files, {records:,} records, in {loads:,} loads")
    else:
        console.print("no dossiers delivered yet" if not found else "No file is loaded yet.")
    for file, row, column, vi, en, remedy_vi, remedy_en in refused:
        place = (f", row {row}" if row is not None else "") + (f", column {column}" if column is not None else "")
        console.print(f"\n[red]refused[/red] {escape(file + place)}", soft_wrap=True)
        console.print(f"  {vi}. {remedy_vi}.\n  {en}. {remedy_en}.", markup=False, soft_wrap=True)
