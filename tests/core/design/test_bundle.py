"""The stylesheet that pages load is composed from small files."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from core.design import bundle


@pytest.fixture
def house(tmp_path: Path, settings):
    """A tiny site with two base files and one component."""
    (tmp_path / "site/styles").mkdir(parents=True)
    (tmp_path / "site/templates/components/card").mkdir(parents=True)
    (tmp_path / "site/styles/10-b.css").write_text("b { color: red; } /* a remark */")
    (tmp_path / "site/styles/00-a.css").write_text("@layer base, components;")
    (tmp_path / "site/templates/components/card/card.css").write_text(".card { color: blue; }")
    settings.ROOT = tmp_path
    settings.VAR = tmp_path / "var"
    return tmp_path


def test_bundle__several_files__come_in_order_with_components_in_their_layer(house: Path) -> None:
    text = bundle.compose()

    assert text.index("@layer base") < text.index("b {") < text.index(".card")
    assert "@layer components {\n.card { color: blue; }\n}" in text
    assert "remark" not in text


def test_bundle__source_changed__is_written_anew_and_leaves_no_draft(house: Path) -> None:
    found = Path(str(bundle.BundleFinder().find(bundle.BUNDLE)))
    (house / "site/styles/10-b.css").write_text("b { color: green; }")

    bundle.BundleFinder().find(bundle.BUNDLE)

    assert "green" in found.read_text()
    assert [file.name for file in found.parent.iterdir()] == ["common-room.css"]


def test_finders__file_that_is_not_there__is_not_found() -> None:
    assert finders.find("css/other.css") is None
    assert finders.find("css/other.css", find_all=True) == []


def test_finders__bundle__is_found_by_name() -> None:
    assert finders.find(bundle.BUNDLE)


def test_collectstatic__manifest_storage__hashes_bundle_and_its_fonts(tmp_path: Path, settings) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    settings.STATICFILES_FINDERS = [
        "django.contrib.staticfiles.finders.FileSystemFinder",
        "core.design.bundle.BundleFinder",
    ]
    finders.get_finder.cache_clear()

    call_command("collectstatic", interactive=False, verbosity=0)

    hashed = [file for file in (tmp_path / "css").glob("common-room.*.css") if file.name.count(".") == 2]
    assert len(hashed) == 1
    text = hashed[0].read_text()
    assert 'url("../fonts/bricolage-grotesque.woff2")' not in text
    assert "../fonts/bricolage-grotesque." in text


def test_styles__every_colour_outside_the_tokens__is_a_token() -> None:
    """Components take their colours from the tokens: no hex value hides in them (print and drawings' files aside)."""
    strays = {
        file.name: line.strip()
        for file in bundle.component_sources()
        for line in file.read_text().splitlines()
        if ": #" in line or " #" in line.split("{")[-1]
    }
    assert not strays
