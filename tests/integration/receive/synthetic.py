"""Synthetic editions of years that the archive lacks: plausible beside their neighbours, and nobody's figures."""

import csv
import random
from dataclasses import dataclass

from ingest.settings import PACKAGE_ROOT

# PCI weights of the 2013 to 2021 methodology, by the header of PCI 2019
_WEIGHTS = {
    "Gia nhập thị trường": 0.05,
    "Tiếp cận đất đai": 0.05,
    "Tính minh bạch": 0.2,
    "Chi phí thời gian": 0.05,
    "Chi phí không chính thức": 0.1,
    "Cạnh tranh bình đẳng": 0.05,
    "Tính năng động": 0.05,
    "Hỗ trợ doanh nghiệp": 0.2,
    "Đào tạo lao động": 0.2,
    "Thiết chế pháp lý": 0.05,
}


@dataclass
class Edition:
    """A table as printed: header and rows of text, decimal points; `values` by (territory, header)."""

    rows: list[list[str]]

    @property
    def values(self) -> dict[tuple[str, str], float]:
        header, *rows = self.rows
        return {(row[0], name): float(row[place]) for row in rows for place, name in enumerate(header) if place}


def pci_2018(seed: int = 1) -> Edition:
    """PCI 2018, which the archive lacks: PCI 2019 with noise, totals by the weights, two decimals."""
    draw = random.Random(seed)
    with (PACKAGE_ROOT / "archive/pci/pci_2019.csv").open(encoding="utf-8", newline="") as file:
        printed = list(csv.DictReader(file))
    made = []
    for row in printed:
        scores = {name: round(min(10, max(1, float(row[name]) + draw.gauss(0, 0.3))), 2) for name in _WEIGHTS}
        total = round(sum(10 * _WEIGHTS[name] * score for name, score in scores.items()), 2)
        made.append((row["Tỉnh"], total, scores))
    made.sort(key=lambda one: -one[1])
    rows = [
        [place, f"{total:.2f}", str(rank), *(f"{score:.2f}" for score in scores.values())]
        for rank, (place, total, scores) in enumerate(made, start=1)
    ]
    return Edition([["Tỉnh", "PCI 2018", "Xếp hạng", *_WEIGHTS], *rows])
