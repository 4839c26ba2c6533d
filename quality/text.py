"""Text that came from a source, made safe to stand in a message: one line, and only real addresses as links."""

import re

LINK_LABEL = 40
_URL = re.compile(r"https?://[^\s;,\"'<>()]+")
# Line breaks and other control characters from a source must not start a line of their own in a message.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]+")


def one_line(text: str) -> str:
    """Give the text as one line: control characters, line breaks and invisible marks become a space.

    What is no text at all (half of a surrogate pair, as in a file name of unknown encoding) becomes a question mark.
    """
    return " ".join(_CONTROL.sub(" ", text.encode("utf-8", "replace").decode()).split())


def links(*sources: str | None) -> tuple[tuple[str, str], ...]:
    """Give (label, address) for each http(s) address in the texts, in order, each once; nothing else can be a link."""
    found = dict.fromkeys(url.rstrip(".") for source in sources for url in _URL.findall(source or ""))
    return tuple((_link_label(url), url) for url in found)


def _link_label(url: str) -> str:
    """Host and the beginning of the path: enough to tell two pages of one site apart."""
    label = url.split("//", 1)[1].removeprefix("www.").rstrip("/")
    return label if len(label) <= LINK_LABEL else label[: LINK_LABEL - 1] + "…"
