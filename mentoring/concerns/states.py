"""The moves of a concern."""

from __future__ import annotations

from mentoring.machine import Actor, Machine, Table

from .models import ConcernState

C = ConcernState
_HANDLER = frozenset({Actor.HANDLER})
CONCERN_TRANSITIONS: Table = {
    (C.OPEN, C.ACKNOWLEDGED): _HANDLER,
    (C.ACKNOWLEDGED, C.OUTSIDE): _HANDLER,
    (C.ACKNOWLEDGED, C.CLOSED): _HANDLER,
    (C.OUTSIDE, C.CLOSED): _HANDLER,
}
CONCERN_MACHINE = Machine("concern", ConcernState, CONCERN_TRANSITIONS)
