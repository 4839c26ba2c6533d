"""A CKAN portal, asked through its action API; what it refuses is said in words that tell what to do."""

import ipaddress
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import requests
from ckanapi import CKANAPIError, NotAuthorized, NotFound, RemoteCKAN, ValidationError  # type: ignore[import-untyped]
from ckanapi.errors import ServerIncompatibleError  # type: ignore[import-untyped]

# seconds to connect, and to wait for an answer: a portal reads a file in before it answers
_TIMEOUT = (10, 300)


class PortalError(RuntimeError):
    """The portal did not do what it was asked; the message says why and what to do."""


class Portal:
    """One portal. `token` is sent to it and nowhere else, and never shown."""

    def __init__(self, url: str, token: str | None) -> None:
        """Raises PortalError when the token could be read on the way: only https will do, but on this machine."""
        self.url = url.rstrip("/")
        _refuse_readable(self.url)
        self.has_token = token is not None
        self._answer = "nothing"
        session = requests.Session()
        session.hooks["response"].append(self._note)
        self._ckan = RemoteCKAN(self.url, apikey=token, user_agent="chiso", session=session)

    def __enter__(self) -> "Portal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ckan.close()

    def find(self, action: str, name: str) -> dict[str, Any] | None:
        """What the `…_show` action says of a name; None when the portal has no such thing."""
        try:
            found: dict[str, Any] = self._call(action, {"id": name}, None)
        except NotFound:
            return None
        return found

    def do(self, action: str, data: dict[str, Any], upload: Path | None = None) -> None:
        """Change something. A file is sent in the same request as what describes it."""
        try:
            self._call(action, data, upload)
        except NotFound as error:
            raise PortalError(f"{self.url} no longer has what {action} is about; try again") from error

    def _call(self, action: str, data: dict[str, Any], upload: Path | None) -> Any:
        kwargs = {"timeout": _TIMEOUT}
        try:
            if upload is None:
                return self._ckan.call_action(action, data, requests_kwargs=kwargs)
            with upload.open("rb") as stream:
                files = {"upload": (upload.name, stream)}
                return self._ckan.call_action(action, data, files=files, requests_kwargs=kwargs)
        except NotFound:
            raise
        except NotAuthorized as error:
            raise PortalError(
                f"{self.url} refused {action} ({self._answer}): {self._token_may_not()}; ask the portal's administrator"
            ) from error
        except ValidationError as error:
            said = "; ".join(f"{field}: {why}" for field, why in error.error_dict.items() if field != "__type")
            raise PortalError(f"{self.url} did not accept {action} ({self._answer}): {said}") from error
        except requests.RequestException as error:
            raise PortalError(f"{self.url} cannot be reached, check address and network: {error}") from error
        except (CKANAPIError, ServerIncompatibleError) as error:
            raise PortalError(
                f"{self.url} answered {action} with {self._answer}, not as a CKAN portal does; check the address"
                f" and that {self._token_may_not()} is not the reason"
            ) from error

    def _token_may_not(self) -> str:
        return "the token has no right to it" if self.has_token else "no token in CHISO_CKAN_TOKEN"

    def _note(self, response: requests.Response, *_: Any, **__: Any) -> None:
        self._answer = f"{response.status_code} {response.reason}"


def _refuse_readable(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise PortalError("write the portal's address as https://host or https://host/path")
    if parts.scheme == "http" and not _is_this_machine(parts.hostname):
        raise PortalError(f"{url} would carry the token in the clear; use https")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
