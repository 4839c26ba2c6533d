"""What people read instead of names: comments are "Vietnamese label. English description.", taken apart here."""

import re
from collections import Counter
from collections.abc import Sequence

from orchestration.published_tables import Column, Table


def label_vi(named: Table | Column) -> str:
    """The Vietnamese label: the first sentence of the comment, without its full stop; the name where none is."""
    return _parts(named.comment)[0] or named.name


def description_en(named: Table | Column) -> str | None:
    """What the comment says after the label; None where it says nothing more."""
    return _parts(named.comment)[1] or None


def label_en(named: Table | Column) -> str:
    """The name in words: `lead_agency_vi` is "Lead agency (Vietnamese)"."""
    words, language = named.name, ""
    for ending, meaning in (("_vi", " (Vietnamese)"), ("_en", " (English)")):
        if words.endswith(ending):
            words, language = words.removesuffix(ending), meaning
    words = words.removeprefix("rpt_").removeprefix("fct_").removeprefix("dim_").replace("_", " ")
    return words[:1].upper() + words[1:] + language


def distinct_labels(named: Sequence[Table] | Sequence[Column]) -> list[str]:
    """The Vietnamese labels; where several would be the same, to any reader's letter case, the name follows."""
    counted = Counter(label_vi(one).casefold() for one in named)
    return [
        label_vi(one) if counted[label_vi(one).casefold()] == 1 else f"{label_vi(one)} ({one.name})" for one in named
    ]


def _parts(comment: str | None) -> tuple[str, str]:
    text = " ".join((comment or "").split())
    label = re.split(r"[.;] ", text, maxsplit=1)[0]
    return label.rstrip(" .;"), text[len(label) :].lstrip(".; ")
