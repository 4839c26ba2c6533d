"""The secret that dossier numbers are hashed with. It is never told: not in a message, not in a log, not on the disk.

HMAC-SHA256 as RFC 2104 defines it, in SQL: the two padded blocks are parameters of the query.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from ingest.settings import SettingsError

_BLOCK = 64
_LEAST = 32
_FINGERPRINT = b"chiso dossier key"
HOW = "`chiso dossiers key` makes one; keep it safe, for without it new records cannot be joined to those loaded"


class KeyFault(SettingsError):
    """There is no usable key, or it is another one than before. The message says what to do, never what the key is."""


class DossierKey:
    """A key, shown nowhere. `parameters` go into a query that uses `hashed`."""

    def __init__(self, secret: bytes) -> None:
        block = (hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret).ljust(_BLOCK, b"\0")
        self.parameters = {"inner": bytes(b ^ 0x36 for b in block), "outer": bytes(b ^ 0x5C for b in block)}
        self.fingerprint = hmac.new(secret, _FINGERPRINT, "sha256").hexdigest()

    def __repr__(self) -> str:
        return "DossierKey(…)"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "DossierKey":
        """The key of CHISO_DOSSIER_KEY, or of the file that CHISO_DOSSIER_KEY_FILE names: 64 or more hex digits.

        Raises KeyFault.
        """
        env = os.environ if environ is None else environ
        given, file = env.get("CHISO_DOSSIER_KEY", "").strip(), env.get("CHISO_DOSSIER_KEY_FILE", "").strip()
        if given and file:
            raise KeyFault("CHISO_DOSSIER_KEY and CHISO_DOSSIER_KEY_FILE are both set; leave one out")
        if not given and not file:
            raise KeyFault(
                "dossiers were delivered, and there is no key to hash their numbers with; set CHISO_DOSSIER_KEY or"
                f" CHISO_DOSSIER_KEY_FILE. {HOW}"
            )
        source = "CHISO_DOSSIER_KEY"
        if file:
            source = f"the file {file} of CHISO_DOSSIER_KEY_FILE"
            try:
                given = Path(file).expanduser().read_text(encoding="ascii").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "it is no text of hex digits"
                raise KeyFault(f"{source} cannot be read: {reason}") from None
        try:
            secret = bytes.fromhex(given)
        except ValueError:
            secret = b""
        if len(secret) < _LEAST:
            raise KeyFault(f"{source} must hold {2 * _LEAST} or more hex digits. {HOW}")
        return cls(secret)


def new_key() -> str:
    """A fresh key as hex digits."""
    return secrets.token_hex(_LEAST)


def hashed(text: str) -> str:
    """SQL: the first 64 bits of the HMAC of a text, as a signed integer."""
    return first_64_bits(f"sha256($outer::blob || unhex(sha256($inner::blob || encode({text}))))")


def first_64_bits(hex_digits: str) -> str:
    """SQL: the first 16 hex digits as a bigint; the smallest stands for zeros."""
    return f"(('0x' || substr({hex_digits}, 1, 16))::ubigint::hugeint - 9223372036854775808)::bigint"
