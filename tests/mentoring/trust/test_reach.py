"""A grant for one organisation: what it shows, what it allows, and what it hides, in lists and by address."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, CoordinatorGrant, Organisation, Proposal, Relationship
from mentoring.programmes import grants, services
from mentoring.programmes.models import CohortState, EnrolmentState, GrantRole
from mentoring.programmes.services import email_of, tell
from mentoring.proposals.models import ProposalState
from mentoring.proposals.runs import start_run
from mentoring.proposals.services import approve, bulk_approve, plan_bulk_approval
from mentoring.relationships.models import RelationshipState
from mentoring.trust import access
from mentoring.trust.reach import CONCERNS, REPORTING, grants_of, reach_of, within
from tests.mentoring import scenes
from tests.signing_in import sign_in
from tests.support.queries import warm_cost

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> scenes.Scene:
    """Three pairs; the first pair's people work at schools of a trust that somebody coordinates."""
    made = scenes.with_proposals(3)
    for person in (made.mentees[0], made.mentors[0]):
        person.profile.organisation.parent = below(made)
        person.profile.organisation.save()
    return made


def below(scene: scenes.Scene) -> Organisation:
    row, _ = Organisation.objects.get_or_create(name=f"Part of {scene.programme}", kind="trust")
    return row


def narrowed(scene: scenes.Scene, organisation: Organisation | None = None, **fields: Any) -> Any:
    """Somebody who coordinates only the people of one organisation."""
    user = scenes.user("Nara Row")
    CoordinatorGrant.objects.create(
        programme=scene.programme, user=user, organisation=organisation or below(scene), **fields
    )
    user.groups.add(grants.coordinators_group())
    return user


def pair(scene: scenes.Scene, number: int) -> Proposal:
    return Proposal.objects.get(mentee=scene.mentees[number], mentor=scene.mentors[number])


def test_lists__grant_for_one_organisation__show_its_people_and_their_pairs(scene: scenes.Scene) -> None:
    user = narrowed(scene)
    assert set(access.enrolments_for(user)) == {scene.mentees[0], scene.mentors[0]}
    assert set(access.proposals_for(user)) == {pair(scene, 0)}
    assert set(access.profiles_for(user)) == {scene.mentees[0].profile, scene.mentors[0].profile}
    assert set(access.cohorts_for(user)) == {scene.cohort}
    for number, person in enumerate((scene.mentees[0], scene.mentees[1])):
        tell(person, "match_ended", key=f"test:{number}")
    assert [mail.recipient for mail in access.messages_for(user)] == [email_of(scene.mentees[0].profile)]
    assert access.messages_for(scene.coordinator).count() == 2


def test_lists__several_levels_below__are_inside(scene: scenes.Scene) -> None:
    top = Organisation.objects.create(name="Authority", kind="local_authority")
    trust = below(scene)
    trust.parent = top
    trust.save()
    user = narrowed(scene, top)
    assert set(access.enrolments_for(user)) == {scene.mentees[0], scene.mentors[0]}
    assert reach_of(user, scene.programme.pk).covers(scene.mentees[0].profile.organisation_id)


def test_pair__only_one_side_inside__is_seen_and_decided_by_the_mentees_side(scene: scenes.Scene) -> None:
    theirs = scenes.proposed(scene, 1, 0)  # the mentor is inside, the mentee is not
    user = narrowed(scene)
    assert theirs in access.proposals_for(user)
    with pytest.raises(MentoringError, match="coordinator of the mentee’s organisation"):
        approve(proposal=theirs, actor=user, version=theirs.version)
    ours = scenes.proposed(scene, 0, 1)
    assert approve(proposal=ours, actor=user, version=ours.version).state != "draft"


def test_bulk__pairs_in_and_out_of_the_grant__each_has_its_own_result(scene: scenes.Scene) -> None:
    user = narrowed(scene)
    theirs = scenes.proposed(scene, 1, 0)
    rows = [pair(scene, 0), theirs]
    assert [row.done for row in plan_bulk_approval(rows, actor=user)] == [True, False]
    assert [row.done for row in bulk_approve([(row, row.version) for row in rows], actor=user)] == [True, False]


def addresses(scene: scenes.Scene, number: int) -> list[tuple[str, dict[str, Any]]]:
    decide = {"version": 1, "note": "no"}
    return [
        (reverse("mentoring_enrolment:decide", args=[scene.mentees[number].pk]), {"do": "decline", **decide}),
        (reverse("mentoring_enrolment:decide", args=[scene.mentors[number].pk]), {"do": "withdraw", **decide}),
        (reverse("mentoring_proposal:pair", args=[pair(scene, number).pk]), {"do": "approve", **decide}),
        (reverse("mentoring_person:inspect", args=[scene.mentees[number].profile.pk]), {}),
    ]


def test_addresses__of_people_outside_the_grant__are_404_and_change_nothing(scene: scenes.Scene) -> None:
    client = Client()
    sign_in(client, narrowed(scene))
    trail = AuditEvent.objects.count()
    for address, form in addresses(scene, 1):
        assert client.get(address).status_code == 404, address
        assert client.post(address, form).status_code in (404, 405), address
    assert AuditEvent.objects.count() == trail
    for address, _ in addresses(scene, 0):
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("kind", ["enrolment", "proposal", "person", "outbox"])
@pytest.mark.parametrize("export", ["", "csv"])
def test_lists_and_exports__people_outside_the_grant__are_not_in_them(
    scene: scenes.Scene, kind: str, export: str
) -> None:
    tell(scene.mentees[1], "match_ended", key="test")
    client = Client()
    sign_in(client, narrowed(scene))
    answer = client.get(reverse(f"mentoring_{kind}:index"), {"export": export} if export else {})
    text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()  # type: ignore[attr-defined]
    outside = scene.mentees[1].profile
    assert outside.display_name not in text
    assert outside.organisation.name not in text
    assert email_of(outside) not in text
    assert kind == "outbox" or scene.mentees[0].profile.display_name in text


def test_whole_programme__matters_of_everybody__are_refused_to_a_part(scene: scenes.Scene) -> None:
    user = narrowed(scene)
    for attempt in (
        lambda: start_run(cohort=scene.cohort, actor=user),
        lambda: services.move_cohort(cohort=scene.cohort, to=CohortState.RUNNING, actor=user, version=1),
    ):
        with pytest.raises(MentoringError, match="one organisation"):
            attempt()
    client = Client()
    sign_in(client, user)
    assert client.get(reverse("mentoring_cohort:edit", args=[scene.cohort.pk])).status_code == 404
    assert client.get(reverse("mentoring_import:upload")).status_code == 404
    assert scene.run is not None
    assert client.get(reverse("mentoring_run:pack", args=[scene.run.pk])).status_code == 404


def test_application__of_a_person_outside__cannot_be_made_or_decided(scene: scenes.Scene) -> None:
    user = narrowed(scene)
    with pytest.raises(MentoringError, match="does not include this person"):
        services.enrol(cohort=scene.cohort, profile=scenes.person(), as_role="mentee", actor=user)
    inside = scenes.person(at=below(scene))
    assert services.enrol(cohort=scene.cohort, profile=inside, as_role="mentee", actor=user).pk
    waiting = scenes.enrolled(scene, scenes.person(), "mentee", state=EnrolmentState.SUBMITTED)
    with pytest.raises(MentoringError, match="does not include this person"):
        services.accept(enrolment=waiting, actor=user, version=waiting.version)


def test_relationship__either_side_inside__is_seen(scene: scenes.Scene) -> None:
    rows = [
        Relationship.objects.create(
            proposal=scenes.proposed(scene, mentee, mentor, state=ProposalState.PUBLISHED),
            cohort=scene.cohort,
            mentee=scene.mentees[mentee],
            mentor=scene.mentors[mentor],
            state=RelationshipState.AGREEING,
            expected_end=timezone.localdate() + dt.timedelta(days=200),
            turn_since=timezone.now(),
        )
        for mentee, mentor in ((0, 1), (1, 0), (2, 2))
    ]
    assert set(access.relationships_for(narrowed(scene))) == set(rows[:2])
    assert set(access.relationships_for(scene.coordinator)) == set(rows)
    assert not access.relationships_for(scenes.with_proposals(1).coordinator).exists()


def test_screens__grant_for_one_organisation__cost_the_same_at_any_size(scene: scenes.Scene) -> None:
    user = narrowed(scene)
    client = Client()
    sign_in(client, user)
    costs = []
    for _ in range(2):
        costs += [len(warm_cost(client, reverse(f"mentoring_{kind}:index"))) for kind in ("enrolment", "proposal")]
        for _ in range(20):
            scenes.enrolled(scene, scenes.person(at=below(scene)), "mentee")
            scenes.proposed(scene, len(scene.mentees) - 1, 1)
    assert costs[:2] == costs[2:]
    assert max(costs) <= 20


@pytest.mark.parametrize("role", [GrantRole.CONCERNS, GrantRole.REPORTER])
def test_other_roles__see_no_people__and_count_only_as_what_they_are(scene: scenes.Scene, role: GrantRole) -> None:
    user = scenes.user("Ronan Other")
    grants.grant(programme=scene.programme, user=user, role=role, actor=scene.owner)
    assert not access.programmes_for(user).exists()
    for rows in (access.enrolments_for, access.proposals_for, access.profiles_for, access.messages_for):
        assert not rows(user).exists()
    assert grants_of(user, CONCERNS).exists() == (role == GrantRole.CONCERNS)
    assert access.reports_for(user).exists() == (role == GrantRole.REPORTER)
    assert access.reports_for(scene.coordinator).get() == scene.programme
    assert not grants_of(scene.owner, CONCERNS).exists()


def test_within__concerns_and_reports_of_one_organisation__are_narrowed_too(scene: scenes.Scene) -> None:
    rows = type(scene.mentees[0]).objects.all()
    for role, roles in ((GrantRole.CONCERNS, CONCERNS), (GrantRole.REPORTER, REPORTING)):
        user = scenes.user("Ronan Other")
        grants.grant(programme=scene.programme, user=user, role=role, actor=scene.owner, organisation=below(scene))
        inside = within(user, programme="cohort__programme", people=["profile__organisation"], roles=roles)
        assert set(rows.filter(inside)) == {scene.mentees[0], scene.mentors[0]}


def test_grant__concerns_beside_coordinating__is_a_grant_of_its_own(scene: scenes.Scene) -> None:
    user = scene.coordinator
    grants.grant(programme=scene.programme, user=user, role=GrantRole.CONCERNS, actor=scene.owner)
    assert grants_of(user, CONCERNS).exists()
    assert access.runs_programme(user, scene.programme.pk)
    with pytest.raises(MentoringError, match="nobody opens concerns for themselves"):
        grants.grant(programme=scene.programme, user=scene.owner, role=GrantRole.CONCERNS, actor=scene.owner)


def test_grant__owner_of_a_part__is_refused_and_the_database_refuses_too(scene: scenes.Scene) -> None:
    user = scenes.user("New Owner")
    with pytest.raises(MentoringError, match="owns the whole programme"):
        grants.grant(
            programme=scene.programme, user=user, role=GrantRole.OWNER, actor=scene.owner, organisation=below(scene)
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        narrowed(scene, role=GrantRole.OWNER)
    with pytest.raises(IntegrityError), transaction.atomic():
        CoordinatorGrant.objects.create(programme=scene.programme, user=scene.owner, role=GrantRole.COORDINATOR)


def test_grant__narrowed_again__changes_the_same_row_and_says_so_in_the_trail(scene: scenes.Scene) -> None:
    row = grants.grant(
        programme=scene.programme,
        user=scene.coordinator,
        role=GrantRole.COORDINATOR,
        actor=scene.owner,
        organisation=below(scene),
    )
    assert row.pk == scene.programme.grants.get(user=scene.coordinator).pk
    event = AuditEvent.objects.filter(action="mentoring.grant.given").latest("pk")
    assert (event.before["organisation"], event.after["organisation"]) == (None, below(scene).pk)
    assert set(access.proposals_for(scene.coordinator)) == {pair(scene, 0)}


def test_grant__past_its_last_day__shows_nothing(scene: scenes.Scene) -> None:
    user = narrowed(scene, expires_on=timezone.localdate() - dt.timedelta(days=1))
    assert not access.enrolments_for(user).exists()
    assert not reach_of(user, scene.programme.pk)


def test_revoke__twice__ends_it_once(scene: scenes.Scene) -> None:
    row = scene.programme.grants.get(user=scene.coordinator)
    twin = CoordinatorGrant.objects.get(pk=row.pk)
    grants.revoke(grant=row, actor=scene.owner)
    grants.revoke(grant=twin, actor=scene.owner)
    assert AuditEvent.objects.filter(action="mentoring.grant.ended").count() == 1
