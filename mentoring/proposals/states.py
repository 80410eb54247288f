"""The moves of runs and proposals, as tables."""

from __future__ import annotations

from mentoring.machine import Actor, Machine

from .models import ProposalState, RunState

_SYSTEM = frozenset({Actor.SYSTEM})
_COORDINATOR = frozenset({Actor.COORDINATOR})
_PARTY = frozenset({Actor.PARTY})

R = RunState
RUN_TRANSITIONS = {
    (R.QUEUED, R.RUNNING): _SYSTEM,
    (R.QUEUED, R.CANCELLED): _COORDINATOR,
    (R.RUNNING, R.COMPLETE): _SYSTEM,
    (R.RUNNING, R.NO_SOLUTION): _SYSTEM,
    (R.RUNNING, R.FAILED): _SYSTEM,
    (R.RUNNING, R.CANCELLED): _SYSTEM,
}
RUN_MACHINE = Machine("run", RunState, RUN_TRANSITIONS)

P = ProposalState
PROPOSAL_TRANSITIONS = {
    (P.DRAFT, P.APPROVED): _COORDINATOR,
    (P.DRAFT, P.REJECTED): _COORDINATOR,
    (P.DRAFT, P.OFFERED): _SYSTEM,  # a mentee's own choice is offered to the mentor as it stands
    (P.DRAFT, P.SUPERSEDED): _SYSTEM,
    (P.APPROVED, P.OFFERED): _COORDINATOR,
    (P.APPROVED, P.REJECTED): _COORDINATOR,
    (P.APPROVED, P.SUPERSEDED): _SYSTEM,
    (P.OFFERED, P.PUBLISHED): _SYSTEM,  # at the second yes
    (P.OFFERED, P.TURNED_DOWN): _PARTY,
    (P.OFFERED, P.LAPSED): _SYSTEM,
    (P.OFFERED, P.REJECTED): _COORDINATOR,  # withdrawn
    (P.OFFERED, P.SUPERSEDED): _SYSTEM,
}
PROPOSAL_MACHINE = Machine("proposal", ProposalState, PROPOSAL_TRANSITIONS)
