"""Makes the Data Docs that Great Expectations wrote readable without a network, and swaps them in.

The stock pages load styles, scripts and a logo from seven foreign hosts: offline they are unstyled and their index is
empty, online they tell those hosts that a page was read. All of that is taken out; one small style sheet and an index
of our own, in Vietnamese and English, stand in for it.
"""

import re
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from quality.findings import Check
from quality.numbers_vi import date_vi, number_vi

STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:0 auto;max-width:1200px;padding:12px;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;margin:8px 0;display:block;overflow-x:auto}
th,td{border:1px solid #d5d5d5;padding:4px 8px;text-align:left;vertical-align:top}
th{background:#f2f4f7}
a{color:#0b5cad}
.navbar{height:auto!important}
.breadcrumb{list-style:none;padding:0;display:flex;gap:8px}
.sticky,#section-1-content-block-3{display:none}
.fa-check-circle::before{content:"\\2713\\a0 passed";color:#1a7f37;font-style:normal}
.fa-times::before{content:"\\2717\\a0 failed";color:#b42318;font-style:normal}
.fa-exclamation-triangle::before{content:"! error";color:#9a3b00;font-style:normal}
"""
_FOREIGN = (
    re.compile(r"<script\b.*?</script>", re.I | re.S),
    re.compile(r"<link\b[^>]*\bhref=\"https?://[^>]*>", re.I),
    re.compile(r"<img\b[^>]*\bsrc=\"https?://[^>]*>", re.I | re.S),
    re.compile(r"url\('https?://[^)]*\)[^;]*;", re.I),
    re.compile(r"<footer\b.*?</footer>", re.I | re.S),
)
_OUTCOME_VI = {
    "passed": "đạt",
    "failed": "không đạt",
    "error": "không chạy được",
    "not_judged": "chưa có gì để xét",
}


def publish_docs(staging: Path, target: Path, index: str) -> Path:
    """Clean every page under `staging`, give it `index`, put it in place of `target`; gives the path of the index."""
    for page in staging.rglob("*.html"):
        page.write_text(offline(page.read_text(encoding="utf-8")), encoding="utf-8")
    (staging / "index.html").write_text(index, encoding="utf-8")
    old = target.with_name(target.name + ".old")
    if old.exists():
        shutil.rmtree(old)
    if target.exists():
        target.rename(old)
    staging.rename(target)
    if old.exists():
        shutil.rmtree(old)
    return target / "index.html"


def offline(html: str) -> str:
    """Give the page without scripts and without anything that is fetched from another host, in our style."""
    for pattern in _FOREIGN:
        html = pattern.sub("", html)
    return html.replace("</head>", f"<style>{STYLE}</style></head>", 1)


def render_index(checks: Sequence[Check], as_of: date) -> str:
    """Give the start page: every rule with its outcome, counts and the page that lists its failing rows."""
    templates = Environment(
        loader=PackageLoader("quality", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return templates.get_template("data_docs_index.html.j2").render(
        checks=checks, day=date_vi(as_of), style=STYLE, outcome_vi=_OUTCOME_VI, number_vi=number_vi
    )
