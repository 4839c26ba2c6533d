"""The table of routes: whom the shipped one tells, and that a word nobody knows is missed when it is loaded."""

from pathlib import Path

import pytest

from quality.alerts.config import Config, ConfigError, agency_codes, load_config
from quality.alerts.routing import ROUTES, Routes, load_routes
from quality.thresholds import SEVERITIES

INDICES = {"ALPHA", "BETA"}
CADENCE = {"critical": "immediate", "warn": "daily", "info": "weekly"}
SHIPPED = ROUTES.read_text(encoding="utf-8")
LINES = len(SHIPPED.splitlines())


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return load_config(tmp_path_factory.mktemp("home"), {})


@pytest.fixture(scope="module")
def shipped(config: Config) -> Routes:
    return load_routes(config, INDICES)


def table(tmp_path: Path, *added: str, text: str = SHIPPED) -> Path:
    path = tmp_path / "routes.csv"
    path.write_text(text + "".join(f"{line}\n" for line in added), encoding="utf-8")
    return path


# --- what ships


@pytest.mark.parametrize("severity", SEVERITIES)
def test_every_data_fault_goes_to_the_data_team_and_finance(shipped: Routes, severity: str) -> None:
    told = shipped.of("data_fault", severity, {"index_code": "ALPHA", "lead_agency_code": "so_noi_vu"})
    assert told == dict.fromkeys(("data_team", "so_tai_chinh"), CADENCE[severity])


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("index_code", ["ALPHA", "BETA", None])
def test_every_regression_goes_to_finance_and_the_lead_agency(
    shipped: Routes, severity: str, index_code: str | None
) -> None:
    told = shipped.of("regression", severity, {"index_code": index_code, "lead_agency_code": "so_noi_vu"})
    assert told == dict.fromkeys(("so_tai_chinh", "so_noi_vu"), CADENCE[severity])


def test_every_agency_may_lead(shipped: Routes) -> None:
    for code in agency_codes():
        assert code in shipped.of("regression", "warn", {"index_code": "ALPHA", "lead_agency_code": code})


@pytest.mark.parametrize("nobody", [None, ""])
def test_without_a_lead_agency_finance_still_hears(shipped: Routes, nobody: str | None) -> None:
    assert shipped.of("regression", "warn", {"index_code": "ALPHA", "lead_agency_code": nobody}) == {
        "so_tai_chinh": "daily"
    }


def test_several_lead_agencies_are_all_told(shipped: Routes) -> None:
    several = {"index_code": "ALPHA", "lead_agency_code": "so_cong_thuong, so_noi_vu, so_tai_chinh"}
    assert shipped.of("regression", "critical", several) == dict.fromkeys(
        ("so_cong_thuong", "so_noi_vu", "so_tai_chinh"), "immediate"
    )


def test_faults_of_the_pipeline_are_for_the_data_team_alone(shipped: Routes) -> None:
    assert shipped.of("pipeline", "critical", {}) == {"data_team": "immediate"}


def test_a_deadline_goes_to_whom_it_binds_and_to_who_receives_the_report(shipped: Routes) -> None:
    details = {"bound": ["so_noi_vu", "so_cong_thuong"], "recipient_agency_code": "so_tai_chinh"}
    assert shipped.of("deadline", "info", details).keys() == {"so_noi_vu", "so_cong_thuong", "so_tai_chinh"}
    assert shipped.of("deadline", "info", details | {"recipient_agency_code": None}).keys() == {
        "so_noi_vu",
        "so_cong_thuong",
    }


def test_an_agency_of_the_past_does_not_stop_the_others(shipped: Routes) -> None:
    dissolved = {"index_code": "ALPHA", "lead_agency_code": "so_da_giai_the, so_noi_vu"}
    assert shipped.of("regression", "warn", dissolved).keys() == {"so_tai_chinh", "so_noi_vu"}


# --- rows of one's own


def test_the_most_urgent_cadence_wins(config: Config, tmp_path: Path) -> None:
    routes = load_routes(
        config,
        INDICES,
        table(
            tmp_path,
            "regression,warn,ALPHA,so_tai_chinh,immediate,ALPHA is urgent",
            "regression,warn,ALPHA,so_noi_vu,weekly,slower than as lead agency",
        ),
    )
    alpha = {"index_code": "ALPHA", "lead_agency_code": "so_noi_vu"}
    assert routes.of("regression", "warn", alpha) == {"so_tai_chinh": "immediate", "so_noi_vu": "daily"}


def test_a_row_for_one_index_is_for_that_index_and_severity(config: Config, tmp_path: Path) -> None:
    routes = load_routes(config, INDICES, table(tmp_path, "data_fault,warn,ALPHA,ubnd_tinh,immediate,why"))
    assert "ubnd_tinh" in routes.of("data_fault", "warn", {"index_code": "ALPHA"})
    assert "ubnd_tinh" not in routes.of("data_fault", "warn", {"index_code": "BETA"})
    assert "ubnd_tinh" not in routes.of("data_fault", "warn", {"index_code": None})
    assert "ubnd_tinh" not in routes.of("data_fault", "critical", {"index_code": "ALPHA"})
    assert "ubnd_tinh" not in routes.of("regression", "warn", {"index_code": "ALPHA", "lead_agency_code": None})


# --- mistakes


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("data_falt,warn,*,data_team,daily,why", "unknown kind 'data_falt'"),
        ("data_fault,grave,*,data_team,daily,why", "unknown severity 'grave'"),
        ("data_fault,warn,GAMMA,data_team,daily,why", "unknown index_code 'GAMMA'"),
        ("data_fault,warn,*,so_khong_co,daily,why", "unknown recipient 'so_khong_co'"),
        ("data_fault,warn,*,data_team,hourly,why", "unknown cadence 'hourly'"),
        ("data_fault,warn,*,@lead,daily,why", "unknown recipient '@lead'"),
        ("deadline,info,*,@lead_agency,immediate,why", "unknown recipient '@lead_agency'"),
        ("regression,warn,*,@bound,daily,why", "unknown recipient '@bound'"),
        ("pipeline,critical,*,@lead_agency,daily,why", "unknown recipient '@lead_agency'"),
        ("data_fault,warn,*,data_team", "unknown cadence None"),
    ],
)
def test_a_word_that_nobody_knows_is_told_with_its_line(config: Config, tmp_path: Path, row: str, words: str) -> None:
    path = table(tmp_path, "data_fault,warn,ALPHA,data_team,daily,good", row)
    with pytest.raises(ConfigError) as refused:
        load_routes(config, INDICES, path)
    assert str(refused.value).startswith(f"{path}: line {LINES + 2}: {words}; one of: ")


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("data_fault,critical", "data_fault of severity critical"),
        ("data_fault,info", "data_fault of severity info"),
        ("regression,warn", "regression of severity warn"),
        ("pipeline", "pipeline of severity critical"),
        ("deadline", "deadline of severity info"),
    ],
)
def test_a_kind_that_nobody_is_told_of(config: Config, tmp_path: Path, start: str, words: str) -> None:
    rest = "".join(line for line in SHIPPED.splitlines(keepends=True) if not line.startswith(start))
    with pytest.raises(ConfigError, match=f"nobody is told of {words}"):
        load_routes(config, INDICES, table(tmp_path, text=rest))


def test_a_row_for_one_index_does_not_stand_for_all(config: Config, tmp_path: Path) -> None:
    text = SHIPPED.replace("pipeline,critical,*,", "pipeline,critical,ALPHA,")
    with pytest.raises(ConfigError, match="nobody is told of pipeline"):
        load_routes(config, INDICES, table(tmp_path, text=text))


def test_other_columns(config: Config, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the columns are kind, severity, index_code"):
        load_routes(config, INDICES, table(tmp_path, text=SHIPPED.replace("cadence", "frequency")))


def test_all_mistakes_are_told_at_once(config: Config, tmp_path: Path) -> None:
    bad = table(tmp_path, "x,warn,*,data_team,daily,why", "data_fault,y,*,data_team,daily,why")
    with pytest.raises(ConfigError, match=f"line {LINES + 1}: .*line {LINES + 2}: "):
        load_routes(config, INDICES, bad)
