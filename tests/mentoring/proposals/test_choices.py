"""A mentee's own choices: asked one after the other, never more of a mentor than there are places."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from mentoring.errors import MentoringError
from mentoring.models import Enrolment, Outbox, Preference, Programme, Proposal, Relationship
from mentoring.people.exclusion_models import Exclusion
from mentoring.proposals import choices, clocks, services
from mentoring.proposals.answers import answer
from mentoring.proposals.models import PROPOSAL_HOLDS_PLACE, ProposalSource, ProposalState
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db


def choosing(mentees: int = 1, mentors: int = 3, **options: Any) -> scenes.Scene:
    """A cohort whose mentees all rank the mentors in the same order."""
    scene = scenes.ready_to_match(mentees, mentors, **options)
    Programme.objects.filter(pk=scene.programme.pk).update(mentees_choose=True)
    for mentee in scene.mentees:
        for rank, mentor in enumerate(scene.mentors, start=1):
            Preference.objects.create(enrolment=mentee, mentor=mentor, rank=rank)
    return scene


def open_offers() -> list[Proposal]:
    return list(Proposal.objects.filter(state=ProposalState.OFFERED).order_by("pk"))


def says(pair: Proposal, side: str, yes: bool) -> Proposal:
    pair.refresh_from_db()
    user = getattr(pair, side).profile.user
    return answer(proposal=pair, actor=user, version=pair.version, yes=yes, refusal="" if yes else "time")


def mails_to(person: Enrolment) -> list[str]:
    to = person.profile.user.email
    return list(Outbox.objects.filter(recipient=to).order_by("pk").values_list("template", flat=True))


def test_choice__mentee_ranked__the_first_is_asked_with_reasons_and_only_the_first() -> None:
    scene = choosing()
    for _ in range(2):
        choices.run_due_choices()
    [offer] = open_offers()
    assert (offer.source, offer.mentor_id, offer.mentee_answer) == (ProposalSource.CHOICE, scene.mentors[0].pk, "yes")
    assert offer.score > 0
    assert offer.reasons
    assert mails_to(scene.mentors[0]) == ["offer"]
    assert mails_to(scene.mentors[1]) == []
    assert mails_to(scene.mentees[0]) == ["choice_asked"]
    mail = Outbox.objects.get(template="offer")
    assert "has chosen you" in mail.text
    assert offer.reasons[0] in mail.text


def test_choice__mentor_says_yes__is_a_pair_at_once() -> None:
    scene = choosing()
    choices.run_due_choices()
    assert says(open_offers()[0], "mentor", yes=True).state == ProposalState.PUBLISHED
    assert Relationship.objects.filter(mentee=scene.mentees[0], mentor=scene.mentors[0]).exists()
    assert choices.run_due_choices() == 0


def test_choice__no_lapse_and_withdrawal__each_lead_to_the_next_and_then_to_the_coordinator(clock: Any) -> None:
    scene = choosing(1, 3)
    choices.run_due_choices()
    says(open_offers()[0], "mentor", yes=False)
    choices.run_due_choices()
    assert [o.mentor_id for o in open_offers()] == [scene.mentors[1].pk]
    clock.shift(dt.timedelta(days=15))
    clocks.run_due_offers()
    choices.run_due_choices()
    [third] = open_offers()
    assert third.mentor_id == scene.mentors[2].pk
    assert not choices.exhausted().exists()
    services.decline(proposal=third, actor=scene.coordinator, version=third.version, note="Too far.")
    for _ in range(2):
        choices.run_due_choices()
    assert open_offers() == []
    assert list(choices.exhausted()) == [scene.mentees[0]]
    assert mails_to(scene.mentees[0]) == ["choice_asked", "choice_asked", "choice_asked", "choices_exhausted"]
    texts = Outbox.objects.filter(recipient=scene.mentees[0].profile.user.email).values_list("text", flat=True)
    for text in texts:
        assert not any(mentor.profile.display_name in text for mentor in scene.mentors)


def test_choice__three_mentees_want_the_mentor_of_two_places__never_more_offers_than_places() -> None:
    scene = choosing(3, 2, capacity=2)
    choices.run_due_choices()
    held = Proposal.objects.filter(state__in=PROPOSAL_HOLDS_PLACE)
    assert held.filter(mentor=scene.mentors[0]).count() == 2
    assert held.filter(mentor=scene.mentors[1]).count() == 1
    passed_over = held.get(mentor=scene.mentors[1]).mentee
    mail = Outbox.objects.get(recipient=passed_over.profile.user.email)
    assert "your first choice has just been taken" in mail.text
    assert "asked your second choice" in mail.text


def test_choice__every_chosen_mentor_is_full__the_coordinator_takes_over_and_the_mentee_is_told_once() -> None:
    scene = choosing(2, 1)
    for _ in range(2):
        choices.run_due_choices()
    assert len(open_offers()) == 1
    left = next(m for m in scene.mentees if m.pk != open_offers()[0].mentee_id)
    assert mails_to(left) == ["choices_exhausted"]
    assert list(choices.exhausted()) == [left]


def test_choice__those_who_wait_again__come_first() -> None:
    scene = choosing(2, 1)
    Enrolment.objects.filter(pk=scene.mentees[1].pk).update(rematch_since="2027-01-01T09:00Z")
    choices.run_due_choices()
    assert [o.mentee_id for o in open_offers()] == [scene.mentees[1].pk]


def test_choice__something_on_record_stands_against_the_first__the_next_is_asked() -> None:
    scene = choosing()
    Exclusion.objects.create(
        programme=scene.programme,
        person=scene.mentors[0].profile,
        other_person=scene.mentees[0].profile,
        kind="relative",
    )
    choices.run_due_choices()
    assert [o.mentor_id for o in open_offers()] == [scene.mentors[1].pk]
    assert "just been taken" not in Outbox.objects.get(template="choice_asked").text


def test_choice__a_run_proposed_the_same_pair__its_draft_makes_way() -> None:
    scene = choosing()
    draft = scenes.proposed(scene, 0, 0)
    choices.run_due_choices()
    draft.refresh_from_db()
    assert draft.state == ProposalState.SUPERSEDED
    assert len(open_offers()) == 1


def test_choice__coordinator_approved_somebody_else_for_the_mentee__the_chain_waits() -> None:
    scene = choosing()
    services.approve(proposal=scenes.proposed(scene, 0, 2), actor=scene.coordinator, version=1)
    assert choices.run_due_choices() == 0


def test_choice__offer_is_open__no_second_mentor_can_be_approved_for_the_mentee() -> None:
    scene = choosing()
    choices.run_due_choices()
    other = scenes.proposed(scene, 0, 2)
    with pytest.raises(MentoringError, match="offer on the way"):
        services.approve(proposal=other, actor=scene.coordinator, version=1)


def test_choice__programme_where_mentors_agreed_once__the_chosen_mentor_is_asked_all_the_same() -> None:
    scene = choosing()
    Programme.objects.filter(pk=scene.programme.pk).update(mentors_agree_once=True)
    choices.run_due_choices()
    assert len(open_offers()) == 1
    assert mails_to(scene.mentors[0]) == ["offer"]


@pytest.mark.parametrize("change", ["programme", "cohort", "mentee"])
def test_choice__not_offered_here_or_over__nobody_is_asked(change: str) -> None:
    scene = choosing()
    if change == "programme":
        Programme.objects.update(mentees_choose=False)
    elif change == "cohort":
        type(scene.cohort).objects.update(state="closing")
    else:
        Enrolment.objects.filter(pk=scene.mentees[0].pk).update(state="withdrawn")
    assert choices.run_due_choices() == 0
    assert not Proposal.objects.exists()


def test_choice__killed_after_the_first_mentee__the_next_go_does_the_rest_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        """As SIGKILL would: no handler of ours catches it."""

    choosing(3, 3)
    real, calls = choices.ask_next, {"n": 0}

    def ask_next(*given: Any) -> int:
        calls["n"] += 1
        done = real(*given)
        if calls["n"] == 1:
            raise Killed
        return done

    monkeypatch.setattr(choices, "ask_next", ask_next)
    with pytest.raises(Killed):
        choices.run_due_choices()
    choices.run_due_choices()
    assert len(open_offers()) == 3
    assert Outbox.objects.filter(template="offer").count() == 3
    assert Outbox.objects.filter(template="choice_asked").count() == 3
