"""A mentee looks at mentors: who is shown, how little of them, in which order, and what is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.models import AuditEvent, Avoidance, Enrolment, Exclusion, Preference
from mentoring.programmes import choosing
from mentoring.programmes.models import EnrolmentState
from mentoring.proposals.models import ProposalState
from tests.mentoring import scenes
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> scenes.Scene:
    scene = scenes.ready_to_match(2, 3)
    scene.programme.mentees_choose = True
    scene.programme.save()
    Enrolment.objects.filter(as_role="mentor").update(shown=True)
    for row in (*scene.mentees, *scene.mentors):
        row.refresh_from_db()
    return scene


def shown(mentee: Enrolment) -> list[int]:
    mentee = Enrolment.objects.select_related("cohort__programme", "profile__organisation__parent").get(pk=mentee.pk)
    return [one.pk for one in choosing.candidates(mentee)]


def choose(mentee: Enrolment, ranks: dict[int, int], avoided: tuple[int, ...] = (), **changed: Any) -> Enrolment:
    mentee.refresh_from_db()
    given: dict[str, Any] = {"actor": mentee.profile.user, "version": mentee.version, **changed}
    return choosing.choose(enrolment=mentee, ranks=ranks, avoided=avoided, **given)


def kept(mentee: Enrolment) -> dict[int, int]:
    return dict(Preference.objects.filter(enrolment=mentee).values_list("mentor", "rank"))


@pytest.mark.parametrize(
    ("name", "first"),
    [("Ann Lee", "Ann"), ("Dr. Ann Lee", "Ann"), ("Cher", "Cher"), ("Dr", "Dr"), ("李 小龍", "李"), ("", "")],
)
def test_first_name__titles_and_single_words__are_understood(name: str, first: str) -> None:
    assert choosing.first_name(name) == first


def test_candidates__not_shown_full_paused_or_barred__are_left_out(scene: scenes.Scene) -> None:
    me, (a, b, c) = scene.mentees[0], scene.mentors
    assert set(shown(me)) == {a.pk, b.pk, c.pk}
    Enrolment.objects.filter(pk=a.pk).update(shown=False)
    scenes.proposed(scene, 1, 1, state=ProposalState.APPROVED)
    assert shown(me) == [c.pk]
    Exclusion.objects.create(programme=scene.programme, person=c.profile, other_person=me.profile, kind="concern")
    assert shown(me) == []
    Exclusion.objects.all().delete()
    Avoidance.objects.create(enrolment=c, person=me.profile)
    assert shown(me) == []
    Avoidance.objects.all().delete()
    c.profile.paused_until = timezone.localdate() + dt.timedelta(days=9)
    c.profile.save()
    assert shown(me) == []


def test_candidates__order__is_stable_and_no_mentor_is_first_for_everybody() -> None:
    scene = scenes.ready_to_match(12, 6)
    scene.programme.mentees_choose = True
    scene.programme.save()
    Enrolment.objects.filter(as_role="mentor").update(shown=True)
    lines = [shown(mentee) for mentee in scene.mentees]
    assert lines == [shown(mentee) for mentee in scene.mentees]
    assert len({line[0] for line in lines}) > 1
    assert all(sorted(line) == sorted(lines[0]) for line in lines)


def test_choose__ranks_and_a_wish__are_kept_and_the_trail_names_nobody(scene: scenes.Scene) -> None:
    me, (a, b, c) = scene.mentees[0], scene.mentors
    row = choose(me, {a.pk: 2, b.pk: 1}, (c.pk,))
    assert kept(me) == {a.pk: 2, b.pk: 1}
    assert Avoidance.objects.get().person == c.profile
    assert choose(me, {a.pk: 2, b.pk: 1}, (c.pk,)).version == row.version
    event = AuditEvent.objects.get(action="mentoring.enrolment.chose")
    assert event.after == {"choices": 2}
    choose(me, {c.pk: 1})
    assert kept(me) == {c.pk: 1}
    assert not Avoidance.objects.exists()


def test_choose__somebody_who_has_filled_up_meanwhile__stays_where_they_were(scene: scenes.Scene) -> None:
    me, (a, b, _) = scene.mentees[0], scene.mentors
    choose(me, {a.pk: 1, b.pk: 2})
    scenes.proposed(scene, 1, 0, state=ProposalState.APPROVED)
    choose(me, {b.pk: 3})
    assert kept(me) == {a.pk: 1, b.pk: 3}
    with pytest.raises(MentoringError, match="last place"):
        choose(me, {a.pk: 1})


def test_choose__what_cannot_be__is_a_sentence_and_changes_nothing(scene: scenes.Scene) -> None:
    me, (a, b, _) = scene.mentees[0], scene.mentors
    choose(me, {a.pk: 1})
    for ranks, changed, kind, words in (
        ({a.pk: 1, b.pk: 1}, {}, MentoringError, "rank 1 more than once"),
        ({a.pk: 6}, {}, MentoringError, "from 1 to 5"),
        ({999_999: 1}, {}, MentoringError, "last place"),
        ({b.pk: 1}, {"version": 1}, Stale, "another window"),
        ({b.pk: 1}, {"actor": scene.coordinator}, MentoringError, "themselves"),
    ):
        with pytest.raises(kind, match=words):
            choose(me, ranks, **changed)
    assert kept(me) == {a.pk: 1}
    scenes.proposed(scene, 0, 2, state=ProposalState.APPROVED)
    with pytest.raises(MentoringError, match="offer on the way"):
        choose(me, {b.pk: 1})
    Enrolment.objects.filter(pk=me.pk).update(state=EnrolmentState.SUBMITTED)
    with pytest.raises(MentoringError, match="at the moment"):
        choose(me, {b.pk: 1})


def test_page__shows_first_names_roles_topics__and_no_more(scene: scenes.Scene) -> None:
    me, mentor = scene.mentees[0], scene.mentors[0]
    mentor.profile.display_name = "Moira Secretsurname"
    mentor.profile.save()
    page = client_of(me.profile.user).get(reverse("mentoring:choose", args=[me.pk])).content.decode()
    assert "Moira" in page
    assert "Step 30" in page
    assert "Behaviour" in page
    for hidden in ("Secretsurname", str(mentor.profile.organisation), mentor.profile.user.email):
        assert hidden not in page


def test_page__twice_the_same_rank__keeps_what_was_chosen_and_then_saves(scene: scenes.Scene) -> None:
    me, (a, b, c) = scene.mentees[0], scene.mentors
    client, address = client_of(me.profile.user), reverse("mentoring:choose", args=[me.pk])
    form = {"version": me.version, f"rank:{a.pk}": "1", f"rank:{b.pk}": "1", "avoid": [c.pk]}
    answer = client.post(address, form)
    assert answer.status_code == 422
    assert answer.content.decode().count('<option value="1" selected>') == 2
    assert answer.content.decode().count("checked") == 1
    assert client.post(address, {**form, f"rank:{b.pk}": "2"}).url == reverse("mentoring:home")
    assert kept(me) == {a.pk: 1, b.pk: 2}
    for bad in ({f"rank:{a.pk}": "best"}, {"avoid": ["x"]}):
        assert client.post(address, {"version": me.version, **bad}).status_code == 422


def test_page__programme_does_not_let_choose_or_somebody_elses__is_404(scene: scenes.Scene) -> None:
    me = scene.mentees[0]
    address = reverse("mentoring:choose", args=[me.pk])
    assert client_of(scene.mentees[1].profile.user).get(address).status_code == 404
    mentor = scene.mentors[0]
    theirs = reverse("mentoring:choose", args=[mentor.pk])
    assert client_of(mentor.profile.user).get(theirs).status_code == 404
    scene.programme.mentees_choose = False
    scene.programme.save()
    assert client_of(me.profile.user).get(address).status_code == 404


def test_page__many_mentors__costs_the_same(scene: scenes.Scene, assert_queries_flat: Any) -> None:
    me = scene.mentees[0]

    def grow(n: int) -> None:
        for i in range(Enrolment.objects.filter(as_role="mentor").count(), n):
            scenes.enrolled(scene, scenes.person(f"Mentor {i}", rank=30, offer=("behaviour",)), "mentor")
        Enrolment.objects.filter(as_role="mentor").update(shown=True)

    address = reverse("mentoring:choose", args=[me.pk])
    assert_queries_flat(address, grow, client=client_of(me.profile.user), most=18)
