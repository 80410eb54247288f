"""The small site that tests of pages stand on."""

from __future__ import annotations

import pytest

from tests.support.pages import SitePages, site_pages


@pytest.fixture
def pages(db: None) -> SitePages:
    return site_pages()
