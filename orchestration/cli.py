"""The command line: `chiso run`, and looking at what it made."""

import os
import sys
import warnings

import click

from ingest.settings import Settings
from orchestration import cli_add
from orchestration import cli_show as show
from orchestration.cli_alerts import alerts
from orchestration.cli_dossiers import dossiers
from orchestration.cli_errors import plainly
from orchestration.cli_metrics import template
from orchestration.cli_open_data import open_data
from orchestration.cli_pull import pull, verify
from orchestration.cli_site import site
from quality.backtest import INJECTIONS, SEED


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="chiso")
def main() -> None:
    """Chiso: the pipeline and warehouse of a province's competitiveness indices.

    Everything is written under CHISO_HOME (default: data/ beside the project). CHISO_TERRITORY is the home
    province, CHISO_AS_OF the date to judge by, CHISO_EXCLUDE_PUBLISHERS the publishers to leave out.
    """
    warnings.filterwarnings("ignore", category=DeprecationWarning)


@main.command()
@click.option("--force", is_flag=True, help="Run even when nothing changed since the last good run.")
@plainly
def run(force: bool) -> None:
    """Run the whole pipeline: archive, models, checks, published file, alert.

    Does nothing when nothing changed. A faulty edition stops alone and is a finding. Ends with 1 when a step of our
    own failed: then the published file is the last good one, unless only a rule could not be judged.
    """
    from orchestration.run import run as run_pipeline

    settings = Settings.from_env()
    with show.progress() as report:
        outcome = run_pipeline(settings, report, force)
    show.summary(settings, outcome)
    if outcome.problems:
        sys.exit(1)


@main.command()
@plainly
def prepare() -> None:
    """Make the home ready for the Dagster UI, without running anything."""
    from orchestration.run import prepare as prepare_home

    settings = Settings.from_env()
    prepare_home(settings)
    click.echo(f"ready: {settings.home}")


@main.command()
@plainly
def status() -> None:
    """Show what is held: editions by index, the last run, what waits in the inbox."""
    show.status(Settings.from_env())


@main.command()
@click.option("--kind", type=click.Choice(["data_fault", "regression"]), help="Only this kind.")
@click.option("--severity", type=click.Choice(["info", "warn", "critical"]), help="Only this severity.")
@click.option("--index", "index_code", help="Only this index, by its code.")
@click.option("--latest", is_flag=True, help="Only the latest edition of each index.")
@plainly
def findings(kind: str | None, severity: str | None, index_code: str | None, latest: bool) -> None:
    """List the findings of the last run, worst first."""
    show.findings(Settings.from_env(), kind, severity, index_code, latest)


@main.command()
@plainly
def publish() -> None:
    """Publish the working warehouse as it stands: DuckDB file, Parquet, datapackage.json, Excel workbook."""
    from ingest.home_lock import only_run
    from orchestration.publication import publish_home
    from orchestration.workbook import write_workbook

    settings = Settings.from_env()
    with only_run(settings.home):
        publication = publish_home(settings)
        write_workbook(publication.duckdb, publication.folder)
    change = "unchanged" if publication.unchanged else "published"
    click.echo(f"{change}: {publication.duckdb} ({len(publication.rows)} tables)")


@main.command()
@click.option("--period", required=True, metavar="YYYY-H1|YYYY", help="The six months or the year to report on.")
@plainly
def report(period: str) -> None:
    """Write the report pack for the plan: a .docx and an .xlsx under CHISO_HOME/reports, from the published file."""
    from quality.report import Period, write_report

    settings = Settings.from_env()
    try:
        chosen = Period.parse(period)
        written = write_report(
            settings.published / "chiso.duckdb", settings.reports, chosen, settings.as_of, settings.territory
        )
    except (ValueError, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from error
    for path in written:
        click.echo(path)


@main.command()
@click.option(
    "--injections", type=click.IntRange(min=1), default=INJECTIONS, show_default=True, help="How many faults."
)
@click.option("--seed", type=click.IntRange(min=0), default=SEED, show_default=True, help="Which ones are drawn.")
@click.option(
    "--editions", multiple=True, metavar="INDEX[:YEAR[:BASIS]]", help="Only these complete editions; may be repeated."
)
@click.option("--replay/--no-replay", default=True, show_default=True, help="Also replay history, edition by edition.")
@plainly
def backtest(injections: int, seed: int, editions: tuple[str, ...], replay: bool) -> None:
    """Try the rules on the archive: replay history, and put known faults into copies of whole editions.

    Says how many of the faults are found, how many false alarms there are, and how many regressions a province gets per
    edition. Nothing of the installation is changed: it works on copies in memory. Takes minutes; needs a finished
    `chiso run`. Results: CHISO_HOME/quality/backtest. Run without options, it renews quality/BACKTEST.md.
    """
    from orchestration.backtest import backtest as run_backtest

    with show.progress() as report:
        written = run_backtest(Settings.from_env(), injections, seed, editions, replay, report)
    show.backtest(written)


_BRING_IN = (cli_add.check, cli_add.add, cli_add.accept, cli_add.reject, cli_add.new_index, template, pull, verify)
for command in (*_BRING_IN, dossiers, open_data, site, alerts):
    main.add_command(command)

if __name__ == "__main__":
    os.environ.setdefault("PYTHONUTF8", "1")
    main()
