"""`chiso backtest`: hands the compiled models and the archive to `quality.backtest`, and keeps what comes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.home_lock import only_run
from ingest.settings import PROJECT_ROOT, Settings
from orchestration import dbt
from orchestration.run import fingerprint, last_run
from orchestration.warehouse_state import NotBuilt, require_built
from quality.backtest import INJECTIONS, SEED

PAGE = PROJECT_ROOT / "quality" / "BACKTEST.md"


@dataclass(frozen=True)
class Written:
    """Where the results are, and what came out in short. `misses` and `false_faults` are what should be 0."""

    files: tuple[Path, ...]
    injections: int
    revealed: int
    misses: int
    false_faults: int | None


def backtest(
    settings: Settings,
    injections: int,
    seed: int,
    editions: Sequence[str],
    with_replay: bool,
    progress: Callable[[str], None],
) -> Written:
    """Run the backtest and write its tables and page under CHISO_HOME/quality/backtest.

    A run of everything with the usual number and seed also renews the page in the project. Raises NotBuilt unless the
    last run was good and made from the code, catalog and settings as they are.
    """
    # numpy, Great Expectations and jinja: only where a backtest runs
    from quality.backtest.page import false_faults, render_page
    from quality.backtest.run import backtest as run_backtest
    from quality.backtest.tables import write_tables

    with only_run(settings.home):
        require_built(settings)
        last = last_run(settings)
        if last is None or last["fingerprint"] != fingerprint(settings):
            raise NotBuilt("code, catalog or settings changed since the last good run; run `chiso run` first")
        result = run_backtest(
            dbt.manifest_path(settings),
            settings.warehouse,
            settings.as_of,
            settings.territory,
            injections,
            seed,
            editions,
            with_replay,
            progress=progress,
        )
        folder = settings.quality / "backtest"
        files = write_tables(result, folder)
        page = render_page(result)
        is_whole = with_replay and not editions and (injections, seed) == (INJECTIONS, SEED)
        for path in (folder / PAGE.name, *((PAGE,) if is_whole else ())):
            path.write_text(page, encoding="utf-8")
            files.append(path)
    revealed = [outcome for outcome in result.outcomes if outcome.injection.group == "table"]
    return Written(
        files=tuple(files),
        injections=len(result.outcomes),
        revealed=len(revealed),
        misses=sum(not outcome.is_found for outcome in revealed),
        false_faults=sum(false_faults(result.replay).values()) if result.replay is not None else None,
    )
