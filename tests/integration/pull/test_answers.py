"""What an answer must be before it counts, what it is called, and pages and portals of a strange shape."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ingest.pull.faults import PullRefused
from ingest.receipts import read_receipt
from tests.integration.pull import publishers
from tests.integration.pull.conftest import House
from tests.integration.pull.publisher_server import JSON, XLSX, Asked, Publisher, Reply, redirect

WORLD_BANK = "/v2/country/VNM/indicator/LP.LPI.OVRL.XQ"
PX = "/api/v1/en/Enterprise/E05.02.px/"
FORM = "/pxweb/en/Enterprise/Enterprise/E05.02.px/"
SEARCH = "/api/3/action/package_search"
RESOURCE = "/dataset/lao-cai/chi-tieu.csv"
ERROR = Reply(b'[{"message": [{"id": "120", "value": "Service busy"}]}]', JSON)
ERROR_OBJECT = Reply(b'{"error": {"message": "Service busy"}, "success": false}', JSON)


def world_bank(site: Publisher) -> None:
    publishers.world_bank(site, per_page=10)


def px_form(site: Publisher) -> None:
    publishers.px_web(site, post=False, api=False)


def once(site: Publisher, path: str, error: Reply, when: Callable[[Asked], bool]) -> None:
    """One error for what `when` describes, then what was served before."""
    good, told = site.routes[path], []

    def answer(asked: Asked) -> Reply:
        if when(asked) and not told:
            told.append(asked)
            return error
        assert not isinstance(good, list)
        return good if isinstance(good, Reply) else good(asked)

    site.serve(path, answer)


Served = tuple[str, Callable[[Publisher], None], str, Reply, Callable[[Asked], bool]]
ONCE: dict[str, Served] = {
    "world bank": ("lpi_world_bank", world_bank, WORLD_BANK, ERROR, lambda asked: "&page=" not in asked.path),
    "its second page": ("lpi_world_bank", world_bank, WORLD_BANK, ERROR, lambda asked: asked.path.endswith("&page=2")),
    "no rows": (
        "lpi_world_bank",
        world_bank,
        WORLD_BANK,
        Reply(b'[{"page": 1, "pages": 1, "total": 0}, null]', JSON),
        lambda asked: True,
    ),
    "figures": ("nso_e05_02", publishers.px_web, PX, ERROR_OBJECT, lambda asked: asked.method == "POST"),
    "no JSON": ("nso_e05_02", publishers.px_web, PX, Reply(b"<html>busy"), lambda asked: asked.method == "POST"),
    "too deep": ("nso_e05_02", publishers.px_web, PX, Reply(b"[" * 90_000), lambda asked: asked.method == "POST"),
    "metadata": ("nso_e05_02", publishers.px_web, PX, ERROR_OBJECT, lambda asked: asked.method == "GET"),
    "form": ("nso_e05_02", px_form, FORM, ERROR_OBJECT, lambda asked: asked.method == "POST"),
    "search": ("data_gov_vn", publishers.ckan, SEARCH, ERROR_OBJECT, lambda asked: True),
    "resource": ("data_gov_vn", publishers.ckan, RESOURCE, ERROR_OBJECT, lambda asked: True),
    "page": ("data_gov_vn", publishers.ckan, RESOURCE, Reply(b"<!DOCTYPE html><p>busy"), lambda asked: True),
}


@pytest.mark.parametrize("name", ONCE)
def test_an_error_with_status_200_is_kept_as_refused_and_asked_for_again(
    house: House, site: Publisher, name: str
) -> None:
    code, serve, path, error, when = ONCE[name]
    serve(site)
    publishers.declare(code, site, house.home)
    good = house.bytes_of(house.pull(code))
    for folder in ("receipts", "sha256"):
        (house.home / "archive" / folder).rename(house.home / f"{folder}-before")
    once(site, path, error, when)
    with house.session() as session:
        with pytest.raises(PullRefused, match=site.url):
            session.pull(house.source(code), "all")
        [refused] = [one for one in map(read_receipt, house.receipts.paths()) if one.role == "refused"]
        assert (house.home / "archive" / refused.file).read_bytes() == error.body
        pulled = session.pull(house.source(code), "all")
    assert house.bytes_of(pulled) == good
    assert {receipt.role for receipt in pulled.receipts} <= {"table", "index"}
    assert not house.verify().problems


def test_an_error_that_was_kept_as_a_table_is_not_used(house: House, site: Publisher) -> None:
    """As installations have it that pulled before answers were judged."""
    publishers.declare("lpi_world_bank", site, house.home)
    site.serve(WORLD_BANK, ERROR)
    with pytest.raises(PullRefused):
        house.pull("lpi_world_bank")
    [path] = house.receipts.paths()
    path.write_text(path.read_text().replace('"refused"', '"table"'))
    publishers.world_bank(site)
    assert b"Logistics" in house.bytes_of(house.pull("lpi_world_bank"))[0]


def test_a_table_in_a_page_may_call_itself_a_workbook(house: House, site: Publisher) -> None:
    publishers.ckan(site)
    publishers.declare("data_gov_vn", site, house.home)
    site.serve(RESOURCE, Reply(b"<html><body><table><tr><td>1</td></tr></table></body></html>"))
    assert house.pull("data_gov_vn").tables


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"success": True}, "`result`"),
        ({"success": True, "result": None}, "`result`"),
        ({"success": True, "result": []}, "`result`"),
        ({"success": True, "result": {"results": None}}, "`result.results`"),
        ({"success": True, "result": {"results": [None]}}, "`result.results[0]`"),
        ({"success": True, "result": {"results": [{"resources": None}]}}, "`result.results[0].resources`"),
        ({"success": True, "result": {"resources": {"url": "x"}}}, "`result.resources`"),
        ({"success": True, "result": {"resources": ["x"]}}, "`result.resources[0]`"),
        ({"success": True, "result": {"resources": [{"url": 7}]}}, "`result.resources[0].url`"),
        ({"success": True, "result": {"resources": [{"url": "http://a:b/", "format": "csv"}]}}, "http://a:b/"),
        ({"success": True, "result": {"resources": [{"url": "http://\ud800/", "format": "csv"}]}}, "ud800"),
        ({"success": True, "result": {"resources": []}}, "no resource fits"),
        ([], "did not do what it was asked"),
        ("\ud800", "did not do what it was asked"),
    ],
)
def test_a_portal_of_another_shape_is_refused_naming_the_place(
    house: House, site: Publisher, document: Any, place: str
) -> None:
    site.serve(SEARCH, Reply(json.dumps(document).encode(), JSON))
    publishers.declare("data_gov_vn", site, house.home)
    with pytest.raises(PullRefused) as caught:
        house.pull("data_gov_vn")
    assert place in str(caught.value)
    str(caught.value).encode()


def linked(house: House, site: Publisher, content: str, **link: str) -> None:
    site.serve("/page", publishers.page("", content))
    site.serve("/2020.csv", Reply(b"found"))
    options = {"page": f"{site.url}/page", "link": {"pattern": "{edition}", **link}}
    house.declare("s", "file", options, site, editions={"first": 2020})


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('<a href="http://a:b/">2020</a>', "'http://a:b/'"),
        ('<a href="/2020\x7f.csv">x</a>', r"/2020\x7f.csv"),
        ('<a href="http://[bad/2020.csv">x</a>', "http://[bad/2020.csv"),
        ('<a href="http://xn--a/2020.csv">x</a>', "http://xn--a/2020.csv"),
        ('<base href="http://[bad"><a href="/2020.csv">x</a>', "<base> 'http://[bad'"),
        ('<base href="http://a:b/"><a href="2020.csv">x</a>', "<base> 'http://a:b/'"),
        ('<base href="javascript:0"><a href="2020.csv">x</a>', "<base> 'javascript:0'"),
    ],
)
def test_a_link_that_is_no_address_is_refused_naming_it(
    house: House, site: Publisher, content: str, place: str
) -> None:
    linked(house, site, content)
    with pytest.raises(PullRefused) as caught:
        house.pull("s", "2020")
    assert f"{site.url}/page" in str(caught.value)
    assert place in str(caught.value)
    assert site.paths() == ["GET /page"]


@pytest.mark.parametrize(
    "content",
    [
        '<a href="http://a:b/">x</a><a href="http://[bad">y</a><a href="/\x7f">z</a><a href=" /2020.csv\n">file</a>',
        '<base href="/"><a href="2020.csv#sheet">file</a>',
        '<a href="/20\t20.csv">file</a>',
    ],
)
def test_other_links_may_be_broken(house: House, site: Publisher, content: str) -> None:
    linked(house, site, content)
    assert house.bytes_of(house.pull("s", "2020")) == [b"found"]


@pytest.mark.parametrize(
    "link", [{"pattern": "(2020"}, {"xpath": "//a["}, {"xpath": "//a/@href"}, {"xpath": "count(//a)"}]
)
def test_a_pattern_or_path_that_is_none_is_refused(house: House, site: Publisher, link: dict[str, str]) -> None:
    linked(house, site, '<a href="/2020.csv">x</a>', **link)
    with pytest.raises(PullRefused, match="in the source's YAML"):
        house.pull("s", "2020")


def test_a_form_that_leads_nowhere(house: House, site: Publisher) -> None:
    px_form(site)
    served = site.routes[FORM]
    assert callable(served)

    def broken(asked: Asked) -> Reply:
        reply: Reply = served(asked)
        return replace(reply, body=reply.body.replace(b'action="./"', b'action="http://[bad"'))

    site.serve(FORM, broken)
    publishers.declare("nso_e05_02", site, house.home)
    with pytest.raises(PullRefused, match="a form that leads nowhere"):
        house.pull("nso_e05_02")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="PCI 2023.xlsx"', "PCI 2023.xlsx"),
        ("attachment; filename*=UTF-8''%C4%90i%E1%BB%83m.xlsx", "Điểm.xlsx"),
        ('attachment; filename=".."', "a.csv"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="..\\..\\.held.json"', "held.json"),
        ("attachment; filename*=UTF-8''a%00b%0A%1B%E2%80%AEc%2Fd%00.xlsx", "d.xlsx"),
        ("attachment; filename*=UTF-8''%00", "a.csv"),
        ("attachment; filename*=UTF-8''" + "%E1%BA%BF" * 200 + ".xlsx", "ế" * 65 + ".xlsx"),
        ('attachment; filename="' + "x" * 300 + '.xlsx"', "x" * 145 + ".xlsx"),
        ('attachment; filename="' + "x" * 100 + "." + "y" * 300 + '"', "x" * 100 + "." + "y" * 49),
        ("attachment''" + "x" * 300, "a.csv"),
        ("", "a.csv"),
    ],
)
def test_a_name_can_do_no_harm(house: House, site: Publisher, header: str, name: str) -> None:
    site.serve("/a.csv", Reply(b"x", headers=(("Content-Disposition", header),)))
    house.file_at(f"{site.url}/a.csv", site)
    assert house.pull().tables[0].original_name == name
    assert house.pull().tables[0].original_name == name


@pytest.mark.parametrize("path", ["/", "/%2e%2e", "/%00"])
def test_an_address_that_names_nothing_gives_no_name(house: House, site: Publisher, path: str) -> None:
    site.serve(path, Reply(b"x"))
    house.file_at(f"{site.url}{path}", site)
    assert house.pull().tables[0].original_name is None


def test_address_and_name_are_those_of_the_file_that_came(house: House, site: Publisher) -> None:
    """A publisher whose one address leads to its newest file, which may have the bytes of the one before."""
    house.file_at(f"{site.url}/latest", site)
    for year in (2023, 2023, 2024):
        site.serve("/latest", redirect(f"/files/pci_{year}.xlsx"))
        site.serve(f"/files/pci_{year}.xlsx", Reply(b"the same", XLSX))
        [receipt] = house.pull().tables
        assert receipt.final_url == f"{site.url}/files/pci_{year}.xlsx"
        assert receipt.original_name == f"pci_{year}.xlsx"
    assert receipt.status == 304
