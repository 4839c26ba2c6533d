"""The Vietnamese alert digest for Finance: one message, HTML and plain text, written as an `.eml` file.

Belongs here: layout, mail headers and the file. Does not belong here: what is said (digest_model) or sending it.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from quality.digest_model import Digest, read_digest

# The digest speaks for a day, not for the minute it was made: seven in the morning in Hà Nội.
_HOUR = 7
_HANOI = timezone(timedelta(hours=7))
_DOMAIN = "chiso.localhost"


class MailPolicy(EmailPolicy):
    """The standard SMTP policy, but for one fault: folding a long non-ASCII subject loses a space between words."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() != "subject" or value.isascii():
            return str(super().fold(name, value))
        encoded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() != "subject" or value.isascii():
            return super().fold_binary(name, value)
        return self.fold(name, value).encode("ascii")


POLICY = MailPolicy(linesep=SMTP.linesep, raise_on_defect=True)


@dataclass(frozen=True)
class MailAddresses:
    """Who the digest is from and to; the defaults reach nobody."""

    sender: str = "chiso@localhost"
    recipient: str = "so-tai-chinh@localhost"
    data_team: str = "du-lieu@localhost"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "MailAddresses":
        """Read CHISO_ALERT_FROM, CHISO_ALERT_TO and CHISO_ALERT_DATA_TEAM; empty means the default."""
        return cls(
            sender=environ.get("CHISO_ALERT_FROM") or cls.sender,
            recipient=environ.get("CHISO_ALERT_TO") or cls.recipient,
            data_team=environ.get("CHISO_ALERT_DATA_TEAM") or cls.data_team,
        )


def write_digest(
    warehouse: Path, outbox: Path, as_of: date, home_territory: str, addresses: MailAddresses | None = None
) -> Path:
    """Write the digest of the findings in `warehouse` into `outbox` and give its path.

    The file is named by date and content. When the newest digest there already says the same, on whatever day, no
    second file is made and the path of that one is given.
    """
    digest = read_digest(warehouse, as_of, home_territory)
    outbox.mkdir(parents=True, exist_ok=True)
    addresses = addresses or MailAddresses.from_env()
    fingerprint = _fingerprint(digest, addresses)
    said = sorted(outbox.glob("digest-*.eml"))
    newest = [path for path in said if path.name[:17] == said[-1].name[:17]]
    for path in newest:
        if path.stem.endswith(fingerprint):
            return path
    path = outbox / f"digest-{as_of:%Y-%m-%d}-{fingerprint}.eml"
    half = path.with_suffix(".part")
    half.write_bytes(render_message(digest, addresses).as_bytes())
    os.replace(half, path)
    return path


def render_message(digest: Digest, addresses: MailAddresses) -> EmailMessage:
    """Give the message: the same bytes for the same digest and addresses. Raises ValueError on a broken address."""
    text, html = render_text(digest), render_html(digest)
    said = "\x1f".join((f"{digest.as_of}", addresses.recipient, text, html))
    identity = hashlib.sha256(said.encode()).hexdigest()[:32]
    message = EmailMessage(policy=POLICY)
    message["From"] = addresses.sender
    message["To"] = addresses.recipient
    message["Subject"] = digest.subject
    message["Date"] = format_datetime(datetime(*digest.as_of.timetuple()[:3], _HOUR, tzinfo=_HANOI))
    message["Message-ID"] = f"<digest-{identity}@{_DOMAIN}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
    message.set_boundary(f"=_chiso_{identity}")
    message["Content-Language"] = "vi, en"
    return message


def render_html(digest: Digest) -> str:
    return _templates(autoescape=True).get_template("digest.html.j2").render(d=digest)


def render_text(digest: Digest) -> str:
    return _templates(autoescape=False).get_template("digest.txt.j2").render(d=digest)


def _templates(autoescape: bool) -> Environment:
    return Environment(
        loader=PackageLoader("quality", "templates"),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _fingerprint(digest: Digest, addresses: MailAddresses) -> str:
    """Hash what the digest says, to whom, without the day it says it."""
    said = {k: v for k, v in asdict(digest).items() if k not in ("as_of", "day")} | {"to": addresses.recipient}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]
