"""The arrows of the house: who may import whom, and a place for every folder."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest
from grimp import ImportGraph
from importlinter import cli

ROOT = Path(__file__).parents[2]

# A new folder gets its place here and in the contracts of pyproject.toml.
PLACES = {
    "api": {
        *("web", "records", "fresh_report", "identity", "credit_check", "gate", "overview"),
        *("prospect", "acceptance", "orders", "monitoring", "management", "collection"),
        *("ledger", "policies", "events", "mail", "administration"),
    },
    "providers": {
        *("kvk", "companies_house", "gleif", "vies", "north_data"),
        *("creditsafe", "dnb", "coface"),
        *("opensanctions",),
        *("atradius", "allianz_trade", "cofaserve"),
        *("sandbox",),
    },
    "scoring": {
        *("acceptance", "cover", "facts", "monitoring", "orders"),
        *("figures", "inventory", "matching", "names", "policies", "policy", "reasons", "statutory", "validation"),
    },
    ".": {"api", "providers", "scoring", "migrations", "bench", "tests", "docs", "mappings", "var", "build", "dist"},
}
PACKAGES = ("api", "providers", "scoring")
# Who else than the catalog reaches into a vendor's folder: the command that serves the sandbox.
DOORS = {"providers.sandbox": {"api.cli_sandbox"}}


@pytest.fixture(scope="module")
def graph() -> ImportGraph:
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def folders(parent: Path) -> set[str]:
    found = {folder.name for folder in parent.iterdir() if folder.is_dir()}
    return {name for name in found if not name.startswith((".", "__")) and not name.endswith(".egg-info")}


@pytest.mark.parametrize("parent", PLACES)
def test_every_folder_has_its_place(parent: str) -> None:
    assert folders(ROOT / parent) <= PLACES[parent]


def test_the_contracts_name_every_room_and_all_that_rooms_share() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    named = {
        name.strip(" ()") for contract in contracts for layer in contract.get("layers", ()) for name in layer.split("|")
    }
    assert named >= PLACES["api"]


def test_the_arrows_point_one_way(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert cli.lint_imports(no_cache=True) == 0, capsys.readouterr().out


def test_an_arrow_that_points_back_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The contracts themselves work: in a copy of the house, a room that imports another room breaks them."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ("orders", "ledger"):
        (tmp_path / "api" / room).mkdir(exist_ok=True)
        (tmp_path / "api" / room / "__init__.py").touch()
    (tmp_path / "api" / "orders" / "stray.py").write_text("import api.ledger\n")
    broken = run_elsewhere(tmp_path)
    assert "api.orders is not allowed to import api.ledger" in broken


def run_elsewhere(folder: Path) -> str:
    """What lint-imports says in another folder; a process of its own, since this one has our packages loaded."""
    command = [sys.executable, "-c", "from importlinter import cli; cli.lint_imports_command()", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_vendor_folders_are_reached_only_through_the_catalog(graph: ImportGraph) -> None:
    strays = []
    for vendor in folders(ROOT / "providers"):
        package = f"providers.{vendor}"
        inside = {package, *graph.find_descendants(package)}
        for module in inside:
            importers = graph.find_modules_that_directly_import(module) - inside
            importers -= DOORS.get(package, {"providers.catalog"})
            strays += [f"{importer} imports {module}" for importer in importers]
    assert strays == []


def test_records_know_no_room_no_web_and_no_provider(graph: ImportGraph) -> None:
    inside = {"api.records", *graph.find_descendants("api.records")}
    imported = {name for module in inside for name in graph.find_modules_directly_imported_by(module)}
    above = {f"api.{name}" for name in PLACES["api"] - {"records"}} | {"api.app", "api.cli", "api.wiring", "providers"}
    assert not [name for name in imported if name in above or any(name.startswith(f"{place}.") for place in above)]
