"""The wheel holds the whole plugin and nothing of the site. Built without the network."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_PACKED = {"__pycache__"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names in the wheel that `pip install .` would install."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "LICENSE", "docs", "mentoring"):
        (source / name).symlink_to(ROOT / name)
    result = subprocess.run(  # noqa: S603 - our own interpreter and arguments
        [sys.executable, "-c", BUILD, str(folder)], cwd=source, capture_output=True, text=True, check=False, timeout=120
    )
    assert result.returncode == 0, result.stderr
    (file,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(file).namelist())


BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


def source_files(folder: str) -> set[str]:
    return {
        str(file.relative_to(ROOT))
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and not NOT_PACKED & set(file.parts)
    }


@pytest.mark.parametrize("folder", ["templates", "static", "locale", "data", "migrations", "management"])
def test_wheel__folder_of_the_plugin__is_whole(folder: str, wheel: set[str]) -> None:
    assert source_files(f"mentoring/{folder}") <= wheel


def test_wheel__all_of_the_plugin__is_in_it(wheel: set[str]) -> None:
    assert source_files("mentoring") <= wheel


def test_wheel__anything_else__is_not(wheel: set[str]) -> None:
    assert {name.split("/")[0] for name in wheel if not name.startswith("mentoring/")} == {
        name.split("/")[0] for name in wheel if ".dist-info/" in name
    }


def test_wheel__data_folders__are_there_to_be_packed() -> None:
    """Else the tests above would compare nothing with nothing."""
    for folder in ("templates", "data", "migrations", "management"):
        assert source_files(f"mentoring/{folder}"), folder
