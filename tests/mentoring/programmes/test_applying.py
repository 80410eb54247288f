"""An application from its first word to the coordinator's decision."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from mentoring.errors import MentoringError, Stale, WrongMove
from mentoring.models import AuditEvent, Enrolment, Goal, Outbox, SignedLink
from mentoring.programmes import applying, head, services
from mentoring.programmes.consent import CONSENT_VERSION
from mentoring.programmes.models import CohortState, EnrolmentState, HeadSupport
from mentoring.programmes.room import waiting_list
from mentoring.trust import access
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> scenes.Scene:
    return scenes.programme_with_cohort(state=CohortState.OPEN)


def draft(scene: scenes.Scene, name: str = "Ann", role: str = "mentee", **fields: Any) -> Enrolment:
    who = scenes.person(name)
    row = applying.begin(cohort=scene.cohort, profile=who, as_role=role, actor=who.user)
    if role == "mentee":
        fields.setdefault("goal_rows", [("To lead well", "Calmer lessons")])
    return applying.save_part(enrolment=row, actor=who.user, version=row.version, **fields)


def send(row: Enrolment, **changed: Any) -> Enrolment:
    given: dict[str, Any] = {
        "actor": row.profile.user,
        "version": row.version,
        "consent_version": CONSENT_VERSION,
        "adult": True,
    }
    return applying.send(enrolment=row, **{**given, **changed})


def sent(*, to: str | None = None) -> list[str]:
    mail = Outbox.objects.order_by("pk")
    return list((mail.filter(recipient=to) if to else mail).values_list("template", flat=True))


def test_begin__twice__is_one_draft_without_consent_that_no_coordinator_sees(scene: scenes.Scene) -> None:
    row = draft(scene)
    who = row.profile
    assert applying.begin(cohort=scene.cohort, profile=who, as_role="mentee", actor=who.user).pk == row.pk
    assert (row.state, row.consent_version, row.consented_at) == ("draft", "", None)
    for user in (scene.coordinator, scene.owner):
        assert not access.enrolments_for(user).exists()
        assert not access.profiles_for(user).exists()
    assert not Outbox.objects.exists()


def test_begin__head_on_record__is_offered(scene: scenes.Scene) -> None:
    who = scenes.person("Ann", at=scenes.school(head_email="head@example.org"))
    row = applying.begin(cohort=scene.cohort, profile=who, as_role="mentee", actor=who.user)
    assert row.head_email == "head@example.org"


def test_begin__for_somebody_else__is_refused(scene: scenes.Scene) -> None:
    with pytest.raises(MentoringError, match="Only the person themselves"):
        applying.begin(
            cohort=scene.cohort, profile=scenes.person("Ann"), as_role="mentee", actor=scenes.person("Ben").user
        )


def test_save_part__each_step__leaves_the_others_alone(scene: scenes.Scene) -> None:
    row = draft(scene, goals="Own words")
    for fields in (
        {"formats": "online", "max_travel_minutes": 30},
        {"availability": "Mon am; Wed 17:00-19:00"},
        {"head_email": "head@example.org"},
    ):
        row = applying.save_part(enrolment=row, actor=row.profile.user, version=row.version, **fields)
    assert (row.goals, row.formats, row.max_travel_minutes) == ("Own words", "online", 30)
    assert (row.availability, row.head_email) == ("Mon am; Wed 17:00-19:00", "head@example.org")
    assert list(row.goal_set.values_list("position", "text", "benefit")) == [(1, "To lead well", "Calmer lessons")]
    version = row.version
    again = applying.save_part(enrolment=row, actor=row.profile.user, version=0, availability="Mon am; Wed 17:00-19:00")
    assert again.version == version


@pytest.mark.parametrize(
    ("role", "fields", "sentence"),
    [
        ("mentee", {"goal_rows": [("", "Only a benefit")]}, "write the goal that belongs"),
        ("mentee", {"goal_rows": [("g", "")] * 4}, "keep to three goals"),
        ("mentee", {"goal_rows": [("g" * 301, "")]}, "below 300 characters"),
        ("mentee", {"goals": "x" * 2001}, "below 2,000"),
        ("mentee", {"capacity": 2}, "Only mentors"),
        ("mentee", {"shown": True}, "Only mentors"),
        ("mentee", {"formats": "by letter"}, "how you would like to meet"),
        ("mentee", {"max_travel_minutes": 241}, "between 0 and 240"),
        ("mentee", {"max_travel_minutes": -1}, "between 0 and 240"),
        ("mentee", {"availability": "whenever"}, "cannot be read"),
        ("mentee", {"head_email": "nobody"}, "head’s work e-mail"),
        ("mentor", {"capacity": 7}, "between 0 and 6"),
        ("mentor", {"goal_rows": [("g", "")]}, "belong to an application for a mentor"),
        ("mentor", {"training_completed_on": dt.date(2999, 1, 1)}, "in the future"),
    ],
)
def test_save_part__what_cannot_be_stored__is_a_sentence(
    scene: scenes.Scene, role: str, fields: dict[str, Any], sentence: str
) -> None:
    row = draft(scene, role=role, goals="Kept")
    with pytest.raises(MentoringError, match=sentence):
        applying.save_part(enrolment=row, actor=row.profile.user, version=row.version, **fields)
    row.refresh_from_db()
    assert row.goals == "Kept"


def test_save_part__from_two_windows__the_later_is_stale(scene: scenes.Scene) -> None:
    row = draft(scene)
    applying.save_part(enrolment=row, actor=row.profile.user, version=row.version, goals="First")
    with pytest.raises(Stale):
        applying.save_part(enrolment=row, actor=row.profile.user, version=row.version, goals="Second")
    with pytest.raises(MentoringError, match="themselves"):
        applying.save_part(enrolment=row, actor=scene.coordinator, version=row.version, goals="Third")


def test_save_part__after_sending__is_in_the_trail_by_the_names_of_fields_only(scene: scenes.Scene) -> None:
    row = send(draft(scene))
    row = applying.save_part(
        enrolment=row, actor=row.profile.user, version=row.version, goal_rows=[("To lead well", ""), ("More", "")]
    )
    Goal.objects.filter(enrolment=row, position=1).update(progress="reached")
    applying.save_part(enrolment=row, actor=row.profile.user, version=row.version, goal_rows=[("To lead well", "x")])
    event = AuditEvent.objects.filter(action="mentoring.enrolment.amended").first()
    assert event is not None
    assert event.after == {"fields": ["goal_rows"]}
    assert row.goal_set.get().progress == "reached"


def test_send__twice__is_one_application_one_mail_and_the_consent(scene: scenes.Scene, clock: Any) -> None:
    scene = scenes.programme_with_cohort(state=CohortState.OPEN)
    row = draft(scene)
    done = send(row)
    assert send(row).version == done.version
    assert (done.state, done.consent_version, done.submitted_at) == ("submitted", CONSENT_VERSION, timezone.now())
    assert sent() == ["application_received"]
    assert access.enrolments_for(scene.coordinator).get() == done


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"adult": False}, "between adults, so we cannot take an application from somebody under 18"),
        ({"consent_version": ""}, "wording changed"),
        ({"consent_version": "2020-01"}, "wording changed"),
        ({"version": 99}, "another window"),
    ],
)
def test_send__not_an_adult_or_no_consent__is_a_sentence_and_nothing_is_kept(
    scene: scenes.Scene, change: dict[str, Any], sentence: str
) -> None:
    row = draft(scene)
    with pytest.raises(MentoringError, match=sentence):
        send(row, **change)
    row.refresh_from_db()
    assert (row.state, row.consented_at) == ("draft", None)
    assert not Outbox.objects.exists()


def test_send__nothing_said_or_cohort_shut_meanwhile__is_refused(scene: scenes.Scene) -> None:
    empty = draft(scene, "Ben", goal_rows=[])
    with pytest.raises(MentoringError, match="at least one goal"):
        send(empty)
    row = draft(scene)
    scene.cohort.state = CohortState.MATCHING
    scene.cohort.save()
    with pytest.raises(MentoringError, match="does not take applications"):
        send(row)
    mentor = Enrolment.objects.create(
        cohort=scene.cohort, profile=scenes.person("Moe"), as_role="mentor", state="draft"
    )
    assert applying.missing(mentor) == []


def test_send__programme_asks_heads__head_is_asked_once_and_acceptance_waits(scene: scenes.Scene) -> None:
    scene.programme.head_support_needed = True
    scene.programme.save()
    row = draft(scene)
    with pytest.raises(MentoringError, match="head’s address"):
        send(row)
    row = send(
        applying.save_part(enrolment=row, actor=row.profile.user, version=row.version, head_email="head@example.org")
    )
    assert row.head_support == HeadSupport.ASKED
    assert sent(to="head@example.org") == ["head_asked"]
    with pytest.raises(MentoringError, match="has not answered yet"):
        services.accept(enrolment=row, actor=scene.coordinator, version=row.version)
    with pytest.raises(MentoringError, match="asked once"):
        applying.save_part(enrolment=row, actor=row.profile.user, version=row.version, head_email="b@example.org")
    head.answer(link=SignedLink.objects.get(), answer="no")
    row.refresh_from_db()
    with pytest.raises(MentoringError, match="did not agree"):
        services.accept(enrolment=row, actor=scene.coordinator, version=row.version, without_head=True)
    done = services.accept(
        enrolment=row, actor=scene.coordinator, version=row.version, note="Trust agrees", without_head=True
    )
    assert done.state == EnrolmentState.ELIGIBLE


def test_send__childminder__has_no_head_to_ask(scene: scenes.Scene) -> None:
    scene.programme.head_support_needed = True
    scene.programme.save()
    row = draft(scene)
    place = row.profile.organisation
    place.kind = "childminder"
    place.save()
    row = send(row)
    assert (row.state, row.head_support) == ("submitted", "not_asked")
    assert services.accept(enrolment=row, actor=scene.coordinator, version=row.version).state == "eligible"


def test_send_back__with_a_question__comes_back_answered_under_the_same_head(scene: scenes.Scene) -> None:
    row = send(draft(scene))
    with pytest.raises(MentoringError, match="write your question"):
        services.send_back(enrolment=row, actor=scene.coordinator, version=row.version, note=" ")
    back = services.send_back(enrolment=row, actor=scene.coordinator, version=row.version, note="Which days?")
    again = send(back, reply="Mondays")
    assert (again.state, again.note, again.reply) == ("submitted", "Which days?", "Mondays")
    assert sent(to=row.profile.user.email) == ["application_received", "application_returned"]
    assert sent(to="mentoring@example.org") == ["application_sent_again"]
    assert services.accept(enrolment=again, actor=scene.coordinator, version=again.version).state == "eligible"


def test_withdraw__a_draft__leaves_nothing_behind(scene: scenes.Scene) -> None:
    row = draft(scene)
    services.withdraw(enrolment=row, actor=row.profile.user)
    assert not Enrolment.objects.exists()
    assert not Goal.objects.exists()


def test_begin__after_withdrawing__is_the_same_row_and_a_fresh_question_to_the_head(scene: scenes.Scene) -> None:
    row = send(draft(scene))
    Enrolment.objects.update(head_support="yes")
    services.withdraw(enrolment=row, actor=row.profile.user)
    again = applying.begin(cohort=scene.cohort, profile=row.profile, as_role="mentee", actor=row.profile.user)
    assert (again.pk, again.state, again.head_support) == (row.pk, "draft", "not_asked")
    assert send(again).state == "submitted"


def test_accept__beyond_the_places__joins_the_waiting_list_and_the_next_hears_of_a_free_place(
    scene: scenes.Scene,
) -> None:
    scene.cohort.max_mentees = 1
    scene.cohort.save()
    first, second, third = (send(draft(scene, name)) for name in ("Ann", "Ben", "Cem"))
    for row in (first, third, second):
        services.accept(enrolment=row, actor=scene.coordinator, version=row.version)
    assert list(waiting_list(scene.cohort).values_list("pk", flat=True)) == [second.pk, third.pk]
    assert sent(to=second.profile.user.email) == ["application_received", "application_waitlisted"]
    second.refresh_from_db()
    with pytest.raises(MentoringError, match="All 1 places are taken"):
        services.accept(enrolment=second, actor=scene.coordinator, version=second.version)
    services.withdraw(enrolment=first, actor=first.profile.user)
    assert sent(to=second.profile.user.email)[-1] == "you_are_next"
    assert "you_are_next" not in sent(to=third.profile.user.email)
    assert sent(to="mentoring@example.org") == ["place_free"]
    assert services.accept(enrolment=second, actor=scene.coordinator, version=second.version).state == "eligible"


def test_accept__mentors__are_not_counted(scene: scenes.Scene) -> None:
    scene.cohort.max_mentees = 0
    scene.cohort.save()
    row = send(draft(scene, role="mentor"))
    assert services.accept(enrolment=row, actor=scene.coordinator, version=row.version).state == "eligible"


def test_agree_again__old_wording__counts_from_then_on(scene: scenes.Scene) -> None:
    row = send(draft(scene))
    Enrolment.objects.update(consent_version="2020-01")
    with pytest.raises(MentoringError, match="between adults"):
        applying.agree_again(enrolment=row, actor=row.profile.user, consent_version=CONSENT_VERSION, adult=False)
    done = applying.agree_again(enrolment=row, actor=row.profile.user, consent_version=CONSENT_VERSION, adult=True)
    assert done.consent_version == CONSENT_VERSION
    assert AuditEvent.objects.first().action == "mentoring.enrolment.agreed_again"  # type: ignore[union-attr]


def test_decide__a_draft__is_nobodys_to_decide(scene: scenes.Scene) -> None:
    row = draft(scene)
    with pytest.raises(WrongMove):
        services.accept(enrolment=row, actor=scene.coordinator, version=row.version)
