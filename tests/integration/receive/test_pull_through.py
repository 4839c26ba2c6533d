"""From a publisher's server to the shelf: what a pull brings is read, checked and added like any other file."""

import io
import json
from collections import Counter

import openpyxl
import pytest

from ingest.catalog_reader import load_catalog
from ingest.metric_reader import read_delivery
from ingest.pulled import receive_pulled
from ingest.quarantine import held
from ingest.receive import Desk, Received
from ingest.territory import gazetteer
from tests.integration.pull import publishers
from tests.integration.pull.conftest import House
from tests.integration.pull.publisher_server import JSON, XLSX, Asked, Publisher, Reply
from tests.integration.receive.synthetic import Edition, pci_2018
from tests.integration.receive.test_add import expected, loaded


def receive(house: House, code: str, partition: str = "all") -> list[Received]:
    return receive_pulled(Desk(house.settings), house.pull(code, partition))


def outcomes(received: list[Received]) -> Counter[str]:
    return Counter(one.outcome for one in received)


def workbook(edition: Edition) -> Reply:
    book = openpyxl.Workbook()
    header, *rows = edition.rows
    book.active.append(["PCI 2018 (synthetic)"])
    book.active.append(header)
    for row in rows:
        book.active.append([row[0], *map(float, row[1:])])
    content = io.BytesIO()
    book.save(content)
    return Reply(content.getvalue(), XLSX)


def serve_2018(site: Publisher, edition: Edition) -> None:
    site.serve("/en/pci-data", publishers.page("PCI data", '<a href="/uploads/pci_2018.xlsx">PCI 2018</a>'))
    site.serve("/uploads/pci_2018.xlsx", workbook(edition))


def test_a_workbook_that_the_archive_lacks_is_on_the_shelf_to_the_cell(house: House, site: Publisher) -> None:
    edition = pci_2018()
    serve_2018(site, edition)
    publishers.declare("pci_data", site, house.home)
    [received] = receive(house, "pci_data", "2018")
    assert received.outcome == "accepted"
    assert loaded(house.settings) == expected(edition)


def test_what_a_publisher_restates_is_a_new_vintage_and_what_it_only_serves_anew_is_not(
    house: House, site: Publisher
) -> None:
    edition = pci_2018()
    serve_2018(site, edition)
    publishers.declare("pci_data", site, house.home)
    receive(house, "pci_data", "2018")
    site.serve("/uploads/pci_2018.xlsx", workbook(edition))  # saved again: other bytes, the same figures
    assert outcomes(receive(house, "pci_data", "2018")) == {"known": 1}
    edition.rows[7][5] = f"{float(edition.rows[7][5]) + 0.02:.2f}"
    site.serve("/uploads/pci_2018.xlsx", workbook(edition))
    [received] = receive(house, "pci_data", "2018")
    assert received.outcome == "accepted_with_warnings"
    assert loaded(house.settings, "2018_63_v2") == expected(edition)


def test_an_error_page_that_calls_itself_a_workbook_is_held_and_says_what_it_is(house: House, site: Publisher) -> None:
    serve_2018(site, pci_2018())
    site.serve("/uploads/pci_2018.xlsx", Reply(b"<html><body><h1>Service unavailable</h1></body></html>", XLSX))
    publishers.declare("pci_data", site, house.home)
    [received] = receive(house, "pci_data", "2018")
    assert received.outcome == "held"
    [one] = held(house.settings.quarantine)
    assert one.came_from == "pci_data, 2018"


@pytest.mark.parametrize(("code", "partition"), [("papi_data", "2019"), ("dti_ranking", "2022")])
def test_what_is_in_the_archive_already_is_known(code: str, partition: str, house: House, site: Publisher) -> None:
    publishers.papi(site)
    publishers.dti(site)
    publishers.declare(code, site, house.home)
    assert outcomes(receive(house, code, partition)) == {"known": 1}


def test_province_pages_give_each_year_that_is_new_and_confirm_the_others(house: House, site: Publisher) -> None:
    edition = pci_2018()
    publishers.pci_provinces(site, (2016, 2017))
    places = gazetteer()
    values = {places.resolve(row[0], "63"): row[3:] for row in edition.rows[1:]}
    for address, reply in list(site.routes.items()):
        slug = address.rpartition("/")[2]
        if not address.startswith("/en/provinces/"):
            continue
        lines = reply.body.decode().replace("<th>2017</th>", "<th>2017</th><th>2018</th>").split("</td></tr>")
        added = zip(lines[:-1], values[places.resolve(slug, "63")], strict=True)
        body = "".join(f"{line}</td><td>{figure}</td></tr>" for line, figure in added)
        site.serve(address, Reply((body + lines[-1]).encode()))
    publishers.declare("pci_provinces", site, house.home)
    received = receive(house, "pci_provinces")
    assert outcomes(received) == {"known": 2, "accepted_with_warnings": 1}
    scores = {key: value for key, value in expected(edition).items() if not key[1].startswith("total")}
    assert loaded(house.settings) == scores


def test_a_table_of_the_statistics_office_becomes_a_delivery_with_its_marks(house: House, site: Publisher) -> None:
    publishers.px_web(site)
    publishers.declare("nso_e05_02", site, house.home)
    [received] = receive(house, "nso_e05_02")
    assert received.outcome == "accepted", received
    catalog = load_catalog(house.settings.shelves)
    [delivery] = [one for one in catalog.deliveries if one.source == "nso_e05_02"]
    cells = read_delivery(catalog.metric_sources["nso_e05_02"], delivery, gazetteer(), frozenset())
    assert Counter(cell.qualifier for cell in cells) == {"exact": 63 * 6, "preliminary": 63}
    header, *rows = publishers.rows_of("reference/provincial_statistics.csv")
    figures = [dict(zip(header, row, strict=True)) for row in rows]
    printed = [
        row for row in figures if (row["metric"], row["province_list"]) == ("enterprises_newly_registered", "63")
    ]
    assert {(cell.territory_code, cell.period_label): cell.value for cell in cells} == {
        (gazetteer().resolve(row["province"], "63"), row["year"]): float(row["value"]) for row in printed
    }


def test_a_national_index_in_rows_by_year_is_confirmed(house: House, site: Publisher) -> None:
    publishers.world_bank(site)
    publishers.declare("lpi_world_bank", site, house.home)
    assert outcomes(receive(house, "lpi_world_bank")) == {"known": 7}


def test_each_edition_of_one_answer_is_held_for_itself(house: House, site: Publisher) -> None:
    publishers.world_bank(site)
    publishers.declare("lpi_world_bank", site, house.home)
    path = "/v2/country/VNM/indicator/LP.LPI.OVRL.XQ"
    answer = site.routes[path]

    def spoilt(asked: Asked) -> Reply:
        head, items = json.loads(answer(asked).body)
        for item in items:
            item["value"] = 9.9 if item["date"] in ("2019", "2020") else item["value"]
        return Reply(json.dumps([head, items]).encode(), JSON)

    site.serve(path, spoilt)
    assert outcomes(receive(house, "lpi_world_bank")) == {"known": 7, "held": 2}
    assert sorted(one.subject["edition"] for one in held(house.settings.quarantine)) == [2019, 2020]
    assert outcomes(receive(house, "lpi_world_bank")) == {"known": 7, "held": 2}
    assert len(held(house.settings.quarantine)) == 2


def test_an_answer_about_another_country_is_not_ours(house: House, site: Publisher) -> None:
    item = {"indicator": {"id": "x", "value": "LPI"}, "country": {"id": "TH", "value": "Thailand"}, "date": "2025"}
    body = [{"page": 1, "pages": 1, "per_page": 50, "total": 1}, [item | {"value": 3.5, "unit": "", "obs_status": ""}]]
    site.serve("/v2/country/VNM/indicator/LP.LPI.OVRL.XQ", Reply(json.dumps(body).encode(), JSON))
    publishers.declare("lpi_world_bank", site, house.home)
    [received] = receive(house, "lpi_world_bank")
    assert received.outcome == "held"
    assert "Thailand" in received.why[0].en
