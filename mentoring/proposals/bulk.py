"""Declining many pairs with one note: first what would happen, row by row; then, confirmed, what did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mentoring.errors import MentoringError
from mentoring.machine import Actor

from .models import Proposal, ProposalState
from .services import BulkRow, Planning, check_note, decline, each
from .states import PROPOSAL_MACHINE

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def plan_bulk_decline(proposals: Sequence[Proposal], *, actor: AbstractBaseUser) -> list[BulkRow]:
    """The dry run. Writes nothing."""
    plan = Planning.of(proposals, actor)
    rows = []
    for proposal in proposals:
        sentence = plan.not_theirs(proposal)
        if not sentence and not PROPOSAL_MACHINE.may(proposal, ProposalState.REJECTED, as_=Actor.COORDINATOR):
            sentence = f"Already {proposal.get_state_display().lower()}."
        rows.append(BulkRow(proposal, not sentence, sentence or "Will be declined, and not proposed again."))
    return rows


def bulk_decline(items: Iterable[tuple[Proposal, int]], *, actor: AbstractBaseUser, note: str) -> list[BulkRow]:
    """Declines each (proposal, version as shown) by itself, all with one note.

    Raises:
        MentoringError: no note, or one that is too long; nothing is done then.
    """
    note = check_note(note)
    if not note:
        raise MentoringError("Please note why these pairs should not be made: the next coordinator will ask.")
    return each(
        items,
        lambda proposal, version: decline(proposal=proposal, actor=actor, version=version, note=note),
        sentence="Declined. It is not proposed again.",
    )
