"""The small site of the pages’ tests stands here, too."""

from __future__ import annotations

from tests.networks.pages.conftest import pages

__all__ = ["pages"]
