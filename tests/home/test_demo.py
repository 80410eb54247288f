"""The demo: complete, whole, and safe to run twice."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from wagtail.models import Page

from core.models import User
from home.demo.accounts import PASSWORD
from home.demo.logins import LOGINS
from home.demo.mentoring import MENTEE, REPORTER_EMAIL
from mentoring.equality.models import EqualityAnswer
from mentoring.messages.models import Outbox, OutboxState
from mentoring.models import Cohort, HostOffer, Placement, Relationship, Stage
from mentoring.programmes.models import CohortState
from mentoring.reports.equality import tables
from mentoring.reports.screens import reads_equality
from networks.models import Artwork, NetworkPage, PathwayPage, ResourcePage, SessionPage
from tests.support.queries import MOST, warm_cost


def test_demo__run_twice__changes_nothing_and_every_page_answers(db: None, client: Client) -> None:
    call_command("demo", verbosity=0)
    kept: tuple[Any, ...] = (Page, Artwork, Relationship, Stage, EqualityAnswer, HostOffer, Placement)
    counts = {model: model.objects.count() for model in kept}
    call_command("demo", verbosity=0)
    assert {model: model.objects.count() for model in kept} == counts
    assert NetworkPage.objects.count() >= 9
    assert SessionPage.objects.count() >= 30
    assert ResourcePage.objects.count() >= 12
    assert PathwayPage.objects.count() == 2
    if connection.vendor == "sqlite":  # a page asks the same of either database, and there are a hundred of them
        for page in Page.objects.live().filter(depth__gt=1):
            cost = warm_cost(client, page.url)
            assert len(cost) <= MOST, f"{page.url}: {len(cost)} queries\n{cost}"
    _reporter_reads_sums_with_holes()
    _visits_stand_at_their_different_moments()


def _reporter_reads_sums_with_holes() -> None:
    """The equality view is of use only where some numbers can be shown, and to be believed only where some are not."""
    reporter = User.objects.get(email=REPORTER_EMAIL)
    last_year = Cohort.objects.get(state=CohortState.CLOSED)
    assert reads_equality(reporter, last_year)
    for table in tables(last_year):
        cells = [cell for _, row in table.rows for cell in row]
        assert None in cells, table.title
        assert any(cell is not None for cell in cells), table.title


def _visits_stand_at_their_different_moments() -> None:
    moments = set(Placement.objects.values_list("state", flat=True))
    assert {"requested", "confirmed", "on_hold", "debrief_due", "completed"} <= moments
    assert Placement.objects.filter(enrolment__profile__user__email=MENTEE.email, state="requested").count() == 1
    assert not Outbox.objects.filter(template__startswith="placement", state=OutboxState.QUEUED).exists()


def test_readme__names_every_demo_log_in_as_the_demo_makes_it() -> None:
    readme = (settings.ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("<!-- demo log-ins: begin -->")[1].split("<!-- demo log-ins: end -->")[0]
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table.splitlines() if "@" in line]
    assert rows == [(login.role, login.email, login.description) for login in LOGINS]
    assert {login.password for login in LOGINS} == {PASSWORD}
    assert PASSWORD in table
