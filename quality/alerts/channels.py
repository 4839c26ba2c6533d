"""How a message leaves the house: mail, Apprise's services, a signed webhook, or a file in the outbox.

Belongs here: one try on one channel, and what its outcome means. Does not belong here: when to try again (`delivery`).
"""

import json
import logging
import os
import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parseaddr
from pathlib import Path

from quality.alerts.channel_config import AppriseService, Channel, Smtp, Webhook
from quality.alerts.config import Config
from quality.alerts.mail import addressed

# a service that takes short texts gets the beginning; Telegram takes 4,096 characters
_LONGEST_TEXT = 3500
_CUT = "\n… (phần còn lại trong thư hoặc `chiso alerts show`)"
_PERMANENT = range(500, 600)
# of HTTP, these pass by themselves
_TEMPORARY_STATUS = (408, 409, 425, 429)


class Unreachable(RuntimeError):
    """The channel itself does not answer as it should; it makes no sense to try another message on it now."""


class Refused(RuntimeError):
    """This message was refused for now; another may go through."""


class RefusedForGood(RuntimeError):
    """This message will never be taken as it is."""


@dataclass(frozen=True)
class Posting:
    """One message for one address, as the store keeps it."""

    mail_id: str
    recipient: str
    address: str
    subject: str
    text: str
    mime: bytes


def post(channel: Channel, posting: Posting, config: Config, outbox: Path) -> None:
    """Try once. Returns when the other side has taken the message; raises Unreachable, Refused or RefusedForGood."""
    if isinstance(channel, Smtp):
        _mail(channel, posting, config)
    elif isinstance(channel, Webhook):
        _webhook(channel, posting)
    elif isinstance(channel, AppriseService):
        _apprise(channel, posting)
    else:
        _file(posting, config, outbox)


def _mail(server: Smtp, posting: Posting, config: Config) -> None:
    try:
        mail = addressed(posting.mime, config.sender, posting.address)
    except ValueError as error:
        raise RefusedForGood(f"no mail can be made of it: {error}") from error
    sender = parseaddr(config.sender)[1]
    try:
        smtp = _connect(server)
    except smtplib.SMTPAuthenticationError as error:
        raise Unreachable(f"the server refused user name or password: {_said(error)}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable(_said(error)) from error
    try:
        _transmit(smtp, sender, posting.address, mail)
    finally:
        # whether it is taken is decided; how the server says goodbye changes nothing
        smtp.close()


def _connect(server: Smtp) -> smtplib.SMTP:
    """Connect, encrypt and sign in. A certificate that does not fit is an error, never a reason to go on without."""
    context = ssl.create_default_context(cafile=server.ca_file)
    timeout = server.timeout_seconds
    smtp: smtplib.SMTP
    if server.security == "tls":
        smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=timeout)
    try:
        if server.security == "starttls":
            smtp.starttls(context=context)
        if server.user is not None and server.password is not None:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _transmit(smtp: smtplib.SMTP, sender: str, address: str, mail: bytes) -> None:
    try:
        smtp.sendmail(sender, [address], mail)
    except smtplib.SMTPRecipientsRefused as error:
        [(code, said)] = error.recipients.values()
        raise (RefusedForGood if code in _PERMANENT else Refused)(f"{code} {_text(said)}") from error
    except smtplib.SMTPServerDisconnected as error:
        raise Unreachable(f"the connection broke off: {error}") from error
    except smtplib.SMTPResponseException as error:
        raise (RefusedForGood if error.smtp_code in _PERMANENT else Refused)(_said(error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable(_said(error)) from error
    try:
        smtp.quit()
    except (smtplib.SMTPException, OSError):
        # taken all the same: the answer to DATA was 250
        return


def _webhook(hook: Webhook, posting: Posting) -> None:
    import requests
    from standardwebhooks import Webhook as Signer

    now = datetime.now(UTC)
    content = {
        "type": "chiso.alert",
        "timestamp": now.isoformat(timespec="seconds"),
        "data": {"recipient": posting.recipient, "subject": posting.subject, "text": posting.text},
    }
    body = json.dumps(content, ensure_ascii=False)
    # the receiver knows a repeated message by its id, which is that of the mail
    message_id = posting.mail_id.strip("<>").partition("@")[0]
    headers = {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Chiso",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signer(hook.secret).sign(message_id, now, body),
    }
    try:
        answer = requests.post(
            hook.url,
            body.encode(),
            headers=headers,
            timeout=hook.timeout_seconds,
            allow_redirects=False,
            verify=hook.ca_file or True,
        )
    except OSError as error:
        # of requests' own errors too; one without a class of its own is a certificate file that cannot be read
        raise Unreachable(_said(error)) from error
    if answer.ok and not answer.is_redirect:
        return
    said = f"HTTP {answer.status_code} {answer.reason}"
    if 400 <= answer.status_code < 500 and answer.status_code not in _TEMPORARY_STATUS:
        raise RefusedForGood(said)
    raise Refused(said)


def _apprise(service: AppriseService, posting: Posting) -> None:
    from apprise import Apprise, NotifyFormat
    from apprise.logger import LogCapture

    sender = Apprise()
    sender.add(service.url)
    text = posting.text if len(posting.text) <= _LONGEST_TEXT else posting.text[: _LONGEST_TEXT - len(_CUT)] + _CUT
    with LogCapture(level=logging.WARNING) as log:  # type: ignore[no-untyped-call]
        is_taken = sender.notify(body=text, title=posting.subject, body_format=NotifyFormat.TEXT)
        said = " ".join(log.getvalue().split())
    if not is_taken:
        # Apprise does not say whether it is for good
        raise Refused(said or "the service did not take it")


def _file(posting: Posting, config: Config, outbox: Path) -> None:
    name = posting.mail_id.strip("<>").partition("@")[0]
    mail = addressed(posting.mime, config.sender, f"{posting.recipient}@localhost")
    day = message_from_bytes(mail, policy=policy.SMTP)["Date"].datetime
    path = outbox / f"{day:%Y-%m-%d}-{posting.recipient}-{name[:12]}.eml"
    beside = path.with_suffix(".part")
    try:
        outbox.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(mail)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        raise Unreachable(_said(error)) from error


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _text(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())
