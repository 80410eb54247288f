"""A member's own profile, step by step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import User
from mentoring.errors import MentoringError
from mentoring.people import services
from mentoring.people.models import Interest, InterestGroup, Organisation, OrganisationKind, Profile, RoleLevel
from mentoring.trust.models import AuditEvent
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db

WHO = {"display_name": "Amara Obi", "organisation_text": "hillside primary", "job_title": "Class teacher"}


@pytest.fixture
def member(make_user: Callable[..., User], client: Client) -> User:
    Organisation.objects.create(name="Hillside Primary", kind=OrganisationKind.SCHOOL, postcode="E1 4NS")
    Interest.objects.create(label="Coaching", group=InterestGroup.LEADERSHIP)
    Interest.objects.create(label="Maths and numeracy", group=InterestGroup.SUBJECT, synonyms=["Maths"])
    Interest.objects.create(label="Primary", slug="primary", group=InterestGroup.PHASE)
    RoleLevel.objects.create(label="Teacher", family="teaching", rank=20)
    user = make_user("member@example.org", name="Amara Obi")
    client.force_login(user)
    return user


def at(slug: str = "") -> str:
    return reverse("mentoring:profile_step", args=[slug]) if slug else reverse("mentoring:profile")


def topics(profile: Profile) -> set[tuple[str, str, int]]:
    return set(profile.profile_interests.values_list("direction", "interest__label", "strength"))


def test_profile__first_visit__leads_to_the_first_step_and_keeps_nothing(member: User, client: Client) -> None:
    assert "Begin with “Who you are”" in client.get(at()).content.decode()
    assert "Amara Obi" in client.get(at("who")).content.decode()
    for slug in ("role", "topics", "you"):
        assert client.get(at(slug)).url == at("who")
        assert client.post(at(slug), {}).url == at("who")
    assert not Profile.objects.exists()


def test_profile__all_steps__each_saved_by_itself(member: User, client: Client) -> None:
    assert client.post(at("who"), WHO).url == at("role")
    profile = Profile.objects.get(user=member)
    assert str(profile.organisation) == "Hillside Primary"
    boss = scenes.person("Boss")
    level, phase = RoleLevel.objects.get(label="Teacher"), Interest.objects.get(slug="primary")
    role = {"role_level": level.pk, "phases": [phase.pk], "line_manager_email": boss.user.email.upper()}
    assert client.post(at("role"), role).url == at("topics")
    added = {"add_offer": ["coaching"], "words_seek": "Coaching (3)\nmaths"}
    assert client.post(at("topics"), {**added, "stay": "1"}).url == at("topics")
    later = client.post(at("you"), {"bio": "I teach Year 4.", "adjustments": "A quiet room", "later": "1"})
    assert later.url == at()
    profile.refresh_from_db()
    assert (profile.role_level, list(profile.phases.all()), profile.line_manager) == (level, [phase], boss)
    assert topics(profile) == {("seek", "Coaching", 3), ("seek", "Maths and numeracy", 2), ("offer", "Coaching", 2)}
    assert (profile.bio, profile.adjustments) == ("I teach Year 4.", "A quiet room")
    assert profile.edited_by_member_at is not None
    page = client.get(at()).content.decode()
    assert "4 of 4 parts written" in page
    assert "A quiet room" not in page
    trail = [(event.action, event.after["fields"]) for event in AuditEvent.objects.order_by("pk")]
    assert trail[0][0] == "mentoring.profile.created"
    assert trail[1:] == [
        ("mentoring.profile.changed", ["line_manager", "phases", "role_level_id"]),
        ("mentoring.profile.changed", ["offer", "seek"]),
        ("mentoring.profile.changed", ["adjustments", "bio"]),
    ]


def test_adjustments__in_the_database__cannot_be_read(member: User, client: Client) -> None:
    client.post(at("who"), WHO)
    client.post(at("you"), {"adjustments": "A quiet room"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT adjustments FROM mentoring_profile")
        assert "quiet" not in cursor.fetchone()[0]
    assert "A quiet room" in client.get(at("you")).content.decode()


def test_profile__step_sent_again_unchanged__leaves_no_second_line(member: User, client: Client) -> None:
    for _ in range(2):
        client.post(at("who"), WHO)
        client.post(at("topics"), {"add_seek": ["coaching"]})
    assert AuditEvent.objects.count() == 2


def test_topics__strength_changed_and_taken_off__are_kept(member: User, client: Client) -> None:
    client.post(at("who"), WHO)
    client.post(at("topics"), {"words_seek": "Coaching; Maths"})
    client.post(at("topics"), {"seek:coaching": "3", "seek:maths-and-numeracy": "0"})
    profile = Profile.objects.get()
    assert topics(profile) == {("seek", "Coaching", 3)}
    client.post(at("topics"), {"seek:coaching": "9", "seek:unheard-of": "3", "add_seek": ["unheard-of"]})
    assert topics(profile) == {("seek", "Coaching", 3)}


def test_topics__retired_one__stays_with_who_has_it_and_is_no_choice_for_others(member: User, client: Client) -> None:
    client.post(at("who"), WHO)
    client.post(at("topics"), {"add_seek": ["coaching"]})
    Interest.objects.filter(slug="coaching").update(active=False)
    client.post(at("topics"), {"seek:coaching": "2", "add_offer": ["coaching"]})
    assert topics(Profile.objects.get()) == {("seek", "Coaching", 2)}


@pytest.mark.parametrize(
    ("slug", "form", "sentence"),
    [
        ("who", {**WHO, "display_name": ""}, "Write your name"),
        ("who", {**WHO, "organisation_text": "Atlantis"}, "We do not know this place"),
        ("who", {**WHO, "display_name": "Amara\nBcc: all@example.org"}, "Please write this on one line."),
        ("role", {"role_level": "999999"}, "999999"),
        ("role", {"phases": ["abc"]}, "abc"),
        ("role", {"line_manager_email": "nobody"}, "Please write an e-mail address"),
        ("role", {"line_manager_email": "Member@example.org"}, "This is your own address"),
        ("topics", {"words_seek": "Coching"}, "Did you mean “Coaching”?"),
        ("topics", {"words_offer": "Zorbing"}, "is not a topic we know"),
        ("topics", {"words_seek": "Coaching (7)"}, "is 1, 2 or 3, not 7"),
        ("you", {"bio": "x" * 1201}, "1200"),
        ("you", {"paused_until": "2020-01-01"}, "within the next twelve months"),
        ("you", {"paused_until": "2999-01-01"}, "within the next twelve months"),
        ("you", {"paused_until": "soon"}, "day, month and year"),
    ],
)
def test_step__bad_input__is_explained_and_nothing_typed_is_lost(
    member: User, client: Client, slug: str, form: dict[str, Any], sentence: str
) -> None:
    if slug != "who":
        client.post(at("who"), WHO)
    before = Profile.objects.values().first()
    answer = client.post(at(slug), form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    for typed in form.values():
        assert str(typed[0] if isinstance(typed, list) else typed).splitlines()[0][:60] in page if typed else True
    assert Profile.objects.values().first() == before


def test_topics__too_many__says_how_many(member: User, client: Client) -> None:
    client.post(at("who"), WHO)
    for i in range(13):
        Interest.objects.create(label=f"Topic {i}", group=InterestGroup.LEADERSHIP)
    answer = client.post(at("topics"), {"add_seek": [f"topic-{i}" for i in range(13)]})
    assert "keep to 12 topics, these are 13" in answer.content.decode()
    assert answer.content.decode().count("checked") == 13


def test_pause__kept_past_its_day__does_not_stop_other_changes(member: User, client: Client, clock: Any) -> None:
    client.force_login(member)
    client.post(at("who"), WHO)
    until = timezone.localdate() + dt.timedelta(days=3)
    client.post(at("you"), {"paused_until": until.isoformat()})
    assert Profile.objects.get().is_paused
    clock.shift(dt.timedelta(days=5))
    client.force_login(member)
    assert client.post(at("you"), {"paused_until": until.isoformat(), "bio": "New"}).status_code == 302
    assert (Profile.objects.get().bio, Profile.objects.get().is_paused) == ("New", False)


def test_who__two_schools_of_one_name__are_offered(member: User, client: Client) -> None:
    twin = Organisation.objects.create(name="Hillside Primary", kind=OrganisationKind.SCHOOL, postcode="SE1 9XX")
    page = client.post(at("who"), WHO)
    assert "Hillside Primary, SE1 9XX" in page.content.decode()
    client.post(at("who"), {**WHO, "organisation": twin.pk})
    assert Profile.objects.get().organisation == twin


def test_who__closed_or_foreign_id__is_not_taken(member: User, client: Client) -> None:
    closed = Organisation.objects.create(name="Hillside Primary", kind=OrganisationKind.SCHOOL, active=False)
    Organisation.objects.create(name="Hillside Primary", kind=OrganisationKind.SCHOOL, postcode="SE1 9XX")
    assert client.post(at("who"), {**WHO, "organisation": closed.pk}).status_code == 422
    assert not Profile.objects.exists()


def test_manager__unknown_address__is_noted_until_they_are_here(member: User, client: Client) -> None:
    client.post(at("who"), WHO)
    client.post(at("role"), {"line_manager_email": "Later@example.org"})
    profile = Profile.objects.get()
    assert (profile.line_manager, profile.line_manager_email) == (None, "later@example.org")
    boss = User.objects.create_user("later@example.org", name="Later")
    services.save_profile(actor=boss, display_name="Later", organisation=profile.organisation, job_title="Head")
    profile.refresh_from_db()
    assert profile.line_manager is not None
    client.post(at("role"), {"line_manager_email": ""})
    profile.refresh_from_db()
    assert (profile.line_manager, profile.line_manager_email) == (None, "")


def test_week__half_days_ticked__are_kept_shown_and_taken_back(member: User, client: Client) -> None:
    client.post(at("who"), WHO)
    assert client.post(at("role"), {"working_pattern": ["0", "1", "2", "9"]}).status_code == 302
    profile = Profile.objects.get(user=member)
    assert str(profile.working_week) == "Monday, Tuesday morning, Friday afternoon"
    assert "Works Monday, Tuesday morning, Friday afternoon" in client.get(at()).content.decode()
    page = client.get(at("role")).content.decode()
    assert page.count('name="working_pattern"') == 10
    assert page.count("checked") == 4
    assert "Friday afternoon" in page
    for everything in ([], [str(number) for number in range(10)]):
        client.post(at("role"), {"working_pattern": everything})
        profile.refresh_from_db()
        assert profile.working_pattern == 0, "the whole week, however it is said"


@pytest.mark.parametrize("number", ["10", "-1", "Monday"])
def test_week__half_day_that_there_is_not__is_refused_and_the_others_stay_ticked(
    member: User, client: Client, number: str
) -> None:
    client.post(at("who"), WHO)
    answer = client.post(at("role"), {"working_pattern": ["3", number]})
    assert answer.status_code == 422
    assert "is not one of the available choices" in answer.content.decode()
    assert 'value="3" checked' in answer.content.decode()
    with pytest.raises(MentoringError, match="half-days of a week"):
        services.save_profile(actor=member, working_pattern=1023)


def test_week__changed_in_another_window__is_said_in_words(member: User, client: Client) -> None:
    client.post(at("who"), WHO)
    answer = client.post(at("role"), {"working_pattern": ["0"], "version": "old"})
    assert answer.status_code == 409
    services.save_profile(actor=member, working_pattern=2)
    answer = client.post(at("role"), {"working_pattern": ["0"], "version": "old"})
    assert "Saved at the moment: “Monday afternoon”" in answer.content.decode()


def test_profile__script_in_the_text__is_shown_as_text(member: User, client: Client) -> None:
    client.post(at("who"), {**WHO, "display_name": "<b>x"})
    client.post(at("you"), {"bio": "<script>alert(1)</script>"})
    for page in (client.get(at()).content.decode(), client.get(at("you")).content.decode()):
        assert "<script>alert(1)" not in page
    assert "&lt;b&gt;x" in client.get(at("who")).content.decode()


def test_profile__nobody_signed_in__goes_to_sign_in(client: Client, db: None) -> None:
    assert [client.get(at(slug)).status_code for slug in ("", "who", "you")] == [302, 302, 302]


def test_profile__step_that_there_is_not__is_404(member: User, client: Client) -> None:
    assert client.get(at("nothing")).status_code == 404


def test_profile__topics_page__costs_little(member: User, client: Client, django_assert_max_num_queries: Any) -> None:
    client.post(at("who"), WHO)
    client.post(at("topics"), {"add_seek": ["coaching"]})
    client.get(at("topics"))
    for slug in ("", "who", "role", "topics", "you"):
        with django_assert_max_num_queries(15):
            client.get(at(slug))
