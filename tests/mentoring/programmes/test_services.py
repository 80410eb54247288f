"""Applying, deciding, changing one's mind: who may, when, and what it leaves behind."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from mentoring.errors import MentoringError, Stale, WrongMove
from mentoring.models import AuditEvent, CoordinatorGrant, Enrolment, Outbox
from mentoring.programmes import applying, grants, services
from mentoring.programmes.consent import CONSENT_VERSION
from mentoring.programmes.models import CohortState, EnrolmentRole, EnrolmentState, GrantRole
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> scenes.Scene:
    return scenes.programme_with_cohort(state=CohortState.OPEN)


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def bring_in(scene: scenes.Scene, profile: Any, **fields: Any) -> Enrolment:
    given: dict[str, Any] = {"as_role": EnrolmentRole.MENTEE, "goals": "To lead well.", "actor": scene.coordinator}
    return services.enrol(cohort=scene.cohort, profile=profile, **{**given, **fields})


def apply(
    scene: scenes.Scene, profile: Any, *, as_role: str = "mentee", goal: str = "To lead well", capacity: int = 1
) -> Enrolment:
    """As members do: begun, written, sent."""
    who = profile.user
    row = applying.begin(cohort=scene.cohort, profile=profile, as_role=as_role, actor=who)
    fields: dict[str, Any] = {"goal_rows": [(goal, "")]} if as_role == "mentee" else {"capacity": capacity}
    row = applying.save_part(enrolment=row, actor=who, version=row.version, **fields)
    if row.state == EnrolmentState.SUBMITTED:
        return row
    return applying.send(enrolment=row, actor=who, version=row.version, consent_version=CONSENT_VERSION, adult=True)


@pytest.mark.parametrize("coordinates", [False, True])
def test_enrol__oneself__is_refused_as_only_the_page_asks_whether_one_is_an_adult(
    scene: scenes.Scene, coordinates: bool
) -> None:
    who = scenes.person("Ann", who=scene.coordinator) if coordinates else scenes.person("Ann")
    with pytest.raises(MentoringError, match="apply for yourself on the page of the programme"):
        bring_in(scene, who, actor=who.user)
    assert not Enrolment.objects.exists()
    assert not Outbox.objects.exists()


def test_apply__member_applies_twice__is_one_application_and_one_mail(scene: scenes.Scene) -> None:
    who = scenes.person("Ann")
    assert apply(scene, who).pk == apply(scene, who).pk
    row = Enrolment.objects.get()
    assert (row.state, row.capacity) == (EnrolmentState.SUBMITTED, 1)
    assert actions() == ["mentoring.enrolment.begun", "mentoring.enrolment.submitted"]
    assert list(Outbox.objects.values_list("template", "recipient")) == [("application_received", who.user.email)]


def test_apply__both_roles__are_two_applications(scene: scenes.Scene) -> None:
    who = scenes.person("Ann")
    apply(scene, who)
    apply(scene, who, as_role="mentor", capacity=3)
    assert sorted(Enrolment.objects.values_list("as_role", "capacity")) == [("mentee", 1), ("mentor", 3)]


@pytest.mark.parametrize(
    "change",
    [
        {"state": CohortState.DRAFT},
        {"state": CohortState.MATCHING},
        {"apply_to": -1},
        {"apply_from": 1},
    ],
)
def test_apply__cohort_is_not_open__member_is_refused(scene: scenes.Scene, change: dict[str, Any]) -> None:
    for name, value in change.items():  # days are counted when the test runs, not when it is read
        day = timezone.localdate() + dt.timedelta(days=value) if isinstance(value, int) else value
        setattr(scene.cohort, name, day)
    scene.cohort.save()
    with pytest.raises(MentoringError, match="does not take applications"):
        apply(scene, scenes.person("Ann"))
    assert not Outbox.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"as_role": EnrolmentRole.MENTOR, "capacity": 7}, "between 0 and 6"),
        ({"as_role": EnrolmentRole.MENTOR, "capacity": -1}, "between 0 and 6"),
        ({"goals": "x" * 2001}, "below 2,000"),
        ({"consent_version": ""}, "agreement"),
    ],
)
def test_enrol__what_cannot_be_stored__is_refused_with_a_sentence(
    scene: scenes.Scene, fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(MentoringError, match=sentence):
        bring_in(scene, scenes.person("Ann"), **fields)
    assert not Enrolment.objects.exists()


def test_enrol__by_a_coordinator__is_ready_at_once_and_tells_the_person(scene: scenes.Scene) -> None:
    who = scenes.person("Ann")
    row = bring_in(scene, who)
    assert bring_in(scene, who).pk == row.pk
    assert row.state == EnrolmentState.ELIGIBLE
    assert list(Outbox.objects.values_list("template", "recipient")) == [("application_accepted", who.user.email)]


def test_enrol__by_a_stranger_for_somebody__is_refused(scene: scenes.Scene) -> None:
    with pytest.raises(MentoringError, match="do not coordinate"):
        bring_in(scene, scenes.person("Ann"), actor=scenes.user("Stranger"))


def test_apply__after_withdrawing__is_the_same_row_again_and_only_by_oneself(scene: scenes.Scene) -> None:
    who = scenes.person("Ann")
    row = apply(scene, who)
    services.withdraw(enrolment=row, actor=who.user)
    with pytest.raises(MentoringError, match="Only they can apply again"):
        bring_in(scene, who)
    again = apply(scene, who, goal="Something new")
    assert (again.pk, again.state) == (row.pk, EnrolmentState.SUBMITTED)
    assert [goal.text for goal in again.goal_set.all()] == ["Something new"]


def test_enrol__after_not_being_accepted__the_coordinator_can_still_let_them_in(scene: scenes.Scene) -> None:
    who = scenes.person("Ann")
    row = apply(scene, who)
    services.decline(enrolment=row, actor=scene.coordinator, version=row.version, note="Next year")
    with pytest.raises(MentoringError, match="applied before"):
        apply(scene, who)
    assert bring_in(scene, who).state == EnrolmentState.ELIGIBLE


@pytest.mark.parametrize("verb", ["accept", "decline"])
def test_decide__twice_from_one_form__has_one_effect(scene: scenes.Scene, verb: str) -> None:
    row = apply(scene, scenes.person("Ann"))
    before, version = len(actions()), row.version
    for _ in range(2):
        getattr(services, verb)(enrolment=row, actor=scene.coordinator, version=version, note="n")
    assert len(actions()) == before + 1
    assert Outbox.objects.count() == 2


def test_decide__form_is_older_than_the_row__is_stale(scene: scenes.Scene) -> None:
    row = apply(scene, scenes.person("Ann"))
    applying.save_part(enrolment=row, actor=row.profile.user, version=row.version, goals="Changed")
    with pytest.raises(Stale):
        services.accept(enrolment=row, actor=scene.coordinator, version=row.version)


def test_decide__about_oneself__is_refused(scene: scenes.Scene) -> None:
    row = apply(scene, scenes.person("Cora", who=scene.coordinator))
    with pytest.raises(MentoringError, match="Another coordinator"):
        services.accept(enrolment=row, actor=scene.coordinator, version=row.version)
    services.accept(enrolment=row, actor=scene.owner, version=row.version)


def test_decide__application_already_withdrawn__is_a_wrong_move(scene: scenes.Scene) -> None:
    row = apply(scene, scenes.person("Ann"))
    services.withdraw(enrolment=row, actor=row.profile.user)
    with pytest.raises(WrongMove, match="cannot become"):
        services.accept(enrolment=row, actor=scene.coordinator, version=row.version + 1)


def test_decline__with_an_approved_match__is_refused() -> None:
    from mentoring.proposals.services import approve

    scene = scenes.with_proposals(1)
    pair = scene.mentees[0].proposals_as_mentee.get()
    approve(proposal=pair, actor=scene.coordinator, version=1)
    with pytest.raises(MentoringError, match="has a match, or an offer"):
        services.decline(enrolment=scene.mentees[0], actor=scene.coordinator, version=1)


def test_person_without_an_address__is_enrolled_and_nothing_is_sent(scene: scenes.Scene) -> None:
    who = scenes.person("Ann")
    who.user.email = ""
    who.user.save()
    assert apply(scene, who).pk
    assert bring_in(scene, who, as_role="mentor").pk
    assert not Outbox.objects.exists()


def test_grant__gives_the_group_and_a_mail__revoking_takes_it_back(scene: scenes.Scene) -> None:
    new = scenes.user("New Coordinator")
    for _ in range(2):
        row = grants.grant(
            programme=scene.programme, user=new, role=GrantRole.COORDINATOR, actor=scene.owner, expires_on=None
        )
    assert new.has_perm("wagtailadmin.access_admin")
    assert actions() == ["mentoring.grant.given"]
    assert list(Outbox.objects.values_list("template", "recipient")) == [("grant_given", new.email)]
    grants.revoke(grant=row, actor=scene.owner)
    new = type(new).objects.get(pk=new.pk)
    assert not new.has_perm("wagtailadmin.access_admin")
    assert actions() == ["mentoring.grant.given", "mentoring.grant.ended"]


def test_grant__by_a_coordinator__is_refused(scene: scenes.Scene) -> None:
    with pytest.raises(MentoringError, match="owner"):
        grants.grant(programme=scene.programme, user=scenes.user("N"), role="owner", actor=scene.coordinator)


def test_grant__last_day_is_past__is_refused(scene: scenes.Scene) -> None:
    with pytest.raises(MentoringError, match="past"):
        grants.grant(
            programme=scene.programme,
            user=scenes.user("N"),
            role="coordinator",
            actor=scene.owner,
            expires_on=timezone.localdate() - dt.timedelta(days=1),
        )


def test_grant__ran_out__the_person_leaves_the_group_at_the_next_round(scene: scenes.Scene) -> None:
    CoordinatorGrant.objects.filter(user=scene.coordinator).update(
        expires_on=timezone.localdate() - dt.timedelta(days=1)
    )
    assert grants.close_expired() == 1
    assert grants.close_expired() == 0
    assert not scene.coordinator.groups.exists()
    assert scene.owner.groups.exists()


def test_cohort__moves_and_stale_forms(scene: scenes.Scene) -> None:
    scene.cohort.apply_to = timezone.localdate() - dt.timedelta(days=1)
    scene.cohort.save()
    with pytest.raises(WrongMove):
        services.move_cohort(cohort=scene.cohort, to=CohortState.CLOSED, actor=scene.coordinator, version=1)
    for _ in range(2):
        services.move_cohort(cohort=scene.cohort, to=CohortState.MATCHING, actor=scene.coordinator, version=1)
    with pytest.raises(Stale):
        services.move_cohort(cohort=scene.cohort, to=CohortState.RUNNING, actor=scene.coordinator, version=1)
    assert actions() == ["mentoring.cohort.matching"]


def test_cohort__to_matching_while_people_may_apply__is_refused_until_the_day_is_past(scene: scenes.Scene) -> None:
    given: dict[str, Any] = {"to": CohortState.MATCHING, "actor": scene.coordinator, "version": 1}
    for days in (10, 0):
        scene.cohort.apply_to = timezone.localdate() + dt.timedelta(days=days)
        scene.cohort.save()
        with pytest.raises(MentoringError, match=f"Applications come in until {scene.cohort.apply_to:%-d %B %Y}"):
            services.move_cohort(cohort=scene.cohort, **given)
    assert actions() == []
    scene.cohort.apply_to = timezone.localdate() - dt.timedelta(days=1)
    scene.cohort.save()
    assert services.move_cohort(cohort=scene.cohort, **given).state == CohortState.MATCHING


def test_cohort__open_all_year__is_matched_without_leaving_open(scene: scenes.Scene) -> None:
    from mentoring.proposals.runs import start_run

    for role in ("mentee", "mentor"):
        scenes.enrolled(scene, scenes.person(role), role)
    assert start_run(cohort=scene.cohort, actor=scene.coordinator).pk
    scene.cohort.refresh_from_db()
    assert scene.cohort.state == CohortState.OPEN
