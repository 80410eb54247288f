"""How many queries a page costs, at two sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

MOST = 12  # queries of a warm public page


@dataclass(frozen=True)
class Cost:
    """Queries of one warm request."""

    queries: list[str]

    def __len__(self) -> int:
        return len(self.queries)

    def __str__(self) -> str:
        return "\n".join(f"{number:3}. {query[:300]}" for number, query in enumerate(self.queries, 1))


def warm_cost(client: Client, url: str) -> Cost:
    """Asks twice and counts the second time: caches of sites, content types and settings are filled then."""
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            response = client.get(url)
        assert response.status_code == 200, f"{url} answered {response.status_code}"
    return Cost([query["sql"] for query in captured.captured_queries])


def assert_flat(
    client: Client, url: str, grow: Callable[[int], object], *, small: int = 3, large: int = 30, most: int = MOST
) -> Cost:
    """`grow(n)` must bring the content that the page lists to n rows in all.

    Fails when the page costs more at `large` rows than at `small`, or more than `most` at either. Gives the larger.
    """
    grow(small)
    few = warm_cost(client, url)
    grow(large)
    return assert_same_cost(url, few, warm_cost(client, url), most=most)


def assert_same_cost(url: str, few: Cost, many: Cost, *, most: int = MOST) -> Cost:
    """Fails when a page costs more at many rows than at few, or more than `most`."""
    assert len(many) == len(few), f"{url}: {len(few)} queries at few rows, {len(many)} at many. At many:\n{many}"
    assert len(many) <= most, f"{url}: {len(many)} queries, at most {most} are allowed:\n{many}"
    return many
