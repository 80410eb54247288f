"""Offers: sent to both with reasons and without addresses; two yeses make a pair, one no ends it kindly."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.models import AuditEvent, CalendarException, Enrolment, Outbox, Proposal, Relationship
from mentoring.proposals import offers, services
from mentoring.proposals.answers import answer
from mentoring.proposals.models import ProposalState, Refusal
from mentoring.proposals.places import is_held, places_left
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db

BOTH_ORDERS = pytest.mark.parametrize("order", [("mentee", "mentor"), ("mentor", "mentee")])


def user_of(pair: Proposal, side: str) -> Any:
    return getattr(pair, side).profile.user


def says(pair: Proposal, side: str, yes: bool = True, **given: Any) -> Proposal:
    given.setdefault("version", Proposal.objects.get(pk=pair.pk).version)
    given.setdefault("refusal", "" if yes else "time")
    return answer(proposal=pair, actor=user_of(pair, side), yes=yes, **given)


def mails(template: str) -> list[str]:
    return sorted(Outbox.objects.filter(template=template).values_list("recipient", flat=True))


def addresses(pair: Proposal) -> list[str]:
    return sorted(user_of(pair, side).email for side in ("mentee", "mentor"))


def snapshot() -> tuple[Any, ...]:
    rows = Proposal.objects.order_by("pk").values_list("pk", "state", "version", "mentee_answer", "mentor_answer")
    return (*rows, AuditEvent.objects.count(), Outbox.objects.count(), Relationship.objects.count())


# --- Sending --------------------------------------------------------------------------------


def test_send__an_approved_pair__asks_both_with_reasons_and_without_addresses(clock: Any) -> None:
    scene = scenes.ready_to_match(1, 1)
    pair = scenes.offered(scene)
    assert (pair.state, pair.version) == (ProposalState.OFFERED, 3)
    assert pair.answer_by == dt.date(2027, 1, 20)  # seven working days after Monday 11 January
    assert mails("offer") == addresses(pair)
    for mail in Outbox.objects.filter(template="offer"):
        assert "Both care about behaviour." in mail.text
        assert "Both care about behaviour." in mail.html
        assert "Wednesday 20 January 2027" in mail.text
        assert f"/offers/{pair.pk}/" in mail.text
        other = next(a for a in addresses(pair) if a != mail.recipient)
        assert other not in mail.text + mail.html


def test_send__the_slower_calendar_of_the_two__sets_the_last_day(clock: Any) -> None:
    scene = scenes.ready_to_match(1, 1)
    CalendarException.objects.create(
        organisation=scene.mentors[0].profile.organisation,
        date_from=dt.date(2027, 1, 18),
        date_to=dt.date(2027, 1, 22),
    )
    assert scenes.offered(scene).answer_by == dt.date(2027, 1, 27)


def test_send__twice_from_the_same_form__has_one_effect() -> None:
    scene = scenes.with_proposals(1)
    pair = services.approve(proposal=Proposal.objects.get(), actor=scene.coordinator, version=1)
    for _ in range(2):
        offers.send(proposal=pair, actor=scene.coordinator, version=2)
    assert len(mails("offer")) == 2
    assert AuditEvent.objects.filter(action="mentoring.proposal.offered").count() == 1


def test_send__not_approved_yet__is_refused() -> None:
    scene = scenes.with_proposals(1)
    with pytest.raises(MentoringError, match="waiting for a decision and cannot be offered now"):
        offers.send(proposal=Proposal.objects.get(), actor=scene.coordinator, version=1)


def test_send__older_form__is_stale() -> None:
    scene = scenes.with_proposals(1)
    pair = services.approve(proposal=Proposal.objects.get(), actor=scene.coordinator, version=1)
    with pytest.raises(Stale, match="Cora Coordinator decided on it"):
        offers.send(proposal=pair, actor=scene.owner, version=1)


def test_send__by_somebody_else__is_refused() -> None:
    scene = scenes.with_proposals(1)
    pair = services.approve(proposal=Proposal.objects.get(), actor=scene.coordinator, version=1)
    before = snapshot()
    for who in (scenes.programme_with_cohort().coordinator, user_of(pair, "mentee"), user_of(pair, "mentor")):
        with pytest.raises(MentoringError):
            offers.send(proposal=pair, actor=who, version=2)
    assert snapshot() == before


def test_send__barred_since_the_approval__is_refused_and_stays_approved() -> None:
    scene = scenes.with_proposals(1)
    pair = services.approve(proposal=Proposal.objects.get(), actor=scene.coordinator, version=1)
    pair.mentor.profile.organisation = pair.mentee.profile.organisation
    pair.mentor.profile.save()
    with pytest.raises(MentoringError, match="Both work at"):
        offers.send(proposal=pair, actor=scene.coordinator, version=2)
    assert Proposal.objects.get().state == ProposalState.APPROVED


def test_send__places_were_cut_below_what_is_held__is_refused() -> None:
    scene = scenes.ready_to_match(2, 1, capacity=2)
    pairs = [scenes.proposed(scene, i, 0) for i in range(2)]
    for pair in pairs:
        services.approve(proposal=pair, actor=scene.coordinator, version=1)
    Enrolment.objects.filter(pk=scene.mentors[0].pk).update(capacity=1)
    with pytest.raises(MentoringError, match="has no place left"):
        offers.send(proposal=pairs[0], actor=scene.coordinator, version=2)


def test_bulk_send__dry_run_and_the_real_thing__agree_row_by_row() -> None:
    scene = scenes.with_proposals(3)
    first, second, _ = Proposal.objects.order_by("pk")
    for pair in (first, second):
        services.approve(proposal=pair, actor=scene.coordinator, version=1)
    second.mentee.profile.line_manager = second.mentor.profile
    second.mentee.profile.save()
    pairs = list(Proposal.objects.order_by("pk"))
    before = snapshot()
    planned = offers.plan_bulk_send(pairs, actor=scene.coordinator)
    assert snapshot() == before
    done = offers.bulk_send([(p, p.version) for p in pairs], actor=scene.coordinator)
    assert [row.done for row in planned] == [row.done for row in done] == [True, False, False]
    assert planned[1].sentence == done[1].sentence == "One of the two manages the other."


def test_approve_and_send__mentor_full__does_neither() -> None:
    scene = scenes.ready_to_match(2, 1)
    services.approve(proposal=scenes.proposed(scene, 0, 0), actor=scene.coordinator, version=1)
    pair = scenes.proposed(scene, 1, 0)
    before = snapshot()
    with pytest.raises(MentoringError, match="has no place left"):
        offers.approve_and_send(proposal=pair, actor=scene.coordinator, version=1)
    assert snapshot() == before


# --- Yes and yes ----------------------------------------------------------------------------


@BOTH_ORDERS
def test_answer__two_yeses_in_any_order__make_a_pair_and_tell_both_the_addresses(order: tuple[str, str]) -> None:
    scene = scenes.ready_to_match(1, 1)
    pair = scenes.offered(scene)
    pair = says(pair, order[0])
    assert pair.state == ProposalState.OFFERED
    assert not Relationship.objects.exists()
    pair = says(pair, order[1])
    assert pair.state == ProposalState.PUBLISHED
    relationship = Relationship.objects.get()
    assert (relationship.proposal_id, relationship.mentee_id, relationship.mentor_id) == (
        pair.pk,
        pair.mentee_id,
        pair.mentor_id,
    )
    for side, other in (("mentee", "mentor"), ("mentor", "mentee")):
        told = Outbox.objects.filter(recipient=user_of(pair, side).email, text__contains=user_of(pair, other).email)
        assert told.count() == 1
    assert places_left(pair.mentor) == 0
    assert is_held(pair.mentee)


@BOTH_ORDERS
def test_answer__both_opened_the_page_before_either_answered__neither_is_stale(order: tuple[str, str]) -> None:
    pair = scenes.offered(scenes.ready_to_match(1, 1))
    for side in order:
        says(pair, side, version=3)
    assert Proposal.objects.get().state == ProposalState.PUBLISHED


def test_answer__the_same_twice__has_one_effect() -> None:
    pair = scenes.offered(scenes.ready_to_match(1, 1))
    says(pair, "mentee", version=3)
    before = snapshot()
    says(pair, "mentee", version=3)
    assert snapshot() == before
    says(pair, "mentor", version=3)
    before = snapshot()
    for side in ("mentor", "mentee"):
        says(pair, side, version=3)
    assert snapshot() == before


def test_answer__yes_taken_back_before_the_other_answered__turns_it_down() -> None:
    pair = scenes.offered(scenes.ready_to_match(1, 1))
    says(pair, "mentee")
    with pytest.raises(Stale, match="answered this offer in another window"):
        says(pair, "mentee", yes=False, version=3)
    assert says(pair, "mentee", yes=False).state == ProposalState.TURNED_DOWN


def test_answer__mentors_agreed_once__only_the_mentee_is_asked() -> None:
    scene = scenes.ready_to_match(1, 1)
    type(scene.programme).objects.update(mentors_agree_once=True)
    pair = scenes.offered(scene)
    assert mails("offer") == [user_of(pair, "mentee").email]
    with pytest.raises(MentoringError, match="no longer open"):
        says(pair, "mentor", yes=False)
    assert says(pair, "mentee").state == ProposalState.PUBLISHED


def test_answer__mentors_agreed_once_and_the_mentee_says_no__the_mentor_hears_nothing() -> None:
    scene = scenes.ready_to_match(1, 1)
    type(scene.programme).objects.update(mentors_agree_once=True)
    pair = says(scenes.offered(scene), "mentee", yes=False)
    assert pair.state == ProposalState.TURNED_DOWN
    assert not Outbox.objects.filter(recipient=user_of(pair, "mentor").email).exists()


# --- No -------------------------------------------------------------------------------------


@BOTH_ORDERS
@pytest.mark.parametrize("after_a_yes", [False, True])
def test_answer__no__tells_the_other_kindly_and_never_who_or_why(order: tuple[str, str], after_a_yes: bool) -> None:
    scene = scenes.ready_to_match(1, 1)
    pair = scenes.offered(scene)
    if after_a_yes:
        says(pair, order[1])
    pair = says(pair, order[0], yes=False, refusal="near", text="We were married once.")
    assert (pair.state, pair.refusal, pair.refusal_text) == (
        ProposalState.TURNED_DOWN,
        "near",
        "We were married once.",
    )
    assert mails("offer_closed") == [user_of(pair, order[1]).email]
    mail = Outbox.objects.get(template="offer_closed")
    for secret in ("married", "know each other", getattr(pair, order[0]).profile.display_name):
        assert secret not in mail.text + mail.html
    assert places_left(pair.mentor) == 1
    assert not is_held(pair.mentee)
    first = {side: Enrolment.objects.get(pk=getattr(pair, side).pk).rematch_since for side in order}
    assert first[order[0]] is None
    assert first[order[1]] is not None  # no doing of theirs: they come first
    assert "married" not in str(list(AuditEvent.objects.values_list("reason", "after", "before")))


@pytest.mark.parametrize("refusal", ["", "because", "time "])
def test_answer__no_without_a_reason_of_the_list__is_refused(refusal: str) -> None:
    pair = scenes.offered(scenes.ready_to_match(1, 1))
    before = snapshot()
    with pytest.raises(MentoringError, match="tick a reason"):
        says(pair, "mentee", yes=False, refusal=refusal)
    assert snapshot() == before


def test_answer__no_with_a_very_long_text__is_refused() -> None:
    pair = scenes.offered(scenes.ready_to_match(1, 1))
    with pytest.raises(MentoringError, match=r"below 1,000"):
        says(pair, "mentee", yes=False, text="x" * 1001)


@pytest.mark.parametrize("refusal", Refusal.values)
def test_answer__each_reason__can_be_stored(refusal: str) -> None:
    pair = scenes.offered(scenes.ready_to_match(1, 1))
    assert says(pair, "mentor", yes=False, refusal=refusal).refusal == refusal


def test_answer__turned_down_pair__is_not_proposed_again_in_the_cohort() -> None:
    from mentoring.proposals.inputs import gather

    scene = scenes.ready_to_match(1, 1)
    says(scenes.offered(scene), "mentee", yes=False)
    assert len(gather(scene.cohort).overrides.bans) == 1


# --- Not open any more ----------------------------------------------------------------------


def withdrawn(scene: scenes.Scene, pair: Proposal) -> None:
    services.decline(proposal=pair, actor=scene.coordinator, version=pair.version, note="A better one.")


def turned_down(scene: scenes.Scene, pair: Proposal) -> None:
    says(pair, "mentor", yes=False)


def lapsed(scene: scenes.Scene, pair: Proposal) -> None:
    Proposal.objects.filter(pk=pair.pk).update(state=ProposalState.LAPSED)


@pytest.mark.parametrize("over", [withdrawn, turned_down, lapsed])
@pytest.mark.parametrize("yes", [True, False])
def test_answer__offer_is_over__is_refused_with_the_same_sentence(over: Any, yes: bool) -> None:
    scene = scenes.ready_to_match(1, 1)
    pair = scenes.offered(scene)
    over(scene, pair)
    before = snapshot()
    with pytest.raises(MentoringError, match=r"^This offer is no longer open\. You need not do anything"):
        says(pair, "mentee", yes=yes)
    assert snapshot() == before


def test_answer__by_somebody_else__is_refused() -> None:
    scene = scenes.ready_to_match(2, 2)
    pair = scenes.offered(scene)
    before = snapshot()
    for who in (scene.coordinator, scene.owner, scene.mentees[1].profile.user, scene.mentors[1].profile.user):
        with pytest.raises(MentoringError, match="somebody else"):
            answer(proposal=pair, actor=who, version=pair.version, yes=True)
    assert snapshot() == before


def test_answer__both_yes_but_barred_since_the_offer__does_not_begin_and_both_wait_again() -> None:
    scene = scenes.ready_to_match(1, 1)
    pair = scenes.offered(scene)
    says(pair, "mentor")
    pair.mentee.profile.line_manager = pair.mentor.profile
    pair.mentee.profile.save()
    pair = says(pair, "mentee")
    assert pair.state == ProposalState.SUPERSEDED
    assert not Relationship.objects.exists()
    assert mails("offer_closed") == addresses(pair)
    assert AuditEvent.objects.get(action="mentoring.proposal.superseded").reason == "One of the two manages the other."
    assert not is_held(pair.mentee)


@pytest.mark.parametrize("state", ["closing", "closed", "cancelled"])
def test_answer__both_yes_but_the_cohort_is_over__does_not_begin(state: str) -> None:
    scene = scenes.ready_to_match(1, 1)
    pair = scenes.offered(scene)
    says(pair, "mentor")
    type(scene.cohort).objects.update(state=state)
    assert says(pair, "mentee").state == ProposalState.SUPERSEDED
    assert not Relationship.objects.exists()


def test_answer__mentor_paused_after_saying_yes__the_pair_begins() -> None:
    pair = scenes.offered(scenes.ready_to_match(1, 1))
    says(pair, "mentor")
    type(pair.mentor.profile).objects.filter(pk=pair.mentor.profile_id).update(
        paused_until=timezone.localdate() + dt.timedelta(days=30)
    )
    assert says(pair, "mentee").state == ProposalState.PUBLISHED


# --- Siblings -------------------------------------------------------------------------------


def test_publish__other_drafts_of_the_mentee_and_of_a_full_mentor__make_way_silently() -> None:
    scene = scenes.ready_to_match(2, 2)
    scenes.proposed(scene, 0, 1)
    scenes.proposed(scene, 1, 0)
    free = scenes.proposed(scene, 1, 1)
    scenes.agreed(scene, 0, 0)
    states = Proposal.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["superseded", "superseded", "draft", "published"]
    assert free.pk
    assert not mails("offer_closed")


def test_publish__mentor_has_more_places__other_offers_stay() -> None:
    scene = scenes.ready_to_match(2, 1, capacity=2)
    other = scenes.offered(scene, 1, 0)
    scenes.agreed(scene, 0, 0)
    other.refresh_from_db()
    assert other.state == ProposalState.OFFERED


def test_publish__places_were_cut_and_this_took_the_last__the_other_offer_ends_kindly() -> None:
    scene = scenes.ready_to_match(2, 1, capacity=2)
    pair, other = scenes.offered(scene, 0, 0), scenes.offered(scene, 1, 0)
    says(other, "mentee")
    Enrolment.objects.filter(pk=scene.mentors[0].pk).update(capacity=1)
    for side in ("mentee", "mentor"):
        says(pair, side)
    other.refresh_from_db()
    assert other.state == ProposalState.SUPERSEDED
    assert mails("offer_closed") == [user_of(other, "mentee").email]
    mentee = Enrolment.objects.get(pk=other.mentee_id)
    assert mentee.rematch_since is not None
    with pytest.raises(MentoringError, match="no longer open"):
        says(other, "mentor")


def test_publish__people_who_waited_first__no_longer_come_first() -> None:
    scene = scenes.ready_to_match(1, 1)
    Enrolment.objects.update(rematch_since=timezone.now())
    scenes.agreed(scene)
    assert not Enrolment.objects.filter(rematch_since__isnull=False).exists()
