"""Visitors, heads, a host, a coordinator and time act at random; a plain model says what must hold after each act."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mentoring.errors import MentoringError
from mentoring.models import Assurance, AuditEvent, Outbox, Placement, PlacementDay
from mentoring.placements import approvals, clocks, moves, requests, steps
from mentoring.placements.models import COVER_SETTLED, PLACEMENT_HOLDS_DAYS
from mentoring.trust import links
from mentoring.trust.link_models import LinkPurpose, SignedLink
from tests.mentoring import scenes
from tests.support.database import rewind_numbers

from . import visits

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2027, 1, 11, 9, 0, tzinfo=ZoneInfo("Europe/London"))
WHO = st.integers(min_value=0, max_value=2)
DAY = st.integers(min_value=0, max_value=3)
PLACES = st.sampled_from([1, 2])
SIDES = ("releasing_head", "host_head")
SIDE = st.sampled_from(SIDES)
ASKED, BOOKED, HELD, ON = "requested", "confirmed", "on_hold", "in_progress"
LIVE = (ASKED, BOOKED, HELD)


@dataclass
class Visit:
    """What the model knows of somebody's latest visit."""

    pk: int
    day: dt.date
    answer_by: dt.date
    state: str = ASKED
    said: dict[str, str] = field(default_factory=lambda: dict.fromkeys(SIDES, "pending"))
    cover: str = "unknown"

    @property
    def row(self) -> Placement:
        return Placement.objects.get(pk=self.pk)


class Visits(RuleBasedStateMachine):
    """Two colleagues of one school, which lets one go a day, and a third; a host with four days, one or two places."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        rewind_numbers()
        scenes.count_again()
        self.clock = time_machine.travel(MONDAY, tick=False)
        self.now = self.clock.start()
        self.stage = visits.staged()
        days = [visits.working_day(weeks=weeks, weekday=1 + weeks) for weeks in range(4)]
        self.stage.offer.dates.all().delete()
        for day in days:
            self.stage.offer.dates.create(date=day)
        self.days = days
        home = self.stage.visitor.profile.organisation
        self.people = [
            self.stage.visitor,
            scenes.enrolled(self.stage.scene, scenes.person("Cleo Colleague", at=home), "mentee"),
            scenes.enrolled(self.stage.scene, scenes.person("Third Visitor"), "mentee"),
        ]
        self.visits: list[Visit | None] = [None, None, None]
        self.statements: list[dt.date | None] = [None, None, None]
        self.closed: set[dt.date] = set()
        self.places = 1

    def teardown(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    # --- the plain rules

    @property
    def today(self) -> dt.date:
        return timezone.localdate()

    def home(self, who: int) -> int:
        return 0 if who < 2 else 1

    def holds(self, who: int) -> bool:
        visit = self.visits[who]
        return visit is not None and visit.state in (*LIVE, ON)

    def fits(self, who: int, day: dt.date) -> bool:
        there = [n for n, v in enumerate(self.visits) if v and n != who and self.holds(n) and v.day == day]
        return (
            day > self.today
            and day not in self.closed
            and len(there) < self.places
            and self.home(who) not in map(self.home, there)
        )

    def stands(self, who: int, day: dt.date) -> bool:
        until = self.statements[who]
        return until is not None and until >= day

    def lacking(self, who: int) -> bool:
        visit = self.visits[who]
        assert visit is not None
        return (
            set(visit.said.values()) != {"yes"}
            or visit.cover not in ("not_needed", "arranged")
            or not self.stands(who, visit.day)
            or visit.day in self.closed
        )

    def trail(self) -> tuple[int, int, int]:
        return (
            AuditEvent.objects.filter(object_type="mentoring.placement").count(),
            Outbox.objects.count(),
            sum(Placement.objects.values_list("version", flat=True)),
        )

    def attempt(self, allowed: bool, act: Any, *, rows: int = 1, mails: bool = True) -> bool:
        """Does the act: model and services agree whether it may be done; one done leaves its rows and its mails."""
        before = self.trail()
        try:
            act()
        except MentoringError as error:
            assert not allowed, str(error)
            assert self.trail() == before
            return False
        assert allowed
        audited, queued, _ = (after - now for after, now in zip(self.trail(), before, strict=True))
        assert audited == rows
        assert (queued > 0) == mails
        return True

    # --- what people do

    @initialize(
        numbers=st.lists(DAY, min_size=3, max_size=3), agreed=st.integers(min_value=0, max_value=3), places=PLACES
    )
    def most_have_asked(self, numbers: list[int], agreed: int, places: int) -> None:
        self.places = places
        type(self.stage.offer.organisation).objects.update(max_visitors_per_day=places)
        for who, number in enumerate(numbers):
            self.ask(who, number)
            if who < agreed:
                self.everybody_agrees_and_it_is_confirmed(who, False)

    @rule(who=WHO, number=DAY)
    def ask(self, who: int, number: int) -> None:
        day, visit = self.days[number], self.visits[who]
        enrolment = self.people[who]
        heads = {"head_email": f"head{self.home(who)}@example.org"}
        if visit and visit.state == ASKED:
            before = self.trail()
            if day == visit.day:
                assert self.stage.ask(day, who=enrolment, **heads).pk == visit.pk
                assert self.trail() == before
            else:
                self.attempt(False, lambda: self.stage.ask(day, who=enrolment, **heads))
            return
        made: list[Placement] = []
        if self.attempt(
            self.fits(who, day) and not self.holds(who),
            lambda: made.append(self.stage.ask(day, who=enrolment, **heads)),
        ):
            answer_by = min(self.today + dt.timedelta(days=14), day - dt.timedelta(days=1))
            self.visits[who] = Visit(made[0].pk, day, answer_by)

    @rule(
        who=WHO, side=SIDE, says=st.sampled_from(["yes", "yes", "yes", "no", "question"]),
        cover=st.sampled_from(["not_needed", "arranged", "asked"]),
    )  # fmt: skip
    def head_answers(self, who: int, side: str, says: str, cover: str) -> None:
        visit = self.visits[who]
        if visit is None:
            return
        approval = visit.row.approvals.get(party=side)
        link = links.latest(LinkPurpose.PLACEMENT, approval.pk)
        assert link is not None
        said = visit.said[side]
        is_open = visit.state in (ASKED, HELD) and said in ("pending", "question") and link.expires_at > timezone.now()

        def act() -> None:
            approvals.answer(link=link, decision=says, text="Why?" if says == "question" else "", cover=cover,
                             statement=True, name="A Head")  # fmt: skip

        if (said == says and link.used_at is not None) or (says == "question" and link.answer.get("question")):
            before = self.trail()
            act()  # the same once more
            assert self.trail() == before
            return
        if not self.attempt(is_open, act, rows=2 if says == "no" else 1):
            return
        visit.said[side] = says
        if says == "no":
            visit.state = "declined"
        elif says == "yes" and side == "releasing_head":
            visit.cover = cover
            if not self.stands(who, visit.day):
                self.statements[who] = self.today + dt.timedelta(days=365)

    @rule(who=WHO, cover=st.sampled_from(["asked", "arranged", "refused"]), stale=st.booleans())
    def cover_is_noted(self, who: int, cover: str, stale: bool) -> None:
        visit = self.visits[who]
        if visit and self.attempt(
            visit.state in LIVE and not stale,
            lambda: steps.set_cover(**self.given(visit, stale), cover=cover),
            mails=False,
        ):
            visit.cover = cover

    def given(self, visit: Visit, stale: bool = False, actor: Any = None) -> dict[str, Any]:
        row = visit.row
        return {
            "placement": row,
            "actor": actor or self.stage.scene.coordinator,
            "version": row.version - 1 if stale else row.version,
        }

    @rule(who=WHO, stale=st.booleans())
    def everybody_agrees_and_it_is_confirmed(self, who: int, stale: bool) -> None:
        """The common way, so that long lives are met as often as short ones."""
        if not self.visits[who]:
            return
        for side in SIDES:
            self.head_answers(who, side, "yes", "arranged")
        self.confirm(who, stale)

    @rule(who=WHO, stale=st.booleans())
    def confirm(self, who: int, stale: bool) -> None:
        visit = self.visits[who]
        if visit is None or visit.state == BOOKED:
            return
        allowed = visit.state in (ASKED, HELD) and not stale and not self.lacking(who) and visit.day > self.today
        if self.attempt(allowed, lambda: steps.confirm(**self.given(visit, stale))):
            visit.state = BOOKED
            for person in (self.people[who].profile.user.email, self.stage.host.user.email):
                mail = Outbox.objects.filter(recipient=person, template="placement_confirmed").latest("pk")
                assert f"{visit.day:%Y%m%d}T" in mail.calendar

    @rule(who=WHO, stale=st.booleans())
    def coordinator_holds(self, who: int, stale: bool) -> None:
        visit = self.visits[who]
        if visit is None or visit.state == HELD:
            return
        act = lambda: steps.hold(**self.given(visit, stale), reason="A call from the school")  # noqa: E731
        if self.attempt(visit.state == BOOKED and not stale, act):
            visit.state = HELD

    @rule(who=WHO, number=DAY, stale=st.booleans())
    def move(self, who: int, number: int, stale: bool) -> None:
        visit, free = self.visits[who], [day for day in self.days if self.fits(who, day)]
        day = free[number] if number < len(free) else self.days[number]
        if visit is None or visit.day == day:
            return
        allowed = visit.state in LIVE and not stale and self.fits(who, day)
        was = visit.state
        if self.attempt(allowed, lambda: moves.move_visit(**self.given(visit, stale), days=[day])):
            visit.state, visit.day, visit.cover = ASKED, day, "unknown"
            visit.said = dict.fromkeys(SIDES, "pending")
            visit.answer_by = min(self.today + dt.timedelta(days=14), day - dt.timedelta(days=1))
            mail = Outbox.objects.filter(template="placement_moved").latest("pk")
            assert ("METHOD:CANCEL" in mail.calendar) == (was in (BOOKED, HELD))

    @rule(who=WHO, side=SIDE)
    def another_head_is_asked(self, who: int, side: str) -> None:
        visit = self.visits[who]
        if visit is None:
            return
        approval = visit.row.approvals.get(party=side)
        allowed = visit.state in (ASKED, HELD)
        given = {k: v for k, v in self.given(visit).items() if k != "placement"}
        act = lambda: requests.ask_another_head(approval=approval, email="new.head@example.org", **given)  # noqa: E731
        if self.attempt(allowed, act):
            visit.said[side] = "pending"

    @rule(who=WHO, by=st.sampled_from(["visitor", "host", "coordinator"]), stale=st.booleans())
    @precondition(lambda self: any(self.visits))
    def cancel(self, who: int, by: str, stale: bool) -> None:
        visit = self.visits[who]
        if visit is None or visit.state == "cancelled":
            return
        actors = {"visitor": self.people[who].profile.user, "host": self.stage.host.user}
        was = visit.state
        act = lambda: steps.cancel(**self.given(visit, stale, actors.get(by)), reason="changed")  # noqa: E731
        if self.attempt(was in LIVE and not stale, act):
            visit.state = "cancelled"
            mail = Outbox.objects.filter(template="placement_cancelled").latest("pk")
            assert ("METHOD:CANCEL" in mail.calendar) == (was in (BOOKED, HELD))

    @rule(who=WHO, by_host=st.booleans(), stale=st.booleans())
    def nobody_came(self, who: int, by_host: bool, stale: bool) -> None:
        visit = self.visits[who]
        if visit is None or visit.state == "no_show":
            return
        actor = self.stage.host.user if by_host else None
        allowed = visit.state in (ON, "debrief_due") and not stale
        if self.attempt(allowed, lambda: steps.no_show(**self.given(visit, stale, actor))):
            visit.state = "no_show"

    @rule(who=WHO, stale=st.booleans(), told=st.booleans())
    def debrief(self, who: int, stale: bool, told: bool) -> None:
        visit = self.visits[who]
        if visit is None:
            return
        row, first = visit.row, visit.state == "debrief_due"
        presented = self.today if told else None
        if (row.debrief, row.presented_on) == ("She listens.", presented):
            return
        given = {**self.given(visit, stale, self.people[who].profile.user), "text": "She listens."}
        if self.attempt(
            visit.state in ("debrief_due", "completed") and not stale,
            lambda: steps.debrief(**given, presented_on=presented),
            mails=first,
        ):
            visit.state = "completed"

    # --- what happens to them

    @rule(number=DAY, hosting=st.booleans())
    def day_is_closed(self, number: int, hosting: bool) -> None:
        day = self.days[number]
        if day in self.closed:
            return
        places = [self.stage.offer.organisation] if hosting else {e.profile.organisation for e in self.people}
        for place in places:
            place.calendar_exceptions.create(date_from=day, date_to=day, kind="inspection")
        self.closed.add(day)

    @rule(who=WHO)
    def statement_runs_out(self, who: int) -> None:
        if self.statements[who] is not None:
            Assurance.objects.filter(person=self.people[who].profile).update(valid_until=self.today)
            self.statements[who] = min(self.statements[who], self.today)  # type: ignore[type-var]  # not None

    @rule(who=WHO, more=st.integers(min_value=0, max_value=2), news=st.sampled_from(["", "closed", "statement"]))
    def the_day_comes(self, who: int, more: int, news: str) -> None:
        visit = self.visits[who]
        if visit is None or not self.holds(who) or visit.day <= self.today:
            return
        for _ in range((visit.day - self.today).days - 1):
            self.days_pass(1)
        if news == "closed":
            self.day_is_closed(self.days.index(visit.day), True)
        elif news == "statement":
            self.statement_runs_out(who)
        for _ in range(1 + more):
            self.days_pass(1)

    @rule(days=st.sampled_from([0, 1, 1, 4]))
    def days_pass(self, days: int) -> None:
        for _ in range(days or 1):
            self.now.shift(dt.timedelta(days=1 if days else 0))
            self.a_morning()
        before = self.trail()
        assert clocks.run_due() == 0
        assert self.trail() == before

    def a_morning(self) -> None:
        before = self.trail()
        clocks.run_due()
        moved = 0
        for who, visit in enumerate(self.visits):
            if visit is None:
                continue
            was, today = visit.state, self.today
            if (was == ASKED and (visit.answer_by < today or visit.day <= today)) or (
                was == HELD and visit.day < today
            ):
                visit.state = "lapsed"
            elif was == BOOKED and visit.day >= today and self.lacking(who):
                visit.state = HELD
            elif was == BOOKED and visit.day <= today:
                visit.state = ON
            elif was == ON and visit.day < today:
                visit.state = "debrief_due"
            moved += visit.state != was
        assert self.trail()[0] - before[0] == moved

    # --- what must hold

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        for visit in filter(None, self.visits):
            row = visit.row
            assert (row.state, [d.date for d in row.days.all()]) == (visit.state, [visit.day])
            if visit.state in LIVE:
                assert row.answer_by == visit.answer_by
                assert dict(row.approvals.values_list("party", "decision")) == visit.said
                assert row.days.get().cover == visit.cover

    @invariant()
    def no_school_has_more_than_it_takes_or_lets_go(self) -> None:
        rows = PlacementDay.objects.filter(placement__state__in=PLACEMENT_HOLDS_DAYS)
        hosted = list(rows.values_list("placement__offer__organisation", "date"))
        gone = list(rows.values_list("placement__enrolment__profile__organisation", "date"))
        assert max(Counter(hosted).values(), default=0) <= self.places
        assert len(gone) == len(set(gone))

    @invariant()
    def what_is_confirmed_this_morning_has_all_it_needs(self) -> None:
        for row in Placement.objects.filter(state=ON):
            day = row.days.get()
            assert set(row.approvals.values_list("decision", flat=True)) == {"yes"}
            assert day.cover in COVER_SETTLED
            assert Assurance.objects.filter(person=row.enrolment.profile, valid_until__gte=day.date).exists()

    @invariant()
    def no_link_is_open_without_a_question(self) -> None:
        open_links = SignedLink.objects.filter(
            purpose=LinkPurpose.PLACEMENT, used_at__isnull=True, revoked_at__isnull=True
        )
        asking = Placement.objects.filter(
            state__in=(ASKED, HELD), approvals__decision__in=("pending", "question")
        ).values_list("approvals__pk", flat=True)
        assert set(open_links.values_list("object_id", flat=True)) <= set(asking)


def test_visits__any_order_of_acts__keeps_what_must_hold() -> None:
    run_state_machine_as_test(
        Visits,
        settings=settings(
            max_examples=16 if connection.vendor == "sqlite" else 6,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
