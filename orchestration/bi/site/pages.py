"""The pages: their names in both languages, what each loads, and how their templates are filled."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from orchestration.bi.site.frame import Frame
from orchestration.bi.site.texts import Said, unit_label, word
from quality.numbers_vi import date_vi


@dataclass(frozen=True)
class Page:
    """One page: `name` is its template and its script, `data` the scripts with its figures."""

    name: str
    file: str
    title: Said
    data: tuple[str, ...]
    is_internal: bool = False


_PAGES = (
    Page("overview", "index.html", Said("Tổng quan", "Overview"), ("overview",)),
    Page("compare", "so-sanh.html", Said("So sánh", "Compare"), ()),
    Page("findings", "canh-bao.html", Said("Cảnh báo", "Findings"), ("findings",), is_internal=True),
    Page("duties", "trach-nhiem.html", Said("Trách nhiệm", "Duties"), ("duties",), is_internal=True),
    Page("sources", "nguon.html", Said("Nguồn", "Sources"), ("sources",)),
    Page("lineage", "dong-du-lieu.html", Said("Dòng dữ liệu", "Lineage"), ("lineage",)),
)


def pages_of(is_public: bool) -> tuple[Page, ...]:
    """The pages of a site, in the order of its menu."""
    return tuple(page for page in _PAGES if not (is_public and page.is_internal))


def render(page: Page, pages: tuple[Page, ...], frame: Frame, overview: list[dict[str, Any]], is_public: bool) -> str:
    """The HTML of one page. Every value is escaped."""
    return (
        _environment()
        .get_template(f"{page.name}.html")
        .render(
            page=page,
            pages=pages,
            version=frame.version,
            home=unit_label(frame.home_unit),
            merged_on=frame.home_unit["valid_from"] if frame.former else None,
            overview=overview,
            is_public=is_public,
        )
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["date_vi"] = date_vi
    environment.globals["word"] = word
    return environment
