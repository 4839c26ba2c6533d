"""Files that may not enter yet: each in a folder of its own, with a report for a person and what can be mended there.

A folder holds the file under its own name, `report.md`, `facts.yaml` (what was said about the file) and, where it could
be described, `description.yaml` as it would enter. Whoever mends one of the two YAMLs has the file looked at again by
the next run; `chiso accept` lets it in as described. The bytes are in the archive all the same: nothing is lost by
deleting here.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ingest.faults import Fault, Words
from ingest.offer import Missing
from ingest.remarks import Remark
from ingest.yaml_file import as_yaml

_STATE, REPORT, FACTS, DESCRIBED = ".held.json", "report.md", "facts.yaml", "description.yaml"


@dataclass(frozen=True)
class Held:
    """One file in quarantine. `files` are (name, file in the archive, sha256, layout) of what was offered."""

    folder: Path
    name: str
    # what names the edition or delivery, as far as it is known
    subject: dict[str, Any]
    files: list[dict[str, Any]]
    why: list[Words]
    received_on: str
    came_from: str
    written: dict[str, str]

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def mended(self) -> bool:
        """Whether somebody changed a YAML since it was written."""
        return any(_hash(self.folder / name) != sha for name, sha in self.written.items())

    def facts(self) -> dict[str, Any]:
        return _read(self.folder / FACTS)

    def description(self) -> dict[str, Any] | None:
        """The edition or delivery as it would enter; None where it could not be described."""
        return _read(self.folder / DESCRIBED) if (self.folder / DESCRIBED).exists() else None

    @property
    def description_changed(self) -> bool:
        return DESCRIBED in self.written and _hash(self.folder / DESCRIBED) != self.written[DESCRIBED]

    def fault(self) -> Fault:
        """What a run says about it."""
        first, more = self.why[0], len(self.why) - 1
        why = Words(*(f"{said} (+{more})" if more else said for said in first))
        return Fault("file_held", self.name, text=self.id, why=why)


def hold(
    quarantine: Path,
    *,
    name: str,
    subject: dict[str, Any],
    files: Sequence[dict[str, Any]],
    archive: Path,
    facts: dict[str, Any],
    description: dict[str, Any] | None,
    remarks: Sequence[Remark],
    notes: Sequence[Words],
    missing: Sequence[Missing],
    mapping: Sequence[tuple[str, str]],
    came_from: str,
    today: date,
) -> Held:
    """Put a file into quarantine, or write its report anew. The folder is swapped in whole."""
    sha256 = hashlib.sha256("".join(one["sha256"] for one in files).encode()).hexdigest()
    label = "_".join(str(subject[part]) for part in ("index", "metrics", "edition") if subject.get(part)) or "unknown"
    folder = quarantine / f"{label.lower()}_{sha256[:8]}"
    staging = quarantine / f".{folder.name}.{os.getpid()}"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    for one in files[:1]:
        shutil.copyfile(archive / one["file"], staging / one["name"].replace("/", "_"))
    why = [remark.what for remark in remarks if remark.holds]
    why += [Words(f"Chưa biết: {one}", f"Not said: {one}") for one in missing]
    documents = {FACTS: as_yaml(_asked(facts, missing))}
    if description is not None:
        documents[DESCRIBED] = as_yaml(description)
    for file, text in documents.items():
        (staging / file).write_text(text, encoding="utf-8")
    (staging / REPORT).write_text(
        report(folder.name, name, remarks, notes, missing, mapping, came_from, today), encoding="utf-8"
    )
    state = {
        "name": name,
        "subject": subject,
        "files": list(files),
        "why": [list(words) for words in why],
        "received_on": today.isoformat(),
        "came_from": came_from,
        "written": {file: _hash(staging / file) for file in documents},
    }
    (staging / _STATE).write_text(json.dumps(state, ensure_ascii=False, indent=2), encoding="utf-8")
    if folder.exists():
        shutil.rmtree(folder)
    staging.rename(folder)
    return _held(folder)


def _asked(facts: dict[str, Any], missing: Sequence[Missing]) -> dict[str, Any]:
    """What was said, with an empty line for each fact that is missing and has a name of its own."""
    named = {one.option.removeprefix("--").replace("-", "_"): None for one in missing if " " not in one.option}
    return {**facts, **{name: value for name, value in named.items() if name not in facts}}


def held(quarantine: Path) -> list[Held]:
    """Everything in quarantine, by name."""
    return [_held(path.parent) for path in sorted(quarantine.glob(f"[!.]*/{_STATE}"))]


def release(one: Held) -> None:
    """Take a file out of quarantine: it is in, or nothing but a copy of what is."""
    shutil.rmtree(one.folder)


def _held(folder: Path) -> Held:
    state = json.loads((folder / _STATE).read_text(encoding="utf-8"))
    return Held(folder=folder, **{**state, "why": [Words(*words) for words in state["why"]]})


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "gone"


def _read(path: Path) -> dict[str, Any]:
    document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {name: value for name, value in document.items() if value is not None}


def report(
    id: str,
    name: str,
    remarks: Sequence[Remark],
    notes: Sequence[Words],
    missing: Sequence[Missing],
    mapping: Sequence[tuple[str, str]],
    came_from: str,
    today: date,
) -> str:
    """What a person needs to decide: what, where, why, what to do. Vietnamese first."""
    return "\n".join(_report(id, name, remarks, notes, missing, mapping, came_from, today)) + "\n"


def _report(
    id: str,
    name: str,
    remarks: Sequence[Remark],
    notes: Sequence[Words],
    missing: Sequence[Missing],
    mapping: Sequence[tuple[str, str]],
    came_from: str,
    today: date,
) -> Iterator[str]:
    yield f"# Tệp tạm giữ: {name}"
    yield ""
    yield f"*File held back.* Nhận ngày {today:%d/%m/%Y} từ {came_from}."
    yield "Số liệu của tệp này chưa được nạp và chưa được công bố. *Its figures are neither loaded nor published.*"
    if missing:
        yield "\n## Còn thiếu · *Facts that are missing*\n"
        yield from (f"- {one}" for one in missing)
    for title, chosen in (
        ("Vì sao giữ lại · *Why it is held*", [one for one in remarks if one.holds]),
        ("Cần lưu ý · *Worth a look*", [one for one in remarks if not one.holds]),
    ):
        if chosen:
            yield f"\n## {title}\n"
        for number, one in enumerate(chosen, start=1):
            yield f"{number}. **{one.what.vi}.** *{one.what.en}.*"
            if one.where:
                yield f"   - Chỗ: `{one.where}`"
            yield f"   - Cách xử lý: {one.remedy.vi}. *{one.remedy.en}.*"
    if notes:
        yield "\n## Đã kiểm · *What was checked*\n"
        yield from (f"- {one.vi}. *{one.en}.*" for one in notes)
    if mapping:
        yield "\n## Cách hiểu các cột · *How the columns were read*\n"
        yield "| cột · *column* | hiểu là · *read as* |\n|---|---|"
        yield from (f"| {header.replace('|', chr(92) + '|')} | {meaning} |" for header, meaning in mapping)
    yield "\n## Làm gì tiếp · *What to do*\n"
    yield f"- Sửa `{DESCRIBED}` hoặc `{FACTS}` trong thư mục này, rồi chạy lại (`chiso run`): hết lỗi thì tệp tự vào."
    yield "- Hoặc bỏ tệp đã sửa vào hộp thư đến (`inbox/`)."
    yield f'- Hoặc nhận như hiện trạng, khi lỗi là của nơi công bố: `chiso accept {id} --why "…"`.'
    yield f"- Không dùng tệp này: `chiso reject {id}` (tệp gốc vẫn còn trong kho lưu trữ)."
