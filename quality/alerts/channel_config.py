"""The channels of `alerts.yaml`: mail servers, Apprise's services, webhooks; and the secrets that they name.

Belongs here: what a channel is, and refusing one that would not be safe. Secrets come from the environment.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

FILE_CHANNEL = "file"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SECRET_FIELDS = ("user_env", "password_env", "url_env", "secret_env")


@dataclass(frozen=True)
class Smtp:
    """A mail server. `security` is starttls, tls or none; certificates are always checked."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str | None = None
    password: str | None = None
    ca_file: str | None = None
    timeout_seconds: float = 15.0

    def __repr__(self) -> str:
        return f"Smtp({self.host}:{self.port}, {self.security})"


@dataclass(frozen=True)
class AppriseService:
    """One of Apprise's services; its address holds the token."""

    url: str

    def __repr__(self) -> str:
        return "AppriseService(…)"


@dataclass(frozen=True)
class Webhook:
    """An address that gets signed JSON by POST (Standard Webhooks)."""

    url: str
    secret: str
    ca_file: str | None = None
    timeout_seconds: float = 15.0

    def __repr__(self) -> str:
        return f"Webhook({self.url})"


@dataclass(frozen=True)
class ToFile:
    """The outbox folder, where no channel is configured."""


Channel = Smtp | AppriseService | Webhook | ToFile


def read_channels(
    described: dict[str, dict[str, Any]], environ: Mapping[str, str] | None, problems: list[str]
) -> tuple[dict[str, Channel], frozenset[str]]:
    """Give the channels and every secret in them; what is wrong goes into `problems`, with its place.

    Without `environ` no secret is asked for: the channels then serve to check what names them.
    """
    channels: dict[str, Channel] = {FILE_CHANNEL: ToFile()}
    secrets: set[str] = set()
    for name, one in described.items():
        values = {key: value for key, value in one.items() if key not in ("kind", *_SECRET_FIELDS)}
        found = []
        for key in (key for key in _SECRET_FIELDS if key in one):
            secret = "" if environ is None else environ.get(one[key], "")
            values[key.removesuffix("_env")] = secret
            secrets |= _parts_of_secret(secret) if key == "url_env" else {secret}
            if environ is not None:
                found += [f"{key}: {said}" for said in _wrong_secret(one["kind"], one[key], secret)]
        found += _wrong_place(one)
        problems += [f"channels.{name}.{said}" for said in found]
        kinds: dict[str, type[Smtp | AppriseService | Webhook]] = {
            "smtp": Smtp,
            "apprise": AppriseService,
            "webhook": Webhook,
        }
        channels[name] = kinds[one["kind"]](**values)
    return channels, frozenset(secrets - {""})


def _wrong_secret(kind: str, variable: str, secret: str) -> list[str]:
    if not secret:
        return [f"the environment variable {variable} is not set"]
    if kind == "smtp" and not secret.isascii():
        return [f"{variable} has letters that sign-in cannot carry; ASCII only"]
    if kind == "webhook" and not _is_webhook_secret(secret):
        return [f"{variable} holds no base64 secret (whsec_…)"]
    if kind == "apprise":
        return [f"{variable} {said}" for said in _wrong_service(secret)]
    return []


def _wrong_place(one: dict[str, Any]) -> list[str]:
    """What would send a secret or a message in the clear, or could not be read when it is needed."""
    found = []
    if one["kind"] == "smtp" and one["security"] == "none" and one["host"] not in _LOOPBACK:
        found.append("security: none is for a server on this machine only")
    if one["kind"] == "webhook" and not one["url"].startswith("https://") and not _is_on_loopback(one["url"]):
        found.append("url: use https:// for anything but this machine")
    if "ca_file" in one and not Path(one["ca_file"]).is_file():
        found.append(f"ca_file: there is no file {one['ca_file']}")
    return found


def _parts_of_secret(url: str) -> set[str]:
    """An address with a token is shown in pieces by the libraries: every longer piece is a secret."""
    pieces = [url.split("://", 1)[-1]]
    for mark in "/?@:&=":
        pieces = [part for piece in pieces for part in piece.split(mark)]
    return {url, *(form for piece in pieces if len(piece) >= 8 for form in (piece, unquote(piece)))}


def _wrong_service(url: str) -> list[str]:
    from apprise import Apprise  # half a second, so only where it is used
    from apprise.logger import logger

    # of an address that it cannot read it logs the whole, token included
    before, logger.disabled = logger.disabled, True
    try:
        service = Apprise.instantiate(url, suppress_exceptions=True)
    finally:
        logger.disabled = before
    if not service:
        return ["holds no address that Apprise knows"]
    found = []
    if len(service) > 1:
        found.append("names several receivers: one that fails would repeat the message to all; make a channel of each")
    if not service.verify_certificate:
        found.append("switches off the check of certificates")
    plain = service.protocol if isinstance(service.protocol, tuple | list) else [service.protocol]
    if url.split("://", 1)[0].lower() in plain and not _is_on_loopback(url):
        found.append("is not encrypted; that is for this machine only")
    return found


def _is_on_loopback(url: str) -> bool:
    return urlsplit(url).hostname in _LOOPBACK


def _is_webhook_secret(secret: str) -> bool:
    given = secret.removeprefix("whsec_")
    try:
        # the signer itself passes over what is no base64, and would sign with another secret than the other side
        return bool(base64.b64decode(given + "=" * (-len(given) % 4), validate=True))
    except ValueError:
        return False
