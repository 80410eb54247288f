"""Each number of the report against a small cohort that was counted by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from mentoring.models import Check, ClosingAnswer, CoordinatorGrant, Enrolment, Goal, Meeting, Relationship
from mentoring.programmes.models import EnrolmentState, GrantRole
from mentoring.relationships.meeting_models import MeetingState
from mentoring.relationships.models import EndedBy, RelationshipState
from mentoring.reports import figures
from mentoring.reports.evidence import pack
from mentoring.reports.facts import facts_of
from tests.mentoring import scenes
from tests.mentoring.editors.pairs import live_pair

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def held(pair: Relationship, day: dt.date, state: MeetingState = MeetingState.HELD) -> None:
    start = dt.datetime.combine(day, dt.time(15), dt.UTC)
    Meeting.objects.create(relationship=pair, state=state, start=start, proposed_by="mentee", changed_at=timezone.now())


def counted_by_hand() -> scenes.Scene:
    """Six mentees of four schools; four have or had a mentor: three pairs live, one ended.

    0: matched after 3 days, met on day 4 and 11 | 1: after 20 days, met on day 30 | 2: after 20 days, signs, asked
    whether all is well | 3: after 60 days, ended by the mentor | 4: waits | 5: on the waiting list | 6: not accepted.
    """
    scene = scenes.ready_to_match(7, 4)
    now = timezone.now()
    applied = now - 100 * DAY
    Enrolment.objects.filter(pk__in=[row.pk for row in scene.mentees]).update(submitted_at=applied)
    schools = [scenes.school(name) for name in ("Ash", "Beech", "Cedar", "Doe")]
    for number, row in enumerate(scene.mentees):
        row.profile.organisation = schools[(0, 0, 1, 1, 2, 3, 3)[number]]
        row.profile.save()
    for number, state in ((5, EnrolmentState.WAITLISTED), (6, EnrolmentState.DECLINED)):
        Enrolment.objects.filter(pk=scene.mentees[number].pk).update(state=state)
    began = timezone.localdate() - 70 * DAY
    pairs = [
        live_pair(scene, 0, began=began),
        live_pair(scene, 1, began=began),
        live_pair(scene, 2, began=None),
        live_pair(
            scene,
            3,
            began=began,
            state=RelationshipState.ENDED,
            ended_at=now,
            ended_by=EndedBy.MENTOR,
            end_reason="time",
        ),
    ]
    for pair, days in zip(pairs, (3, 20, 20, 60), strict=True):
        Relationship.objects.filter(pk=pair.pk).update(created_at=applied + days * DAY)
    held(pairs[0], began + 4 * DAY)
    held(pairs[0], began + 11 * DAY)
    held(pairs[0], began + 12 * DAY, MeetingState.MISSED)
    held(pairs[1], began + 30 * DAY)
    Check.objects.create(relationship=pairs[2], asked_at=now, due=timezone.localdate())
    for number, progress in ((0, "reached"), (1, "under_way"), (4, "reached")):
        Goal.objects.create(enrolment=scene.mentees[number], position=1, text="Lead", progress=progress)
    return scene


def report(scene: scenes.Scene, user: Any = None, *, hide: bool = False) -> dict[str, figures.Section]:
    facts = facts_of(user or scene.coordinator, [scene.cohort])[scene.cohort.pk]
    return {section.key: section for section in figures.sections(facts, hide=hide)}


def numbers(section: figures.Section) -> dict[str, Any]:
    assert section.chart is not None
    return {label: cells[0] if len(cells) == 1 else cells for label, cells in section.chart.rows()}


def test_report__small_cohort__agrees_with_counting() -> None:
    found = report(counted_by_hand())

    assert found["match-rate"].sentence == "4 of 6 mentees have or had a mentor: 67 per cent."
    assert numbers(found["match-rate"]) == {"Matched": "4", "Waiting": "2"}
    assert numbers(found["schools"]) == {
        "Ash": ["2", "0"],
        "Beech": ["2", "0"],
        "Cedar": ["0", "1"],
        "Doe": ["0", "1"],
    }
    assert numbers(found["time-to-match"]) == {
        "Up to 2 weeks": "1",
        "2 to 4 weeks": "2",
        "4 to 8 weeks": "0",
        "Longer": "1",
    }
    assert found["time-to-match"].sentence.startswith("The middle one took 20 days")
    assert found["time-to-meeting"].sentence.startswith("The middle one took 17 days")
    assert numbers(found["meetings"]) == {"None": "1", "1 to 2": "2", "3 to 5": "0", "6 and more": "0"}
    assert found["meetings"].sentence == "3 meetings held, 1.0 per pair."
    assert found["at-risk"].sentence.startswith("1 of 3 live pairs are at risk")
    assert numbers(found["endings"]) == {"There is not enough time for it": "1"}
    assert found["endings"].note == "Ended by: the mentor 1."
    assert found["goals"].sentence == "1 of 2 goals are reached."


def test_headline__small_cohort__agrees_with_counting() -> None:
    scene = counted_by_hand()
    facts = facts_of(scene.coordinator, [scene.cohort])[scene.cohort.pk]

    assert figures.headline(facts, hide=False) == figures.Headline(
        mentees=6, mentors=4, matched=4, rate=67, live=3, at_risk=1, completed=0, ended=1
    )
    assert figures.headline(facts, hide=True) == figures.Headline(
        mentees=6, mentors=None, matched=None, rate=None, live=None, at_risk=None, completed=None, ended=None
    )


def test_report__for_a_reporter__shows_no_small_number_anywhere() -> None:
    scene = counted_by_hand()
    reporter = scenes.user("Rita Reporter")
    CoordinatorGrant.objects.create(programme=scene.programme, user=reporter, role=GrantRole.REPORTER)

    found = report(scene, reporter, hide=True)

    for section in found.values():
        assert section.chart is None or all(
            value is None or value >= 5 for series in section.chart.series for value in series.values
        ), section.title
        assert not section.note
    assert found["match-rate"].sentence == figures.TOO_FEW
    assert "begun" not in found


@pytest.mark.parametrize(("answers", "shown"), [(4, False), (5, True)])
def test_ratings__fewer_than_five__are_shown_to_nobody(answers: int, shown: bool) -> None:
    scene = scenes.ready_to_match(answers, answers)
    for number in range(answers):
        pair = live_pair(scene, number, began=timezone.localdate())
        ClosingAnswer.objects.create(
            relationship=pair, role="mentee", rating=4, goals_reached="yes", met_enough=True, would_again=True,
            answered_at=timezone.now(),
        )  # fmt: skip

    section = report(scene)["closing"]

    assert ("Mentees rate it 4.0 of 5 (5 answers)." in section.sentence) is shown
    assert (section.chart is not None) is shown


def test_facts__grant_for_one_organisation__counts_its_people_only() -> None:
    scene = counted_by_hand()
    ash = scene.mentees[0].profile.organisation
    narrow = scenes.user("Nia Narrow")
    CoordinatorGrant.objects.create(programme=scene.programme, user=narrow, organisation=ash)
    outsider = scenes.programme_with_cohort().coordinator

    facts = facts_of(narrow, [scene.cohort])[scene.cohort.pk]

    assert {mentee.school for mentee in facts.mentees} == {"Ash"}
    assert len(facts.pairs) == 2
    assert not facts_of(outsider, [scene.cohort])[scene.cohort.pk].applications


@pytest.mark.parametrize("size", [2, 9])
def test_facts__cohort_grows__six_queries(size: int, django_assert_num_queries: Any) -> None:
    scene = scenes.ready_to_match(size, size)
    for number in range(size):
        held(live_pair(scene, number, began=timezone.localdate()), timezone.localdate())
    with django_assert_num_queries(6):
        facts = facts_of(scene.coordinator, [scene.cohort])
    assert len(facts[scene.cohort.pk].pairs) == size


def test_evidence__each_standard__has_something_to_show() -> None:
    scene = counted_by_hand()
    facts = facts_of(scene.coordinator, [scene.cohort])[scene.cohort.pk]
    standards = pack(facts, hide=False)
    assert [standard.number for standard in standards] == [1, 2, 3, 4, 5, 6]
    assert all(standard.does for standard in standards)
    assert [section.key for section in standards[3].figures] == [
        "time-to-meeting",
        "meetings",
        "at-risk",
        "endings",
        "closing",
    ]
    assert not any("training before" in sentence for sentence in standards[1].does)
    facts.cohort.programme.training_needed = True
    assert any("training before" in sentence for sentence in pack(facts, hide=False)[1].does)


def test_report__nothing_yet__says_so_without_a_chart_of_nothing() -> None:
    scene = scenes.programme_with_cohort()
    for section in report(scene).values():
        assert section.sentence
        assert section.chart is None or section.chart.is_empty
