"""Everything that is kept about one person, in sections that read like a letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from mentoring.concerns.models import Concern
from mentoring.equality import services as equality
from mentoring.equality.models import QUESTIONS
from mentoring.messages.models import Outbox
from mentoring.people.accounts import email_of
from mentoring.people.import_models import ImportRow
from mentoring.people.models import Profile
from mentoring.placements.models import Assurance, Placement
from mentoring.placements.offer_models import HostOffer
from mentoring.programmes.models import Enrolment
from mentoring.programmes.wish_models import Avoidance, Goal, Preference
from mentoring.proposals.models import Proposal
from mentoring.relationships.check_models import Check, ClosingAnswer
from mentoring.relationships.meeting_models import Meeting
from mentoring.relationships.models import Relationship
from mentoring.relationships.space_models import Agreement, Note, TaskTick
from mentoring.trust.models import AuditEvent
from mentoring.trust.reach import grants_of

from .signals import person_gathered

if TYPE_CHECKING:
    from django.db.models import Model

Row = dict[str, Any]


@dataclass
class Section:
    """One kind of thing that is kept, why, and the rows: label → value."""

    key: str
    title: str
    why: str
    rows: list[Row]


@dataclass
class Gathered:
    """What is kept about one person. Of other people it holds only names that the person sees anyway."""

    name: str
    email: str
    made_at: dt.datetime
    sections: list[Section] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)

    def add(self, key: str, title: str, why: str, rows: Iterable[Row]) -> None:
        """Adds a section; one without rows is left out."""
        kept = list(rows)
        if kept:
            self.sections.append(Section(key, title, why, kept))


def _said(row: Model, *names: str) -> Row:
    """Fields by the labels that people see, choices in words."""
    found: Row = {}
    for name in names:
        label = str(row._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # plain fields only
        shown = getattr(row, f"get_{name}_display", None)
        value = shown() if shown else getattr(row, name)
        found[label[:1].upper() + label[1:]] = value
    return found


def gather(user: Any) -> Gathered:
    """Reads everything about the person behind `user`, with or without a profile."""
    profile = Profile.objects.filter(user_id=user.pk).select_related("organisation", "role_level").first()
    made = Gathered(str(profile or user.get_full_name() or user), email_of(user), timezone.now())
    made.add(
        "account",
        "Your account",
        "To let you in.",
        [{"Name": user.get_full_name(), "Address": made.email, "Last seen": user.last_login}],
    )
    if profile is not None:
        _profile(made, profile)
        enrolments = list(profile.enrolments.select_related("cohort__programme").order_by("pk"))
        _applications(made, enrolments)
        _pairs(made, {row.pk: row.as_role for row in enrolments})
        _visits(made, profile)
    _rest(made, user)
    person_gathered.send(sender=Gathered, user=user, export=made)
    return made


def _profile(made: Gathered, profile: Profile) -> None:
    row = _said(profile, "display_name", "organisation", "job_title", "role_level", "aspiration_level", "bio")
    row |= _said(profile, "adjustments", "paused_until", "line_manager_email")
    row["When you work"] = str(profile.working_week) or "The whole week"
    row["Line manager"] = profile.line_manager
    row["Phases"] = [str(phase) for phase in profile.phases.all()]
    made.add("profile", "Your profile", "To find people who fit you, and to show them who you are.", [row])
    topics = profile.profile_interests.select_related("interest")
    made.add(
        "topics",
        "Your topics",
        "To find people who fit you.",
        [{"Topic": t.interest, "You": t.get_direction_display(), "How much (1 to 3)": t.strength} for t in topics],
    )


def _applications(made: Gathered, enrolments: list[Enrolment]) -> None:
    fields = (
        "as_role", "state", "capacity", "goals", "formats", "max_travel_minutes", "availability", "head_support",
        "head_email", "training_completed_on", "shown", "note", "created_at", "submitted_at",
    )  # fmt: skip
    rows = [{"Cohort": row.cohort, **_said(row, *fields)} for row in enrolments]
    made.add("applications", "Your applications", "To decide who takes part, and to match you.", rows)
    consents = [
        {"Cohort": row.cohort, "Version agreed to": row.consent_version, "When": row.consented_at}
        for row in enrolments
        if row.consented_at
    ]
    answers = [_said(found, *QUESTIONS) for found in equality.answers_of(row.pk for row in enrolments)]
    made.add("equality", "Equality questions you answered", "To count, without names, who takes part.", answers)
    made.add("consent", "What you agreed to", "To show that you were asked.", consents)
    goals = Goal.objects.filter(enrolment__in=enrolments)
    made.add(
        "goals",
        "Your goals",
        "So that you and your mentor know them.",
        [_said(g, "text", "benefit", "progress") for g in goals],
    )
    wishes = Preference.objects.filter(enrolment__in=enrolments).select_related("mentor__profile")
    made.add(
        "wishes",
        "Mentors you chose",
        "To ask them for you.",
        [{"Rank": w.rank, "Mentor": w.mentor.profile} for w in wishes],
    )
    avoided = Avoidance.objects.filter(enrolment__in=enrolments).select_related("person")
    made.add(
        "avoided",
        "People you would rather not meet",
        "Never to pair you with them.",
        [{"Person": a.person} for a in avoided],
    )


def _pairs(made: Gathered, roles: dict[int, str]) -> None:
    mine = Q(mentee__in=roles) | Q(mentor__in=roles)
    offers = Proposal.objects.filter(mine, offered_at__isnull=False).select_related("cohort__programme")
    made.add(
        "offers",
        "Pairs that were offered to you",
        "To ask you both.",
        [
            {
                "Cohort": row.cohort,
                "State": row.get_state_display(),
                "Offered": row.offered_at,
                "Your answer": (
                    row.get_mentee_answer_display() if row.mentee_id in roles else row.get_mentor_answer_display()
                ),
                "Reasons you were shown": (row.explanation or {}).get("reasons", []),
            }
            for row in offers
        ],
    )
    considered = Proposal.objects.filter(mine, offered_at__isnull=True).count()
    if considered:
        made.add("considered", "Pairs that were considered", "To compare possible matches.", [{"How many": considered}])
    pairs = list(
        Relationship.objects.filter(mine).select_related("cohort__programme", "mentee__profile", "mentor__profile")
    )
    side = {row.pk: "mentee" if row.mentee_id in roles else "mentor" for row in pairs}
    made.add(
        "pairs",
        "Your pairs",
        "To support you both.",
        [
            {
                "Cohort": row.cohort,
                "You": side[row.pk],
                "With": (row.mentor if side[row.pk] == "mentee" else row.mentee).profile,
                **_said(row, "state", "created_at", "began_on", "expected_end", "paused_until", "ended_at"),
            }
            for row in pairs
        ],
    )
    _space(made, side)


def _space(made: Gathered, side: dict[int, str]) -> None:
    """What stands in the space of each pair: both people's agreements and meetings, own notes and shared ones."""
    agreements = Agreement.objects.filter(relationship__in=side)
    terms = ("number", "contact", "every_weeks", "notice_hours", "review_on", "more", "written_at")
    made.add("agreements", "Agreements", "So that both know what was agreed.", [_said(a, *terms) for a in agreements])
    notes = [
        {
            **_said(note, "text", "written_at", "shared"),
            "Written by": "you" if note.author == side[note.relationship_id] else "the other",
        }
        for note in Note.objects.filter(relationship__in=side)
        if note.shared or note.author == side[note.relationship_id]
    ]
    made.add("notes", "Notes", "For you; shared ones for you both.", notes)
    made.meetings = list(Meeting.objects.filter(relationship__in=side).order_by("start", "pk"))
    met = ("state", "start", "minutes", "place", "topics")
    made.add("meetings", "Meetings", "To put them into your calendar.", [_said(m, *met) for m in made.meetings])
    own = [
        (
            check.asked_at,
            check.get_mentee_answer_display()
            if side[check.relationship_id] == "mentee"
            else check.get_mentor_answer_display(),
        )
        for check in Check.objects.filter(relationship__in=side)
    ]
    made.add(
        "checks", "“Is all well?”", "To notice pairs that need help.", [{"Asked": a, "You answered": b} for a, b in own]
    )
    closing = [
        row for row in ClosingAnswer.objects.filter(relationship__in=side) if row.role == side[row.relationship_id]
    ]
    asked = ("rating", "goals_reached", "met_enough", "would_again", "answered_at")
    made.add(
        "closing", "What you said at the end", "To make the programme better.", [_said(c, *asked) for c in closing]
    )
    ticks = TaskTick.objects.filter(relationship__in=side).select_related("task")
    done = [{"Task": t.task, "When": t.at} for t in ticks if t.by == side[t.relationship_id]]
    made.add("tasks", "Tasks you ticked", "So that you know where you are.", done)


def _visits(made: Gathered, profile: Profile) -> None:
    """Visits to others and of others; what the school stated about this person; days they offered."""
    rows = Placement.objects.select_related("offer__host", "offer__organisation", "enrolment__profile")
    own = rows.prefetch_related("days").order_by("pk")
    made.add(
        "visits",
        "Visits you asked for",
        "So that both schools can plan them.",
        [
            {
                "To": row.offer.organisation,
                "Host": row.offer.host,
                "Days": [str(day) for day in row.days.all()],
                "What you want to learn": row.questions,
                **_said(row, "state", "debrief", "presented_on", "created_at"),
            }
            for row in own.filter(enrolment__profile=profile)
        ],
    )
    made.add(
        "visitors",
        "Visits to you",
        "So that both schools can plan them.",
        [
            {
                "Visitor": row.enrolment.profile,
                "Days": [str(day) for day in row.days.all()],
                **_said(row, "state", "created_at"),
            }
            for row in own.filter(offer__host=profile).exclude(rules_version="")
        ],
    )
    said = ("organisation", "route", "statement_version", "confirmed_by", "confirmed_on", "valid_until")
    stated = Assurance.objects.filter(person=profile).select_related("organisation").order_by("pk")
    made.add(
        "assurances",
        "Statements about checks",
        "So that schools let you in.",
        [_said(row, *said) for row in stated],
    )
    shown = (
        "programme", "organisation", "kind", "title", "summary", "conditions", "head_email", "head_agreed_at",
        "head_conditions", "state", "created_at",
    )  # fmt: skip
    offers = HostOffer.objects.filter(host=profile).select_related("programme", "organisation")
    made.add(
        "host_offers",
        "Visits you offered",
        "So that others can ask for them.",
        [
            {**_said(row, *shown), "Days": [str(day) for day in row.dates.all()]}
            for row in offers.prefetch_related("dates").order_by("pk")
        ],
    )


def _rest(made: Gathered, user: Any) -> None:
    concerns = Concern.objects.filter(raised_by_id=user.pk)
    made.add(
        "concerns",
        "Concerns you raised",
        "So that somebody can act. Kept as your organisation decides.",
        [_said(row, "category", "text", "state", "created_at") for row in concerns],
    )
    choice = getattr(user, "mentoring_mail_choice", None)
    if choice is not None:
        made.add(
            "mail_choice", "How you want mail", "To do as you wish.", [_said(choice, "once_a_day", "daily_summary")]
        )
    if made.email:
        mail = Outbox.objects.filter(recipient__iexact=made.email).order_by("pk")
        made.add(
            "mail",
            "Messages to you",
            "To show what you were told.",
            [_said(row, "subject", "text", "state", "created_at", "sent_at") for row in mail],
        )
        rows = ImportRow.objects.filter(key=made.email.casefold()).order_by("pk")
        made.add(
            "imports",
            "Rows about you in files that coordinators uploaded",
            "To report mistakes in the file. They go when the import is done.",
            [{"Line": row.line, "Cells": row.original, "Changes": row.changes} for row in rows],
        )
    grants = [
        {"Programme": grant.programme, "As": grant.get_role_display(), "Until": grant.expires_on}
        for grant in grants_of(user).select_related("programme")
    ]
    made.add("grants", "Programmes you work for", "To let you do that work.", grants)
    acts = AuditEvent.objects.filter(actor_id=user.pk).order_by("pk").values_list("at", "action", "object_label")
    made.add(
        "acts",
        "What you did here",
        "To be able to show who decided what. Kept with your number, not your name.",
        [{"When": at, "What": action, "To what": label} for at, action, label in acts],
    )
