"""`chiso site`: the static site, from the published file."""

from pathlib import Path

import click

from ingest.settings import Settings
from orchestration.cli_errors import plainly


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder (default: CHISO_HOME/site; with --public CHISO_HOME/site_public).",
)
@click.option("--public", is_flag=True, help="Only what may leave the house: no findings, no duties.")
@plainly
def site(out: Path | None, public: bool) -> None:
    """Make the static site: pages that open from disk, with every figure's source, and ask nobody for anything.

    With --public it holds only the indices whose publishers allow passing on (CHISO_RELEASE_PUBLISHERS decides
    otherwise).
    """
    from ingest.home_lock import only_run
    from orchestration.bi.open_data.offered import read_offer
    from orchestration.bi.site import SiteError, build_site
    from orchestration.duckdb_resource import read_only
    from orchestration.publish import whole_file

    settings = Settings.from_env()
    published = whole_file(settings.published)
    folder = out or (settings.home / "site_public" if public else settings.site)
    offer = None
    try:
        if public:
            with read_only(published) as connection:
                offer = read_offer(connection, settings)
        with only_run(settings.home):
            made = build_site(published, folder, offer)
    except SiteError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"the site cannot be written to {folder}: {error.strerror or error}") from error
    click.echo(f"made: {made.folder / made.pages[0]} ({len(made.pages)} pages, {made.bytes / 1e6:.1f} MB)")
