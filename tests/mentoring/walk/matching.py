"""The chapters between: runs, offers, answers, and who has to wait again."""

from __future__ import annotations

import datetime as dt

from mentoring.models import Proposal
from mentoring.programmes.models import CohortState
from mentoring.proposals import runs, services
from mentoring.proposals.answers import answer
from mentoring.proposals.models import ProposalState
from mentoring.proposals.offers import bulk_send

from .asking import move_cohort
from .guide import Guide

DECLINES, NEVER_ANSWERED = "Farid Haddad", "Grace Mensah"


def run_and_send(guide: Guide, expected: int) -> list[Proposal]:
    """A run, every proposal approved and offered."""
    cast = guide.cast
    with guide.act("Cora starts the matching"):
        run = runs.start_run(cohort=cast.cohort, actor=cast.coordinator)
    drafts = Proposal.objects.filter(run=run, state=ProposalState.DRAFT)
    items = [(row, row.version) for row in drafts.order_by("pk")]
    assert len(items) == expected, f"{len(items)} pairs, not {expected}: {run}"
    with guide.act(f"Cora approves {expected} pairs"):
        rows = services.bulk_approve(items, actor=cast.coordinator)
        assert all(row.done for row in rows), [row.sentence for row in rows]
    with guide.act(f"Cora sends {expected} offers"):
        rows = bulk_send([(row.proposal, row.proposal.version) for row in rows], actor=cast.coordinator)
        assert all(row.done for row in rows), [row.sentence for row in rows]
    return [row.proposal for row in rows]


def say(guide: Guide, offer: Proposal, side: str, yes: bool, **why: str) -> None:
    enrolment = getattr(offer, side)
    with guide.act(f"{enrolment.profile} says {'yes' if yes else 'no'}"):
        row = Proposal.objects.get(pk=offer.pk)
        answer(proposal=row, actor=enrolment.profile.user, version=row.version, yes=yes, **why)


def first_round(guide: Guide) -> None:
    guide.chapter("Matching, and the first offers")
    guide.until(dt.date(2027, 10, 11))
    move_cohort(guide, CohortState.MATCHING)
    offers = run_and_send(guide, 8)
    guide.until(dt.date(2027, 10, 13))
    for offer in offers:
        mentee = offer.mentee.profile.display_name
        say(guide, offer, "mentee", yes=True)
        if mentee == DECLINES:
            say(guide, offer, "mentor", yes=False, refusal="time")
        elif mentee != NEVER_ANSWERED:
            say(guide, offer, "mentor", yes=True)
    guide.until(dt.date(2027, 10, 22))  # reminders after three and six working days; then it lapses
    lapsed = next(offer for offer in offers if offer.mentee.profile.display_name == NEVER_ANSWERED)
    lapsed.refresh_from_db()
    assert lapsed.state == ProposalState.LAPSED


def second_round(guide: Guide) -> None:
    guide.chapter("Again for those who wait")
    guide.until(dt.date(2027, 11, 1))
    for offer in run_and_send(guide, 2):
        say(guide, offer, "mentor", yes=True)
        say(guide, offer, "mentee", yes=True)
    move_cohort(guide, CohortState.RUNNING)


def one_more(guide: Guide) -> None:
    """For whoever stands at the front: alone in a run."""
    for offer in run_and_send(guide, 1):
        say(guide, offer, "mentee", yes=True)
        say(guide, offer, "mentor", yes=True)
