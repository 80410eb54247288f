"""Closed days: read from what a school sends, kept by those whose organisation it is."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from mentoring.desk.closed_days import keep, known, read_lines
from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, CalendarException, CoordinatorGrant, Organisation
from mentoring.people.calendar_models import CalendarKind
from mentoring.people.half_days import Session
from mentoring.people.working_days import add_working_days
from tests.mentoring import scenes
from tests.signing_in import staff_client_of
from tests.support.queries import warm_cost

FIRST, LAST = dt.date(2027, 2, 15), dt.date(2027, 2, 19)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2027-02-15 – 2027-02-19 holiday", CalendarKind.HOLIDAY),
        ("2027-02-15 - 2027-02-19 INSET day", CalendarKind.INSET),
        ("15/02/2027 to 19/02/2027, exams", CalendarKind.EXAMS),
        ("15/2/2027–19/2/2027", CalendarKind.HOLIDAY),
        ("  2027-2-15 until 2027-2-19: Assessment week.", CalendarKind.ASSESSMENT),
    ],
)
def test_line__as_people_write_it__is_read(text: str, kind: CalendarKind) -> None:
    (line,) = read_lines(f"\n{text}\n\n")
    assert (line.first, line.last, line.kind, line.error) == (FIRST, LAST, kind, "")
    assert line.number == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("half-term from Monday", "begin with a day"),
        ("2027-02-30", "no such day"),
        ("2027-02-19 – 2027-02-15", "before the first"),
        ("2027-02-15 – 2029-02-15", "longer than a year"),
        ("2027-02-15 bonfire", "do not know “bonfire”"),
        ("2027-02-15 am and pm", "one part of the day"),
        ("<script>", "begin with a day"),
    ],
)
def test_line__not_understood__says_why(text: str, sentence: str) -> None:
    (line,) = read_lines(text)
    assert sentence in line.error


@pytest.mark.parametrize(("text", "sentence"), [(" \n ", "at least one line"), ("2027-01-01\n" * 501, "at most 500")])
def test_lines__none_or_too_many__are_refused(text: str, sentence: str) -> None:
    with pytest.raises(MentoringError, match=sentence):
        read_lines(text)


@pytest.fixture
def scene(db: None) -> scenes.Scene:
    made = scenes.with_proposals(1)
    school = made.mentees[0].profile.organisation
    school.parent = made.programme.owner_org
    school.save()
    return made


@pytest.mark.parametrize(
    ("text", "kind", "session"),
    [
        ("05/03/2027 pm", CalendarKind.HOLIDAY, Session.PM),
        ("2027-03-05, afternoon, other", CalendarKind.OTHER, Session.PM),
        ("2027-03-05 Inset day (morning)", CalendarKind.INSET, Session.AM),
        ("2027-03-05 AM exams", CalendarKind.EXAMS, Session.AM),
        ("2027-03-05 other", CalendarKind.OTHER, Session.FULL),
    ],
)
def test_line__of_half_a_day__is_read_and_written_alike(text: str, kind: CalendarKind, session: Session) -> None:
    (line,) = read_lines(text)
    assert (line.first, line.kind, line.session, line.error) == (dt.date(2027, 3, 5), kind, session, "")
    (again,) = read_lines(line.written)
    assert (again.first, again.last, again.kind, again.session) == (line.first, line.last, kind, session)


def test_friday_afternoons__pasted__are_kept_once_and_stop_no_clock(scene: scenes.Scene) -> None:
    client = staff_client_of(scene.coordinator)
    address, trust = reverse("mentoring_days:paste"), scene.programme.owner_org
    fridays = "\n".join(f"2027-03-{day:02} pm other" for day in (5, 12, 19))
    form = {"organisation": trust.pk, "lines": fridays}
    page = client.post(address, {**form, "do": "check"}).content.decode()
    assert "3 lines understood" in page
    assert page.count("Other, afternoon") == 3
    for _ in range(2):
        assert client.post(address, {**form, "do": "save"}).status_code == 302
    assert list(CalendarException.objects.values_list("session", flat=True)) == ["pm"] * 3
    assert AuditEvent.objects.filter(action="mentoring.closed_days.added").first().after["part"] == "pm"
    assert add_working_days(dt.date(2027, 3, 4), 1, scene.mentees[0].profile.organisation) == dt.date(2027, 3, 5)
    listed = client.get(reverse("mentoring_days:index")).content.decode()
    assert "Part of the day" in listed and "Afternoon" in listed


def test_day__of_which_the_morning_is_closed__can_be_closed_whole_by_form(scene: scenes.Scene) -> None:
    client = staff_client_of(scene.coordinator)
    day = {"date_from": "2027-03-05", "date_to": "2027-03-05", "kind": "other"}
    form = {**day, "organisation": scene.programme.owner_org.pk}
    for session in ("am", "full", "am"):
        assert client.post(reverse("mentoring_days:add"), {**form, "session": session}).status_code == 302
    assert sorted(CalendarException.objects.values_list("session", flat=True)) == ["am", "full"]
    wrong = client.post(reverse("mentoring_days:add"), {**form, "session": "noon"})
    assert wrong.status_code == 200 and "noon is not one of the available choices" in wrong.content.decode()
    known_there = known(scene.mentees[0].profile.organisation, read_lines("2027-03-05 pm other\n2027-03-05 pm exams"))
    assert set(known_there) == {1}, "a whole day holds its afternoon"


def test_paste__first_shown_then_kept__once(scene: scenes.Scene) -> None:
    client = staff_client_of(scene.coordinator)
    address = reverse("mentoring_days:paste")
    trust = scene.programme.owner_org
    form = {"organisation": trust.pk, "lines": "2027-02-15 – 2027-02-19 holiday\n2027-03-01 nonsense"}
    page = client.post(address, {**form, "do": "check"}).content.decode()
    assert "1 of 2 lines to mend" in page
    assert "We do not know “nonsense”" in page
    assert "2027-03-01 nonsense</textarea>" in page
    answer = client.post(address, {**form, "do": "save"})
    assert answer.status_code == 422
    assert not CalendarException.objects.exists(), "all or nothing"
    form["lines"] = "2027-02-15 – 2027-02-19 holiday\n2027-03-01 inset"
    assert "2 lines understood" in client.post(address, {**form, "do": "check"}).content.decode()
    assert not CalendarException.objects.exists()
    for _ in range(2):
        assert client.post(address, {**form, "do": "save"}).status_code == 302
    assert CalendarException.objects.count() == 2
    assert AuditEvent.objects.filter(action="mentoring.closed_days.added").count() == 2
    school = scene.mentees[0].profile.organisation
    assert add_working_days(dt.date(2027, 2, 12), 1, school) == dt.date(2027, 2, 22), "clocks of the trust's schools"


def test_days__of_an_organisation_below__are_kept_and_of_another_are_refused(scene: scenes.Scene) -> None:
    client = staff_client_of(scene.coordinator)
    elsewhere = scene.mentors[0].profile.organisation
    form = {"date_from": "2027-02-15", "date_to": "2027-02-19", "kind": "holiday"}
    school = scene.mentees[0].profile.organisation
    assert client.post(reverse("mentoring_days:add"), {**form, "organisation": school.pk}).status_code == 302
    assert client.post(reverse("mentoring_days:add"), {**form, "organisation": elsewhere.pk}).status_code == 200
    paste = {"organisation": elsewhere.pk, "lines": "2027-02-15", "do": "save"}
    assert client.post(reverse("mentoring_days:paste"), paste).status_code == 422
    with pytest.raises(MentoringError, match="do not keep the days"):
        keep(organisation=elsewhere, lines=read_lines("2027-02-15"), actor=scene.coordinator)
    assert CalendarException.objects.get().organisation == school
    theirs = CalendarException.objects.create(organisation=elsewhere, date_from=FIRST, date_to=LAST)
    assert client.get(reverse("mentoring_days:delete", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("mentoring_days:delete", args=[theirs.pk])).status_code == 404
    assert elsewhere.name not in client.get(reverse("mentoring_days:index")).content.decode()


def test_days__removed__are_gone_and_in_the_trail(scene: scenes.Scene) -> None:
    trust = scene.programme.owner_org
    row = CalendarException.objects.create(organisation=trust, date_from=FIRST, date_to=LAST)
    client = staff_client_of(scene.coordinator)
    assert client.post(reverse("mentoring_days:delete", args=[row.pk])).status_code == 302
    assert not CalendarException.objects.exists()
    assert AuditEvent.objects.get(action="mentoring.closed_days.removed").after["from"] == "2027-02-15"


def test_days__grant_for_one_school__keeps_those_of_the_school_only(scene: scenes.Scene) -> None:
    school = scene.mentees[0].profile.organisation
    user = scenes.user("Nara Row")
    CoordinatorGrant.objects.create(programme=scene.programme, user=user, organisation=school)
    assert keep(organisation=school, lines=read_lines("2027-02-15"), actor=user) == 1
    with pytest.raises(MentoringError, match="do not keep"):
        keep(organisation=scene.programme.owner_org, lines=read_lines("2027-02-15"), actor=user)


def test_days__wrong_order_in_the_form__is_said_beside_the_field(scene: scenes.Scene) -> None:
    form = {
        "organisation": scene.programme.owner_org.pk,
        "date_from": "2027-02-19",
        "date_to": "2027-02-15",
        "kind": "holiday",
    }
    page = staff_client_of(scene.coordinator).post(reverse("mentoring_days:add"), form).content.decode()
    assert "The last day comes before the first." in page


def test_list__few_and_many__cost_the_same(scene: scenes.Scene) -> None:
    client = staff_client_of(scene.coordinator)
    costs = []
    for start, count in ((0, 3), (3, 27)):
        for number in range(start, start + count):
            organisation = Organisation.objects.create(
                name=f"S{number}", kind="school", parent=scene.programme.owner_org
            )
            day = FIRST + dt.timedelta(days=number)
            CalendarException.objects.create(organisation=organisation, date_from=day, date_to=day)
        costs.append(warm_cost(client, reverse("mentoring_days:index")))
    assert len(costs[0]) == len(costs[1])
    assert len(costs[1]) <= 20, str(costs[1])
