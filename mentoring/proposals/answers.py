"""Answers to an offer, and the moment at which both are told how to reach each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.machine import Actor
from mentoring.programmes.models import Enrolment, EnrolmentRole
from mentoring.programmes.states import COHORT_MATCHES
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship
from mentoring.relationships.services import begin

from . import changes, endings
from .bars import may_meet, set_aside
from .locks import locked_with_rivals
from .models import Answer, Proposal, ProposalState, Refusal
from .offers import open_sides

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

CLOSED = "This offer is no longer open. You need not do anything: the coordinator looks for another match with you."


def side_of(row: Proposal, user: AbstractBaseUser) -> Enrolment | None:
    """Which of the two this user is."""
    return next((p for p in (row.mentee, row.mentor) if p.profile.user_id == user.pk), None)


def answer(
    *, proposal: Proposal, actor: AbstractBaseUser, version: int, yes: bool, refusal: str = "", text: str = ""
) -> Proposal:
    """The mentee or the mentor says yes or no, in whichever order. The second yes makes the pair.

    A yes can be taken back until the other has said theirs. Answering the same again changes nothing.

    Raises:
        MentoringError: not one of the two, no longer open, or no reason given with a no.
        Stale: they answered in another window after this form was opened.
    """
    text = text.strip()
    if not yes and refusal not in Refusal.values:
        raise MentoringError("Please tick a reason. “I would rather not say” is one, too.")
    if len(text) > 1000:
        raise MentoringError("Please keep what you write below 1,000 characters.")
    with transaction.atomic():
        row, rivals = locked_with_rivals(proposal)
        me = side_of(row, actor)
        if me is None:
            raise MentoringError("This offer was made to somebody else.")
        said = Answer.YES if yes else Answer.NO
        mine = endings.answer_of(row, me)
        if mine == said and row.state in _AFTER[said]:
            return row
        if row.state != ProposalState.OFFERED or not endings.was_asked(row, me):
            raise MentoringError(CLOSED)
        if not _is_current(row, me, version):
            raise Stale("You answered this offer in another window after opening this page. Here is how it stands.")
        if not yes:
            _turn_down(row, me, actor=actor, refusal=refusal, text=text)
        elif len(open_sides(row)) > 1:
            _note_yes(row, me, actor=actor)
        else:
            _publish(row, rivals, me, actor=actor)
    return row


#: In these an answer that was given stands: the same form once more changes nothing.
_AFTER = {
    Answer.YES: frozenset({ProposalState.OFFERED, ProposalState.PUBLISHED}),
    Answer.NO: frozenset({ProposalState.TURNED_DOWN}),
}


def _is_current(row: Proposal, me: Enrolment, version: int) -> bool:
    """Whether this person's form shows what they decide about. The other's answer meanwhile takes nothing from it."""
    if endings.answer_of(row, me) != Answer.NONE:
        return version == row.version
    others_answer = row.mentor_answer if me.pk == row.mentee_id else row.mentee_answer
    return row.version - (others_answer == Answer.YES) <= version <= row.version


def _field(me: Enrolment) -> str:
    return EnrolmentRole(me.as_role).value


def _said(me: Enrolment, answer: Answer) -> dict[str, Any]:
    """The fields of one person's answer."""
    return {f"{_field(me)}_answer": answer, f"{_field(me)}_answered_at": timezone.now()}


def _note_yes(row: Proposal, me: Enrolment, *, actor: AbstractBaseUser) -> None:
    said = _said(me, Answer.YES)
    changes.save(row, "answered", before=row.state, actor=actor, also={_field(me): "yes"}, **said)


def _turn_down(row: Proposal, me: Enrolment, *, actor: AbstractBaseUser, refusal: str, text: str) -> None:
    changes.move(
        row,
        ProposalState.TURNED_DOWN,
        as_=Actor.PARTY,
        actor=actor,
        also={_field(me): "no"},
        refusal=refusal,
        refusal_text=text,
        **_said(me, Answer.NO),
    )
    endings.let_go(row, actor=actor, by=[me])


def _publish(row: Proposal, rivals: Sequence[Proposal], me: Enrolment, *, actor: AbstractBaseUser) -> None:
    """The last yes: the pair begins, if nothing came between since the offer."""
    said = _said(me, Answer.YES)
    hindrance = _hindrance(row)
    if hindrance:
        changes.move(
            row,
            ProposalState.SUPERSEDED,
            as_=Actor.SYSTEM,
            actor=actor,
            reason=hindrance,
            also={_field(me): "yes"},
            **said,
        )
        endings.let_go(row, actor=actor)
        return
    changes.move(row, ProposalState.PUBLISHED, as_=Actor.SYSTEM, actor=actor, also={_field(me): "yes"}, **said)
    begin(row, actor=actor)  # tells both how to reach each other: here, and not before
    Enrolment.objects.filter(pk__in=[row.mentee_id, row.mentor_id]).update(rematch_since=None)
    full = _pairs_of(row.mentor) >= row.mentor.capacity
    for rival in rivals:
        if rival.mentee_id == row.mentee_id:
            endings.supersede(rival, actor=None, reason="The mentee has a mentor now.", by=[row.mentee])
        elif full:
            endings.supersede(rival, actor=None, reason="The mentor’s last place was taken.", by=[row.mentor])


def _pairs_of(mentor: Enrolment) -> int:
    return Relationship.objects.filter(mentor=mentor, state__in=RELATIONSHIP_LIVE).count()


def _hindrance(row: Proposal) -> str:
    """Why two who both say yes cannot begin all the same; "" if they can. Asked under lock."""
    if row.cohort.state not in COHORT_MATCHES:
        return f"The cohort is “{row.cohort.get_state_display().lower()}”."
    meet = may_meet(row.mentee, row.mentor, waived=set_aside(row), paused_counts=False)
    if not meet:
        return meet.reason
    if _pairs_of(row.mentor) >= row.mentor.capacity:
        return "The mentor’s last place had just been taken."
    if Relationship.objects.filter(mentee=row.mentee_id, state__in=RELATIONSHIP_LIVE).exists():
        return "The mentee has a mentor already."
    return ""
