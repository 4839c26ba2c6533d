"""Bringing the open-data package to a CKAN portal: what is there, what should be, and the steps between.

A dataset with a resource per file, matched by name. Whether a file is the one that the portal holds is told by the
SHA-256 in the resource's description: the field `hash` is overwritten by CKAN's data loaders.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration import datapackage
from orchestration.bi.open_data import description
from orchestration.bi.open_data.package import files_of
from orchestration.bi.open_data.portal import Portal, PortalError
from orchestration.datapackage import PublishedFile

_FORMATS = {".csv": "CSV", ".parquet": "Parquet", ".json": "JSON", ".jsonld": "JSON-LD", ".md": "Markdown"}


@dataclass(frozen=True)
class Step:
    """One change of the portal, as its action and in words."""

    action: str
    data: dict[str, Any]
    upload: Path | None
    words: str


@dataclass(frozen=True)
class Plan:
    """The steps in their order, and names of resources that the portal has and the package has not."""

    steps: tuple[Step, ...]
    stale: tuple[str, ...]


def upload(
    portal: Portal,
    folder: Path,
    organization: str,
    dataset: str,
    *,
    send: bool,
    prune: bool,
    say: Callable[[str], None],
) -> Plan:
    """Bring the package in `folder` to the portal, or only say what would be done unless `send`.

    Raises PortalError. What was sent before it stays; the next call goes on from there.
    """
    if send and not portal.has_token:
        raise PortalError("put the portal's API token into CHISO_CKAN_TOKEN")
    plan = make_plan(portal, folder, organization, dataset, prune)
    for number, step in enumerate(plan.steps, 1):
        if send:
            portal.do(step.action, step.data, step.upload)
        say(f"[{number}/{len(plan.steps)}] {'done' if send else 'would'}: {step.words}")
    if plan.stale and not prune:
        say(f"no longer offered, still on the portal (--prune removes them): {', '.join(plan.stale)}")
    if not plan.steps:
        say(f"{portal.url} holds the dataset {dataset} as it is here")
    elif not send:
        say(f"nothing was sent to {portal.url}; --send does it")
    return plan


def make_plan(portal: Portal, folder: Path, organization: str, dataset: str, prune: bool) -> Plan:
    """What has to be done so that the portal holds the package; asks the portal, changes nothing."""
    descriptor = json.loads((folder / datapackage.FILE_NAME).read_text(encoding="utf-8"))
    owner = portal.find("organization_show", organization)
    if owner is None:
        raise PortalError(f"{portal.url} has no organization {organization}; its name stands in its page's address")
    standing = portal.find("package_show", dataset)
    if standing and standing.get("owner_org") != owner["id"]:
        raise PortalError(f"{portal.url} has a dataset {dataset} of another organization; name another with --dataset")
    wanted = _dataset(descriptor, dataset, owner["id"])
    steps = []
    if standing is None:
        steps.append(Step("package_create", wanted, None, f"create the dataset {dataset} in {organization}"))
    elif changed := [key for key, value in wanted.items() if standing.get(key) != value]:
        data = {"id": standing["id"], **{key: wanted[key] for key in changed}}
        steps.append(Step("package_patch", data, None, f"change {', '.join(changed)} of the dataset {dataset}"))
    there: dict[str, dict[str, Any]] = {}
    surplus = []
    for resource in standing["resources"] if standing else ():
        if resource["name"] in there:
            surplus.append(resource)
        else:
            there[resource["name"]] = resource
    for file, said in _files(folder, descriptor):
        step = _of_file(folder, file, _resource(file, said), there.pop(Path(file.path).name, None), dataset)
        steps += [step] if step else []
    surplus += there.values()
    if prune:
        steps += [
            Step("resource_delete", {"id": one["id"]}, None, f"remove {one['name']} from the portal") for one in surplus
        ]
    return Plan(tuple(steps), tuple(one["name"] for one in surplus))


def _dataset(descriptor: Mapping[str, Any], name: str, owner: str) -> dict[str, Any]:
    publishers = [contributor["title"] for contributor in descriptor.get("contributors", ())]
    return {
        "name": name,
        "title": descriptor["title"],
        "notes": descriptor["description"],
        "owner_org": owner,
        "author": ", ".join(publishers),
        "version": descriptor[description.MODIFIED_KEY],
        "license_id": "other-at",
    }


def _files(folder: Path, descriptor: dict[str, Any]) -> list[tuple[PublishedFile, str]]:
    """The files of the package, each with what it is in words."""
    titles = {}
    for entry in descriptor["resources"]:
        titles[entry["path"]] = titles[entry[description.PARQUET_KEY]["path"]] = entry["title"]
    files = [*files_of(descriptor), PublishedFile.of(folder, datapackage.FILE_NAME)]
    return [(file, titles.get(file.path, "Mô tả gói dữ liệu (description of the package)")) for file in files]


def _resource(file: PublishedFile, said: str) -> dict[str, str]:
    path = Path(file.path)
    return {"name": path.name, "format": _FORMATS[path.suffix], "description": f"{said}. SHA-256: {file.sha256}"}


def _of_file(
    folder: Path, file: PublishedFile, wanted: dict[str, str], there: dict[str, Any] | None, dataset: str
) -> Step | None:
    size = f"{wanted['name']} ({file.bytes} bytes)"
    if there is None:
        return Step("resource_create", {"package_id": dataset, **wanted}, folder / file.path, f"upload {size}")
    if file.sha256 not in (there.get("description") or ""):
        return Step("resource_patch", {"id": there["id"], **wanted}, folder / file.path, f"upload {size} anew")
    changed = [key for key, value in wanted.items() if there.get(key) != value]
    if not changed:
        return None
    return Step(
        "resource_patch", {"id": there["id"], **wanted}, None, f"change {', '.join(changed)} of {wanted['name']}"
    )
