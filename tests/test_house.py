"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = {"config", "core", "home", "search", "networks", "mentoring"}

# What each package may import of ours: the floors below it (docs/architecture.md).
MAY_IMPORT = {
    "site/core": {"core"},
    "mentoring": {"mentoring"},
    "networks": {"networks", "mentoring", "core"},
    "home": {"home", "search", "networks", "mentoring", "core"},
    "search": {"search", "home", "networks", "mentoring", "core"},
}


def imported_names(file: Path) -> set[str]:
    """First part of every absolute import in a file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_floor__imports__only_floors_below(folder: str) -> None:
    files = list((ROOT / folder).rglob("*.py"))
    assert files, f"{folder} holds no Python: the floor moved?"
    strays = {
        f"{file.relative_to(ROOT)} imports {name}"
        for file in files
        for name in imported_names(file) & OURS - MAY_IMPORT[folder]
    }
    assert not strays, "\n".join(sorted(strays))


def test_engine__imports__no_django() -> None:
    strays = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "mentoring" / "matching").rglob("*.py")
        if imported_names(file) & {"django", "wagtail"}
    }
    assert not strays


def test_site_folder__is_a_source_root__and_site_is_the_standard_library() -> None:
    import site

    assert not (ROOT / "site" / "__init__.py").exists()
    assert Path(site.__file__ or "").parent == Path(sysconfig.get_path("stdlib"))


def test_git__does_not_ignore_site() -> None:
    for name in (".gitignore", ".dockerignore"):
        file = ROOT / name
        lines = {line.strip().strip("/") for line in file.read_text().splitlines()} if file.exists() else set()
        assert "site" not in lines, f"{name} hides site/"


def test_top_level__holds_only_the_fixed_apps() -> None:
    apps = {file.parent.name for file in ROOT.glob("*/apps.py")}
    assert apps == {"home", "mentoring", "networks", "search"}
