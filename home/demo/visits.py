"""Visits in the demo: open doors in the trust's programme, and visits at their different moments.

Made by the real thing, each act at its own time: asked for, agreed by both heads, confirmed, held, made and looked back on.
The mentee one can log in as waits for their own head.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from core.models import User
from mentoring.errors import MentoringError
from mentoring.messages.models import OUTBOX_DUE, Outbox, OutboxState
from mentoring.people.models import Interest
from mentoring.placements import approvals, clocks, offers, requests, steps
from mentoring.placements.models import ApprovalParty, Placement
from mentoring.placements.offer_models import HostOffer
from mentoring.programmes.models import Enrolment, EnrolmentRole, EnrolmentState, Programme
from mentoring.trust import links
from mentoring.trust.link_models import LinkPurpose

from .mentoring import COORDINATOR, MENTEE, MENTOR
from .times import at

SLUG = "leading-from-where-you-are"
#: Days before today on which the doors opened.
OPENED = -40
DOORS = (
    ("A day beside an assistant head", "Gate duty, two lesson visits, a difficult conversation prepared together, and "
     "half an hour at the end to ask everything.", ("difficult-conversations", "subject-leadership")),
    ("How we run music across a school", "Choir before school, a planning meeting with two class teachers, and the "
     "budget on one page.", ("music", "arts-leadership")),
    ("A SENDCo’s Wednesday, hour by hour", "Arrivals, a review with parents, supporting two teachers, and the paperwork "
     "that nobody sees.", ("send", "inclusion")),
    ("Leading a year group through a drama project", "A planning meeting, a rehearsal with ninety pupils, and what we "
     "do when it goes wrong.", ("drama", "difficult-conversations")),
    ("A deputy’s day in a small school", "Teaching, cover, a governor’s visit and the boiler. What a small team shares "
     "out, and how.", ("small-schools", "subject-leadership")),
)  # fmt: skip
QUESTIONS = (
    ["How do you begin a conversation that nobody wants to have?", "What do you write down?"],
    ["How do you find an hour for planning with two class teachers?"],
    ["What do you say no to?", "Who covers when you are out of class?"],
)
LOOKING_BACK = (
    "She began with what was going well, and waited. I counted to ten with her. On Monday I will open our year-group "
    "meeting with one question and no agenda item before it."
)


def load(*, today: date) -> None:
    programme = Programme.objects.filter(slug=SLUG).first()
    if programme is None or HostOffer.objects.filter(programme=programme).exists():
        return
    doors = _open_doors(programme, today)
    people = Enrolment.objects.filter(
        cohort__programme=programme, as_role=EnrolmentRole.MENTEE, state=EnrolmentState.ELIGIBLE
    ).select_related("profile__organisation", "profile__user")
    ours = [row for row in people if row.profile.user and row.profile.user.email == MENTEE.email]
    visitors = iter([row for row in people.order_by("pk") if row not in ours])
    _made(visitors, doors, today)
    _ahead(visitors, doors, today)
    for row in ours:
        with at(-6):
            visit = _ask([row], doors, today + timedelta(days=14))
            if visit:
                _agree(visit, ApprovalParty.HOST_HEAD)
    # History: these mails went out at the time, nobody gets them now.
    mails = Outbox.objects.filter(programme=programme, state__in=OUTBOX_DUE, template__startswith="placement")
    mails.update(state=OutboxState.SENT, sent_at=timezone.now(), tries=1)


def _open_doors(programme: Programme, today: date) -> list[HostOffer]:
    mentors = Enrolment.objects.filter(
        cohort__programme=programme, as_role=EnrolmentRole.MENTOR, state=EnrolmentState.ELIGIBLE
    ).select_related("profile__organisation", "profile__user")
    hosts: dict[int, Enrolment] = {}
    for row in sorted(
        mentors, key=lambda row: (row.profile.user is None or row.profile.user.email != MENTOR.email, row.pk)
    ):
        hosts.setdefault(row.profile.organisation_id, row)
    doors = []
    for number, (host, (title, summary, topics)) in enumerate(zip(hosts.values(), DOORS, strict=False)):
        user = host.profile.user
        assert user is not None  # everybody in the demo can sign in
        days = (today + timedelta(days=n) for n in range(OPENED + 14, 70))
        mine = [day for day in days if day.weekday() in ((number + 1) % 5, (number + 3) % 5)]
        with at(OPENED):
            door = offers.save_offer(
                host=host.profile,
                programme=programme,
                actor=user,
                words={"title": title, "summary": summary, "conditions": "Please come to reception by 8.20."},
                kind="day",
                days_needed=1,
                dates=dict.fromkeys(mine, "full"),
                focus=list(Interest.objects.filter(slug__in=topics)),
                head_email=f"head.{host.profile.organisation_id}@example.org",
            )
        link = links.latest(LinkPurpose.HOST_OFFER, door.pk)
        if link is not None:
            with at(OPENED + 1):
                offers.head_answers(link=link, agrees=True, text="Visitors sign in and wear a badge.")
        doors.append(HostOffer.objects.select_related("organisation", "host", "programme").get(pk=door.pk))
    return doors


def _made(visitors: Iterator[Enrolment], doors: list[HostOffer], today: date) -> None:
    """Two visits that were made: one looked back on, one not yet."""
    for asked, day, written in ((-34, -20, True), (-26, -5, False)):
        with at(asked):
            visit = _ask(visitors, doors, today + timedelta(days=day))
        if visit is None:
            continue
        _all_agree(visit, asked + 2, cover="arranged", confirm=True)
        last = max(row.date for row in visit.days.all()) - timezone.localdate()
        with at(last.days):
            clocks.run_due()
        with at(last.days + 1):
            clocks.run_due()
        if written:
            with at(last.days + 3):
                visit.refresh_from_db()
                user = visit.enrolment.profile.user
                assert user is not None
                steps.debrief(placement=visit, actor=user, version=visit.version, text=LOOKING_BACK)


def _ahead(visitors: Iterator[Enrolment], doors: list[HostOffer], today: date) -> None:
    """Four visits to come: two are firm, one waits for a decision, one is on hold."""
    for asked, day, wanted in ((-12, 5, "confirmed"), (-10, 9, "hold"), (-8, 16, "confirmed"), (-5, 19, "agreed")):
        with at(asked):
            visit = _ask(visitors, doors, today + timedelta(days=day))
        if visit is None:
            continue
        _all_agree(visit, asked + 2, cover="arranged" if day % 2 else "not_needed", confirm=wanted != "agreed")
        if wanted == "hold":
            with at(-2):
                visit.refresh_from_db()
                actor = User.objects.get(email=COORDINATOR.email)
                reason = "The host school expects an inspection that week."
                steps.hold(placement=visit, actor=actor, reason=reason, version=visit.version)


def _ask(visitors: Iterable[Enrolment], doors: list[HostOffer], first: date) -> Placement | None:
    """The next visitor for whom a door and a day fit asks for it: the first day that is not before `first`."""
    for visitor in visitors:
        user = visitor.profile.user
        turn = visitor.pk % len(doors)
        for door in [*doors[turn:], *doors[:turn]]:
            for day in door.dates.filter(date__gte=first).values_list("date", flat=True)[:3]:
                try:
                    assert user is not None
                    visit = requests.request_visit(
                        enrolment=visitor,
                        offer=door,
                        actor=user,
                        days=[day],
                        questions=QUESTIONS[visitor.pk % len(QUESTIONS)],
                        head_email=f"head.{visitor.profile.organisation_id}@example.org",
                        rules_accepted=True,
                    )
                except MentoringError:  # a school or a person who does not fit: the next door
                    continue
                visit.approvals.update(asked_at=timezone.now())  # a default cannot know whose time it is
                return visit
    return None


def _agree(visit: Placement, party: ApprovalParty, **given: Any) -> None:
    approval = visit.approvals.filter(party=party).first()
    link = links.latest(LinkPurpose.PLACEMENT, approval.pk) if approval else None
    if link is not None:
        approvals.answer(link=link, decision="yes", **given)


def _all_agree(visit: Placement, day: int, *, cover: str, confirm: bool) -> None:
    """Both heads say yes on a day, and the coordinator confirms on the next."""
    half_days, cost = (2, "180") if cover == "arranged" else (0, "")
    with at(day):
        _agree(visit, ApprovalParty.HOST_HEAD)
        _agree(
            visit,
            ApprovalParty.RELEASING_HEAD,
            cover=cover,
            half_days=half_days,
            cost=cost,
            statement=True,
            name="The headteacher",
        )
    if confirm:
        with at(day + 1):
            visit.refresh_from_db()
            steps.confirm(placement=visit, actor=User.objects.get(email=COORDINATOR.email), version=visit.version)
