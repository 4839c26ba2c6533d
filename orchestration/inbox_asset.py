"""What people drop into the inbox, and what was mended in quarantine, as an asset before everything that is read."""

import dagster as dg

from ingest.inbox import take_in
from ingest.quarantine import held
from orchestration.ingest_assets import INBOX, OWNERS
from orchestration.resources import Home, say


@dg.asset(
    key=INBOX,
    group_name="archive",
    kinds={"file"},
    owners=OWNERS,
    description="Files dropped into CHISO_HOME/inbox: archived, examined, then on the shelf or in quarantine.",
)
def inbox_asset(home: Home) -> dg.MaterializeResult:  # type: ignore[type-arg]
    received = take_in(home.settings, say)
    lines = [f"- {one.name}: {one.outcome} {one.what}" for one in received]
    waiting = [f"- {one.id}: {one.why[0].en}" for one in held(home.settings.quarantine)]
    return dg.MaterializeResult(
        metadata={
            "files": len(received),
            "what became of them": dg.MetadataValue.md("\n".join(lines) or "none came"),
            "held": len(waiting),
            "in quarantine": dg.MetadataValue.md("\n".join(waiting) or "nothing"),
        }
    )
