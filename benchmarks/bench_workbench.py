"""What the coordinator's workbench costs at full size, as ratios to an ordinary Wagtail listing of 50 pages.

The board of a cohort of 2,000, a list of 1,000 proposals, and the answers of a run of 500 × 500. Runs on a fresh SQLite
file, or on the empty database that DATABASE_URL names. Sizes: `bench_workbench.py 2000 1000 500`. With `--cpu` the
processor's time counts instead of the clock: for a machine that others use as well.
"""

from __future__ import annotations

import logging
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 9
BAR = 1.5
ANSWER = 1.0  # second
now = time.process_time if "--cpu" in sys.argv else time.perf_counter


def main(people: int, pairs: int, side: int) -> None:
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        import django

        django.setup()
        from django.core.management import call_command
        from django.test.utils import setup_test_environment

        setup_test_environment()
        logging.disable(logging.WARNING)
        call_command("migrate", verbosity=0)
        report(people, pairs, side)


def report(people: int, pairs: int, side: int) -> None:
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    from benchmarks.crowd import cohort_of, proposals_in
    from mentoring.proposals.runs import execute_due, start_run
    from tests.signing_in import sign_in

    model: Any = get_user_model()
    admin = model.objects.create_superuser("admin@example.org", None, name="An Admin")
    client = Client()
    sign_in(client, admin)
    large = cohort_of(people - people * 2 // 5, people * 2 // 5)
    proposals_in(large, min(pairs, people * 2 // 5))
    listing = pages_of(50)
    other = cohort_of(side, side, seed=2)
    run = start_run(cohort=other, actor=admin)
    execute_due()
    run.refresh_from_db()
    mentee = other.enrolments.filter(as_role="mentee").order_by("pk")[0].pk
    mentor = run.proposals.exclude(mentee=mentee)[0].mentor_id
    pair = f"?mentee=%23{mentee}&mentor=%23{mentor}"

    print(f"On {connection.vendor}; {run.message}")
    base = measure(client, "Wagtail's list of 50 pages", listing, 0.0)
    measure(client, f"board of {people:,} enrolments", reverse("mentoring_cohort:board", args=[large.pk]), base, BAR)
    index = reverse("mentoring_proposal:index")
    measure(client, f"list of {pairs:,} proposals", f"{index}?cohort={large.pk}&state=draft", base, BAR)
    applications = reverse("mentoring_enrolment:index")
    measure(client, f"list of {people:,} applications", f"{applications}?cohort={large.pk}", base, BAR)
    print(f"Answers at {side} × {side}, at most {ANSWER:g} s")
    for name, screen, asked in (
        ("what if: weights", "what_if", "?w_interests=10"),
        ("what if: one more mentor", "what_if", "?new_places=3"),
        ("what if: places", "what_if", f"?mentor_1=%23{mentor}&places_1=3"),
        ("what if: a pair by hand", "what_if", f"?one_1=%23{mentee}&other_1=%23{mentor}"),
        ("displacement of a forced pair", "override", pair),
        ("why not this pair", "why_not", pair),
        ("left over and advice", "left_over", ""),
        ("fairness certificate", "fairness", ""),
    ):
        measure(client, name, reverse(f"mentoring_run:{screen}", args=[run.pk]) + asked, base, seconds=ANSWER)


def pages_of(count: int) -> str:
    """The address of the explorer of a page with that many children."""
    from django.urls import reverse
    from wagtail.models import Page

    from home.pages.standard import StandardPage

    root = Page.objects.get(depth=1).get_first_child() or Page.objects.get(depth=1)
    parent = root.add_child(instance=Page(title="Parent", slug="parent"))
    for number in range(count):
        parent.add_child(instance=StandardPage(title=f"Page {number}", slug=f"page-{number}"))
    return reverse("wagtailadmin_explore", args=[parent.pk])


def measure(client: Any, name: str, url: str, base: float, bar: float = 0.0, seconds: float = 0.0) -> float:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    first = timed(client, url)
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
        queries = len(captured)
    middle = statistics.median(timed(client, url) for _ in range(REPEATS))
    ratio = middle / base if base else 1.0
    met = "" if not (bar or seconds) else "  met" if (ratio <= bar if bar else middle <= seconds) else "  NOT MET"
    print(
        f"  {name:34} {queries:3} queries  {1000 * middle:6.0f} ms  {ratio:5.2f} ×  (first {1000 * first:.0f} ms){met}"
    )
    return middle


def timed(client: Any, url: str) -> float:
    start = now()
    response = client.get(url)
    taken = now() - start
    assert response.status_code == 200, f"{url}: {response.status_code}"
    return taken


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:] if text != "--cpu"]
    main(*given, *[2_000, 1_000, 500][len(given) :])
