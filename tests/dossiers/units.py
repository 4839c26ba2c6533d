"""Who receives the synthetic dossiers, and for what: units from the seeds, procedures made up."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

from tests.dossiers.calibration import ASSUMED_COMMUNES, ON_TIME_COMMUNES, ON_TIME_DEPARTMENTS

_SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
# a dossier's unit and procedure are looked up by some of its random bits
SLOTS = 1 << 14


@dataclass(frozen=True)
class Unit:
    """A receiving unit, its share of the dossiers in slots, and the share of those that it is late with."""

    code: str
    old_codes: tuple[str, ...]
    level: str
    first_slot: int
    slots: int
    late_rate: float


@dataclass(frozen=True)
class Procedure:
    """A procedure that does not exist, and its share of its level's dossiers in slots."""

    code: str
    field: str
    level: str
    first_slot: int
    slots: int
    working_days: int
    fee_vnd: int


# level, field, working days, fee in VND, share of the level's dossiers
_FIELDS = (
    ("commune", "Thử nghiệm - Chứng thực", 0, 10_000, 34),
    ("commune", "Thử nghiệm - Hộ tịch", 1, 8_000, 26),
    ("commune", "Thử nghiệm - Cư trú", 3, 0, 14),
    ("commune", "Thử nghiệm - Bảo trợ xã hội", 7, 0, 9),
    ("commune", "Thử nghiệm - Hộ kinh doanh", 3, 100_000, 7),
    ("commune", "Thử nghiệm - Đất đai, nhà ở", 15, 60_000, 10),
    ("province", "Thử nghiệm - Doanh nghiệp", 3, 50_000, 28),
    ("province", "Thử nghiệm - Giấy phép", 5, 135_000, 24),
    ("province", "Thử nghiệm - Thương mại, dịch vụ", 7, 200_000, 16),
    ("province", "Thử nghiệm - Lao động", 10, 0, 12),
    ("province", "Thử nghiệm - Xây dựng", 20, 150_000, 8),
    ("province", "Thử nghiệm - Đất đai, môi trường", 30, 500_000, 12),
)
_A_FIELD = 3


def _seed(name: str) -> list[dict[str, str]]:
    with (_SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _slots(first: int, end: int, weights: Sequence[float]) -> list[tuple[int, int]]:
    """First slot and number of slots of each, in the ratio of the weights."""
    bounds = [first + round((end - first) * part / sum(weights)) for part in accumulate(weights, initial=0)]
    return [(lower, upper - lower) for lower, upper in pairwise(bounds)]


def _lateness(slots: Sequence[tuple[int, int]], on_time: float) -> list[float]:
    """How often each unit is late: of four, one is three times as bad as the best; the mean is as published."""
    factors = [(0.6, 0.8, 1.0, 1.8)[place % 4] for place in range(len(slots))]
    mean = sum(factor * size for factor, (_, size) in zip(factors, slots, strict=True)) / sum(size for _, size in slots)
    return [(1 - on_time) * factor / mean for factor in factors]


def units() -> list[Unit]:
    """Communes by their population, then agencies by their place in the seed; levels in the assumed ratio."""
    old: dict[str, list[str]] = {}
    for row in _seed("commune_crosswalk.csv"):
        old.setdefault(row["new_code"], []).append(row["old_code"])
    # a floor: the seed has a commune of 88 inhabitants, and one of unknown population
    communes = {row["commune_code"]: max(int(row["population"] or 0), 1000) for row in _seed("commune_unit.csv")}
    agencies = {row["agency_code"]: 1 / (2 + place) for place, row in enumerate(_seed("agency.csv"))}
    border = round(SLOTS * ASSUMED_COMMUNES)
    found = []
    for level, weights, first, end, on_time in (
        ("commune", communes, 0, border, ON_TIME_COMMUNES),
        ("province", agencies, border, SLOTS, ON_TIME_DEPARTMENTS),
    ):
        slots = _slots(first, end, list(weights.values()))
        for code, (first_slot, size), late in zip(weights, slots, _lateness(slots, on_time), strict=True):
            found.append(Unit(code, tuple(old.get(code, [code])), level, first_slot, size, late))
    return found


def procedures() -> list[Procedure]:
    """The made-up catalogue: some procedures for each field."""
    found = []
    for level in ("commune", "province"):
        fields = [(place, *one) for place, one in enumerate(_FIELDS) if one[0] == level for _ in range(_A_FIELD)]
        slots = _slots(0, SLOTS, [one[-1] for one in fields])
        for place, ((field_no, _, field, working_days, fee, _), (first, size)) in enumerate(
            zip(fields, slots, strict=True)
        ):
            code = f"9.{990000 + 10 * field_no + place % _A_FIELD}"
            found.append(Procedure(code, field, level, first, size, working_days, fee))
    return found
