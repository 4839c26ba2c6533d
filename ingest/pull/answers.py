"""What an answer is called, and what its status means to a person."""

import re
from email.message import EmailMessage
from pathlib import PurePosixPath

import httpx

_SUFFIXES = {f".{name}" for name in re.findall(r"\w+", "csv docx htm html json ods pdf tsv txt xls xlsx xml zip")}
_TYPES = {"text/html": ".html", "application/json": ".json", "text/csv": ".csv", "application/pdf": ".pdf"}


def name_of(response: httpx.Response) -> str | None:
    """What the publisher calls the file."""
    disposition = EmailMessage()
    disposition["Content-Disposition"] = (
        response.headers.get("content-disposition", "").encode("ascii", "replace").decode()
    )
    name = disposition.get_filename() or response.url.path
    return PurePosixPath(name.replace("\\", "/")).name or None


def suffix_of(name: str | None, response: httpx.Response) -> str:
    """Only a name: what the file is, the readers judge by its bytes."""
    suffix = PurePosixPath(name or "").suffix.lower()
    return (
        suffix
        if suffix in _SUFFIXES
        else _TYPES.get(response.headers.get("content-type", "").split(";")[0].strip(), "")
    )


def refusal(status: int, url: str) -> str:
    """Why an answer is no content, and what to do."""
    if status in (401, 403):
        return f"{url} is not given to us ({status}). Ask the publisher for leave, or drop the file into the inbox"
    if status in (404, 410):
        return f"{url} is not there ({status}). Look where the publisher moved it and mend the source's YAML"
    if status >= 500:
        return (
            f"{url} fails on the publisher's side ({status}). Try it in a browser; if it stays so, tell the publisher"
        )
    return f"{url} answers {status}, which is no content. Open it in a browser, then mend the source's YAML"
