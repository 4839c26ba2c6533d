"""`chiso dossiers`: what the one-stop system delivered, and the key that dossier numbers are hashed with."""

import click

from ingest.settings import Settings
from orchestration.cli_errors import plainly


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
@plainly
def dossiers(context: click.Context) -> None:
    """Show what was delivered into the dossier feed: loaded, waiting, refused and why.

    The one-stop system drops files into CHISO_DOSSIER_FEED (default: CHISO_HOME/inbox/dossiers) as
    SENDER/YYYY-MM-DD[_remark].csv, .jsonl or .parquet; `chiso run` loads them.
    """
    if context.invoked_subcommand is None:
        from orchestration import cli_show_dossiers as show

        show.deliveries(Settings.from_env())


@dossiers.command()
@plainly
def key() -> None:
    """Print a new key for CHISO_DOSSIER_KEY. Nothing is kept here: without it what is loaded cannot be added to."""
    from ingest.dossiers.key import new_key

    click.echo(new_key())
