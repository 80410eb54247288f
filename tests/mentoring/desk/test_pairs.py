"""Relationships at the coordinator's desk: one pair, many pairs, and the cohort they belong to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from mentoring.desk.bulk import carry_out
from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, CoordinatorGrant, Outbox, Programme, Relationship
from mentoring.programmes.models import Cohort, CohortState
from mentoring.programmes.services import move_cohort
from mentoring.relationships import services
from mentoring.relationships.models import RelationshipState, Turn
from tests.mentoring import scenes
from tests.mentoring.desk.moments import at_work
from tests.mentoring.relationships import moments
from tests.signing_in import staff_client_of
from tests.support.queries import warm_cost

pytestmark = pytest.mark.django_db


def address(pair: Relationship) -> str:
    return reverse("mentoring_relationship:pair", args=[pair.pk])


def later(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def scene() -> scenes.Scene:
    return moments.scene(3)


def test_pair__help_asked__coordinator_has_spoken_to_them_and_the_turn_goes_back(scene: scenes.Scene) -> None:
    pair = moments.active(scene)
    services.ask_help(pair=pair, actor=moments.mentee(pair), text="We cannot find a time.")
    pair.refresh_from_db()
    assert pair.turn == Turn.COORDINATOR
    client = staff_client_of(scene.coordinator)
    assert "We cannot find a time." in client.get(address(pair)).content.decode()
    form = {"do": "spoken", "attention": pair.attention, "note": "They will try Thursdays."}
    assert client.post(address(pair), form).status_code == 302
    pair.refresh_from_db()
    assert (pair.attention, pair.turn) == ("", Turn.MENTEE)
    assert AuditEvent.objects.get(action="mentoring.relationship.handed_back").reason == "They will try Thursdays."
    page = client.get(address(pair)).content.decode()
    assert "They will try Thursdays." in page
    assert "Both have signed: under way" in page, "the timeline"


def test_pair__something_else_needs_them_by_now__is_stale_and_keeps_the_note(scene: scenes.Scene) -> None:
    pair = moments.active(scene)
    services.ask_help(pair=pair, actor=moments.mentee(pair), text="A new question.")
    form = {"do": "spoken", "attention": "The mentee asks: an old one.", "note": "All well."}
    answer = staff_client_of(scene.coordinator).post(address(pair), form)
    assert answer.status_code == 409
    assert "Something else needs you by now" in answer.content.decode()
    assert ">All well.</textarea>" in answer.content.decode()


def test_pair__each_action__has_its_effect(scene: scenes.Scene) -> None:
    pair = moments.active(scene)
    client = staff_client_of(scene.coordinator)

    def act(**form: Any) -> Relationship:
        pair.refresh_from_db()
        assert client.post(address(pair), {"version": pair.version, **form}).status_code == 302, form
        pair.refresh_from_db()
        return pair

    assert act(do="pause", until=later(14).isoformat()).state == RelationshipState.PAUSED
    assert act(do="resume").state == RelationshipState.ACTIVE
    assert act(do="extend", until=later(300).isoformat()).expected_end == later(300)
    ended = act(do="end", reason="time", note="Both agreed.")
    assert (ended.state, ended.ended_by, ended.end_note) == (RelationshipState.ENDED, "coordinator", "Both agreed.")
    assert act(do="reopen").state == RelationshipState.ACTIVE
    assert act(do="finish").state == RelationshipState.CLOSING


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"do": "pause", "until": "soon"}, "Please give the day as year-month-day"),
        ({"do": "extend", "until": "2001-01-01"}, "Please choose a day after today."),
        ({"do": "end", "reason": "", "note": "Kept words"}, "Please tick what comes nearest"),
        ({"do": "dance"}, "Please choose one of the buttons."),
    ],
)
def test_pair__what_cannot_be__is_a_sentence_and_keeps_what_was_typed(
    scene: scenes.Scene, form: dict[str, str], sentence: str
) -> None:
    pair = moments.active(scene)
    answer = staff_client_of(scene.coordinator).post(address(pair), {"version": pair.version, **form})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert form.get("note", "") in page
    assert Relationship.objects.get(pk=pair.pk).version == pair.version


def test_pair__seen_from_the_mentors_side_only__is_looked_at_and_not_touched(scene: scenes.Scene) -> None:
    pair = moments.active(scene)
    user = scenes.user("Nara Row")
    CoordinatorGrant.objects.create(programme=scene.programme, user=user, organisation=pair.mentor.profile.organisation)
    user.groups.set(scene.coordinator.groups.all())
    client = staff_client_of(user)
    page = client.get(address(pair)).content.decode()
    assert "What you can do" not in page
    form = {"do": "pause", "until": later(14).isoformat(), "version": pair.version}
    assert client.post(address(pair), form).status_code == 422
    assert Relationship.objects.get(pk=pair.pk).state == RelationshipState.ACTIVE


def test_pair__of_another_programme_or_ones_own__is_404(scene: scenes.Scene) -> None:
    pair = moments.active(scene)
    assert staff_client_of(scenes.with_proposals(1).coordinator).get(address(pair)).status_code == 404
    pair.mentee.profile.user = scene.coordinator
    pair.mentee.profile.save()
    client = staff_client_of(scene.coordinator)
    assert client.get(address(pair)).status_code == 404
    assert client.post(address(pair), {"do": "end", "version": pair.version}).status_code == 404
    listing = client.get(reverse("mentoring_relationship:index")).content.decode()
    assert pair.mentor.profile.display_name not in listing


def test_owner__in_a_pair__does_not_read_coordinators_notes_about_it(scene: scenes.Scene) -> None:
    pair = moments.active(scene)
    services.ask_help(pair=pair, actor=moments.mentor(pair), text="Help.")
    pair.refresh_from_db()
    services.hand_back(pair=pair, actor=scene.coordinator, attention=pair.attention, note="Too chatty.")
    trail = reverse("mentoring_audit:index")
    assert "Too chatty." in staff_client_of(scene.owner).get(trail).content.decode()
    pair.mentee.profile.user = scene.owner
    pair.mentee.profile.save()
    assert "Too chatty." not in staff_client_of(scene.owner).get(trail).content.decode()


def test_list__filters__by_state_turn_and_school(scene: scenes.Scene) -> None:
    first, second = moments.active(scene, 0, 0), moments.agreeing(scene, 1, 1)
    client = staff_client_of(scene.coordinator)
    for query, expected in (
        ({"state": "live"}, {first, second}),
        ({"state": "agreeing"}, {second}),
        ({"turn": "both"}, {second}),
        ({"school": first.mentor.profile.organisation_id}, {first}),
        ({"q": second.mentee.profile.display_name}, {second}),
    ):
        rows = client.get(reverse("mentoring_relationship:index"), query).context["object_list"]
        assert set(rows) == expected, query


def picks(*pairs: Relationship) -> list[str]:
    return [f"{pair.pk}:{pair.version}" for pair in pairs]


def test_bulk__first_what_would_happen_then_what_did__row_by_row(scene: scenes.Scene) -> None:
    first, second = moments.active(scene, 0, 0), moments.agreeing(scene, 1, 1)
    client = staff_client_of(scene.coordinator)
    sent = Outbox.objects.count()
    form = {"pick": picks(first, second), "action": "finish"}
    page = client.post(reverse("mentoring_relationship:bulk"), form).content.decode()
    assert "1 of 2 would be done" in page
    assert "cannot become “closing”" in page
    assert Outbox.objects.count() == sent, "a rehearsal tells nobody"
    first.refresh_from_db()
    assert first.state == RelationshipState.ACTIVE
    page = client.post(reverse("mentoring_relationship:bulk"), {**form, "do": "confirm"}).content.decode()
    assert "1 of 2 done" in page
    first.refresh_from_db()
    assert first.state == RelationshipState.CLOSING
    assert Outbox.objects.count() > sent


def test_bulk__another_last_day__is_set_for_each_and_stale_ones_say_so(scene: scenes.Scene) -> None:
    first, second = moments.active(scene, 0, 0), moments.active(scene, 1, 1)
    Relationship.objects.filter(pk=second.pk).update(version=second.version + 5)
    form = {"pick": picks(first, second), "action": "extend", "until": later(400).isoformat(), "do": "confirm"}
    page = staff_client_of(scene.coordinator).post(reverse("mentoring_relationship:bulk"), form).content.decode()
    assert "1 of 2 done" in page
    assert "Something changed after you opened this page" in page
    first.refresh_from_db()
    assert first.expected_end == later(400)


@pytest.mark.parametrize(
    "form", [{}, {"pick": "x"}, {"action": "extend", "until": "x"}, {"action": "dance"}], ids=lambda form: str(form)
)
def test_bulk__nothing_picked_or_no_sense__goes_back_with_a_sentence(scene: scenes.Scene, form: dict[str, str]) -> None:
    pair = moments.active(scene)
    given = {"pick": picks(pair), **form} if "pick" not in form and form else form
    answer = staff_client_of(scene.coordinator).post(reverse("mentoring_relationship:bulk"), given, follow=True)
    assert "Please " in answer.content.decode()
    assert Relationship.objects.get(pk=pair.pk).version == pair.version


def test_bulk__pair_of_another_programme__is_not_touched(scene: scenes.Scene) -> None:
    pair, other = moments.active(scene), moments.active(moments.scene(1))
    form = {"pick": picks(pair, other), "action": "finish", "do": "confirm"}
    page = staff_client_of(scene.coordinator).post(reverse("mentoring_relationship:bulk"), form).content.decode()
    assert "1 of the pairs you picked is not there" in page
    other.refresh_from_db()
    assert other.state == RelationshipState.ACTIVE


def test_carry_out__one_refused__stops_no_other(scene: scenes.Scene) -> None:
    rows = [at_work(scene, number) for number in range(2)]

    def act(pair: Relationship, version: int) -> None:
        if pair == rows[0]:
            raise MentoringError("No.")
        Relationship.objects.filter(pk=pair.pk).update(version=9)

    items = [(row, row.version) for row in rows]
    assert [row.done for row in carry_out(items, act, done="Done.", rehearse=True)] == [False, True]
    assert not Relationship.objects.filter(version=9).exists()
    carry_out(items, act, done="Done.", rehearse=False)
    assert Relationship.objects.get(version=9) == rows[1]


# --- The cohort ------------------------------------------------------------------------------------------------


def set_state(cohort: Cohort, state: CohortState) -> None:
    cohort.state = state
    cohort.save()


@pytest.mark.parametrize(("before", "to"), [("closing", "closed"), ("running", "cancelled")])
def test_cohort__with_live_pairs__is_not_closed_and_the_pairs_are_named(
    scene: scenes.Scene, before: str, to: str
) -> None:
    pair = moments.active(scene)
    set_state(scene.cohort, CohortState(before))
    given: dict[str, Any] = {"cohort": scene.cohort, "to": CohortState(to), "actor": scene.coordinator}
    with pytest.raises(MentoringError, match="1 pair is still at work") as refused:
        move_cohort(**given, version=scene.cohort.version, reason="No more money.")
    assert str(pair) in str(refused.value)
    Relationship.objects.update(state=RelationshipState.COMPLETED, ended_at=timezone.now())
    assert move_cohort(**given, version=scene.cohort.version, reason="No more money.").state == to


def test_cohort__cancelled_without_a_reason__is_refused(scene: scenes.Scene) -> None:
    given: dict[str, Any] = {"cohort": scene.cohort, "to": CohortState.CANCELLED, "actor": scene.coordinator}
    with pytest.raises(MentoringError, match="why the cohort is cancelled"):
        move_cohort(**given, version=1, reason=" ")
    move_cohort(**given, version=1, reason="Nobody applied.")
    assert AuditEvent.objects.get(action="mentoring.cohort.cancelled").reason == "Nobody applied."


def test_cohort__opened_without_contact_or_privacy_notice__is_refused(scene: scenes.Scene) -> None:
    set_state(scene.cohort, CohortState.DRAFT)
    given: dict[str, Any] = {"cohort": scene.cohort, "to": CohortState.OPEN, "actor": scene.coordinator, "version": 1}
    with pytest.raises(MentoringError, match="no privacy notice"):
        move_cohort(**given)
    Programme.objects.update(privacy_page=Page.objects.first(), contact_email="")
    with pytest.raises(MentoringError, match="no contact address"):
        move_cohort(**given)
    Programme.objects.update(contact_email="team@example.org")
    assert move_cohort(**given).state == CohortState.OPEN


def test_cohort_screen__closing_with_live_pairs__leads_to_the_list(scene: scenes.Scene) -> None:
    moments.active(scene)
    set_state(scene.cohort, CohortState.CLOSING)
    page = staff_client_of(scene.coordinator).get(reverse("mentoring_cohort:board", args=[scene.cohort.pk]))
    assert "1 pair is still at work" in page.content.decode()
    assert f"?cohort={scene.cohort.pk}&amp;state=live" in page.content.decode()


@pytest.mark.parametrize("screen", ["list", "pair"])
def test_screens__few_and_many__cost_the_same(screen: str) -> None:
    costs = []
    for size in (2, 20):
        scene = scenes.ready_to_match(size, size)
        pairs = [at_work(scene, number) for number in range(size)]
        url = address(pairs[0]) if screen == "pair" else reverse("mentoring_relationship:index")
        costs.append(warm_cost(staff_client_of(scene.coordinator), url))
    assert len(costs[0]) == len(costs[1])
    assert len(costs[1]) <= 20, str(costs[1])
