"""A mentee's own choices, asked one after the other: yes, or no, or silence, and then the next.

Nothing is remembered beside the rows: a preference that has had its turn is one with a proposal of source "choice".
A mentor has never more open offers than places; one who is full when their turn comes is passed over.
"""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.machine import Actor
from mentoring.programmes.models import Enrolment, EnrolmentRole, EnrolmentState
from mentoring.programmes.services import lock_enrolments, tell
from mentoring.programmes.states import COHORT_MATCHES
from mentoring.programmes.wish_models import Preference
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship

from . import endings
from .bars import may_meet, set_aside
from .models import PROPOSAL_HOLDS_PLACE, Answer, Proposal, ProposalSource, ProposalState
from .offers import start_clock
from .places import is_held, places_left
from .score import Scores

logger = logging.getLogger(__name__)

ORDINALS = ("first", "second", "third", "fourth", "fifth")
JUST_TAKEN = "The mentor’s last place had just been taken."


def choosing() -> QuerySet[Enrolment]:
    """Mentees whose own choices count, and who have neither a mentor nor an offer on the way."""
    offered = Proposal.objects.filter(mentee=OuterRef("pk"), state__in=PROPOSAL_HOLDS_PLACE)
    paired = Relationship.objects.filter(mentee=OuterRef("pk"), state__in=RELATIONSHIP_LIVE)
    chose = Preference.objects.filter(enrolment=OuterRef("pk"))
    return Enrolment.objects.filter(
        Exists(chose),
        ~Exists(offered),
        ~Exists(paired),
        as_role=EnrolmentRole.MENTEE,
        state=EnrolmentState.ELIGIBLE,
        cohort__state__in=COHORT_MATCHES,
        cohort__programme__mentees_choose=True,
    )


def exhausted() -> QuerySet[Enrolment]:
    """Mentees all of whose choices had their turn: the coordinator looks for them now."""
    return choosing().exclude(Exists(Preference.objects.filter(endings.untried(), enrolment=OuterRef("pk"))))


def run_due_choices() -> int:
    """Due work: asks the next mentor for each mentee who waits for one, those who applied first before the others."""
    due = choosing().filter(Exists(Preference.objects.filter(endings.untried(), enrolment=OuterRef("pk"))))
    order = (F("rematch_since").asc(nulls_last=True), F("submitted_at").asc(nulls_last=True), "pk")
    done = 0
    scores: dict[int, Scores] = {}
    for mentee in due.select_related("cohort__programme").order_by(*order)[:500]:
        try:
            done += ask_next(mentee, scores.setdefault(mentee.cohort_id, Scores(mentee.cohort)))
        except MentoringError as error:
            logger.warning("The next choice of enrolment %s could not be asked: %s", mentee.pk, error)
        except Exception:
            logger.exception("The next choice of enrolment %s failed and will be tried again.", mentee.pk)
    return done


def ask_next(mentee: Enrolment, scores: Scores) -> int:
    """Offers the mentee to the dearest mentor who can take them, passing over those who cannot. 0: nothing to do."""
    mentors = list(endings.choices_left(mentee).values_list("mentor", flat=True))
    scores.prepare()  # before any lock is held
    with transaction.atomic():
        people = lock_enrolments([mentee.pk, *mentors])
        me = people[mentee.pk]
        left = [choice for choice in endings.choices_left(me) if choice.mentor_id in people]
        if not left or not endings.chooses(me) or is_held(me):
            return 0
        asked_before = Proposal.objects.filter(mentee=me, source=ProposalSource.CHOICE).exists()
        taken: list[str] = []
        for choice in left:
            mentor = people[choice.mentor_id]
            row = _made(me, mentor, scores)
            meet = may_meet(me, mentor, waived=set_aside(row))
            if meet and places_left(mentor) > 0:
                start_clock(
                    row,
                    as_=Actor.SYSTEM,
                    actor=None,
                    mentee_answer=row.mentee_answer,
                    mentee_answered_at=row.mentee_answered_at,
                )
                _tell_mentee(me, row, choice, moved_on=asked_before or bool(taken), taken=taken)
                return 1
            if meet:
                taken.append(ORDINALS[choice.rank - 1])
            endings.supersede(row, actor=None, reason=JUST_TAKEN if meet else meet.reason)
        endings.tell_exhausted(me)
    return 1


def _made(mentee: Enrolment, mentor: Enrolment, scores: Scores) -> Proposal:
    """The choice as a proposal, the mentee's yes already in it. A draft of the same pair by a run makes way."""
    for draft in Proposal.objects.select_for_update(of=("self",), no_key=True).filter(
        cohort=mentee.cohort_id, mentee=mentee, mentor=mentor, state=ProposalState.DRAFT
    ):
        draft.cohort, draft.mentee, draft.mentor = mentee.cohort, mentee, mentor
        endings.supersede(draft, actor=None, reason="The mentee chose this mentor themselves.")
    score, evidence, explanation = scores.of(mentee, mentor)
    return Proposal.objects.create(
        source=ProposalSource.CHOICE,
        cohort=mentee.cohort,
        mentee=mentee,
        mentor=mentor,
        score=score,
        evidence=evidence,
        explanation=explanation,
        has_caution=bool(explanation.get("caution")),
        mentee_answer=Answer.YES,
        mentee_answered_at=timezone.now(),
    )


def _tell_mentee(mentee: Enrolment, row: Proposal, choice: Preference, *, moved_on: bool, taken: list[str]) -> None:
    tell(
        mentee,
        "choice_asked",
        key=f"proposal:{row.pk}:choice_asked",
        ordinal=ORDINALS[choice.rank - 1],
        moved_on=moved_on,
        taken=taken,
        answer_by=row.answer_by,
    )
