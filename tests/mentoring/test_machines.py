"""Every machine of the plugin over the whole product of states and actors, against a list written out by hand."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import pytest

from mentoring.concerns.states import CONCERN_MACHINE
from mentoring.errors import WrongMove
from mentoring.machine import Actor, Machine
from mentoring.messages.services import MACHINE as OUTBOX
from mentoring.programmes.states import COHORT_MACHINE, ENROLMENT_MACHINE
from mentoring.proposals.states import PROPOSAL_MACHINE, RUN_MACHINE
from mentoring.relationships.states import MEETING_MACHINE, RELATIONSHIP_MACHINE

#: machine → "from to: actors", everything that is not listed is forbidden.
ALLOWED: dict[Machine, set[str]] = {
    PROPOSAL_MACHINE: {
        "draft approved coordinator",
        "draft rejected coordinator",
        "draft offered system",
        "draft superseded system",
        "approved offered coordinator",
        "approved rejected coordinator",
        "approved superseded system",
        "offered published system",
        "offered turned_down party",
        "offered lapsed system",
        "offered rejected coordinator",
        "offered superseded system",
    },
    RUN_MACHINE: {
        "queued running system",
        "queued cancelled coordinator",
        "running complete system",
        "running no_solution system",
        "running failed system",
        "running cancelled system",
    },
    ENROLMENT_MACHINE: {
        "draft submitted party",
        "draft withdrawn party",
        "submitted eligible coordinator",
        "submitted waitlisted coordinator",
        "submitted returned coordinator",
        "submitted declined coordinator",
        "submitted withdrawn coordinator",
        "submitted withdrawn party",
        "returned submitted party",
        "returned eligible coordinator",
        "returned waitlisted coordinator",
        "returned declined coordinator",
        "returned withdrawn coordinator",
        "returned withdrawn party",
        "eligible waitlisted coordinator",
        "eligible declined coordinator",
        "eligible withdrawn coordinator",
        "eligible withdrawn party",
        "eligible completed system",
        "waitlisted eligible coordinator",
        "waitlisted declined coordinator",
        "waitlisted withdrawn coordinator",
        "waitlisted withdrawn party",
        "completed eligible system",
        "declined eligible coordinator",
        "withdrawn draft party",
    },
    COHORT_MACHINE: {
        "draft open coordinator",
        "open draft coordinator",
        "open matching coordinator",
        "matching open coordinator",
        "matching running coordinator",
        "running matching coordinator",
        "running closing coordinator",
        "closing closed coordinator",
        "draft cancelled coordinator",
        "open cancelled coordinator",
        "matching cancelled coordinator",
        "running cancelled coordinator",
        "closing cancelled coordinator",
    },
    RELATIONSHIP_MACHINE: {
        "agreeing active party",
        "agreeing lapsed system",
        "agreeing ended party",
        "agreeing ended coordinator",
        "active paused party",
        "active paused coordinator",
        "active paused handler",
        "active closing party",
        "active closing coordinator",
        "active closing system",
        "active ended party",
        "active ended coordinator",
        "paused active party",
        "paused active coordinator",
        "paused active handler",
        "paused active system",
        "paused closing system",
        "paused ended party",
        "paused ended coordinator",
        "closing completed party",
        "closing completed system",
        "closing active coordinator",
        "closing ended party",
        "closing ended coordinator",
        "ended active coordinator",
        "ended agreeing coordinator",
        "lapsed agreeing coordinator",
    },
    MEETING_MACHINE: {
        "proposed booked party",
        "proposed cancelled party",
        "proposed cancelled system",
        "booked held party",
        "booked missed party",
        "booked cancelled party",
        "booked cancelled system",
        "held missed party",
        "missed held party",
    },
    CONCERN_MACHINE: {
        "open acknowledged handler",
        "acknowledged outside handler",
        "acknowledged closed handler",
        "outside closed handler",
    },
    OUTBOX: {
        "withheld queued system",
        "withheld gathered system",
        "withheld dropped system",
        "queued sending system",
        "retry sending system",
        "sending sent system",
        "sending retry system",
        "sending failed system",
        "sent failed system",
        "failed queued coordinator",
    },
}


@pytest.mark.parametrize("machine", ALLOWED, ids=lambda machine: machine.noun)
def test_move__every_two_states_and_every_actor__happens_exactly_where_listed(machine: Machine) -> None:
    possible = set()
    for before, after, actor in product(machine.states, machine.states, Actor):
        row = SimpleNamespace(state=before)
        try:
            assert machine.move(row, after, as_=actor) == before
        except WrongMove:
            assert row.state == before
        else:
            assert row.state == after
            possible.add(f"{before} {after} {actor}")
    assert possible == ALLOWED[machine]
