"""Writing a changed proposal: its state, its version, its line in the trail. The caller holds the locks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentoring.machine import Actor
from mentoring.trust import audit

from .locks import before_write
from .models import PROPOSAL_REFUSED, Override, OverrideKind, Proposal, ProposalState
from .states import PROPOSAL_MACHINE

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def move(
    row: Proposal,
    to: ProposalState,
    *,
    as_: Actor,
    actor: AbstractBaseUser | None,
    reason: str = "",
    also: dict[str, Any] | None = None,
    **fields: Any,
) -> None:
    """Takes the proposal to a state and sets `fields`; `also` is what else the trail says of it.

    Raises:
        WrongMove: not from here, or not by this kind of actor. Nothing is written.
    """
    before = PROPOSAL_MACHINE.move(row, to, as_=as_)
    if to != ProposalState.OFFERED:
        fields["clock_on"] = None
    save(row, to.value, before=before, actor=actor, reason=reason, also=also, **fields)
    if to in PROPOSAL_REFUSED:
        _end_force(row, actor)


def _end_force(row: Proposal, actor: AbstractBaseUser | None) -> None:
    """A no is the later word: a pair that was forced and then refused must not come back with the next run."""
    for word in Override.objects.filter(mentee=row.mentee_id, mentor=row.mentor_id, kind=OverrideKind.FORCE):
        audit.record(
            action="mentoring.override.refused",
            obj=word,
            actor=actor,
            programme=row.cohort.programme,
            before=word.in_trail(),
            reason=word.reason,
        )
        word.delete()


def save(
    row: Proposal,
    action: str,
    *,
    before: str,
    actor: AbstractBaseUser | None,
    reason: str = "",
    also: dict[str, Any] | None = None,
    **fields: Any,
) -> None:
    """Writes `fields` and the state as they are on the row: one change, one version, one line in the trail."""
    before_write(row)
    for name, value in fields.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=["state", "version", *fields])
    audit.record(
        action=f"mentoring.proposal.{action}",
        obj=row,
        actor=actor,
        programme=row.cohort.programme,
        before={"state": before, "version": row.version - 1},
        after={"state": str(row.state), "version": row.version, **(also or {})},
        reason=reason,
    )
