"""The moves of cohorts and enrolments, as tables."""

from __future__ import annotations

from mentoring.machine import Actor, Machine, Table

from .models import CohortState, EnrolmentState

_COORDINATOR = frozenset({Actor.COORDINATOR})
_PARTY = frozenset({Actor.PARTY})
_BOTH = _COORDINATOR | _PARTY
_SYSTEM = frozenset({Actor.SYSTEM})

C = CohortState
COHORT_TRANSITIONS: Table = {
    (C.DRAFT, C.OPEN): _COORDINATOR,
    (C.OPEN, C.DRAFT): _COORDINATOR,
    (C.OPEN, C.MATCHING): _COORDINATOR,
    (C.MATCHING, C.OPEN): _COORDINATOR,
    (C.MATCHING, C.RUNNING): _COORDINATOR,
    (C.RUNNING, C.MATCHING): _COORDINATOR,
    (C.RUNNING, C.CLOSING): _COORDINATOR,
    (C.CLOSING, C.CLOSED): _COORDINATOR,
    **{(state, C.CANCELLED): _COORDINATOR for state in C if state not in (C.CLOSED, C.CANCELLED)},
}
#: Where a cohort goes when all goes well.
ONWARD = {C.DRAFT: C.OPEN, C.OPEN: C.MATCHING, C.MATCHING: C.RUNNING, C.RUNNING: C.CLOSING, C.CLOSING: C.CLOSED}
COHORT_MACHINE = Machine("cohort", CohortState, COHORT_TRANSITIONS)

E = EnrolmentState
ENROLMENT_TRANSITIONS: Table = {
    (E.DRAFT, E.SUBMITTED): _PARTY,
    (E.DRAFT, E.WITHDRAWN): _PARTY,  # only what was sent once before; a first draft is thrown away
    (E.SUBMITTED, E.ELIGIBLE): _COORDINATOR,
    (E.SUBMITTED, E.WAITLISTED): _COORDINATOR,
    (E.SUBMITTED, E.RETURNED): _COORDINATOR,
    (E.SUBMITTED, E.DECLINED): _COORDINATOR,
    (E.SUBMITTED, E.WITHDRAWN): _BOTH,
    (E.RETURNED, E.SUBMITTED): _PARTY,
    (E.RETURNED, E.ELIGIBLE): _COORDINATOR,
    (E.RETURNED, E.WAITLISTED): _COORDINATOR,
    (E.RETURNED, E.DECLINED): _COORDINATOR,
    (E.RETURNED, E.WITHDRAWN): _BOTH,
    (E.ELIGIBLE, E.WAITLISTED): _COORDINATOR,
    (E.ELIGIBLE, E.DECLINED): _COORDINATOR,
    (E.ELIGIBLE, E.WITHDRAWN): _BOTH,
    (E.ELIGIBLE, E.COMPLETED): _SYSTEM,
    (E.WAITLISTED, E.ELIGIBLE): _COORDINATOR,
    (E.WAITLISTED, E.DECLINED): _COORDINATOR,
    (E.WAITLISTED, E.WITHDRAWN): _BOTH,
    (E.COMPLETED, E.ELIGIBLE): _SYSTEM,
    (E.DECLINED, E.ELIGIBLE): _COORDINATOR,
    (E.WITHDRAWN, E.DRAFT): _PARTY,
}
ENROLMENT_MACHINE = Machine("application", EnrolmentState, ENROLMENT_TRANSITIONS)

#: In these a coordinator may bring people in; members apply only while the cohort is open (`open_for_applications`).
COHORT_TAKES_PEOPLE = frozenset({C.DRAFT, C.OPEN, C.MATCHING, C.RUNNING})
#: In these the matching may run.
COHORT_MATCHES = frozenset({C.OPEN, C.MATCHING, C.RUNNING})
