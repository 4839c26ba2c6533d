"""The beginnings of a new index: its folder in the catalog of the installation, valid from the first moment."""

import re
from pathlib import Path
from typing import Any

from ingest.catalog_reader import complaints, load_catalog
from ingest.offer import CandidateError
from ingest.settings import Settings
from ingest.yaml_file import as_yaml, write_new

# folders of the catalog that are no index
_NOT_INDICES = ("dossiers", "metrics", "sources", "territory", "_schema")
_HEAD = """\
# yaml-language-server: $schema=ingest/catalog/_schema/index.schema.json
# To complete: how the publisher asks to be cited (citation), what it allows (terms, passing_on), names and scales of
# the components, and, where weights are published, `methodology`. ingest/catalog/fta_index is a small example.
"""


def scaffold(
    settings: Settings,
    code: str,
    *,
    level: str,
    name_vi: str,
    name_en: str,
    publisher: str,
    publisher_code: str,
    scale: tuple[float, float],
    components: tuple[str, ...],
    total_headers: tuple[str, ...],
) -> Path:
    """Write `index.yaml` of a new index and return its path. Raises CandidateError: known code, or not valid."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_]*", code) or code.lower() in _NOT_INDICES:
        raise CandidateError(
            f"{code!r} is no code of an index: letters, digits and underscores, and none of the catalog's own folders"
        )
    if scale[0] >= scale[1]:
        raise CandidateError(
            f"--scale takes the lowest and the highest value, in this order, not {scale[0]:g} {scale[1]:g}"
        )
    catalog = load_catalog(settings.shelves)
    if code.upper() in catalog.indices:
        raise CandidateError(f"{code.upper()} is described in {catalog.indices[code.upper()].path}")
    parts = [one.partition("=") for one in components]
    if any(not header for _, _, header in parts):
        raise CandidateError("--component takes CODE=HEADER, such as entry_costs='Gia nhập thị trường'")
    limits = [int(end) if end == int(end) else end for end in scale]
    document: dict[str, Any] = {
        "code": code.upper(),
        "level": level,
        "name_vi": name_vi,
        "name_en": name_en,
        "publisher": publisher,
        "publisher_code": publisher_code.upper(),
        "scale": limits,
        "publishes_rank": False,
        "citation": publisher,
        "passing_on": "ask",
        "terms": "Not known yet: ask the publisher.",
        "components": [
            {
                "code": "total",
                "kind": "total",
                "name_vi": name_vi,
                "name_en": name_en,
                "scale": limits,
                "headers": {"score": list(total_headers)},
            },
            *(
                {
                    "code": part,
                    "parent": "total",
                    "kind": "sub_index",
                    "name_vi": header,
                    "name_en": header,
                    "headers": {"score": [header]},
                }
                for part, _, header in parts
            ),
        ],
    }
    if said := complaints(document, "index"):
        raise CandidateError(said)
    path = settings.shelves[-1].catalog / code.lower() / "index.yaml"
    write_new(path, _HEAD + as_yaml(document))
    return path
