"""Half-days: who does not work them is offered none, needs no cover for them, and a school can close for one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from mentoring.errors import MentoringError
from mentoring.models import HostOffer, MatchRun, Profile
from mentoring.people.half_days import ALL, HALVES, WorkingWeek
from mentoring.people.working_days import add_working_days
from mentoring.placements import approvals, clocks, limits, moves, steps
from mentoring.placements.models import PlacementState
from mentoring.placements.views import _free_days
from mentoring.proposals import runs
from mentoring.proposals.erasure import forget
from mentoring.proposals.models import RunKind
from tests.mentoring import scenes
from tests.signing_in import client_of, staff_client_of
from tests.support.queries import warm_cost

from . import visits

pytestmark = pytest.mark.django_db
HOME = "head.home@example.org"
MORNINGS = WorkingWeek.of(range(0, 10, 2))
P = PlacementState


def staged(session: str = "full") -> visits.Stage:
    """One offer on a Tuesday, a Wednesday and a Thursday, each of this part of the day."""
    days = [visits.working_day(weekday=n) for n in (1, 2, 3)]
    return visits.staged(dates=dict.fromkeys(days, session))


def works(person: Profile, week: int) -> None:
    person.working_pattern = week
    person.save()


def shut(stage: visits.Stage, whose: str, part: str, day: dt.date | None = None) -> None:
    place = stage.visitor.profile.organisation if whose == "home" else stage.offer.organisation
    day = day or stage.days[0]
    place.calendar_exceptions.create(date_from=day, date_to=day, kind="other", session=part)


def offered(stage: visits.Stage) -> list[dt.date]:
    return [dt.date.fromisoformat(day) for day, _ in _free_days(stage.visitor, stage.offer)]


def planned_days(stage: visits.Stage) -> list[dt.date]:
    """The day that a joint plan finds for the visitor, if any; their mentor works elsewhere."""
    scenes.enrolled(stage.scene, scenes.person("Mo Mentor", rank=30), "mentor", capacity=6)
    run = runs.start_run(cohort=stage.scene.cohort, actor=stage.scene.coordinator, kind=RunKind.JOINT)
    runs.execute_due()
    run.refresh_from_db()
    return [day.date for row in run.placements.filter(state=P.DRAFT) for day in row.days.all()]


# --- Who works when -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([], ""),
        (range(10), ""),
        ([0, 1, 2, 9], "Monday, Tuesday morning, Friday afternoon"),
    ],
)
def test_week__in_words__is_empty_for_all_of_it(numbers: Any, words: str) -> None:
    assert str(WorkingWeek.of(numbers)) == words


def test_week__every_pattern__counts_the_halves_that_were_ticked() -> None:
    monday = dt.date(2027, 3, 1)
    for bits in range(1, ALL):
        week = WorkingWeek(bits)
        for at in range(10):
            day = monday + dt.timedelta(days=at // 2)
            assert week.halves(day, HALVES[at % 2]) == (at in week.numbers)
        assert WorkingWeek.of(week.numbers) == week
    assert WorkingWeek(0).halves(monday + dt.timedelta(days=5)) == 0


@pytest.mark.parametrize("week", [-1, ALL, ALL + 1])
def test_database__week_that_there_is_not__is_refused(week: int) -> None:
    person = scenes.person()
    with pytest.raises(IntegrityError), transaction.atomic():
        Profile.objects.filter(pk=person.pk).update(working_pattern=week)


@pytest.mark.parametrize(
    ("session", "may"), [("am", True), ("pm", False), ("full", True)], ids=["morning", "afternoon", "whole day"]
)
def test_visitor__who_works_mornings__comes_in_the_morning_or_for_a_day_of_which_half_is_theirs(
    session: str, may: bool
) -> None:
    stage = staged(session)
    works(stage.visitor.profile, MORNINGS)
    assert offered(stage) == (stage.days if may else [])
    if may:
        assert stage.ask().state == P.REQUESTED
        return
    with pytest.raises(MentoringError, match="Vera Visitor does not work then"):
        stage.ask()
    assert planned_days(stage) == []


def test_plan__visitor_who_works_one_of_the_days__has_their_visit_on_it() -> None:
    stage = staged("pm")
    works(stage.visitor.profile, WorkingWeek.of([0, 2, 5, 6]))
    assert offered(stage) == planned_days(stage) == [stage.days[1]]


def test_plan__visitor_who_is_forgotten__leaves_no_hours_of_theirs_in_the_run() -> None:
    stage = staged("pm")
    works(stage.visitor.profile, MORNINGS)
    planned_days(stage)
    run = MatchRun.objects.get()
    assert list(run.inputs["visits"]["shut"]) == [f"person-{stage.visitor.profile_id}"]
    forget(stage.visitor.profile)
    run.refresh_from_db()
    assert run.inputs["visits"]["shut"] == {}
    assert "forgotten" in run.inputs


@pytest.mark.parametrize(("week", "half_days"), [(0, 2), (MORNINGS, 1), (WorkingWeek.of([2, 3]), 2)])
def test_cover__of_a_whole_day__is_for_the_halves_in_which_they_work(week: int, half_days: int) -> None:
    stage = staged()
    works(stage.visitor.profile, week)
    row = stage.ask()
    page = Client().get(reverse("mentoring:link_placement", args=[visits.token_to(HOME)])).text
    assert ("Two</option>" in page) is (half_days == 2)
    assert ("the half of the day in which they work" in page) is (half_days == 1)
    approvals.answer(
        link=visits.link_to(HOME), decision="yes", cover="arranged", half_days=2, statement=True, name="Head"
    )
    assert row.days.get().cover_half_days == half_days


def test_host__offers_hours_in_which_they_do_not_work__is_refused_with_the_day() -> None:
    stage = staged("am")
    works(stage.host, MORNINGS)
    stage.host.refresh_from_db()
    for session in ("pm", "full"):
        with pytest.raises(MentoringError, match=f"do not work all of {stage.days[0]:%A}"):
            visits.open_offer(stage.scene, stage.host, stage.days, dates=dict.fromkeys(stage.days, session))
    assert HostOffer.objects.count() == 1
    assert visits.open_offer(stage.scene, stage.host, stage.days, dates=dict.fromkeys(stage.days, "am")).pk


def test_host__who_cuts_their_week_afterwards__is_offered_on_the_days_that_remain() -> None:
    stage = staged()
    works(stage.host, WorkingWeek.of([2, 3, 4]))  # Tuesday, and Wednesday morning
    stage.offer.refresh_from_db()
    assert offered(stage) == [stage.days[0]]
    with pytest.raises(MentoringError, match="Hana Host does not work then"):
        stage.ask(stage.days[1])
    assert planned_days(stage) == [stage.days[0]]


def test_visitor__who_cuts_their_week_after_confirmation__waits_on_hold() -> None:
    stage = staged()
    row = stage.confirmed()
    works(stage.visitor.profile, WorkingWeek.of([0, 1]))
    clocks.run_due()
    assert visits.state(row) == P.ON_HOLD
    assert "Vera Visitor does not work then" in row.hold_reason


def test_move__to_a_day_off__is_refused_and_the_form_says_so() -> None:
    stage = staged()
    works(stage.visitor.profile, WorkingWeek.of([2, 3, 4]))
    row = stage.ask()
    with pytest.raises(MentoringError, match="does not work then"):
        moves.move_visit(placement=row, actor=stage.scene.coordinator, days=[stage.days[2]], version=row.version)
    client = staff_client_of(stage.scene.coordinator)
    assert "Vera Visitor does not work then" in client.get(reverse("mentoring_placement:move", args=[row.pk])).text


# --- A school that closes for half a day --------------------------------------------------------------------------


@pytest.mark.parametrize("whose", ["home", "host"])
@pytest.mark.parametrize(
    ("session", "part", "may"),
    [("am", "pm", True), ("pm", "pm", False), ("full", "pm", False), ("pm", "am", True), ("am", "full", False)],
)
def test_closure__of_an_afternoon__leaves_the_morning(whose: str, session: str, part: str, may: bool) -> None:
    stage = staged(session)
    shut(stage, whose, part)
    assert (stage.days[0] in offered(stage)) is may
    fits = limits.days_fit(stage.visitor, stage.offer, stage.days[:1])
    assert bool(fits) is may
    assert may or "has no visits on" in fits.reason
    for day in stage.days[1:]:
        shut(stage, whose, "full", day)
    assert planned_days(stage) == (stage.days[:1] if may else [])


@pytest.mark.parametrize(("session", "state"), [("am", P.CONFIRMED), ("pm", P.ON_HOLD), ("full", P.ON_HOLD)])
def test_closure__of_an_afternoon_after_confirmation__holds_what_it_meets(session: str, state: PlacementState) -> None:
    stage = staged(session)
    row = stage.confirmed()
    shut(stage, "host", "pm")
    assert bool(steps.missing(row)) is (state == P.ON_HOLD)
    clocks.run_due()
    assert visits.state(row) == state


def test_closure__of_both_halves_in_two_lines__is_a_closed_day_for_visits_and_no_holiday_for_clocks() -> None:
    stage = staged("am")
    shut(stage, "home", "am")
    shut(stage, "home", "pm")
    day, home = stage.days[0], stage.visitor.profile.organisation
    assert day not in offered(stage)
    assert add_working_days(day - dt.timedelta(days=1), 1, home) == day
    with pytest.raises(IntegrityError), transaction.atomic():
        shut(stage, "home", "pm")
    with pytest.raises(IntegrityError), transaction.atomic():
        shut(stage, "home", "noon")


def test_calendar__half_a_day_closed__says_which_half_and_what_does_not_go_together() -> None:
    stage = staged("pm")
    stage.ask()
    shut(stage, "host", "pm")
    client = staff_client_of(stage.scene.coordinator)
    page = client.get(reverse("mentoring_placement:calendar"), {"from": stage.days[0].isoformat()}).text
    assert "afternoon closed" in page
    assert f"{stage.offer.organisation} takes in nobody on" in page


def test_days_on_offer__of_part_timers__cost_no_more_queries() -> None:
    stage = staged()
    client = client_of(stage.user)
    page = reverse("mentoring:visit_ask", args=[stage.offer.pk])
    before = warm_cost(client, page)
    works(stage.visitor.profile, MORNINGS)
    works(stage.host, WorkingWeek.of(range(2, 8)))
    shut(stage, "home", "pm")
    assert len(warm_cost(client, page)) == len(before)
