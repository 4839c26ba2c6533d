"""Files that may not enter yet: each in a folder of its own, with a report for a person and what can be mended there.

A folder holds the file under its own name, `report.md`, `facts.yaml` (what was said about the file) and, where it could
be described, `description.yaml` as it would enter. Whoever mends one of the two YAMLs has the file looked at again by
the next run; `chiso accept` lets it in as described. The bytes are in the archive all the same: nothing is lost by
deleting here.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ingest.facts import UnknownFact, read_facts
from ingest.faults import Fault, Words
from ingest.offer import Missing
from ingest.remarks import Remark
from ingest.yaml_file import as_yaml

_STATE, REPORT, FACTS, DESCRIBED = ".held.json", "report.md", "facts.yaml", "description.yaml"
# a folder that is being made, and one that gives way to it
_NEW, _OLD = ".new-", ".old-"
_REJECTED = ".rejected.json"
_LONGEST = 80


@dataclass(frozen=True)
class Held:
    """One offer in quarantine. `files` are the fields of `OfferedFile` of each of its files."""

    folder: Path
    name: str
    # what names the edition or delivery, as far as it is known
    subject: dict[str, Any]
    files: list[dict[str, Any]]
    why: list[Words]
    received_on: str
    came_from: str
    # file -> hash of what was written for a person to mend
    written: dict[str, str]

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def identity(self) -> str:
        return identity_of(self.files)

    @property
    def mended(self) -> bool:
        """Whether somebody changed a YAML since it was written."""
        return any(_hash(self.folder / name) != sha for name, sha in self.written.items())

    def facts(self) -> dict[str, Any]:
        """What is said about it now. Raises UnknownFact."""
        return read_facts(self.folder / FACTS) if (self.folder / FACTS).exists() else {}

    def description(self) -> dict[str, Any] | None:
        """The edition or delivery as it would enter; None where it could not be described. Raises UnknownFact."""
        path = self.folder / DESCRIBED
        if not path.exists():
            return None
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise UnknownFact(DESCRIBED, str(error).splitlines()[0]) from error
        if not isinstance(document, dict):
            raise UnknownFact(DESCRIBED, "it holds no mapping of names to values")
        return document

    @property
    def description_changed(self) -> bool:
        return DESCRIBED in self.written and _hash(self.folder / DESCRIBED) != self.written[DESCRIBED]

    def fault(self) -> Fault:
        """What a run says about it."""
        first, more = self.why[0], len(self.why) - 1
        why = Words(*(f"{said} (+{more})" if more else said for said in first))
        return Fault("file_held", self.name, text=self.id, why=why)


def identity_of(files: Sequence[dict[str, Any]]) -> str:
    """What tells offers apart: bytes, and the part of them that is meant, for one answer may hold several editions."""
    return json.dumps([[file["sha256"], file["layout"]] for file in files], sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True)
class Reasons:
    """What a person needs to decide on an offer: remarks, what was checked, facts that are missing, the columns."""

    remarks: Sequence[Remark] = ()
    notes: Sequence[Words] = ()
    missing: Sequence[Missing] = ()
    mapping: Sequence[tuple[str, str]] = ()

    def why(self) -> list[Words]:
        unsaid = [Words(f"Chưa biết: {one.in_vietnamese()}", f"Not said: {one}") for one in self.missing]
        return [*(remark.what for remark in self.remarks if remark.holds), *unsaid]


def hold(
    quarantine: Path,
    archive: Path,
    files: Sequence[dict[str, Any]],
    *,
    subject: dict[str, Any],
    facts: dict[str, Any],
    description: dict[str, Any] | None,
    reasons: Reasons,
    came_from: str,
    today: date,
) -> Held:
    """Put an offer into quarantine, or write its report anew: one folder for the same bytes, swapped in whole."""
    name = files[0]["name"]
    identity = identity_of(files)
    known = next((one for one in held(quarantine) if one.identity == identity), None)
    folder = known.folder if known else quarantine / _id(name, identity)
    staging = quarantine / f"{_NEW}{folder.name}"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    for one in files[:1]:
        shutil.copyfile(archive / one["file"], staging / harmless(one["name"]))
    documents = {FACTS: as_yaml(_asked(facts, reasons.missing))}
    if description is not None:
        documents[DESCRIBED] = as_yaml(description)
    for file, text in documents.items():
        (staging / file).write_text(text, encoding="utf-8")
    text = "\n".join(_report(folder.name, name, reasons, came_from, today, description is not None)) + "\n"
    (staging / REPORT).write_text(text, encoding="utf-8")
    state = {
        "name": name,
        "subject": subject,
        "files": list(files),
        "why": [list(words) for words in reasons.why()],
        "received_on": today.isoformat(),
        "came_from": came_from,
        "written": {file: _hash(staging / file) for file in documents},
    }
    (staging / _STATE).write_text(json.dumps(state, ensure_ascii=False, indent=2), encoding="utf-8")
    _swap_in(staging, folder)
    return _held(folder)


def _swap_in(staging: Path, folder: Path) -> None:
    aside = folder.with_name(f"{_OLD}{folder.name}")
    shutil.rmtree(aside, ignore_errors=True)
    if folder.exists():
        folder.rename(aside)
    staging.rename(folder)
    shutil.rmtree(aside, ignore_errors=True)


def recover(quarantine: Path) -> None:
    """Bring back what a kill left half-swapped, and clear what it left half-made."""
    for aside in quarantine.glob(f"{_OLD}*"):
        folder = quarantine / aside.name.removeprefix(_OLD)
        if folder.exists():
            shutil.rmtree(aside)
        else:
            aside.rename(folder)
    for staging in quarantine.glob(f"{_NEW}*"):
        shutil.rmtree(staging)


def _id(name: str, identity: str) -> str:
    stem = Path(harmless(name)).stem.lower().replace(" ", "_")[:40].strip(".")
    return f"{stem or 'file'}_{hashlib.sha256(identity.encode()).hexdigest()[:8]}"


def harmless(name: str) -> str:
    """A file name that stands in its folder and nowhere else, whatever its sender called it."""
    plain = "".join(char if char.isalnum() or char in " ._-()" else "_" for char in name).strip(". ")
    stem, dot, suffix = plain.rpartition(".")
    if dot and len(suffix) <= 8:
        return f"{stem[:_LONGEST] or 'file'}.{suffix}"
    return plain[:_LONGEST] or "file"


def _asked(facts: dict[str, Any], missing: Sequence[Missing]) -> dict[str, Any]:
    """What was said, with an empty line for each fact that is missing and has a name of its own."""
    named = {one.option.removeprefix("--").replace("-", "_"): None for one in missing if " " not in one.option}
    return {**facts, **{name: value for name, value in named.items() if name not in facts}}


def held(quarantine: Path) -> list[Held]:
    """Everything in quarantine, by name."""
    return [_held(path) for path in sorted(quarantine.glob("[!.]*")) if path.is_dir()]


def release(one: Held) -> None:
    """Take a file out of quarantine: it is in, or nothing but a copy of what is."""
    shutil.rmtree(one.folder)


def reject(one: Held) -> None:
    """Take a file out of quarantine for good: the same offer is not held again when a pull brings it."""
    path = one.folder.parent / _REJECTED
    beside = path.with_name(f"{_REJECTED}.new")
    beside.write_text(json.dumps(sorted(_rejected(one.folder.parent) | {one.identity}), indent=1), encoding="utf-8")
    beside.replace(path)
    release(one)


def was_rejected(quarantine: Path, files: Sequence[dict[str, Any]]) -> bool:
    """Whether somebody decided against this offer."""
    return identity_of(files) in _rejected(quarantine)


def _rejected(quarantine: Path) -> set[str]:
    path = quarantine / _REJECTED
    return set(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else set()


def _held(folder: Path) -> Held:
    try:
        state = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        return Held(folder=folder, **{**state, "why": [Words(*words) for words in state["why"]]})
    except (OSError, ValueError, TypeError, KeyError) as error:
        why = Words(
            f"Thư mục không đọc được ({error}); bỏ lại tệp vào inbox rồi chạy chiso reject {folder.name}",
            f"The folder cannot be read ({error}); drop its file into the inbox, then chiso reject {folder.name}",
        )
        return Held(folder, folder.name, {}, [], [why], "", "", {})


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "gone"


def _report(id: str, name: str, reasons: Reasons, came_from: str, today: date, described: bool) -> Iterator[str]:
    """What, where, why and what to do, Vietnamese first."""
    yield f"# Tệp tạm giữ: {name}"
    yield ""
    yield f"*File held back.* Nhận ngày {today:%d/%m/%Y} từ {came_from}."
    yield "Số liệu của tệp này chưa được nạp và chưa được công bố. *Its figures are neither loaded nor published.*"
    if reasons.missing:
        yield "\n## Còn thiếu · *Facts that are missing*\n"
        yield from (f"- {one.in_vietnamese()}. *{one}*" for one in reasons.missing)
    for title, chosen in (
        ("Vì sao giữ lại · *Why it is held*", [one for one in reasons.remarks if one.holds]),
        ("Cần lưu ý · *Worth a look*", [one for one in reasons.remarks if not one.holds]),
    ):
        if chosen:
            yield f"\n## {title}\n"
        for number, one in enumerate(chosen, start=1):
            yield f"{number}. **{one.what.vi}.** *{one.what.en}.*"
            if one.where:
                yield f"   - Chỗ: `{one.where}`"
            yield f"   - Cách xử lý: {one.remedy.vi}. *{one.remedy.en}.*"
    if reasons.notes:
        yield "\n## Đã kiểm · *What was checked*\n"
        yield from (f"- {one.vi}. *{one.en}.*" for one in reasons.notes)
    if reasons.mapping:
        yield "\n## Cách hiểu các cột · *How the columns were read*\n"
        yield "| cột · *column* | hiểu là · *read as* |\n|---|---|"
        yield from (f"| {header.replace('|', chr(92) + '|')} | {meaning} |" for header, meaning in reasons.mapping)
    yield "\n## Làm gì tiếp · *What to do*\n"
    yield f"- `{FACTS}`: điều người gửi biết về tệp (nguồn, năm, danh sách tỉnh …). Sửa rồi chạy lại `chiso run`:"
    yield "  hết lỗi thì tệp tự vào."
    if described:
        yield f"- `{DESCRIBED}`: cách đọc tệp, được ưu tiên khi có sửa. Sửa rồi chạy lại như trên."
    yield "- Hoặc thả tệp đã sửa vào thư mục tiếp nhận (`inbox/`)."
    if described:
        yield f'- Hoặc nhận như hiện trạng, khi lỗi là của nơi công bố: `chiso accept {id} --why "…"`.'
    yield f"- Không dùng tệp này: `chiso reject {id}` (tệp gốc vẫn còn trong kho lưu trữ)."
