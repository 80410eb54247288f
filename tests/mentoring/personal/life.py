"""A member who has left traces in every corner of mentoring, with words that nobody else uses."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from wagtail.models import ModelLogEntry

from mentoring.concerns.models import Concern
from mentoring.messages.models import Outbox
from mentoring.models import (
    Agreement,
    Avoidance,
    CalendarFeed,
    Enrolment,
    Exclusion,
    FailingAddress,
    Goal,
    ImportJob,
    ImportRow,
    Meeting,
    Note,
    Override,
    Preference,
    Profile,
    Proposal,
    Relationship,
    SignedLink,
)
from mentoring.programmes.services import tell
from mentoring.trust import audit
from tests.mentoring import scenes

NAME = "Zerubbabel O’Quillinane"
EMAIL = "zerubbabel@quillinane.example.org"
WORDS = (NAME, "quillinane", "xylophonic")  # the last stands in everything that this person wrote


@dataclass
class Life:
    scene: scenes.Scene
    user: Any
    profile: Profile
    enrolment: Enrolment
    partner: Profile
    pair: Relationship


def live(*, state: str = "active") -> Life:
    """Zerubbabel is a mentee with a mentor; another member, another pair and another programme stand beside."""
    scene = scenes.ready_to_match(1, 2)
    user = scenes.get_user_model().objects.create_user(EMAIL, "a long pass phrase", name=NAME)
    profile = scenes.person(
        NAME,
        who=user,
        seek=("behaviour",),
        bio="xylophonic biography",
        adjustments="xylophonic adjustments",
        line_manager_email="boss@example.org",
    )
    enrolment = scenes.enrolled(scene, profile, "mentee", goals="xylophonic goals")
    Enrolment.objects.filter(pk=enrolment.pk).update(
        availability="xylophonic hours", head_email="head.xylophonic@example.org", note="xylophonic note"
    )
    mentor = scene.mentors[0]
    other = scenes.enrolled(scenes.ready_to_match(1, 1), profile, "mentor")  # an application that led nowhere
    Goal.objects.create(enrolment=enrolment, position=1, text="xylophonic goal", benefit="xylophonic benefit")
    Preference.objects.create(enrolment=enrolment, mentor=mentor, rank=1)
    Avoidance.objects.create(enrolment=enrolment, person=scene.mentors[1].profile)
    Exclusion.objects.create(
        programme=scene.programme,
        person=profile,
        other_person=scene.mentors[1].profile,
        kind="other",
        reason="xylophonic",
    )
    Override.objects.create(
        cohort=scene.cohort, mentee=enrolment, mentor=mentor, kind="force", reason=f"{NAME} asked for it"
    )
    run = scenes.finished_run(scene)
    run.inputs = {
        "mentees": [{"key": f"person-{profile.pk}", "name": NAME, "text": "xylophonic goals", "line_managers": []}],
        "mentors": [],
        "enrolments": {"mentee": {f"person-{profile.pk}": enrolment.pk}, "mentor": {}},
    }
    run.unmatched = [{"enrolment": enrolment.pk, "role": "mentee", "code": "x", "sentence": f"{NAME} has nobody."}]
    run.warnings = [f"{NAME} was left out at first."]
    run.save()
    proposal = Proposal.objects.create(
        run=run,
        cohort=scene.cohort,
        mentee=enrolment,
        mentor=mentor,
        state="published",
        score=Decimal(80),
        evidence=Decimal(1),
        explanation={
            "reasons": ["Both wrote xylophonic goals."],
            "components": [{"key": "goals", "sentence": "Both wrote xylophonic goals."}],
        },
        offered_at=timezone.now(),
        mentee_answer="yes",
        mentor_answer="yes",
        note=f"{NAME} will do well.",
    )
    now = timezone.now()
    pair = Relationship.objects.create(
        proposal=proposal,
        cohort=scene.cohort,
        mentee=enrolment,
        mentor=mentor,
        state=state,
        began_on=timezone.localdate(),
        expected_end=timezone.localdate() + dt.timedelta(days=100),
        turn="both",
        turn_since=now,
    )
    Agreement.objects.create(
        relationship=pair,
        number=1,
        contact=f"Call {NAME}",
        every_weeks=4,
        notice_hours=24,
        review_on=timezone.localdate(),
        more="xylophonic terms",
        written_by="mentee",
        written_at=now,
        mentee_signed_at=now,
        mentor_signed_at=now,
    )
    Note.objects.create(relationship=pair, author="mentee", text="my xylophonic note", written_at=now)
    Note.objects.create(relationship=pair, author="mentor", text=f"{NAME} seems well.", written_at=now)
    Meeting.objects.create(
        relationship=pair,
        state="held",
        proposed_by="mentee",
        start=now,
        place="xylophonic room",
        topics="xylophonic topics",
        changed_at=now,
    )
    CalendarFeed.objects.create(profile=profile, token_hash=uuid.uuid4().hex)
    Concern.objects.create(
        raised_by=user, organisation=profile.organisation, category="other", text="A worry.", nonce=uuid.uuid4().hex
    )
    tell(enrolment, "match_ended", key="to-them")
    tell(mentor, "pair_begun", key="to-partner", other=profile, other_role="mentee", other_email=EMAIL)
    FailingAddress.objects.create(email=EMAIL, first_at=now, last_at=now, error=f"550 {EMAIL}")
    SignedLink.objects.create(
        purpose="head_support",
        object_id=enrolment.pk,
        email="head.xylophonic@example.org",
        token_hash="a" * 64,
        expires_at=now,
    )
    _uploads(scene)
    _logs(user, profile)
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["typed"] = EMAIL
    session.save()
    audit.record(action="mentoring.profile.changed", obj=profile, actor=user)
    assert other.pk
    return Life(scene, user, profile, enrolment, mentor.profile, pair)


def _uploads(scene: scenes.Scene) -> None:
    """A file that waits to be applied, and the row of another that was in error."""
    key = storages["private"].save(
        "mentoring/imports/waiting.csv", ContentFile(f"name,email\n{NAME},{EMAIL}\n".encode())
    )
    waiting = ImportJob.objects.create(
        kind="people", file_name="people.csv", file_key=key, state="previewed", created_by=scene.coordinator
    )
    done = ImportJob.objects.create(
        kind="people", file_name="more.csv", state="applied", applied_at=timezone.now(), created_by=scene.coordinator
    )
    ImportRow.objects.create(job=waiting, line=2, fate="new", key=EMAIL, label=NAME, original=[NAME, EMAIL])
    ImportRow.objects.create(job=done, line=2, fate="error", key="x", label="Row", original=["Somebody", EMAIL])


def _logs(user: Any, profile: Profile) -> None:
    for row in (user, profile):
        ModelLogEntry.objects.create(
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            label=NAME,
            action="wagtail.edit",
            timestamp=timezone.now(),
            data={"was": NAME},
        )


def mail_to_partner() -> Outbox:
    return Outbox.objects.get(key="to-partner")
