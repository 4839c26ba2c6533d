"""Text that came from a source, made safe to stand in a message: one line, and only real addresses as links."""

import re

LINK_LABEL = 40
_URL = re.compile(r"https?://[^\s;,\"'<>()]+")
# Line breaks and other control characters from a source must not start a line of their own in a message.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def one_line(text: str) -> str:
    """Give the text as one line: control characters, line breaks and direction marks become a space."""
    return " ".join(_CONTROL.sub(" ", text).split())


def links(*sources: str | None) -> tuple[tuple[str, str], ...]:
    """Give (label, address) for each http(s) address in the texts, in order, each once; nothing else can be a link."""
    found = dict.fromkeys(url.rstrip(".") for source in sources for url in _URL.findall(source or ""))
    return tuple((_link_label(url), url) for url in found)


def _link_label(url: str) -> str:
    """Host and the beginning of the path: enough to tell two pages of one site apart."""
    label = url.split("//", 1)[1].removeprefix("www.").rstrip("/")
    return label if len(label) <= LINK_LABEL else label[: LINK_LABEL - 1] + "…"
