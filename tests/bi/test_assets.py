"""The exported dashboard against the published file: what it names is there, and is called what it is called there.

Needs no Superset. It keeps a change of a public table from breaking the dashboard unseen.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.conftest import ROOT

ASSETS = ROOT / "orchestration" / "bi" / "superset" / "assets"
Asset = dict[str, Any]


def _read(folder: str) -> dict[str, Asset]:
    return {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted((ASSETS / folder).rglob("*.yaml"))}


DATASETS, CHARTS = _read("datasets"), _read("charts")
DASHBOARD = _read("dashboards")["chiso"]
BY_UUID = {dataset["uuid"]: dataset for dataset in DATASETS.values()}
# charts that name a column or metric in these settings
COLUMN_SETTINGS = ("all_columns", "groupby", "groupbyRows", "groupbyColumns")


def _columns(dataset: Asset) -> set[str]:
    return {column["column_name"] for column in dataset["columns"]}


def _metrics(dataset: Asset) -> dict[str, str]:
    return {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}


def test_each_asset_has_a_uuid_of_its_own() -> None:
    files = [*ASSETS.rglob("*.yaml")]
    uuids = [re.search(r"^uuid: (\S+)$", path.read_text("utf-8"), re.MULTILINE) for path in files]
    named = [found[1] for found in uuids if found]
    assert len(set(named)) == len(named) == len(files) - 1  # the metadata has none


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_gives_the_columns_that_it_says(bi: duckdb.DuckDBPyConnection, name: str) -> None:
    dataset = DATASETS[name]
    found = {column: kind for column, kind, *_ in bi.execute(f"describe {dataset['sql']}").fetchall()}
    assert found == {column["column_name"]: column["type"] for column in dataset["columns"]}
    assert bi.execute(f"select count(*) > 0 from ({dataset['sql']})").fetchone() == (True,)
    for metric in dataset["metrics"]:
        bi.execute(f"select {metric['expression']} from ({dataset['sql']})")


@pytest.mark.parametrize("name", DATASETS)
def test_a_column_is_called_what_the_dictionary_calls_it(bi: duckdb.DuckDBPyConnection, name: str) -> None:
    """Columns taken over from the table that a dataset is about keep its labels; those made here have one."""
    dataset = DATASETS[name]
    about = re.search(r"^from \w+\.(\w+)", dataset["sql"], re.MULTILINE)
    labels = dict(
        bi.execute(
            "select column_name, label_vi from marts.data_dictionary where table_name = ? and column_name is not null",
            [about[1] if about else ""],
        ).fetchall()
    )
    for column in dataset["columns"]:
        label = column["verbose_name"]
        assert label
        assert label == labels.get(column["column_name"], label)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_asks_for_what_its_dataset_has(name: str) -> None:
    chart = CHARTS[name]
    params, dataset = chart["params"], BY_UUID[chart["dataset_uuid"]]
    asked = {column for setting in COLUMN_SETTINGS for column in params.get(setting) or []}
    asked |= {json.loads(order)[0] for order in params.get("order_by_cols", [])}
    asked |= {condition["subject"] for condition in params["adhoc_filters"]}
    asked |= {params["x_axis"]} if "x_axis" in params else set()
    assert asked <= _columns(dataset)
    assert {*params.get("metrics", []), *([params["metric"]] if "metric" in params else [])} <= _metrics(dataset).keys()


def _shown_metrics() -> Iterator[tuple[str, str]]:
    for name, chart in CHARTS.items():
        metrics = _metrics(BY_UUID[chart["dataset_uuid"]])
        for metric in chart["params"].get("metrics") or [chart["params"].get("metric")]:
            if metric is not None:
                yield name, metrics[metric]


def test_charts_count_or_show_one_figure() -> None:
    """Never a mean or sum over editions, lists or ranks: where there is more than one figure, none is shown."""
    allowed = re.compile(r"count\(.*\)|case when count\(\*\) = 1 then max\(\w+\) end")
    assert [name for name, expression in _shown_metrics() if not allowed.fullmatch(expression)] == []


def test_every_chart_stands_on_the_dashboard() -> None:
    items = [item for item in DASHBOARD["position"].values() if isinstance(item, dict)]
    placed = [item["meta"]["uuid"] for item in items if item["type"] == "CHART"]
    assert sorted(placed) == sorted(chart["uuid"] for chart in CHARTS.values())


def test_filters_ask_for_what_there_is() -> None:
    for found in DASHBOARD["metadata"]["native_filter_configuration"]:
        (target,) = found["targets"]
        dataset = BY_UUID[target["datasetUuid"]]
        assert target["column"]["name"] in _columns(dataset)
        assert found.get("sortMetric") in {None, *_metrics(dataset)}


def test_no_index_year_or_province_is_named(bi: duckdb.DuckDBPyConnection) -> None:
    names = bi.execute(
        "select index_code from marts.dim_index"
        " union all select name_vi from marts.dim_territory where kind <> 'country'"
    ).fetchall()
    texts: dict[Path, str] = {path: path.read_text("utf-8") for path in ASSETS.rglob("*.yaml")}
    named = re.compile(r"(?<![\w-])(" + "|".join(re.escape(name) for (name,) in names) + r")(?![\w-])")
    assert {path.name: found[1] for path, text in texts.items() if (found := named.search(text))} == {}
