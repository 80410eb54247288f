"""Two at the same moment: the last place of a day, and two heads' answers. With negative controls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from mentoring.errors import MentoringError, Stale
from mentoring.models import AuditEvent, Outbox, Placement, PlacementApproval, PlacementDay
from mentoring.placements import approvals, clocks, moves, requests, steps
from tests.mentoring import scenes
from tests.support import races

from . import visits

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 4
together = partial(races.together, doors=[(requests, "before_write"), (approvals, "before_write")])


def two_for_one_day() -> tuple[visits.Stage, list[Callable[[], Any]]]:
    stage = visits.staged()
    rival = scenes.enrolled(stage.scene, scenes.person("Rhea Rival"), "mentee")
    return stage, [lambda: stage.ask(), lambda: stage.ask(who=rival)]


def test_race__last_place_of_a_day__is_given_once() -> None:
    for _ in range(ROUNDS):
        stage, acts = two_for_one_day()
        results = together(*acts)
        assert Placement.objects.filter(offer=stage.offer).count() == 1
        refused = [r for r in results if isinstance(r, MentoringError)]
        assert [str(r).startswith("The place on") for r in refused] == [True]


def test_race__last_place_of_a_day__is_given_twice_without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "lock_schools", lambda *ids: None)
    wrong = 0
    for _ in range(ROUNDS):
        stage, acts = two_for_one_day()
        # The offer's own row is locked too: two offers of one school have no row in common but the school's.
        host = scenes.person("Second Host", at=stage.offer.organisation)
        scenes.enrolled(stage.scene, host, "mentor")
        second = visits.open_offer(stage.scene, host, stage.days, head_email="second.head@example.org")
        rival = scenes.enrolled(stage.scene, scenes.person("Rhea Rival"), "mentee")
        other = visits.Stage(stage.scene, rival, host, second, stage.days)
        together(acts[0], other.ask)
        wrong += Placement.objects.filter(offer__organisation=stage.offer.organisation).count() > 1
    assert wrong


def test_race__two_offers_of_one_school_on_one_day__is_given_once() -> None:
    for _ in range(ROUNDS):
        stage, acts = two_for_one_day()
        host = scenes.person("Second Host", at=stage.offer.organisation)
        scenes.enrolled(stage.scene, host, "mentor")
        second = visits.open_offer(stage.scene, host, stage.days, head_email="second.head@example.org")
        rival = scenes.enrolled(stage.scene, scenes.person("Rhea Rival"), "mentee")
        other = visits.Stage(stage.scene, rival, host, second, stage.days)
        together(acts[0], other.ask)
        assert Placement.objects.filter(offer__organisation=stage.offer.organisation).count() == 1


def test_race__both_heads_at_once__both_count_and_the_coordinator_is_told_once() -> None:
    for _ in range(ROUNDS):
        stage = visits.staged()
        row = stage.ask()
        home, host = visits.link_to("head.home@example.org"), visits.link_to("head.host@example.org")
        together(
            lambda home=home: approvals.answer(
                link=home, decision="yes", cover="not_needed", statement=True, name="Head"
            ),
            lambda host=host: approvals.answer(link=host, decision="yes"),
        )
        decisions = PlacementApproval.objects.filter(placement=row).values_list("decision", flat=True)
        assert list(decisions) == ["yes", "yes"]
        assert Outbox.objects.filter(template="placement_news", key__startswith=f"placement:{row.pk}:").count() == 1


def unlocked(placement: Placement | int, *further: int) -> Placement:
    """What `locked` reads, without a lock."""
    pk = placement if isinstance(placement, int) else placement.pk
    return Placement.objects.select_related(
        "enrolment__profile__organisation", "enrolment__cohort__programme", "offer__organisation", "offer__host__user"
    ).get(pk=pk)


def confirmed_while_a_head_is_asked_anew() -> bool:
    """Whether a visit came out confirmed without both heads' yes."""
    stage = visits.staged()
    row = stage.heads_agree(stage.ask())
    coordinator, approval = stage.scene.coordinator, row.approvals.get(party="releasing_head")
    results = races.together(
        lambda: steps.confirm(placement=row, actor=coordinator, version=row.version),
        lambda: requests.ask_another_head(
            approval=approval, actor=coordinator, email="new@example.org", version=row.version
        ),
        doors=[(steps, "before_write"), (requests, "before_write")],
    )
    assert not any(isinstance(result, Exception) and not isinstance(result, MentoringError) for result in results)
    agreed = not row.approvals.exclude(decision="yes").exists()
    return visits.state(row) == "confirmed" and not agreed


def test_race__confirming_while_a_head_is_asked_anew__never_confirms_without_both() -> None:
    assert not any(confirmed_while_a_head_is_asked_anew() for _ in range(ROUNDS))


def test_race__confirming_while_a_head_is_asked_anew__goes_wrong_without_the_lock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (requests, steps):
        monkeypatch.setattr(module, "locked", unlocked)
    assert any(confirmed_while_a_head_is_asked_anew() for _ in range(ROUNDS))


def lapsed_by_two_clocks() -> int:
    """How often the trail says that one visit lapsed."""
    row = visits.staged().ask()
    Placement.objects.filter(pk=row.pk).update(answer_by="2020-01-01")
    races.together(clocks.run_due, clocks.run_due, doors=[(clocks, "record")])
    assert visits.state(row) == "lapsed"
    return AuditEvent.objects.filter(action="mentoring.placement.lapsed", object_id=str(row.pk)).count()


def test_race__two_clocks__lapse_a_visit_once() -> None:
    assert {lapsed_by_two_clocks() for _ in range(ROUNDS)} == {1}


def test_race__two_clocks__lapse_it_twice_without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "locked", unlocked)
    assert max(lapsed_by_two_clocks() for _ in range(ROUNDS)) == 2


def two_moved_to_one_day() -> int:
    """Visits at two doors of one school, moved to the same day at once: how many stand on it afterwards."""
    stage = visits.staged()
    host = scenes.person("Second Host", at=stage.offer.organisation)
    scenes.enrolled(stage.scene, host, "mentor")
    second = visits.open_offer(stage.scene, host, stage.days, head_email="second.head@example.org")
    rival = scenes.enrolled(stage.scene, scenes.person("Rhea Rival"), "mentee")
    one, other = stage.ask(stage.days[0]), visits.Stage(stage.scene, rival, host, second, stage.days).ask(stage.days[1])
    moved_there = [partial(moved, stage, row, stage.days[2]) for row in (one, other)]
    results = races.together(*moved_there, doors=[(moves, "before_write")])
    assert not any(isinstance(result, Exception) and not isinstance(result, MentoringError) for result in results)
    return PlacementDay.objects.filter(date=stage.days[2], placement__offer__organisation=host.organisation).count()


def moved(stage: visits.Stage, row: Placement, *days: dt.date) -> Placement:
    return moves.move_visit(placement=row, actor=stage.scene.coordinator, days=days, version=row.version)


def test_race__two_visits_moved_to_the_last_place_of_a_day__one_gets_it() -> None:
    assert {two_moved_to_one_day() for _ in range(ROUNDS)} == {1}


def test_race__two_visits_moved_to_the_last_place_of_a_day__both_get_it_without_the_lock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(moves, "locked", unlocked)
    assert max(two_moved_to_one_day() for _ in range(ROUNDS)) == 2


def test_race__two_coordinators_move_one_visit__the_second_looks_again_and_mails_go_once() -> None:
    for _ in range(ROUNDS):
        stage = visits.staged()
        row = stage.ask(stage.days[0])
        results = races.together(
            partial(moved, stage, row, stage.days[1]),
            partial(moved, stage, row, stage.days[2]),
            doors=[(moves, "before_write")],
        )
        assert [isinstance(result, Stale) for result in results].count(True) == 1
        assert row.days.count() == 1
        assert Outbox.objects.filter(template="placement_moved", recipient=stage.user.email).count() == 1
