"""The small site that tests of pages stand on."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.support.pages import SitePages, site_pages
from tests.support.shared import SharedRows


@pytest.fixture(scope="module")
def shared_pages(shared_rows: SharedRows) -> SitePages:
    return shared_rows(site_pages)


@pytest.fixture
def pages(shared_pages: SitePages, db: None) -> SitePages:
    return deepcopy(shared_pages)
