"""The joint plan of a cohort: from rows to a plan and back, under every limit, with reasons and nothing decided."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, MatchRun, Placement, Proposal
from mentoring.placements.models import PlacementState
from mentoring.proposals import queries, runs
from mentoring.proposals.erasure import forget
from mentoring.proposals.models import RunKind, RunState
from mentoring.reports.packs import repeat
from tests.mentoring import scenes

from . import visits

pytestmark = pytest.mark.django_db


def planned(scene: scenes.Scene) -> MatchRun:
    run = runs.start_run(cohort=scene.cohort, actor=scene.coordinator, kind=RunKind.JOINT)
    runs.execute_due()
    run.refresh_from_db()
    return run


def drafts(run: MatchRun) -> list[Placement]:
    return list(run.placements.filter(state=PlacementState.DRAFT).order_by("pk"))


def reason(run: MatchRun, who: Any) -> str:
    rows = [row for row in run.unmatched if row["role"] == "visitor" and row["enrolment"] == who.pk]
    return str(rows[0]["sentence"]) if rows else ""


@pytest.fixture
def stage() -> visits.Stage:
    return with_mentor(visits.staged())


def with_mentor(stage: visits.Stage) -> visits.Stage:
    """A mentor with room who works elsewhere: mentor and visit are at two schools."""
    scenes.enrolled(stage.scene, scenes.person("Mo Mentor", rank=30, offer=("behaviour",)), "mentor", capacity=6)
    return stage


def test_plan__one_visitor__gets_a_mentor_and_a_visit_at_two_schools(stage: visits.Stage) -> None:
    run = planned(stage.scene)
    assert run.state == RunState.COMPLETE, run.message
    assert run.message == "1 pair and 1 visit planned."
    (pair,), (visit,) = run.proposals.all(), drafts(run)
    assert str(pair.mentor.profile) == "Mo Mentor"
    assert (visit.offer, visit.enrolment) == (stage.offer, stage.visitor)
    assert visit.days.get().date in stage.days
    assert visit.reasons
    assert visit.answer_by is None
    assert run.stats["plan"]["proven"]
    assert run.stats["plan"]["served"] == 2
    assert AuditEvent.objects.get(action="mentoring.run.complete").after["visits"] == 1


def test_plan__again__drafts_make_way_and_are_noted(stage: visits.Stage) -> None:
    first = drafts(planned(stage.scene))
    second = drafts(planned(stage.scene))
    assert len(first) == len(second) == 1
    assert not Placement.objects.filter(pk=first[0].pk).exists()
    assert AuditEvent.objects.get(action="mentoring.run.dropped_drafts").after == {"placements": [first[0].pk]}


def test_plan__visits_that_stand__are_fixed_and_hold_their_days(stage: visits.Stage) -> None:
    stage.confirmed(stage.days[0])
    rival = scenes.enrolled(stage.scene, scenes.person("Rhea Rival"), "mentee")
    colleague = scenes.enrolled(stage.scene, scenes.person("Col", at=stage.visitor.profile.organisation), "mentee")
    (one, other) = drafts(planned(stage.scene))
    assert {one.enrolment, other.enrolment} == {rival, colleague}
    taken = {one.days.get().date, other.days.get().date}
    assert len(taken) == 2
    assert stage.days[0] not in taken


def bar_closed(stage: visits.Stage) -> str:
    place = stage.visitor.profile.organisation
    trust = scenes.Organisation.objects.create(name="The trust", kind="trust")
    place.parent = trust
    place.save()
    trust.calendar_exceptions.create(date_from=stage.days[0], date_to=stage.days[-1], kind="inset")
    return "closed, full, or lets nobody more go"


def bar_hosting(stage: visits.Stage) -> str:
    stage.offer.organisation.calendar_exceptions.create(
        date_from=stage.days[0], date_to=stage.days[-1], kind="exams", no_release=False
    )
    return "on a day that leaves time"


def bar_line(stage: visits.Stage) -> str:
    stage.visitor.profile.line_manager = scenes.person("The Boss", at=stage.offer.organisation)
    stage.visitor.profile.save()
    return "No open offer may be theirs"


def bar_record(stage: visits.Stage) -> str:
    from mentoring.models import Exclusion

    Exclusion.objects.create(
        programme=stage.scene.programme, person=stage.host, other_person=stage.visitor.profile, kind="other"
    )
    return "No open offer may be theirs"


def bar_record_of_school(stage: visits.Stage) -> str:
    from mentoring.models import Exclusion

    Exclusion.objects.create(
        programme=stage.scene.programme, person=stage.visitor.profile,
        other_organisation=stage.offer.organisation, kind="other",
    )  # fmt: skip
    return "No open offer may be theirs"


def bar_wish(stage: visits.Stage) -> str:
    from mentoring.programmes.wish_models import Avoidance

    Avoidance.objects.create(enrolment=stage.visitor, person=stage.host)
    return "No open offer may be theirs"


def bar_level(stage: visits.Stage) -> str:
    stage.offer.levels.add(scenes.level(60))
    return "No open offer may be theirs"


def bar_travel(stage: visits.Stage) -> str:
    for place, east in ((stage.visitor.profile.organisation, 400_000), (stage.offer.organisation, 600_000)):
        place.easting, place.northing = east, 300_000
        place.save()
    stage.visitor.max_travel_minutes = 30
    stage.visitor.save()
    return "No open offer may be theirs"


def bar_statement(stage: visits.Stage) -> str:
    place = stage.visitor.profile.organisation
    place.kind = "childminder"
    place.save()
    return "Nobody vouches for them"


def bar_refused(stage: visits.Stage) -> str:
    row = stage.ask()
    Placement.objects.filter(pk=row.pk).update(state="declined")
    return "No open offer may be theirs"


def bar_mentor(stage: visits.Stage) -> str:
    scenes.agreed(stage.scene)
    return "school of their mentor"


@pytest.mark.parametrize(
    "bar",
    [
        bar_closed, bar_hosting, bar_line, bar_record, bar_record_of_school, bar_wish, bar_level, bar_travel,
        bar_statement, bar_refused, bar_mentor,
    ],
    ids=lambda bar: bar.__name__,
)  # fmt: skip
def test_plan__something_bars_the_only_visit__is_none_with_its_reason(stage: visits.Stage, bar: Any) -> None:
    sentence = bar(stage)
    run = planned(stage.scene)
    assert not drafts(run)
    assert sentence in reason(run, stage.visitor)


def test_plan__childminder_with_a_statement__is_planned_within_it(stage: visits.Stage) -> None:
    bar_statement(stage)
    person = stage.visitor.profile
    person.assurances.create(
        organisation=person.organisation, route="authority", statement_version="1", confirmed_by="LA",
        confirmed_on=dt.date.today() - dt.timedelta(days=9), valid_until=stage.days[0],
    )  # fmt: skip
    (row,) = drafts(planned(stage.scene))
    assert row.days.get().date == stage.days[0]


def test_plan__residency__takes_days_in_a_row() -> None:
    stage = with_mentor(visits.staged(days_needed=2, kind="residency"))
    (row,) = drafts(planned(stage.scene))
    assert [day.date for day in row.days.all()] in (stage.days[:2], stage.days[1:])


def test_plan__more_visitors_than_days__says_who_and_what_would_give_way(stage: visits.Stage) -> None:
    for n in range(3):
        scenes.enrolled(stage.scene, scenes.person(f"Vic {n}"), "mentee")
    run = planned(stage.scene)
    assert len(drafts(run)) == 3
    left = [row for row in run.unmatched if row["role"] == "visitor"]
    assert [row["code"] for row in left] == ["shortage"]
    ways = [way for way in run.stats["plan"]["gives_way"] if way["kind"] == "host"]
    assert {way["who"] for way in ways} == {f"organisation-{stage.offer.organisation_id}"}
    assert all(way["people"] == 1 for way in ways)


def test_plan__repeated_from_its_file__is_the_same(stage: visits.Stage) -> None:
    run = planned(stage.scene)
    pack = json.loads(queries.pack(run))
    assert repeat(pack).agrees
    pack["inputs"]["visits"]["options"] = pack["inputs"]["visits"]["options"][:1]
    assert not repeat(pack).same_input


def test_forget__visitor_of_a_plan__leaves_no_journey_and_nothing_on_record(stage: visits.Stage) -> None:
    bar_record(stage)
    bar_travel(stage)
    run = planned(stage.scene)
    assert run.inputs["visits"]["exclusions"]
    forget(stage.visitor.profile)
    run.refresh_from_db()
    (visitor,) = run.inputs["visits"]["visitors"]
    assert (visitor["position"], visitor["max_travel_minutes"]) == (None, None)
    assert not run.inputs["visits"]["exclusions"]


def test_plan__nobody_opens_their_door__is_refused_with_a_sentence() -> None:
    scene = scenes.ready_to_match(1, 1)
    with pytest.raises(MentoringError, match="No school offers a visit"):
        planned(scene)
    assert not MatchRun.objects.exists()


def test_plan__exchange__is_left_to_its_two_people(stage: visits.Stage) -> None:
    type(stage.offer).objects.update(kind="exchange")
    with pytest.raises(MentoringError, match="No school offers a visit"):
        planned(stage.scene)


def test_plan__everybody_has_a_visit__is_refused_with_a_sentence(stage: visits.Stage) -> None:
    stage.ask()
    with pytest.raises(MentoringError, match="Nobody here waits for a visit"):
        planned(stage.scene)


def test_plan__worker_dies_before_the_end__leaves_nothing(stage: visits.Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from mentoring.placements import plans

    def die(*args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(plans, "note_plan", die)
    run = planned(stage.scene)
    assert run.state == RunState.FAILED
    assert not Placement.objects.exists()
    assert not Proposal.objects.exists()
