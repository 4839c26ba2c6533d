"""A home that has judged nothing yet."""

from pathlib import Path

import pytest

from tests.unit.quality.alerts.house import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "home")
