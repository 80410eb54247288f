"""What a decision about a pair holds while it checks and writes.

One order for everybody: mentors, then mentees, each by id; then proposals by id. Nobody waits for somebody who waits.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from mentoring.programmes.services import lock_enrolments

from .models import PROPOSAL_LIVE, Proposal, ProposalState


def _rows() -> QuerySet[Proposal]:
    return Proposal.objects.select_for_update(of=("self",), no_key=True).select_related(
        "cohort__programme", "decided_by"
    )


def locked(proposal: Proposal) -> Proposal:
    """The proposal with everything its decision reads, under lock: mentor, mentee, then the pair itself."""
    people = lock_enrolments([proposal.mentor_id, proposal.mentee_id])
    row = _rows().get(pk=proposal.pk)
    row.mentor, row.mentee = people[row.mentor_id], people[row.mentee_id]
    return row


def locked_with_rivals(proposal: Proposal) -> tuple[Proposal, list[Proposal]]:
    """The same, and every other live pair of its two people.

    Where a rival is an open offer its other person is locked too, since they will be told and wait again.
    """
    while True:
        with transaction.atomic():
            people = lock_enrolments({proposal.mentor_id, proposal.mentee_id, *_people_with_offers(proposal)})
            if _people_with_offers(proposal) <= people.keys():
                break
            transaction.set_rollback(True)  # an offer was made meanwhile: let go, and lock all of them in order
    wanted = _rivals(proposal) | Q(pk=proposal.pk)
    sides = [f"{side}__{path}" for side in ("mentee", "mentor") for path in ("cohort__programme", "profile__user")]
    found = list(_rows().filter(wanted).select_related("cohort__programme", "decided_by", *sides).order_by("pk"))
    for row in found:
        row.mentor, row.mentee = people.get(row.mentor_id, row.mentor), people.get(row.mentee_id, row.mentee)
    row = next(row for row in found if row.pk == proposal.pk)
    return row, [rival for rival in found if rival is not row]


def _rivals(proposal: Proposal) -> Q:
    return Q(mentee=proposal.mentee_id, state__in=PROPOSAL_LIVE) | Q(mentor=proposal.mentor_id, state__in=PROPOSAL_LIVE)


def _people_with_offers(proposal: Proposal) -> set[int]:
    offers = Proposal.objects.filter(_rivals(proposal), state=ProposalState.OFFERED)
    return {pk for pair in offers.values_list("mentor", "mentee") for pk in pair}


def before_write(row: Proposal) -> None:
    """Between the checks and the write: race tests hold the door open here."""
