"""One stylesheet out of many small files, without a build step.

Sources: `site/styles/*.css` in the order of their names, then `site/templates/components/*/*.css`, each put into the
cascade layer `components`. Pages ask for `{% static "css/common-room.css" %}`; `collectstatic` hashes it like any file.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseStorageFinder
from django.core.files.storage import FileSystemStorage

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


def folder() -> Path:
    return Path(settings.VAR) / "bundle"


def write() -> None:
    """Brings the file up to date. Safe with several processes: the file is swapped whole."""
    target = folder() / BUNDLE
    text = compose()
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".")  # collectstatic leaves such names out
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(draft).chmod(0o644)
        Path(draft).replace(target)


class BundleFinder(BaseStorageFinder):
    """Finds the bundle, for the development server, the test server and `collectstatic`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(storage=FileSystemStorage(location=folder()))

    def find(self, path: str, *args: Any, **kwargs: Any) -> Any:
        if path == BUNDLE:
            write()
        return super().find(path, *args, **kwargs)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        write()
        return super().list(ignore_patterns)
