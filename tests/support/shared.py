"""What many tests of a module stand on, built once: a transaction around the module, taken back at its end.

    @pytest.fixture(scope="module")
    def shared_pages(shared_rows: SharedRows) -> SitePages:
        return shared_rows(site_pages)

    @pytest.fixture
    def pages(shared_pages: SitePages, db: None) -> SitePages:
        return deepcopy(shared_pages)  # no test changes another's objects

Each test runs in a savepoint of it, so what one writes no other sees. Not for modules whose tests commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, Protocol, TypeVar

import pytest
from django.db import transaction

Made = TypeVar("Made")


class SharedRows(Protocol):
    def __call__(self, build: Callable[[], Made]) -> Made: ...


@pytest.fixture(scope="module")
def shared_rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[SharedRows]:
    """Gives a function that calls what builds the rows, and keeps them until the module is through."""
    with ExitStack() as stack:

        def make(build: Callable[[], Made]) -> Made:
            with django_db_blocker.unblock():
                around = transaction.atomic()
                around._from_testcase = True  # as Django's own: what insists on being outermost still may
                stack.enter_context(around)
                return build()

        yield make
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            stack.close()
