"""`chiso template`: the sheet that a department fills in."""

import csv
from pathlib import Path

import click

from ingest.settings import PROJECT_ROOT, Settings
from orchestration.cli_errors import plainly

_AGENCIES = PROJECT_ROOT / "dbt_project" / "seeds" / "agency.csv"


@click.command()
@click.argument("source")
@click.option("--month", "period", metavar="YYYY-MM", help="The period to fill in: 2026-10; 2026-Q3 or 2026 likewise.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it.  [default: SOURCE_PERIOD.xlsx]"
)
@plainly
def template(source: str, period: str | None, out: Path | None) -> None:
    """Write the .xlsx that a department fills in for SOURCE, a source of provincial metrics.

    Filled in and dropped into CHISO_HOME/inbox, it comes back without a question.
    """
    from ingest.catalog_reader import load_catalog
    from ingest.metric_record import on_record
    from ingest.metric_template import write_template
    from ingest.territory import gazetteer

    settings = Settings.from_env()
    catalog = load_catalog(settings.shelves)
    handed_in = {code: one for code, one in catalog.metric_sources.items() if one.is_handed_in}
    layout = handed_in.get(source)
    if layout is None:
        raise click.ClickException(
            f"no department hands {source} in as a sheet; one of: {', '.join(sorted(handed_in))}"
        )
    path = out or Path("_".join(part for part in (source, period) if part) + ".xlsx")
    codes = [] if layout.metrics else on_record(catalog, gazetteer()).codes_and_units(layout.constants.get("territory"))
    try:
        write_template(path, layout, period, _agency_vi(layout.agency), codes, str(settings.inbox))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(path)


def _agency_vi(code: str | None) -> str | None:
    """The agency's name as the reviewed list has it; raises ClickException for a code that is not on it."""
    if code is None:
        return None
    with _AGENCIES.open(encoding="utf-8", newline="") as file:
        names = {row["agency_code"]: row["name_vi"] for row in csv.DictReader(file)}
    if code not in names:
        raise click.ClickException(f"{_AGENCIES.name} has no agency {code}; mend `from` of the source")
    return names[code]
