"""Approving and declining: who may, when, and what it leaves behind."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.models import AuditEvent, Enrolment, Outbox, Profile, Proposal
from mentoring.people.exclusion_models import Exclusion
from mentoring.programmes import services as programmes
from mentoring.programmes.models import EnrolmentState
from mentoring.programmes.wish_models import Avoidance
from mentoring.proposals import services
from mentoring.proposals.models import ProposalState
from mentoring.proposals.offers import approve_and_send
from mentoring.proposals.places import places_left
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> scenes.Scene:
    return scenes.with_proposals(2)


def first() -> Proposal:
    row = Proposal.objects.order_by("pk").first()
    assert row is not None
    return row


def untouched(pair: Proposal) -> bool:
    """Neither the pair nor the trail nor the outbox knows of an attempt."""
    pair.refresh_from_db()
    return (
        pair.state == ProposalState.DRAFT
        and pair.version == 1
        and not AuditEvent.objects.filter(object_type="mentoring.proposal").exists()
        and not Outbox.objects.exists()
    )


def test_approve__twice_from_the_same_form__has_one_effect(scene: scenes.Scene) -> None:
    for _ in range(2):
        pair = services.approve(proposal=first(), actor=scene.coordinator, version=1, note="ok")
    assert (pair.state, pair.version) == (ProposalState.APPROVED, 2)
    assert AuditEvent.objects.filter(action="mentoring.proposal.approved").count() == 1
    assert not Outbox.objects.exists()  # nobody is told before the offer is sent


def test_approve__form_older_than_the_pair__is_stale_and_says_who(scene: scenes.Scene) -> None:
    services.decline(proposal=first(), actor=scene.owner, version=1, note="too near")
    with pytest.raises(Stale, match=r"Olu Owner decided on it at .*: it is now “declined by the coordinator”"):
        services.approve(proposal=first(), actor=scene.coordinator, version=1)
    assert not Outbox.objects.exists()


def test_approve__mentor_already_full__is_refused_and_nothing_is_sent(scene: scenes.Scene) -> None:
    other = scenes.proposed(scene, 1, 0)
    services.approve(proposal=first(), actor=scene.coordinator, version=1)
    sent = Outbox.objects.count()
    with pytest.raises(MentoringError, match="has no place left"):
        services.approve(proposal=other, actor=scene.coordinator, version=1)
    assert Outbox.objects.count() == sent


def test_approve__mentee_already_has_a_mentor__is_refused(scene: scenes.Scene) -> None:
    other = scenes.proposed(scene, 0, 1)
    services.approve(proposal=first(), actor=scene.coordinator, version=1)
    with pytest.raises(MentoringError, match="already has a mentor in this cohort, or an offer on the way"):
        services.approve(proposal=other, actor=scene.coordinator, version=1)


def same_school(pair: Proposal) -> None:
    pair.mentor.profile.organisation = pair.mentee.profile.organisation
    pair.mentor.profile.save()


def manager(pair: Proposal) -> None:
    pair.mentee.profile.line_manager = pair.mentor.profile
    pair.mentee.profile.save()


def manager_by_address(pair: Proposal) -> None:
    pair.mentee.profile.line_manager_email = pair.mentor.profile.user.email.upper()
    pair.mentee.profile.save()


def report(pair: Proposal) -> None:
    pair.mentor.profile.line_manager = pair.mentee.profile
    pair.mentor.profile.save()


def gone(pair: Proposal) -> None:
    pair.mentee.state = EnrolmentState.DECLINED
    pair.mentee.save()


def older_wording(pair: Proposal) -> None:
    Enrolment.objects.filter(pk=pair.mentor_id).update(consent_version="2019-01")


def older_wording_of_the_mentee(pair: Proposal) -> None:
    Enrolment.objects.filter(pk=pair.mentee_id).update(consent_version="2019-01")


def on_a_break(pair: Proposal) -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    Profile.objects.filter(pk=pair.mentor.profile_id).update(paused_until=tomorrow)


def kept_apart(pair: Proposal) -> None:
    Exclusion.objects.create(
        programme=pair.cohort.programme, person=pair.mentor.profile, other_person=pair.mentee.profile, reason="r"
    )


def kept_from_the_school(pair: Proposal) -> None:
    where = pair.mentor.profile.organisation
    Exclusion.objects.create(
        programme=pair.cohort.programme, person=pair.mentee.profile, other_organisation=where, reason="r"
    )


def rather_not(pair: Proposal) -> None:
    Avoidance.objects.create(enrolment=pair.mentor, person=pair.mentee.profile)


def unreachable(pair: Proposal) -> None:
    pair.mentor.profile.user.email = ""
    pair.mentor.profile.user.save()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (same_school, "Both work at"),
        (manager, "One of the two manages the other"),
        (manager_by_address, "One of the two manages the other"),
        (report, "One of the two manages the other"),
        (gone, "no longer ready to be matched: not accepted"),
        (unreachable, "has no e-mail address"),
        (older_wording, "has not agreed to the present wording"),
        (older_wording_of_the_mentee, "has not agreed to the present wording"),
        (on_a_break, "is taking a break until"),
        (kept_apart, "Something on record"),
        (kept_from_the_school, "Something on record"),
        (rather_not, "Something on record"),
    ],
)
def test_approve__something_bars_the_pair_since_the_run__is_refused(
    scene: scenes.Scene, change: Any, sentence: str
) -> None:
    change(first())
    with pytest.raises(MentoringError, match=sentence):
        services.approve(proposal=first(), actor=scene.coordinator, version=1)
    assert untouched(first())


@pytest.mark.parametrize("state", ["closed", "cancelled", "closing", "draft"])
def test_approve__cohort_is_over_or_not_begun__is_refused_and_nobody_is_told(scene: scenes.Scene, state: str) -> None:
    type(scene.cohort).objects.update(state=state)
    pair = first()
    with pytest.raises(MentoringError, match="while the cohort is"):
        services.approve(proposal=pair, actor=scene.coordinator, version=1)
    assert not services.plan_bulk_approval([first()], actor=scene.coordinator)[0].done
    assert untouched(pair)


def test_decide__coordinator_is_a_party__must_leave_it_to_another(scene: scenes.Scene) -> None:
    pair = first()
    pair.mentor.profile.user = scene.coordinator
    pair.mentor.profile.save()
    for act in (services.approve, services.decline):
        with pytest.raises(MentoringError, match="your own match"):
            act(proposal=first(), actor=scene.coordinator, version=1, note="n")
    assert untouched(first())
    services.approve(proposal=first(), actor=scene.owner, version=1)


@pytest.mark.parametrize("direction", ["manages", "is managed by"])
def test_decide__coordinator_in_one_line_with_a_party__must_leave_it_to_another(
    scene: scenes.Scene, direction: str
) -> None:
    mine = scenes.person("Cora", who=scene.coordinator)
    party = first().mentee.profile
    boss, junior = (mine, party) if direction == "manages" else (party, mine)
    junior.line_manager = boss
    junior.save()
    with pytest.raises(MentoringError, match="one line of management"):
        services.approve(proposal=first(), actor=scene.coordinator, version=1)
    assert untouched(first())


def test_decide__coordinator_of_another_programme__is_refused(scene: scenes.Scene) -> None:
    other = scenes.programme_with_cohort()
    for who in (other.coordinator, other.owner, first().mentee.profile.user):
        with pytest.raises(MentoringError):
            services.approve(proposal=first(), actor=who, version=1)
    assert untouched(first())


def test_decline__without_a_note__is_refused(scene: scenes.Scene) -> None:
    with pytest.raises(MentoringError, match="note why"):
        services.decline(proposal=first(), actor=scene.coordinator, version=1, note="  ")
    assert untouched(first())


def test_decline__an_approved_pair__frees_the_place_and_tells_nobody(scene: scenes.Scene) -> None:
    services.approve(proposal=first(), actor=scene.coordinator, version=1)
    services.decline(proposal=first(), actor=scene.owner, version=2, note="Moved to the same school")
    assert places_left(first().mentor) == 1
    assert not Outbox.objects.exists()


def test_decline__after_the_offer_was_sent__frees_the_place_and_tells_both_without_names(scene: scenes.Scene) -> None:
    approve_and_send(proposal=first(), actor=scene.coordinator, version=1)
    services.decline(proposal=first(), actor=scene.owner, version=3, note="Moved to the same school")
    ended = Outbox.objects.filter(template="offer_closed")
    assert ended.count() == 2
    pair = first()
    for row in ended:
        other = pair.mentor if row.recipient == pair.mentee.profile.user.email else pair.mentee
        assert other.profile.display_name not in row.text
        assert "Moved to the same school" not in row.text
    assert places_left(pair.mentor) == 1


def test_withdraw__with_an_open_offer__ends_it_and_tells_only_the_other(scene: scenes.Scene) -> None:
    approve_and_send(proposal=first(), actor=scene.coordinator, version=1)
    pair = first()
    for _ in range(2):
        programmes.withdraw(enrolment=pair.mentee, actor=pair.mentee.profile.user)
    pair.refresh_from_db()
    assert pair.state == ProposalState.SUPERSEDED
    assert list(Outbox.objects.filter(template="offer_closed").values_list("recipient", flat=True)) == [
        pair.mentor.profile.user.email
    ]
    assert places_left(pair.mentor) == 1
    assert AuditEvent.objects.filter(action="mentoring.enrolment.withdrawn").count() == 1


def test_bulk__dry_run_and_the_real_thing__agree_row_by_row(scene: scenes.Scene) -> None:
    scenes.proposed(scene, 1, 0)
    pairs = list(Proposal.objects.order_by("-score", "pk"))
    planned = services.plan_bulk_approval(pairs, actor=scene.coordinator)
    assert not Outbox.objects.exists()
    done = services.bulk_approve([(p, p.version) for p in pairs], actor=scene.coordinator)
    assert [row.done for row in planned] == [row.done for row in done] == [True, True, False]
    assert planned[2].sentence == done[2].sentence
