"""The production parts, as far as they can be read without a container engine."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def test_compose__services__are_the_parts_of_a_site(compose: dict[str, Any]) -> None:
    assert {"web", "worker", "migrate", "postgres", "redis"} <= compose["services"].keys()
    for name in ("web", "worker", "migrate"):
        assert compose["services"][name]["read_only"] is True
        assert compose["services"][name]["env_file"] == "deploy/.env"


def test_compose__volumes_and_dependencies__are_declared(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("depends_on", {})) <= compose["services"].keys()
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"]


def test_compose__ports__are_open_to_this_machine_only(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_compose__secrets__come_from_outside() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    for value in re.findall(r"(?m)^\s*\w*(?:PASSWORD|KEY): (\S+)", text):
        assert value.startswith("${"), value


def test_dockerfile__runs_as_nobody_special__with_hashed_packages() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert "USER room" in lines
    assert lines.index("USER room") > max(n for n, line in enumerate(lines) if line.startswith("RUN"))
    assert any("--require-hashes" in line for line in lines)
    copied = {line.split()[1] for line in lines if line.startswith("COPY") and not line.startswith("COPY --")}
    for name in copied:
        assert (ROOT / name).exists(), name
    assert {"site", "home", "mentoring", "networks", "search"} <= copied


def test_dockerignore__lets_through_what_the_image_copies() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {line[1:] for line in lines if line.startswith("!")}
    assert {"site", "home", "mentoring", "networks", "search", "manage.py", "gunicorn.conf.py"} <= kept


def test_gunicorn__configuration__finds_the_application() -> None:
    found = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    assert found["wsgi_app"] == "config.wsgi:application"
    assert all(Path(folder).is_dir() for folder in found["pythonpath"].split(","))
    assert (Path(found["pythonpath"].split(",")[0]) / "config" / "wsgi.py").exists()
