"""Bringing the package to a portal (synthetic, over real HTTP): nothing unasked, nothing twice, the token to nobody."""

import json
from pathlib import Path

import pytest

from orchestration.bi.open_data.ckan import Plan, upload
from orchestration.bi.open_data.package import Package
from orchestration.bi.open_data.portal import Portal, PortalError
from orchestration.datapackage import PublishedFile
from tests.conftest import Installation
from tests.integration.open_data.conftest import cut
from tests.integration.open_data.portal_server import ORGANIZATION, TOKEN, SyntheticPortal

NAME = "chiso-open-data"


class Said(list[str]):
    """What was told to the person who waits."""

    def __str__(self) -> str:
        return "\n".join(self)


def bring(
    portal: SyntheticPortal,
    folder: Path,
    *,
    send: bool = True,
    prune: bool = False,
    token: str | None = TOKEN,
    organization: str = ORGANIZATION,
) -> tuple[Plan, Said]:
    said = Said()
    with Portal(portal.url, token) as asked:
        plan = upload(asked, folder, organization, NAME, send=send, prune=prune, say=said.append)
    return plan, said


def test_a_dry_run_changes_nothing_and_says_everything(portal: SyntheticPortal, package: Package) -> None:
    plan, said = bring(portal, package.folder, send=False, token=None)
    assert portal.changes == []
    assert len(plan.steps) == 1 + 2 * len(package.rows) + 3
    assert said[0] == f"[1/{len(plan.steps)}] would: create the dataset {NAME} in {ORGANIZATION}"
    size = (package.folder / "csv" / "wide.dti.csv").stat().st_size
    assert f"would: upload wide.dti.csv ({size} bytes)" in str(said)
    assert said[-1].endswith("--send does it")


def test_what_is_sent_is_there_and_is_not_sent_again(portal: SyntheticPortal, small: Path) -> None:
    plan, said = bring(portal, small)
    assert [step.action for step in plan.steps] == portal.changes == ["package_create", *["resource_create"] * 7]
    assert said[-1].startswith("[8/8] done: upload datapackage.json")
    dataset = portal.datasets[NAME]
    assert (dataset["owner_org"], dataset["license_id"]) == ("org-1", "other-at")
    resources = portal.resources(NAME)
    assert {one["format"] for one in resources.values()} == {"CSV", "Parquet", "JSON", "JSON-LD", "Markdown"}
    for path in ("csv/marts.dim_index.csv", "parquet/marts.dim_territory.parquet", "README.md", "datapackage.json"):
        there = resources[Path(path).name]
        sha256 = PublishedFile.of(small, path).sha256
        assert portal.files[there["id"]] == sha256
        assert there["description"].endswith(f". SHA-256: {sha256}")
    assert resources["marts.dim_index.csv"]["description"].startswith("Danh mục chỉ số (Indices)")

    portal.asked.clear()
    plan, said = bring(portal, small)
    assert plan.steps == ()
    assert portal.changes == []
    assert said == [f"{portal.url} holds the dataset {NAME} as it is here"]


def test_only_what_changed_is_sent(portal: SyntheticPortal, small: Path) -> None:
    bring(portal, small)
    before = dict(portal.files)
    path = small / "csv" / "marts.dim_index.csv"
    path.write_bytes(path.read_bytes() + b'"SYNTHETIC"\n')
    descriptor = json.loads((small / "datapackage.json").read_text(encoding="utf-8"))
    for entry in descriptor["resources"]:
        if entry["name"] == "marts.dim_index":
            entry |= PublishedFile.of(small, entry["path"]).as_properties()
        else:
            entry["title"] = "Tên khác (another title)"
    descriptor["chiso:modified"] = "2026-12-01"
    (small / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    portal.resources(NAME)["README.md"]["mimetype"] = "text/markdown"  # the portal's own
    portal.asked.clear()
    _, said = bring(portal, small)
    assert portal.changes == ["package_patch", *["resource_patch"] * 4]
    assert portal.asked[2] == ("package_patch", {"id": "dataset-1", "version": "2026-12-01"})
    assert "change description of marts.dim_territory.csv" in str(said)
    changed = {one["name"] for one in portal.resources(NAME).values() if portal.files[one["id"]] != before[one["id"]]}
    assert changed == {"marts.dim_index.csv", "datapackage.json"}
    assert portal.resources(NAME)["README.md"]["mimetype"] == "text/markdown"
    assert bring(portal, small)[0].steps == ()


def test_an_upload_that_broke_off_goes_on(portal: SyntheticPortal, small: Path) -> None:
    portal.answers["resource_create"] = (502, "text/html", b"<h1>Bad Gateway</h1>")
    with pytest.raises(PortalError, match="answered resource_create with 502 Bad Gateway"):
        bring(portal, small)
    portal.answers.clear()
    plan, _ = bring(portal, small)
    assert [step.action for step in plan.steps] == ["resource_create"] * 7


def test_what_is_no_longer_offered_goes_only_when_told(portal: SyntheticPortal, small: Path, tmp_path: Path) -> None:
    bring(portal, small)
    less = cut(small, tmp_path / "less", ["marts.dim_index"])
    gone = {"marts.dim_territory.csv", "marts.dim_territory.parquet"}
    plan, said = bring(portal, less)
    assert set(plan.stale) == gone
    assert "--prune removes them" in str(said)
    assert gone <= set(portal.resources(NAME))
    bring(portal, less, prune=True)
    assert not gone & set(portal.resources(NAME))
    assert len(portal.resources(NAME)) == 5


def test_refusals_are_said_in_words(portal: SyntheticPortal, small: Path) -> None:
    with pytest.raises(PortalError, match="put the portal's API token into CHISO_CKAN_TOKEN"):
        bring(portal, small, token=None)
    with pytest.raises(PortalError, match=r"refused package_create \(403 Forbidden\): the token has no right to it"):
        bring(portal, small, token="wrong")
    with pytest.raises(PortalError, match="has no organization so-khac"):
        bring(portal, small, organization="so-khac")
    invalid = {"success": False, "error": {"__type": "Validation Error", "title": ["Missing value"]}}
    portal.answers["package_create"] = (409, "application/json", json.dumps(invalid).encode())
    with pytest.raises(
        PortalError, match=r"did not accept package_create \(409 Conflict\): title: \['Missing value'\]"
    ):
        bring(portal, small)
    portal.answers["organization_show"] = (401, "text/html", b"<h1>log in</h1>")
    with pytest.raises(PortalError, match="answered organization_show with 401 Unauthorized"):
        bring(portal, small)
    assert portal.datasets == {}


def test_a_dataset_of_another_organization_is_left_alone(portal: SyntheticPortal, small: Path) -> None:
    portal.datasets[NAME] = {"id": "theirs", "owner_org": "org-2", "resources": []}
    with pytest.raises(PortalError, match="of another organization"):
        bring(portal, small)
    assert portal.changes == []


@pytest.mark.parametrize(
    "url", ["http://du-lieu.example.gov.vn", "ftp://127.0.0.1", "https://user:secret@example.gov.vn", "example.gov.vn"]
)
def test_the_token_goes_nowhere_in_the_clear(url: str) -> None:
    with pytest.raises(PortalError, match="https"):
        Portal(url, TOKEN)


def test_nobody_listens() -> None:
    with SyntheticPortal() as gone:
        url = gone.url
    with Portal(url, TOKEN) as portal, pytest.raises(PortalError, match="cannot be reached"):
        portal.find("package_show", NAME)


def test_from_the_command_line(portal: SyntheticPortal, installation: Installation, tmp_path: Path) -> None:
    where = ("--out", str(tmp_path / "offered"), "--ckan", portal.url)
    tried = installation.chiso("open-data", *where, "--organization", ORGANIZATION, CHISO_CKAN_TOKEN=TOKEN)
    assert tried.returncode == 0, tried.stderr
    assert "not in it, by the publishers' terms or your choice: PAPI, PCI, PGI" in tried.stdout
    assert "would: create the dataset" in tried.stdout
    refused = installation.chiso("open-data", *where, "--organization", "nobody", "--send", CHISO_CKAN_TOKEN=TOKEN)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Error: {portal.url} has no organization nobody")
    assert portal.changes == []
    assert portal.tokens == {TOKEN}
    assert TOKEN not in tried.stdout + tried.stderr + refused.stdout + refused.stderr
