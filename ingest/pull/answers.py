"""What an answer is called, and what its status means to a person."""

import re
import unicodedata
from email.message import EmailMessage
from pathlib import PurePosixPath

import httpx

from ingest.receipts import Receipt

_SUFFIXES = {f".{name}" for name in re.findall(r"\w+", "csv docx htm html json ods pdf tsv txt xls xlsx xml zip")}
_TYPES = {"text/html": ".html", "application/json": ".json", "text/csv": ".csv", "application/pdf": ".pdf"}
# as much as every file system takes, in signs and in bytes
_LONGEST, _MOST_BYTES, _LONGEST_SUFFIX = 150, 200, 10


def name_of(response: httpx.Response) -> str | None:
    """What the publisher calls the file, as a name that can do no harm: by the header, else by the address."""
    return _announced(response) or harmless(response.url.path)


def name_again(response: httpx.Response, known: Receipt) -> str | None:
    """The name after a 304, which need not repeat it: as before, unless another address says it."""
    before = harmless(known.original_name or "") if known.final_url == str(response.url) else None
    return _announced(response) or before or name_of(response)


def harmless(name: str) -> str | None:
    """The last part of a path as a file name: no slash, no sign that cannot be seen, not too long, its suffix kept."""
    seen = "".join(sign for sign in name.replace("\\", "/") if unicodedata.category(sign)[0] != "C")
    last = seen.rpartition("/")[2].strip(". ")
    suffix = PurePosixPath(last).suffix
    suffix = suffix if len(suffix) <= _LONGEST_SUFFIX else ""
    stem = last.removesuffix(suffix)[: _LONGEST - len(suffix)]
    while len((stem + suffix).encode()) > _MOST_BYTES:
        stem = stem[:-1]
    return stem + suffix or None


def _announced(response: httpx.Response) -> str | None:
    disposition = EmailMessage()
    given = response.headers.get("content-disposition", "").encode("ascii", "replace").decode()
    try:
        disposition["Content-Disposition"] = given
        return harmless(disposition.get_filename() or "")
    except (IndexError, ValueError):  # the parser of the standard library stumbles over some that are cut short
        return None


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
