"""A real mail server on loopback, in a process of its own, that misbehaves on request: TLS, authentication, faults.

Each connection takes the next behaviour of the plan, or behaves well when the plan is used up. Every message that
the server took is kept, with whether the client can know it.
"""

import asyncio
import logging
import multiprocessing
import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"
USER, PASSWORD = "chiso", "synthetic-pass word-"
GOOD = "good"
# what the client can tell from the outside, and whether the server took the message all the same
TAKEN_UNKNOWN = ("accepted_then_dropped", "slow_answer")
NOT_TAKEN = (
    "busy_at_connect",
    "temporary_at_mail",
    "temporary_at_rcpt",
    "temporary_at_data",
    "dropped_at_rcpt",
    "dropped_mid_data",
    "wrong_certificate",
    "no_starttls",
)
FOR_GOOD = ("permanent_at_rcpt", "permanent_at_data")
FAULTS = (*TAKEN_UNKNOWN, *NOT_TAKEN)


@dataclass(frozen=True)
class Taken:
    """One message that the server took. `is_answer_lost`: the client was not told so."""

    recipient: str
    content: bytes
    is_answer_lost: bool

    @cached_property
    def mail(self) -> EmailMessage:
        found = message_from_bytes(self.content, policy=policy.SMTP)
        assert isinstance(found, EmailMessage)
        return found

    @cached_property
    def mail_id(self) -> str:
        return str(self.mail["Message-ID"])

    @property
    def text(self) -> str:
        body = self.mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content())


class _Server(SMTP):
    """One connection with one behaviour."""

    def __init__(self, behaviour: str, slowness: float, *arguments: Any, **options: Any) -> None:
        self.behaviour, self.slowness = behaviour, slowness
        super().__init__(*arguments, **options)

    def connection_made(self, transport: Any) -> None:
        if self.behaviour == "busy_at_connect":
            transport.write(b"421 busy, try later\r\n")
            transport.close()
            return
        super().connection_made(transport)

    async def smtp_DATA(self, arg: str) -> None:
        if self.behaviour == "dropped_mid_data":
            await self.push("354 go on")
            await self._reader.read(200)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Handler:
    """Answers as the connection's behaviour says, and keeps what is taken."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []

    async def handle_MAIL(
        self, server: _Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if server.behaviour == "temporary_at_mail":
            return "451 try later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: _Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if server.behaviour == "dropped_at_rcpt":
            server.transport.abort()
        if server.behaviour == "temporary_at_rcpt":
            return "450 mailbox busy"
        if server.behaviour == "permanent_at_rcpt":
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: _Server, session: Session, envelope: Envelope) -> str:
        if server.behaviour == "temporary_at_data":
            return "452 no room"
        if server.behaviour == "permanent_at_data":
            return "554 refused by policy"
        is_lost = server.behaviour in TAKEN_UNKNOWN
        assert isinstance(envelope.content, bytes)
        for address in envelope.rcpt_tos:
            self.taken.append(Taken(address, envelope.content, is_lost))
        if server.behaviour == "accepted_then_dropped":
            server.transport.abort()
        if server.behaviour == "slow_answer":
            await asyncio.sleep(server.slowness)
        return "250 taken"


class _Controller(Controller):
    def __init__(self, handler: _Handler, port: int, contexts: dict[str, ssl.SSLContext], slowness: float) -> None:
        self.contexts, self.slowness = contexts, slowness
        self.plan: list[str] = []
        super().__init__(handler, hostname=HOST, port=port)

    def factory(self) -> SMTP:
        behaviour = self.plan.pop(0) if self.plan else GOOD
        context = self.contexts["wrong" if behaviour == "wrong_certificate" else "good"]
        return _Server(
            behaviour,
            self.slowness,
            self.handler,
            hostname=HOST,
            tls_context=None if behaviour == "no_starttls" else context,
            auth_required=behaviour != "no_starttls",
            auth_require_tls=True,
            authenticator=_authenticate,
        )


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    is_known = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_known, handled=is_known)


class MailServer:
    """The server seen from the tests. It is up when made; `down` and `up` close and open its port."""

    def __init__(self, pipe: Connection, port: int, ca_file: Path) -> None:
        self._pipe, self.port, self.ca_file = pipe, port, ca_file

    def plan(self, *behaviours: str) -> None:
        """What the next connections meet; forgets the rest of an earlier plan and all that was taken."""
        self._ask("plan", list(behaviours))

    @property
    def taken(self) -> list[Taken]:
        return [Taken(*one) for one in self._ask("taken")]

    def down(self) -> None:
        self._ask("down")

    def up(self) -> None:
        self._ask("up")

    def _ask(self, word: str, value: Any = None) -> Any:
        self._pipe.send((word, value))
        return self._pipe.recv()


@contextmanager
def mail_server(folder: Path, slowness: float = 1.0) -> Iterator[MailServer]:
    """Run a server until the end of the block; its authority's certificate lies in `folder`."""
    right, wrong = trustme.CA(), trustme.CA()
    ca_file, good, bad = folder / "ca.pem", folder / "good.pem", folder / "wrong.pem"
    right.cert_pem.write_to_path(str(ca_file))
    right.issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(str(good))
    wrong.issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(str(bad))
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, str(good), str(bad), slowness), daemon=True)
    process.start()
    theirs.close()  # a server that dies is an end of file here, not a wait for ever
    try:
        yield MailServer(ours, ours.recv(), ca_file)
    finally:
        process.terminate()
        process.join()


def _serve(pipe: Connection, good: str, bad: str, slowness: float) -> None:
    # it tells of every fault that it was asked for
    logging.disable()
    warnings.simplefilter("ignore")
    contexts = {}
    for name, file in (("good", good), ("wrong", bad)):
        contexts[name] = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        contexts[name].load_cert_chain(file)
    handler = _Handler()
    with socket.create_server((HOST, 0)) as found:
        port = found.getsockname()[1]
    controller = _start(handler, port, contexts, slowness)
    pipe.send(port)
    while True:
        word, value = pipe.recv()
        if word == "plan":
            controller.plan, handler.taken[:] = value, []
        elif word == "down":
            controller.stop()
        elif word == "up":
            controller = _start(handler, port, contexts, slowness)
        told = handler.taken if word == "taken" else ()
        pipe.send([(one.recipient, one.content, one.is_answer_lost) for one in told])


def _start(handler: _Handler, port: int, contexts: dict[str, ssl.SSLContext], slowness: float) -> _Controller:
    controller = _Controller(handler, port, contexts, slowness)
    controller.start()
    return controller
