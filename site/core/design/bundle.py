"""One stylesheet out of many small files, without a build step.

Sources: `site/styles/*.css` in the order of their names, then `site/templates/components/*/*.css`, each put into the
cascade layer `components`. Pages ask for `{% static "css/common-room.css" %}`; `collectstatic` hashes it like any file.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage, Storage

BUNDLE = "css/common-room.css"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def sources() -> list[Path]:
    """Every source file, in the order of the bundle."""
    site = Path(settings.ROOT) / "site"
    return [*sorted((site / "styles").glob("*.css")), *component_sources()]


def component_sources() -> list[Path]:
    return sorted((Path(settings.ROOT) / "site" / "templates" / "components").glob("*/*.css"))


def compose() -> str:
    """The text of the bundle: comments left out, components in their layer."""
    components = set(component_sources())
    parts = []
    for file in sources():
        text = COMMENT.sub("", file.read_text(encoding="utf-8")).strip()
        parts.append(f"@layer components {{\n{text}\n}}" if file in components else text)
    return "\n".join(parts) + "\n"


def write() -> Path:
    """The folder that holds the bundle, brought up to date; with several processes too, for the file is swapped whole."""
    folder = Path(settings.VAR) / "bundle"
    target = folder / BUNDLE
    text = compose()
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=target.parent, suffix=".css.draft")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(draft).chmod(0o644)
        Path(draft).replace(target)
    return folder


class BundleFinder(BaseFinder):
    """Finds the bundle, for the development server, the test server and `collectstatic`."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str]:
        if path != BUNDLE:
            return []
        found = str(write() / BUNDLE)
        return [found] if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        yield BUNDLE, FileSystemStorage(location=write())
