"""The moves of cohorts and enrolments, as tables."""

from __future__ import annotations

from mentoring.machine import Actor, Machine, Table

from .models import CohortState, EnrolmentState

_COORDINATOR = frozenset({Actor.COORDINATOR})
_PARTY = frozenset({Actor.PARTY})
_BOTH = _COORDINATOR | _PARTY

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
COHORT_MACHINE = Machine("cohort", CohortState, COHORT_TRANSITIONS)

E = EnrolmentState
ENROLMENT_TRANSITIONS: Table = {
    (E.SUBMITTED, E.ELIGIBLE): _COORDINATOR,
    (E.SUBMITTED, E.DECLINED): _COORDINATOR,
    (E.ELIGIBLE, E.DECLINED): _COORDINATOR,
    (E.DECLINED, E.ELIGIBLE): _COORDINATOR,
    (E.SUBMITTED, E.WITHDRAWN): _BOTH,
    (E.ELIGIBLE, E.WITHDRAWN): _BOTH,
    (E.WITHDRAWN, E.SUBMITTED): _PARTY,
}
ENROLMENT_MACHINE = Machine("application", EnrolmentState, ENROLMENT_TRANSITIONS)

#: In these a coordinator may bring people in; members apply only while the cohort is open (`open_for_applications`).
COHORT_TAKES_PEOPLE = frozenset({C.DRAFT, C.OPEN, C.MATCHING, C.RUNNING})
#: In these the matching may run.
COHORT_MATCHES = frozenset({C.OPEN, C.MATCHING, C.RUNNING})
