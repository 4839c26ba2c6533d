"""Making the site: everything is read first, written whole into a folder beside, and put in place by a rename."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.bi.open_data.offered import Offer
from orchestration.bi.site.frame import Frame, SiteError, read_frame
from orchestration.bi.site.overview import read_overview
from orchestration.bi.site.pages import Page, pages_of, render
from orchestration.bi.site.series import read_series, totals_of
from orchestration.bi.site.tables import read_duties, read_findings, read_lineage, read_sources
from orchestration.bi.site.texts import WORDS
from orchestration.bi.site.tiles import read_tiles
from orchestration.bi.whole_folder import beside, take_place
from orchestration.duckdb_resource import read_only

# what shows that a folder is a site of ours and may be replaced
MARK = "site.json"

_HERE = Path(__file__).parent
_VENDOR = _HERE / "vendor" / "echarts"
# later parts use what earlier ones define
_SCRIPTS = (
    "core",
    "csv",
    "chart",
    "series",
    "trend",
    "overview",
    "compare_charts",
    "compare",
    "findings",
    "duties",
    "sources",
    "lineage",
    "start",
)
_STYLES = ("frame", "parts", "pages", "phone_and_paper")


@dataclass(frozen=True)
class Site:
    """A site as it was made: where, its pages, its size in bytes, and the hash of the figures in it."""

    folder: Path
    pages: tuple[str, ...]
    bytes: int
    content_sha256: str


def build_site(published: Path, out: Path, offer: Offer | None = None) -> Site:
    """Make the site in the folder `out` from the published file, replacing one of ours that stands there.

    `offer` makes the site for the public: only its indices and tables, no findings, no agencies and their duties; None
    makes the whole one. Raises WarehouseError when the file cannot be read, SiteError when `out` holds something else
    or when the file does not say what the pages need, OSError when the folder cannot be written.
    """
    out = out.absolute()
    if out.exists() and not (out / MARK).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise SiteError(f"{out} is there already and is no site of Chiso; name another folder, or empty that one")
    fresh = beside(out)
    is_public = offer is not None
    pages = pages_of(is_public)
    with read_only(published) as con:
        try:
            frame, overview, scripts = _read(con, offer)
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            said = str(error).splitlines()[0]
            raise SiteError(f"the published file is of an older version; `chiso run` makes it anew ({said})") from error
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write(fresh, pages, frame, overview, scripts, is_public)
        take_place(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return Site(out, tuple(page.file for page in pages), size, frame.version["content_sha256"])


def _read(con: duckdb.DuckDBPyConnection, offer: Offer | None) -> tuple[Frame, list[dict[str, Any]], dict[str, str]]:
    """The frame, the key table, and the scripts with the figures by their names."""
    is_public = offer is not None
    frame = read_frame(con, None if offer is None else frozenset(index.code for index in offer.indices))
    series = read_series(con, frame.codes, frame.units)
    totals = totals_of(series)
    scripts = _data(frame, series, totals, is_public) | {
        "sources": _script("sources", read_sources(con, frame, has_agencies=not is_public)),
        "lineage": _script("lineage", read_lineage(con, offer)),
    }
    if not is_public:
        scripts["findings"] = _script("findings", read_findings(con))
        scripts["duties"] = _script("duties", read_duties(con, frame))
    return frame, read_overview(con, frame, totals), scripts


def _data(frame: Frame, series: Mapping[str, Any], totals: Mapping[str, Any], is_public: bool) -> dict[str, str]:
    """The figures by the name of their script; those of an index with all components are asked for one at a time."""
    comparable = [code for code in frame.codes if {"34", "63"} & series[code]["lists"].keys()]
    common = {"frame": frame.as_data(has_agencies=not is_public), "words": WORDS, "comparable": comparable}
    scripts = {
        "frame": "".join(_script(name, content) for name, content in common.items()),
        "overview": _script("totals", totals) + _script("tiles", read_tiles(frame.units)),
    }
    for code in comparable:
        scripts[f"series-{code}"] = f"(chiso.series??={{}})[{json.dumps(code)}]={_json(series[code])};\n"
    return scripts


def _write(
    folder: Path,
    pages: tuple[Page, ...],
    frame: Frame,
    overview: list[dict[str, Any]],
    data: Mapping[str, str],
    is_public: bool,
) -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "assets").mkdir()
    for page in pages:
        text = render(page, pages, frame, overview, is_public)
        (folder / page.file).write_text(text, encoding="utf-8")
    for name, script in data.items():
        (folder / "data" / f"{name}.js").write_text(script, encoding="utf-8")
    script = '(() => {\n"use strict";\n' + _joined("scripts", _SCRIPTS, "js") + "})();\n"
    (folder / "assets" / "site.js").write_text(script, encoding="utf-8")
    (folder / "assets" / "site.css").write_text(_joined("styles", _STYLES, "css"), encoding="utf-8")
    shutil.copytree(_VENDOR, folder / "assets" / "echarts")
    (folder / MARK).write_text(_json({"chiso_site": frame.version, "public": is_public}) + "\n", encoding="utf-8")


def _joined(kind: str, names: tuple[str, ...], ending: str) -> str:
    return "\n".join((_HERE / kind / f"{name}.{ending}").read_text(encoding="utf-8") for name in names)


def _script(name: str, content: Any) -> str:
    return f"(window.chiso??={{}}).{name}={_json(content)};\n"


def _json(content: Any) -> str:
    """JSON that is JavaScript too; dates as YYYY-MM-DD. A value that is no figure (NaN) is refused."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_iso)


def _iso(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a page")
