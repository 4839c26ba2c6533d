"""The open-data package of the real archive, made once, and a portal to bring it to."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.settings import Settings
from orchestration.bi.open_data.package import Package, make_package
from tests.conftest import AS_OF, Installation
from tests.integration.open_data.portal_server import SyntheticPortal

MakeSettings = Callable[..., Settings]


@pytest.fixture(scope="session")
def settings_of(installation: Installation) -> MakeSettings:
    """settings_of(CHISO_…=…): the settings of the installation, with these beside."""

    def make(**environ: str) -> Settings:
        return Settings.from_env({"CHISO_HOME": str(installation.home), "CHISO_AS_OF": AS_OF, **environ})

    return make


@pytest.fixture(scope="session")
def package(settings_of: MakeSettings, tmp_path_factory: pytest.TempPathFactory) -> Package:
    """As shipped: no setting made. Tests must not write into it."""
    return make_package(settings_of(), tmp_path_factory.mktemp("offered") / "open_data")


@pytest.fixture
def small(tmp_path: Path, package: Package) -> Path:
    """A package of two tables, cut from the real one, for what needs many requests."""
    return cut(package.folder, tmp_path / "small", ["marts.dim_index", "marts.dim_territory"])


@pytest.fixture
def portal() -> Iterator[SyntheticPortal]:
    """A portal of our making on loopback; see portal_server."""
    with SyntheticPortal() as running:
        yield running


def cut(folder: Path, target: Path, tables: list[str]) -> Path:
    """Copy a package with some of its tables only."""
    shutil.copytree(folder, target)
    path = target / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    descriptor["resources"] = [entry for entry in descriptor["resources"] if entry["name"] in tables]
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    return target
