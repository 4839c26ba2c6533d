"""A message as mail: HTML and plain text that say the same, with one picture.

Belongs here: layout and MIME. Does not belong here: what is said (`message_model`), or who it is from and to: that is
added when it leaves (`addressed`), so that a mended address needs no new message.
"""

import hashlib
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from ingest.settings import ZONE
from quality.alerts.message_model import Message
from quality.numbers_vi import number_vi

if TYPE_CHECKING:
    from quality.plots import Picture  # drawing takes a second to import, and most messages have no picture

CHART = "bieu-do"
_OWN_FOLDING = ("subject", "from")


class MailPolicy(EmailPolicy):
    """The standard SMTP policy, but for one fault: folding a long non-ASCII text loses a space between words.

    That holds for the subject and for the name of the sender, of whom there is one.
    """

    def fold(self, name: str, value: str) -> str:
        if name.lower() not in _OWN_FOLDING or value.isascii():
            return str(super().fold(name, value))
        text, address = (str(value), "") if name.lower() == "subject" else parseaddr(str(value))
        encoded = Header(text, "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}" + (f" <{address}>{self.linesep}" if address else "")

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() not in _OWN_FOLDING or value.isascii():
            return super().fold_binary(name, value)
        return self.fold(name, value).encode("ascii")


POLICY = MailPolicy(linesep=SMTP.linesep, raise_on_defect=True)


def render_mail(message: Message, picture: "Picture | None", mail_id: str, now: datetime) -> bytes:
    """Give the mail without From and To. The same bytes for the same arguments."""
    chart = picture if picture and picture.png else None
    mail = EmailMessage(policy=POLICY)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(now.astimezone(ZONE))
    mail["Message-ID"] = mail_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(render_text(message, chart), charset="utf-8", cte="quoted-printable")
    mail.add_alternative(render_html(message, chart), subtype="html", charset="utf-8", cte="quoted-printable")
    boundary = f"=_chiso_{hashlib.sha256(mail_id.encode()).hexdigest()[:24]}"
    if chart is not None:
        [_, html] = mail.iter_parts()
        assert isinstance(html, EmailMessage)
        html.add_related(chart.png, "image", "png", cid=f"<{CHART}>", disposition="inline", filename=f"{CHART}.png")
        html.set_boundary(f"{boundary}_html")
    mail.set_boundary(boundary)
    # only now: setting the content removes all headers that begin so
    mail["Content-Language"] = "vi, en"
    return mail.as_bytes()


def addressed(mime: bytes, sender: str, to: str) -> bytes:
    """Give the stored mail, byte for byte, with From and To below its head. Raises ValueError on a broken address."""
    own = EmailMessage(policy=POLICY)
    own["From"] = sender
    own["To"] = to
    line = POLICY.linesep.encode()
    head, _, body = mime.partition(2 * line)
    return head + line + own.as_bytes() + body


def render_html(message: Message, chart: "Picture | None") -> str:
    return _templates(autoescape=True).get_template("alert.html.j2").render(m=message, chart=chart, cid=CHART)


def render_text(message: Message, chart: "Picture | None") -> str:
    return _templates(autoescape=False).get_template("alert.txt.j2").render(m=message, chart=chart)


@cache
def _templates(autoescape: bool) -> Environment:
    templates = Environment(
        loader=PackageLoader("quality.alerts", "templates"),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["vi"] = number_vi
    return templates
