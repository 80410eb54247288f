"""The pair's pages: what each of the two sees, what nobody else does, refusals that keep what was typed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from mentoring.models import CalendarFeed, Meeting, Note, Outbox, Relationship, TaskTick
from mentoring.relationships import checks, feeds, meetings, notes, queries, services
from mentoring.relationships.checks import token_for
from mentoring.trust import tries
from mentoring.trust.access import relationships_for
from tests.signing_in import client_of

from . import moments

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def address(pair: Relationship, page: str = "pair", *more: int) -> str:
    return reverse(f"mentoring:{page}", args=[pair.pk, *more])


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_space__of_each_of_the_two__names_the_other_and_whose_turn_it_is() -> None:
    pair = moments.active()
    mine = words(client_of(moments.mentee(pair)).get(address(pair)))
    assert f"You and {pair.mentor.profile.display_name}" in mine
    assert "Your turn" in mine
    theirs = words(client_of(moments.mentor(pair)).get(address(pair)))
    assert "Your mentee’s turn" in theirs


def test_home__of_both__shows_the_pair() -> None:
    pair = moments.active()
    for user in (moments.mentee(pair), moments.mentor(pair)):
        assert address(pair) in words(client_of(user).get(reverse("mentoring:home")))


def test_agreement__written_and_signed_by_form__begins_the_work() -> None:
    pair = moments.agreeing()
    form = {
        "do": "write",
        "contact": "By e-mail",
        "every_weeks": 3,
        "notice_hours": 24,
        "review_on": "2027-03-01",
        "version": 1,
    }
    assert client_of(moments.mentee(pair)).post(address(pair, "pair_agreement"), form).status_code == 302
    reader = client_of(moments.mentor(pair))
    page = reader.get(address(pair, "pair_agreement"))
    assert "risk of harm" in words(page)
    signed = {"do": "sign", "number": 1, "written_at": page.context["unsigned"].written_at.isoformat()}
    assert reader.post(address(pair, "pair_agreement"), signed).status_code == 302
    pair.refresh_from_db()
    assert pair.state == "active"


def test_agreement__refused__keeps_what_was_typed() -> None:
    pair = moments.agreeing()
    form = {"do": "write", "contact": "By pigeon", "every_weeks": 99, "notice_hours": 24, "review_on": "", "version": 1}
    response = client_of(moments.mentee(pair)).post(address(pair, "pair_agreement"), form)
    assert response.status_code == 422
    assert "By pigeon" in words(response)


def times(**more: Any) -> dict[str, Any]:
    return {"day_1": "2027-01-20", "time_1": "16:00", "minutes": 60, "uid": str(uuid.uuid4())} | more


def test_times__by_form__wait_for_the_other_who_picks() -> None:
    pair = moments.active()
    form = times(day_2="2027-01-21", time_2="08:00", topics="Openings")
    asker, picker = client_of(moments.mentee(pair)), client_of(moments.mentor(pair))
    for _ in range(2):  # a double click
        assert asker.post(address(pair, "pair_meeting_new"), form).status_code == 302
    meeting = Meeting.objects.get()
    assert meeting.options == ["2027-01-20T16:00:00+00:00", "2027-01-21T08:00:00+00:00"]
    page = address(pair, "pair_meeting", meeting.pk)
    assert "Wednesday 20 January 2027, 16:00" in words(picker.get(page))
    pick = {"do": "pick", "version": 1, "time": meeting.options[1]}
    for _ in range(2):
        assert picker.post(page, pick).status_code == 302
    meeting.refresh_from_db()
    assert meeting.state == "booked"
    assert Outbox.objects.filter(template="meeting_booked").count() == 2


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"day_1": "", "time_1": ""}, "at least one day"),
        ({"day_2": "2027-01-21"}, "please give both"),
        ({"day_1": "2027-03-28", "time_1": "01:30"}, "clocks go forward"),
        ({"day_1": "2026-01-01"}, "still to come"),
        ({"minutes": 5}, "between 15 minutes and 8 hours"),
        ({"day_1": "soon"}, "a date like"),
    ],
)
def test_times__that_cannot_be__are_refused_with_a_sentence(more: dict[str, Any], sentence: str) -> None:
    pair = moments.active()
    response = client_of(moments.mentee(pair)).post(
        address(pair, "pair_meeting_new"), times(topics="Typed before", **more)
    )
    assert response.status_code == 422
    assert sentence in words(response)
    assert "Typed before" in words(response)
    assert not Meeting.objects.exists()


def test_times__on_a_page_opened_before_the_other_changed_them__are_409_and_kept() -> None:
    pair = moments.active()
    meeting = moments.proposed(pair)
    page = address(pair, "pair_meeting_times", meeting.pk)
    meetings.offer_others(meeting=meeting, actor=moments.mentor(pair), version=1, times=[moments.in_days(12)])
    form = {"day_1": "2027-01-22", "time_1": "10:00", "place": "Typed here", "version": 1}
    client = client_of(moments.mentee(pair))
    response = client.post(page, form)
    assert response.status_code == 409
    assert "Typed here" in words(response)
    assert 'name="version" value="2"' in words(response)
    assert client.post(page, form | {"version": 2}).status_code == 302


def test_pick__stale__is_409_and_changes_nothing() -> None:
    pair = moments.active()
    meeting = moments.proposed(pair)
    meetings.cancel(meeting=meeting, actor=moments.mentee(pair), version=1)
    form = {"do": "pick", "version": 1, "time": moments.in_days(7).isoformat()}
    response = client_of(moments.mentor(pair)).post(address(pair, "pair_meeting", meeting.pk), form)
    assert response.status_code == 409
    assert "cancelled" in words(response)


@pytest.mark.parametrize("time", ["", "soon", "2027-01-18T16:00:00", "9999-12-31T23:59:59+00:00"])
def test_pick__a_forged_time__is_refused(time: str) -> None:
    pair = moments.active()
    meeting = moments.proposed(pair)
    form = {"do": "pick", "version": 1, "time": time}
    response = client_of(moments.mentor(pair)).post(address(pair, "pair_meeting", meeting.pk), form)
    meeting.refresh_from_db()
    assert (response.status_code, meeting.state) in {(422, "proposed"), (302, "booked")}
    assert time.startswith("2027") or meeting.state == "proposed"


def test_notes__mine_and_ours__are_read_by_whom_they_are_for_and_encrypted() -> None:
    pair = moments.active()
    mentee, mentor = client_of(moments.mentee(pair)), client_of(moments.mentor(pair))
    page = address(pair, "pair_notes")
    for text, readers in (("Secret thoughts", "me"), ("Shared thoughts", "both")):
        form = {"text": text, "readers": readers, "uid": str(uuid.uuid4())}
        for _ in range(2):
            assert mentee.post(page, form).status_code == 302
    assert Note.objects.count() == 2
    assert "Secret thoughts" in words(mentee.get(page))
    theirs = words(mentor.get(page))
    assert "Shared thoughts" in theirs
    assert "Secret thoughts" not in theirs
    shared = Note.objects.get(shared=True)
    assert mentor.get(address(pair, "pair_note", shared.pk)).status_code == 404
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM mentoring_note")
        assert not any("thoughts" in row[0] for row in cursor.fetchall())


def test_note__changed_in_two_windows__is_409_with_both_texts() -> None:
    pair = moments.active()
    user = moments.mentee(pair)
    note = notes.add_note(pair=pair, actor=user, uid=uuid.uuid4(), text="First", shared=False)
    notes.change_note(note=note, actor=user, version=1, text="Second", shared=False)
    page = address(pair, "pair_note", note.pk)
    response = client_of(user).post(page, {"text": "Third", "readers": "me", "version": 1})
    assert response.status_code == 409
    assert "Second" in words(response)
    assert "Third" in words(response)
    assert client_of(user).post(page, {"do": "delete"}).status_code == 302
    assert not Note.objects.exists()


def test_timeline__for_coordinators__tells_that_they_met_and_no_word_of_theirs() -> None:
    pair = moments.active()
    notes.add_note(pair=pair, actor=moments.mentee(pair), uid=uuid.uuid4(), text="Secret", shared=True)
    meeting = moments.booked(pair, topics="Secret")
    text = " ".join(f"{line.who}: {line.sentence}" for line in queries.timeline(pair))
    assert "The mentor: Meeting booked (18 January 2027, 16:00)" in text
    assert "Both have signed: under way" in text
    assert "Secret" not in text
    assert "…" not in text
    assert meeting.pk


def test_relationships_for__a_coordinator_who_takes_part__leaves_out_their_own() -> None:
    made = moments.scene(2)
    first, second = moments.active(made), moments.active(made, 1, 1)
    assert set(relationships_for(made.coordinator)) == {first, second}
    profile = first.mentor.profile
    profile.user = made.coordinator
    profile.save()
    assert list(relationships_for(made.coordinator)) == [second]


def test_goals__progress_by_the_mentee__is_seen_by_the_mentor() -> None:
    pair = moments.active()
    goal = moments.goal(pair)
    form = {f"was_{goal.pk}": "not_started", f"now_{goal.pk}": "reached"}
    assert client_of(moments.mentee(pair)).post(address(pair, "pair_goals"), form).status_code == 302
    assert "Reached" in words(client_of(moments.mentor(pair)).get(address(pair)))
    stale = {f"was_{goal.pk}": "not_started", f"now_{goal.pk}": "dropped"}
    assert client_of(moments.mentee(pair)).post(address(pair, "pair_goals"), stale).status_code in {409, 422}
    goal.refresh_from_db()
    assert goal.progress == "reached"


def test_tasks__ticked_and_taken_back__only_ones_own_and_in_open_stages() -> None:
    pair = moments.active()
    now, later = moments.stage(pair, 0, "mentee", "mentor", "both"), moments.stage(pair, 9, "both", title="Later")
    client, page = client_of(moments.mentee(pair)), address(pair, "pair_stages")
    own, other, both = now.tasks.all()
    for task in (own, own, both):
        assert client.post(page, {"task": task.pk, "done": "yes"}).status_code == 302
    assert client.post(page, {"task": other.pk, "done": "yes"}).status_code == 422
    assert client.post(page, {"task": later.tasks.get().pk, "done": "yes"}).status_code == 422
    strange = moments.stage(moments.active(), 0, "both").tasks.get()
    assert client.post(page, {"task": strange.pk, "done": "yes"}).status_code == 404
    assert TaskTick.objects.count() == 2
    client.post(page, {"task": both.pk, "done": "no"})
    assert TaskTick.objects.count() == 1


def test_check__by_link__answers_only_when_the_button_is_pressed() -> None:
    pair = moments.active()
    check = checks.ask(Relationship.objects.get(pk=pair.pk))
    page = reverse("mentoring:check", args=[token_for(check, "mentee")])
    visitor = Client()
    asked = visitor.get(page + "?answer=help")
    assert asked.context["form"]["answer"].value() == "help"
    check.refresh_from_db()
    assert check.mentee_answer == ""
    assert "we have your answer" in words(visitor.post(page, {"answer": "fine"}))
    assert visitor.post(page, {"answer": "end"}).status_code == 422
    check.refresh_from_db()
    assert check.mentee_answer == "fine"
    assert visitor.get(reverse("mentoring:check", args=["forged:token"])).status_code == 404


def test_feed__address__is_shown_once_works_alone_and_can_be_stopped() -> None:
    pair = moments.active()
    meeting = moments.booked(pair, topics="Secret", place="Room 4")
    stranger = moments.active()
    moments.booked(stranger)
    client = client_of(moments.mentee(pair))
    page = reverse("mentoring:calendar")
    made = client.post(page, {"do": "make"})
    link = made.context["address"]
    token = link.rsplit("/", 1)[1].removesuffix(".ics")
    assert token not in words(client.get(page))
    assert CalendarFeed.objects.get().token_hash == feeds.hash_of(token)
    response = Client().get(reverse("mentoring:feed", args=[token]))
    assert response["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert str(event["uid"]).startswith(str(meeting.ics_uid))
    assert b"Secret" not in response.content
    client.post(page, {"do": "revoke"})
    assert Client().get(reverse("mentoring:feed", args=[token])).status_code == 404


def test_feed__of_somebody_who_left__is_gone() -> None:
    pair = moments.active()
    user = moments.mentee(pair)
    token = feeds.make(profile=pair.mentee.profile, actor=user).rsplit("/", 1)[1].removesuffix(".ics")
    user.is_active = False
    user.save()
    assert Client().get(reverse("mentoring:feed", args=[token])).status_code == 404


def test_end__stale__is_409_and_keeps_the_note() -> None:
    pair = moments.active()
    until = timezone.localdate() + dt.timedelta(days=9)
    services.pause(pair=pair, actor=moments.mentor(pair), version=pair.version, until=until)
    form = {"reason": "time", "note": "Typed note", "again": "yes", "version": pair.version}
    response = client_of(moments.mentee(pair)).post(address(pair, "pair_end"), form)
    assert response.status_code == 409
    assert "Typed note" in words(response)
    assert "paused" in words(response)


def test_pause__closing_and_next__by_form__work_for_both() -> None:
    pair = moments.active()
    mentee, mentor = client_of(moments.mentee(pair)), client_of(moments.mentor(pair))
    assert mentor.post(address(pair, "pair_pause"), {"until": "2027-02-01", "version": 2}).status_code == 302
    assert mentee.post(address(pair, "pair_pause"), {"version": 3}).status_code == 302
    assert mentee.post(address(pair, "pair_end"), {"do": "finish", "version": 4}).status_code == 302
    answers = {"rating": "5", "goals_reached": "yes", "met_enough": "yes", "would_again": "no"}
    for client in (mentee, mentor):
        assert client.post(address(pair, "pair_closing"), answers).status_code == 302
    pair.refresh_from_db()
    assert pair.state == "completed"
    assert "You have completed this" in words(mentee.get(address(pair)))
    for page in ("pair_agreement", "pair_notes", "pair_stages", "pair_end", "pair_help"):
        assert mentee.get(address(pair, page)).status_code == 200


def test_space__with_3_and_with_30_meetings__costs_the_same(assert_queries_flat: Callable[..., Any]) -> None:
    pair = moments.active()
    moments.stage(pair, 0, "both", "mentee")
    moments.goal(pair)
    client = client_of(moments.mentee(pair))

    def grow(count: int) -> None:
        for number in range(pair.meetings.count(), count):
            moments.held(pair, days_ago=number + 1)
            notes.add_note(pair=pair, actor=moments.mentee(pair), uid=uuid.uuid4(), text=f"Note {number}", shared=True)

    assert_queries_flat(address(pair), grow, client=client, most=15)
    assert_queries_flat(address(pair, "pair_notes"), lambda count: None, client=client, most=15)


def test_home__with_3_and_with_6_pairs__costs_the_same(assert_queries_flat: Callable[..., Any]) -> None:
    made = moments.scene(6, capacity=6)

    def grow(count: int) -> None:
        for number in range(Relationship.objects.count(), count):
            moments.held(moments.active(made, number, 0))

    client = client_of(made.mentors[0].profile.user)
    assert_queries_flat(reverse("mentoring:home"), grow, client=client, large=6, most=18)


def test_feed__guessed_too_often_from_one_address__works_no_longer_from_there() -> None:
    pair = moments.active()
    profile = pair.mentee.profile
    path = feeds.make(profile=profile, actor=profile.user)
    for _ in range(tries.TRIES):
        assert Client().get(reverse("mentoring:feed", args=["wrong"])).status_code == 404
    assert Client().get(path).status_code == 404
    assert Client(REMOTE_ADDR="192.0.2.7").get(path).status_code == 200
    cache.clear()
    assert Client().get(path).status_code == 200
