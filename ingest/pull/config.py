"""How an installation pulls: the CHISO_PULL_* environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from ingest.settings import SettingsError


@dataclass(frozen=True)
class PullConfig:
    """Who asks, whom to trust, and how patient to be. There is no way to switch TLS checks off.

    contact         CHISO_PULL_CONTACT: an address in the user agent, for a publisher who wants to complain
    ca_file         CHISO_PULL_CA_FILE: further certificate authorities, PEM
    allow_private   CHISO_PULL_ALLOW_PRIVATE: hosts, or host:port, that may have a private or loopback address
    proxy           CHISO_PULL_PROXY: then the proxy looks names up, and private addresses are its to refuse
    tries           of one request, network faults only
    patience        seconds for all tries of one request, waits included; a publisher who asks for a longer wait ends it
    connect, idle   seconds to connect, and between two reads
    total           seconds for one answer from beginning to end
    first_wait      seconds before the second try; doubles from try to try
    """

    contact: str | None = None
    ca_file: Path | None = None
    allow_private: frozenset[str] = frozenset()
    proxy: str | None = None
    tries: int = 4
    patience: float = 180.0
    connect: float = 15.0
    idle: float = 30.0
    total: float = 600.0
    first_wait: float = 2.0

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "PullConfig":
        """Raises SettingsError naming the variable that cannot be used."""
        env = os.environ if environ is None else environ

        def given(name: str) -> str:
            return env.get(f"CHISO_PULL_{name}", "").strip()

        ca_file = Path(given("CA_FILE")).expanduser() if given("CA_FILE") else None
        if ca_file is not None and not ca_file.is_file():
            raise SettingsError(f"CHISO_PULL_CA_FILE names {ca_file}, which is not there")
        contact = given("CONTACT") or None
        if contact and not re.fullmatch(r"[\x21-\x7e]+", contact):
            raise SettingsError("CHISO_PULL_CONTACT must be a mail or web address, in ASCII and without blanks")
        if given("PROXY") and not given("PROXY").startswith(("http://", "https://")):
            raise SettingsError("CHISO_PULL_PROXY must be the address of a proxy, http://host:port")
        return cls(
            contact=contact,
            ca_file=ca_file,
            allow_private=frozenset(host for host in re.split(r"[\s,]+", given("ALLOW_PRIVATE").lower()) if host),
            proxy=given("PROXY") or None,
        )

    @property
    def user_agent(self) -> str:
        return f"chiso/{version('chiso')}" + (f" (+{self.contact})" if self.contact else "")
