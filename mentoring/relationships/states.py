"""The moves of pairs and of their meetings, as tables."""

from __future__ import annotations

from mentoring.machine import Actor, Machine, Table

from .meeting_models import MeetingState
from .models import RELATIONSHIP_LIVE, RelationshipState

_SYSTEM = frozenset({Actor.SYSTEM})
_PARTY = frozenset({Actor.PARTY})
_COORDINATOR = frozenset({Actor.COORDINATOR})
_PEOPLE = _PARTY | _COORDINATOR
_HANDLER = frozenset({Actor.HANDLER})  # of a concern: a pause without a last day, which only they end

R = RelationshipState
RELATIONSHIP_TRANSITIONS: Table = {
    (R.AGREEING, R.ACTIVE): _PARTY,
    (R.AGREEING, R.LAPSED): _SYSTEM,
    (R.ACTIVE, R.PAUSED): _PEOPLE | _HANDLER,
    (R.PAUSED, R.ACTIVE): _PEOPLE | _SYSTEM | _HANDLER,
    (R.ACTIVE, R.CLOSING): _PEOPLE | _SYSTEM,
    (R.PAUSED, R.CLOSING): _SYSTEM,
    (R.CLOSING, R.COMPLETED): _PARTY | _SYSTEM,
    (R.CLOSING, R.ACTIVE): _COORDINATOR,  # more time
    **{(state, R.ENDED): _PEOPLE for state in sorted(RELATIONSHIP_LIVE)},
    (R.ENDED, R.ACTIVE): _COORDINATOR,  # opened again
    (R.ENDED, R.AGREEING): _COORDINATOR,
    (R.LAPSED, R.AGREEING): _COORDINATOR,
}
RELATIONSHIP_MACHINE = Machine("pair", RelationshipState, RELATIONSHIP_TRANSITIONS)

M = MeetingState
MEETING_TRANSITIONS: Table = {
    (M.PROPOSED, M.BOOKED): _PARTY,
    (M.PROPOSED, M.CANCELLED): _PARTY | _SYSTEM,
    (M.BOOKED, M.HELD): _PARTY,
    (M.BOOKED, M.MISSED): _PARTY,
    (M.BOOKED, M.CANCELLED): _PARTY | _SYSTEM,
    (M.HELD, M.MISSED): _PARTY,  # ticked wrongly
    (M.MISSED, M.HELD): _PARTY,
}
MEETING_MACHINE = Machine("meeting", MeetingState, MEETING_TRANSITIONS)
