"""Each connector brings exactly what the publisher serves, by the declarations that ship."""

import json
from collections.abc import Callable

import pytest

from ingest.pull.faults import PullRefused
from tests.integration.pull import publishers
from tests.integration.pull.conftest import House
from tests.integration.pull.publisher_server import JSON, Publisher, Reply


def test_a_workbook_behind_a_link_of_a_data_page(house: House, site: Publisher) -> None:
    publishers.papi(site)
    publishers.declare("papi_data", site, house.home)
    # the folder of PAPI 2018 holds 2019, the year of its upload
    for year in ("2018", "2019"):
        pulled = house.pull("papi_data", year)
        assert house.bytes_of(pulled) == [publishers.workbook(f"papi/papi_{year}.csv", f"PAPI {year}")]
        assert pulled.tables[0].original_name == f"PAPI_{year}_Data.xlsx"
        assert pulled.tables[0].file.endswith(".xlsx")
        assert [receipt.role for receipt in pulled.receipts] == ["index", "table"]
    assert site.paths()[:2] == ["GET /eng/papi-data/", "GET /wp-content/uploads/2019/04/PAPI_2018_Data.xlsx"]


def test_a_link_whose_text_holds_the_year_and_whose_address_holds_blanks(house: House, site: Publisher) -> None:
    publishers.pci_data(site)
    publishers.declare("pci_data", site, house.home)
    pulled = house.pull("pci_data", "2017")
    assert house.bytes_of(pulled) == [publishers.workbook("pci/pci_2017.csv", "PCI 2017")]


def test_no_link_or_several_is_an_error_that_lists_them(house: House, site: Publisher) -> None:
    publishers.pci_data(site)
    publishers.declare("pci_data", site, house.home)
    with pytest.raises(PullRefused, match=r"no link fits[^→]+PCI 2015 \(Excel\) → http") as caught:
        house.pull("pci_data", "2018")
    assert str(caught.value).count("→") == len(publishers.PCI_YEARS)
    site.serve("/en/pci-data", publishers.page("", '<a href="a">PCI 2017</a><a href="b">PGI 2017</a><a href="c">x</a>'))
    with pytest.raises(PullRefused, match="several links fit") as caught:
        house.pull("pci_data", "2017")
    assert str(caught.value).count("→") == 2
    # once the page is mended, nothing remembered stands in the way
    publishers.pci_data(site)
    assert house.pull("pci_data", "2017").tables


def test_a_family_of_province_pages(house: House, site: Publisher) -> None:
    slugs = publishers.pci_provinces(site)
    publishers.declare("pci_provinces", site, house.home)
    pulled = house.pull("pci_provinces")
    assert [receipt.part for receipt in pulled.tables] == slugs
    assert len(slugs) == len(set(slugs)) == 63
    assert {"thanh-hoa", "ba-ria-vung-tau", "dak-lak"} <= set(slugs)
    pages = dict(zip(slugs, house.bytes_of(pulled), strict=True))
    assert "<h1>Lào Cai</h1>" in pages["lao-cai"].decode()
    assert "<td>8.54</td>" not in pages["lao-cai"].decode()
    # one for robots.txt, which answers 404 and may still be closing, and one for all the pages
    assert site.connections == 2


def test_a_page_missing_from_a_family_is_named_and_the_others_are_kept(house: House, site: Publisher) -> None:
    publishers.pci_provinces(site)
    publishers.declare("pci_provinces", site, house.home)
    served = site.routes.pop("/en/provinces/ca-mau")
    with pytest.raises(PullRefused, match=r"62 of 63 pages are here(.|\n)*/en/provinces/ca-mau is not there \(404\)"):
        house.pull("pci_provinces")
    assert not house.receipts.completions("pci_provinces")
    site.asked.clear()
    site.serve("/en/provinces/ca-mau", served)
    assert len(house.pull("pci_provinces").tables) == 63
    assert site.paths() == ["GET /en/provinces/ca-mau"]


def test_a_wrong_family_is_given_up_early(house: House, site: Publisher) -> None:
    publishers.declare("pci_provinces", site, house.home)
    with pytest.raises(PullRefused, match="0 of 63 pages are here"):
        house.pull("pci_provinces")
    assert len(site.paths()) == 3


@pytest.mark.parametrize(("code", "partition"), [("dti_ranking", "2022"), ("pgi_data", "all")])
def test_one_page_of_tables(house: House, site: Publisher, code: str, partition: str) -> None:
    publishers.dti(site)
    publishers.pgi(site)
    publishers.declare(code, site, house.home)
    [content] = house.bytes_of(house.pull(code, partition))
    assert ("0,7836" if code == "dti_ranking" else "pgi_data_load") in content.decode()


def test_world_bank_in_one_page_or_in_several(house: House, site: Publisher) -> None:
    publishers.declare("lpi_world_bank", site, house.home)
    publishers.world_bank(site)
    [whole] = house.bytes_of(house.pull("lpi_world_bank"))
    publishers.world_bank(site, per_page=10)
    parts = house.bytes_of(house.pull("lpi_world_bank"))
    assert len(parts) == 3
    figures = [item for part in parts for item in json.loads(part)[1]]
    assert figures == json.loads(whole)[1]
    assert {item["date"]: item["value"] for item in figures}["2018"] == 3.27398


def test_world_bank_reports_its_errors_with_status_200(house: House, site: Publisher) -> None:
    publishers.declare("lpi_world_bank", site, house.home)
    said = [{"message": [{"id": "120", "key": "Invalid value", "value": "The provided parameter value is not valid"}]}]
    site.serve("/v2/country/VNM/indicator/LP.LPI.OVRL.XQ", Reply(json.dumps(said).encode(), JSON))
    with pytest.raises(PullRefused, match="The provided parameter value is not valid"):
        house.pull("lpi_world_bank")


def test_ckan_picks_the_one_resource(house: House, site: Publisher) -> None:
    publishers.ckan(site)
    publishers.declare("data_gov_vn", site, house.home)
    pulled = house.pull("data_gov_vn")
    assert pulled.tables[0].original_name == "chi-tieu.csv"
    assert house.bytes_of(pulled)[0].startswith(b"metric,")
    publishers.ckan(site, extra=True)
    with pytest.raises(PullRefused, match=r"several resources fit(.|\n)*Chỉ tiêu cũ \[CSV\]"):
        house.pull("data_gov_vn")
    publishers.declare(
        "data_gov_vn",
        site,
        house.home,
        ckan={"api": f"{site.url}/api/3/action/", "search": "Lào Cai", "resource": {"name": "cũ$"}},
    )
    with pytest.raises(PullRefused, match=r"/dataset/cu.csv is not there \(404\)"):
        house.pull("data_gov_vn")


def _figures(documents: list[bytes]) -> dict[tuple[str, str], float | None]:
    """Every cell of JSON-stat documents by the labels of province and year."""
    found = {}
    for content in documents:
        document = json.loads(content.rstrip(b"\0"))
        first, second = ([*document["dimension"][one]["category"]["label"].values()] for one in document["id"])
        pairs = [(a, b) for a in first for b in second]
        found.update(zip(pairs, document["value"], strict=True))
    return found


def test_px_web_through_its_api(house: House, site: Publisher) -> None:
    publishers.px_web(site)
    publishers.declare("nso_e05_02", site, house.home)
    pulled = house.pull("nso_e05_02")
    figures = _figures(house.bytes_of(pulled))
    assert len(figures) == 63 * len({year for _, year in figures})
    assert figures["Hà Nội", "2016"] == 22663
    assert any(year.startswith("Sơ bộ ") for _, year in figures)
    assert site.paths() == ["GET /api/v1/en/Enterprise/E05.02.px/", "POST /api/v1/en/Enterprise/E05.02.px/"]
    assert pulled.tables[0].file.endswith(".json")


def test_px_web_in_several_questions(house: House, site: Publisher) -> None:
    publishers.px_web(site)
    publishers.declare("nso_e05_02", site, house.home)
    whole = _figures(house.bytes_of(house.pull("nso_e05_02")))
    publishers.px_web(site, most_cells=130)
    source = house.source("nso_e05_02")
    publishers.declare("nso_e05_02", site, house.home, px_web={**source.options, "max_cells": 130, "max_columns": 4})
    pulled = house.pull("nso_e05_02")
    assert len(pulled.tables) > 3
    assert _figures(house.bytes_of(pulled)) == whole


@pytest.mark.parametrize("api", [True, False])
def test_px_web_through_its_form_when_the_api_answers_404(house: House, site: Publisher, api: bool) -> None:
    publishers.px_web(site)
    publishers.declare("nso_e05_02", site, house.home)
    [through_api] = house.bytes_of(house.pull("nso_e05_02"))
    site.routes.clear()
    publishers.px_web(site, post=False, api=api)
    pulled = house.pull("nso_e05_02")
    [through_form] = house.bytes_of(pulled)
    # archived as it came
    assert through_form.endswith(b"}\0")
    assert _figures([through_form]) == _figures([through_api])
    assert site.paths()[-2:] == [
        "GET /pxweb/en/Enterprise/Enterprise/E05.02.px/",
        "POST /pxweb/en/Enterprise/Enterprise/E05.02.px/",
    ]


def test_px_web_finds_the_database_and_the_language_that_hold_the_table(house: House, site: Publisher) -> None:
    publishers.px_web(site, language="vi", database="Dân số", table_name="V02.01.px")
    publishers.declare("nso_e02_01", site, house.home)
    site.routes = {
        path.replace("â", "%C3%A2").replace("ố", "%E1%BB%91").replace(" ", "%20"): reply
        for path, reply in site.routes.items()
    }
    assert len(_figures(house.bytes_of(house.pull("nso_e02_01")))) > 63
    assert site.paths()[0] == "GET /api/v1/en/"


def test_px_web_without_the_table_anywhere_says_so(house: House, site: Publisher) -> None:
    publishers.px_web(site, table_name="E09.99.px")
    publishers.declare("nso_e02_01", site, house.home)
    with pytest.raises(PullRefused, match="is in no database"):
        house.pull("nso_e02_01")


def test_what_comes_by_hand_is_never_asked(house: House) -> None:
    with pytest.raises(PullRefused, match=r"comes by hand\. Ask for: .* drop the file into the inbox"):
        house.pull("egdi")


def test_pages_of_one_family_on_several_hosts(house: House, sites: Callable[..., Publisher]) -> None:
    """Other hosts are asked at the same time; each gets one connection."""
    hosts = [sites(f"127.0.0.{n}") for n in range(2, 6)]
    house.allow(*hosts)
    for n, one in enumerate(hosts):
        for k in range(5):
            one.serve(f"/{k}", Reply(f"{n} {k}".encode()))
        house.declare(
            f"s{n}", "page_tables", {"address": one.url + "/{slug}", "slugs": list("01234")}, one, pause_seconds=0.1
        )
    with house.session() as session:
        done = list(session.pull_all([(house.source(f"s{n}"), "all") for n in range(4)]))
    assert len(done) == 4
    assert {one.most_at_once for one in hosts} == {1}
    asked = [entry.at for one in hosts for entry in one.asked]
    # 6 requests a host, robots.txt included: 5 pauses; one after the other it would be 20
    assert 0.5 <= max(asked) - min(asked) < 1.5
