"""The moves of host offers and placements, as tables."""

from __future__ import annotations

from mentoring.machine import Actor, Machine, Table

from .models import PlacementState
from .offer_models import OfferState

_SYSTEM = frozenset({Actor.SYSTEM})
_PARTY = frozenset({Actor.PARTY})
_HOST = frozenset({Actor.HOST})
_COORDINATOR = frozenset({Actor.COORDINATOR})
_ANYBODY = _PARTY | _HOST | _COORDINATOR | _SYSTEM

O = OfferState  # noqa: E741  # as short as the other tables
OFFER_TRANSITIONS: Table = {
    (O.DRAFT, O.ASKED): _HOST,
    (O.ASKED, O.OPEN): _SYSTEM,
    (O.ASKED, O.DRAFT): _SYSTEM | _HOST,
    (O.OPEN, O.ASKED): _HOST,
    (O.OPEN, O.CLOSED): _HOST | _COORDINATOR,
    (O.ASKED, O.CLOSED): _HOST | _COORDINATOR,
    (O.DRAFT, O.CLOSED): _HOST,
}
OFFER_MACHINE = Machine("offer", OfferState, OFFER_TRANSITIONS)

P = PlacementState
PLACEMENT_TRANSITIONS: Table = {
    (P.DRAFT, P.SUGGESTED): _COORDINATOR,
    (P.SUGGESTED, P.REQUESTED): _PARTY,
    (P.SUGGESTED, P.DECLINED): _PARTY,
    (P.SUGGESTED, P.LAPSED): _SYSTEM,
    (P.SUGGESTED, P.CANCELLED): _COORDINATOR | _SYSTEM,
    (P.REQUESTED, P.CONFIRMED): _COORDINATOR,
    (P.REQUESTED, P.DECLINED): _SYSTEM | _COORDINATOR,
    (P.ON_HOLD, P.DECLINED): _SYSTEM,
    (P.REQUESTED, P.LAPSED): _SYSTEM,
    (P.ON_HOLD, P.LAPSED): _SYSTEM,
    (P.REQUESTED, P.CANCELLED): _ANYBODY,
    (P.CONFIRMED, P.REQUESTED): _COORDINATOR,
    (P.ON_HOLD, P.REQUESTED): _COORDINATOR,
    (P.CONFIRMED, P.ON_HOLD): _SYSTEM | _COORDINATOR,
    (P.ON_HOLD, P.CONFIRMED): _COORDINATOR,
    (P.CONFIRMED, P.CANCELLED): _ANYBODY,
    (P.ON_HOLD, P.CANCELLED): _ANYBODY,
    (P.CONFIRMED, P.IN_PROGRESS): _SYSTEM,
    (P.IN_PROGRESS, P.DEBRIEF_DUE): _SYSTEM,
    (P.IN_PROGRESS, P.NO_SHOW): _HOST | _COORDINATOR,
    (P.DEBRIEF_DUE, P.NO_SHOW): _HOST | _COORDINATOR,
    (P.DEBRIEF_DUE, P.COMPLETED): _PARTY,
}
PLACEMENT_MACHINE = Machine("visit", PlacementState, PLACEMENT_TRANSITIONS)
