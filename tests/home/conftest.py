"""The small site of the networks’ tests stands here, too."""

from __future__ import annotations

from tests.networks.pages.conftest import pages, shared_pages

__all__ = ["pages", "shared_pages"]
