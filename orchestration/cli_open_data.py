"""`chiso open-data`: the package of what may leave the house, and its way to a CKAN portal."""

import os
from pathlib import Path

import click

from ingest.settings import Settings
from orchestration.cli_errors import plainly


@click.command("open-data")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder (default: CHISO_HOME/open_data).")
@click.option("--ckan", metavar="URL", help="Also compare it with a CKAN portal, and say what would be changed there.")
@click.option("--organization", metavar="NAME", help="The organization on the portal that it belongs to.")
@click.option("--dataset", metavar="NAME", default="chiso-open-data", show_default=True, help="Its name on the portal.")
@click.option("--send", is_flag=True, help="Really change the portal; the token is read from CHISO_CKAN_TOKEN.")
@click.option("--prune", is_flag=True, help="Also remove files from the portal's dataset that are no longer offered.")
@plainly
def open_data(
    out: Path | None, ckan: str | None, organization: str | None, dataset: str, send: bool, prune: bool
) -> None:
    """Make the open-data package: CSV and Parquet with their description, from the published file.

    Only the tables that are listed for it leave, and only figures whose publishers allow it; CHISO_RELEASE_PUBLISHERS
    decides otherwise. The folder is the package's own: what else lies in it goes when the package changes.
    """
    from ingest.home_lock import only_run
    from orchestration.bi.open_data.package import make_package

    if (organization or send or prune) and not ckan:
        raise click.UsageError("--organization, --send and --prune go with --ckan URL")
    if ckan and not organization:
        raise click.UsageError("--ckan needs --organization NAME")
    settings = Settings.from_env()
    with only_run(settings.home):
        package = make_package(settings, out or settings.open_data)
    state = "unchanged" if package.unchanged else "made"
    click.echo(f"{state}: {package.folder} ({len(package.rows)} tables, {sum(package.rows.values())} rows)")
    if package.withheld:
        click.echo(f"not in it, by the publishers' terms or your choice: {', '.join(package.withheld)}")
    if ckan and organization:
        _bring_to(ckan, package.folder, organization, dataset, send=send, prune=prune)


def _bring_to(url: str, folder: Path, organization: str, dataset: str, *, send: bool, prune: bool) -> None:
    from orchestration.bi.open_data.ckan import upload
    from orchestration.bi.open_data.portal import Portal, PortalError

    try:
        with Portal(url, os.environ.get("CHISO_CKAN_TOKEN", "").strip() or None) as portal:
            upload(portal, folder, organization, dataset, send=send, prune=prune, say=click.echo)
    except PortalError as error:
        raise click.ClickException(str(error)) from error
