"""Which browser the journeys use."""

from __future__ import annotations

import os
from pathlib import Path

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


def chromium() -> str | None:
    """$CHROMIUM, or where Linux distributions put it; None when there is none."""
    given = os.environ.get("CHROMIUM")
    return next((path for path in ((given,) if given else CHROMIUM) if Path(path).exists()), None)
