"""A short notice to the data team that a run or a check failed: about our own work, not about the figures."""

import hashlib
import os
from collections.abc import Sequence
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from quality.digest import POLICY, MailAddresses

Kind = Literal["run_failed", "check_failed"]
# kind -> (subject, first line in Vietnamese, the same in English, what to do)
_WORDS: dict[Kind, tuple[str, str, str, str]] = {
    "run_failed": (
        "lượt chạy không hoàn thành",
        "Một lượt chạy của Chiso đã dừng vì lỗi. Tệp công bố vẫn là bản tốt gần nhất.",
        "A run of Chiso stopped with an error. The published file is still the last good one.",
        "Mở mục Runs trong giao diện Dagster để xem toàn bộ lỗi, rồi chạy lại. Open Runs in Dagster, then run again.",
    ),
    "check_failed": (
        "kiểm tra mức nghiêm trọng không đạt",
        "Lượt chạy hoàn thành nhưng có kiểm tra mức nghiêm trọng không đạt.",
        "The run finished, but a check of error severity failed.",
        "Mở trang Checks của bảng được nêu trong giao diện Dagster. Open the table's Checks page in Dagster.",
    ),
}


def write_notice(
    outbox: Path, kind: Kind, run_id: str, as_of: date, lines: Sequence[str], addresses: MailAddresses | None = None
) -> Path:
    """Write the notice as an `.eml` into `outbox` and give its path; once per kind and run, however often asked.

    `lines` say what failed, one step or check each.
    """
    subject, vietnamese, english, remedy = _WORDS[kind]
    addresses = addresses or MailAddresses.from_env()
    identity = hashlib.sha256(f"{kind} {run_id}".encode()).hexdigest()[:12]
    path = outbox / f"notice-{as_of:%Y-%m-%d}-{identity}.eml"
    if path.exists():
        return path
    message = EmailMessage(policy=POLICY)
    message["From"] = addresses.sender
    message["To"] = addresses.data_team
    message["Subject"] = f"[Chiso] {as_of:%Y-%m-%d} · {subject}"
    message["Message-ID"] = f"<notice-{identity}@chiso.localhost>"
    failed = "\n".join(f"- {line.strip()}" for line in lines)
    body = f"{vietnamese}\n{english}\n\n{failed}\n\n{remedy}\nLượt chạy / run: {run_id}\n"
    message.set_content(body, charset="utf-8", cte="quoted-printable")
    outbox.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    half.write_bytes(message.as_bytes())
    os.replace(half, path)
    return path
