"""What a search costs at 100 and at 2,000 pages: queries, milliseconds, and the ratio to the library's plain list.

Runs on a fresh SQLite file, or on the empty database that DATABASE_URL names. Sizes: `bench_search.py 100 500`.
"""

from __future__ import annotations

import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 7
SEARCHES = {
    "plain list (library)": "/library/",
    "a rare word": "/search/?q=kiln7",
    "a common word": "/search/?q=clay",
    "a synonym": "/search/?q=numeracy",
    "two words, two filters": "/search/?q=clay+morning&kind=resource&phase=primary",
    "filters only": "/search/?kind=resource",
    "nothing found": "/search/?q=dramma",
    "suggestions": "/search/suggest/?q=cla",
}


def main(sizes: list[int]) -> None:
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        import django

        django.setup()
        from django.core.management import call_command
        from django.test.utils import setup_test_environment

        setup_test_environment()
        logging.disable(logging.INFO)
        call_command("migrate", verbosity=0)
        fill = filler()
        for size in sizes:
            fill(size)
            call_command("update_index", verbosity=0)
            report(size)


def filler() -> Callable[[int], None]:
    """A function that brings the library to a number of resources."""
    from django.conf import settings
    from wagtail.models import Page, Site

    from home.pages.front import HomePage
    from mentoring.people.models import Interest, InterestGroup
    from networks.pages.library import LibraryIndexPage, ResourcePage

    settings.WAGTAILSEARCH_BACKENDS["default"]["AUTO_UPDATE"] = False  # the index is made once, by update_index
    root = Page.objects.get(depth=1)
    for page in root.get_children():
        page.specific.delete()
    Site.objects.all().delete()
    home = Page.objects.get(depth=1).add_child(instance=HomePage(title="Front door"))
    Site.objects.create(hostname="testserver", root_page=home, is_default_site=True)
    library = home.add_child(instance=LibraryIndexPage(title="Library"))
    Interest.objects.all().delete()
    maths = Interest.objects.create(label="Mathematics", group=InterestGroup.SUBJECT, synonyms=["maths", "numeracy"])
    Interest.objects.create(label="Drama", group=InterestGroup.ART_FORM, synonyms=["theatre"])
    phases = [Interest.objects.create(label=label, group=InterestGroup.PHASE) for label in ("Primary", "Secondary")]

    def fill(size: int) -> None:
        parent = Page.objects.get(pk=library.pk)
        for number in range(parent.numchild, size):
            text = (
                f"<p>Clay on a {'morning' if number % 3 else 'wet afternoon'}, kiln{number}. "
                + "Words. " * 150
                + "</p>"
            )
            page = ResourcePage(
                title=f"Plan {number} for {'clay' if number % 5 == 0 else 'colour'}",
                slug=f"plan-{number}",
                summary="What we did, and what we would do again.",
                author="A class",
                external_url="https://example.org/plan",
                intro=text,
            )
            page.phases = [phases[number % 2]]
            page.topics = [maths] if number % 4 == 0 else []
            parent.add_child(instance=page)

    return fill


def report(size: int) -> None:
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    print(f"\n{size} pages on {connection.vendor}")
    print(f"  {'':24} queries      ms   ratio")
    base = 0.0
    for name, url in SEARCHES.items():
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        queries = len(captured)
        times = []
        for _ in range(REPEATS):
            if name == "suggestions":
                cache.clear()
            start = time.perf_counter()
            assert client.get(url).status_code == 200
            times.append((time.perf_counter() - start) * 1000)
        middle = statistics.median(times)
        base = base or middle
        print(f"  {name:24} {queries:7} {middle:7.0f} {middle / base:7.2f}")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [100, 2000])
