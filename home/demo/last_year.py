"""The borough's intake of last year, over and done: what reports and the equality view are read for.

Its rows are written as they would have become, without mails: nobody hears of it, and no clock runs.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle

from django.utils import timezone

from mentoring.equality.services import answer, answer_of
from mentoring.programmes.models import Cohort, CohortState, Enrolment, EnrolmentRole, EnrolmentState, Programme
from mentoring.proposals.models import Answer, Proposal, ProposalSource, ProposalState
from mentoring.relationships.check_models import ClosingAnswer
from mentoring.relationships.meeting_models import Meeting, MeetingState
from mentoring.relationships.models import EndedBy, Relationship, RelationshipState, Turn

from .mentoring import BOROUGH_SLUG, _candidates, _cohort, _enrol

MENTEES, MENTORS, PAIRS = 40, 20, 30
#: Days before today on which it began and was over.
BEGAN, OVER = 380, 70
#: Every eighth pair ended early, by one of the two.
EARLY = ((EndedBy.MENTEE, "time"), (EndedBy.MENTOR, "moved"))

#: In turn, and of different lengths, so that tables are not all alike; a hole is a question left out.
GENDERS = ("woman", "man", "woman", "secret", "woman", "woman", "man", "another", "woman", "")
ETHNICITIES = ("white", "asian", "white", "black", "white", "mixed", "white", "", "black", "secret", "white", "asian")
DISABILITIES = ("no", "no", "yes", "no", "secret", "no", "no", "")
AGES = ("thirties", "forties", "under_30", "thirties", "from_50", "forties", "secret", "thirties", "", "forties")


def load(*, today: date) -> None:
    programme = Programme.objects.filter(slug=BOROUGH_SLUG).first()
    if programme is None or programme.cohorts.filter(state=CohortState.CLOSED).exists():
        return
    start = today - timedelta(days=BEGAN)
    applications = (start - timedelta(days=60), start - timedelta(days=30))
    cohort = _cohort(programme, "Last year", CohortState.CLOSED, applications, start)
    Cohort.objects.filter(pk=cohort.pk).update(end=today - timedelta(days=OVER), max_mentees=MENTEES)
    seekers, helpers = _candidates()
    mentees = [_row(cohort, p, EnrolmentRole.MENTEE, n, n < PAIRS) for n, p in enumerate(seekers[:MENTEES])]
    mentors = [_row(cohort, p, EnrolmentRole.MENTOR, n, True) for n, p in enumerate(reversed(helpers[:MENTORS]))]
    for number, (mentee, mentor) in enumerate(zip(mentees[:PAIRS], cycle(mentors), strict=False)):
        if mentee.profile_id != mentor.profile_id:
            _pair(cohort, mentee, mentor, number, start)
    for number, row in enumerate([*mentees, *mentors]):
        if number % 9 != 8 and answer_of(row.pk) is None:
            given = {
                "gender": GENDERS[number % len(GENDERS)],
                "ethnicity": ETHNICITIES[number % len(ETHNICITIES)],
                "disability": DISABILITIES[number % len(DISABILITIES)],
                "age": AGES[number % len(AGES)],
            }
            answer(enrolment=row, given=given)


def _row(cohort: Cohort, profile: object, role: EnrolmentRole, number: int, had_a_pair: bool) -> Enrolment:
    state = EnrolmentState.COMPLETED if had_a_pair else EnrolmentState.ELIGIBLE
    row = _enrol(cohort, profile, role, number, state)  # type: ignore[arg-type]  # a profile of `_candidates`
    applied = timezone.now() - timedelta(days=BEGAN + 40 - number % 9)
    Enrolment.objects.filter(pk=row.pk).update(submitted_at=applied, consented_at=applied, created_at=applied)
    return row


def _pair(cohort: Cohort, mentee: Enrolment, mentor: Enrolment, number: int, start: date) -> None:
    matched = timezone.now() - timedelta(days=BEGAN - number % 12)
    early = EARLY[number % 2] if number % 8 == 5 else None
    over = timezone.now() - timedelta(days=OVER + (150 if early else number % 20))
    proposal = Proposal.objects.create(
        cohort=cohort,
        source=ProposalSource.RUN,
        mentee=mentee,
        mentor=mentor,
        state=ProposalState.PUBLISHED,
        mentee_answer=Answer.YES,
        mentor_answer=Answer.YES,
        score=Decimal(58 + number % 30),
        evidence=Decimal("0.7"),
        explanation={"reasons": ["Both care about the same topics."]},
        decided_at=matched,
        offered_at=matched,
    )
    pair = Relationship.objects.create(
        proposal=proposal,
        cohort=cohort,
        mentee=mentee,
        mentor=mentor,
        state=RelationshipState.ENDED if early else RelationshipState.COMPLETED,
        began_on=start + timedelta(days=number % 12 + 5),
        expected_end=cohort.end,
        turn=Turn.NOBODY,
        turn_since=over,
        ended_at=over,
        ended_by=early[0] if early else "",
        end_reason=early[1] if early else "",
    )
    Relationship.objects.filter(pk=pair.pk).update(created_at=matched)
    times = [matched + timedelta(days=18 + number % 7 + 42 * n) for n in range(2 if early else 4 + number % 4)]
    Meeting.objects.bulk_create(
        Meeting(
            relationship=pair, state=MeetingState.HELD, proposed_by=EnrolmentRole.MENTEE, start=time, changed_at=time
        )
        for time in times
    )
    if early is None and number % 5 != 4:
        ClosingAnswer.objects.bulk_create(
            ClosingAnswer(
                relationship=pair,
                role=role,
                rating=3 + (number + shift) % 3,
                goals_reached=("yes", "partly", "yes", "no")[number % 4],
                met_enough=number % 6 != 0,
                would_again=number % 7 != 0,
                answered_at=over,
            )
            for shift, role in enumerate(EnrolmentRole)
        )
