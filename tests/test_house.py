"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
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


# --- Size and style ------------------------------------------------------------------------------------------------

MOST_LINES = 450
TEXT = {".py", ".html", ".txt", ".css", ".js", ".md", ".toml", ".yaml", ".cfg", ".csv", ".in", ".example", ""}
# Folders of machines on which this was written or is served. Fixed places of Linux distributions are fine.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|root|Users|opt|home/[a-z]+)/")
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)|\sstyle=[\"']|\son[a-z]+=[\"']", re.IGNORECASE
)


def tracked() -> list[Path]:
    """Files under version control; in an unpacked archive, all that would be."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)  # noqa: S607 - git of the path
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def ours(*suffixes: str) -> list[Path]:
    folders = ("site", "home", "networks", "search", "mentoring")
    return [file for folder in folders for file in (ROOT / folder).rglob("*") if file.suffix in suffixes]


def test_python_file__however_busy__stays_readable() -> None:
    files = [file for file in [*ours(".py"), *(ROOT / "tests").rglob("*.py")] if "migrations" not in file.parts]
    long = {
        f"{file.relative_to(ROOT)}: {lines} lines"
        for file in files
        if (lines := file.read_text(encoding="utf-8").count("\n")) > MOST_LINES
    }
    assert not long, "split by idea:\n" + "\n".join(sorted(long))


def test_file__any__names_no_folder_of_this_machine() -> None:
    strays = [
        f"{file.relative_to(ROOT)}: {found[0]}"
        for file in tracked()
        if file.suffix in TEXT and file != Path(__file__)
        if (found := MACHINE_PATHS.search(file.read_text(encoding="utf-8", errors="replace")))
    ]
    assert not strays, "\n".join(strays)


@pytest.mark.parametrize("folder", ["mentoring", "networks"])
def test_views__objects_by_id__come_through_access_functions(folder: str) -> None:
    strays = [
        str(file.relative_to(ROOT))
        for file in (ROOT / folder).rglob("*.py")
        if re.search(r"\bget_(?:object|list)_or_404\b", file.read_text(encoding="utf-8"))
    ]
    assert not strays, "absent and forbidden must be one answer (mentoring/trust/access.py)"


# --- Templates and static files --------------------------------------------------------------------------------------


def template_files() -> list[Path]:
    return [file for file in ours(".html", ".txt") if "templates" in file.parts]


def test_templates__each__compiles_and_so_do_those_it_names() -> None:
    from django.template import engines

    engine = engines["django"]
    assert template_files()
    for file in template_files():
        text = file.read_text(encoding="utf-8")
        engine.from_string(text)
        for name in re.findall(r"{%\s*(?:extends|include)\s+[\"']([^\"']+)[\"']", text):
            engine.get_template(name)


def test_templates__static_files_they_name__exist() -> None:
    from django.contrib.staticfiles import finders

    missing = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in template_files()
        for name in re.findall(r"{%\s*static\s+[\"']([^\"']+)[\"']", file.read_text(encoding="utf-8"))
        if not finders.find(name)
    }
    assert not missing, "\n".join(sorted(missing))


def test_templates__for_browsers__hold_nothing_that_the_content_policy_stops() -> None:
    """Mails are read elsewhere; the admin has a policy of its own, but ours need no exception there either."""
    strays = {
        f"{file.relative_to(ROOT)}: {found[0]}"
        for file in template_files()
        if file.suffix == ".html" and "email" not in file.parts
        if (found := INLINE.search(file.read_text(encoding="utf-8")))
    }
    assert not strays, "\n".join(sorted(strays))


def test_templates__reload_themselves__never() -> None:
    """WCAG 2.2.1: a page that a person cannot stop from reloading takes it away from them. At once is fine."""
    strays = [
        str(file.relative_to(ROOT))
        for folder in ("site", "mentoring", "networks", "home", "search")
        for file in (ROOT / folder).rglob("*.html")
        if re.search(r'http-equiv="refresh"\s+content="[1-9]', file.read_text(encoding="utf-8"))
    ]
    assert not strays
