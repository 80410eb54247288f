"""Every machine of the plugin over the whole product of states and actors, against a list written out by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from mentoring.errors import WrongMove
from mentoring.machine import Actor, Machine
from mentoring.messages.services import MACHINE as OUTBOX
from mentoring.programmes.states import COHORT_MACHINE, ENROLMENT_MACHINE
from mentoring.proposals.states import PROPOSAL_MACHINE, RUN_MACHINE

#: machine → "from to: actors", everything that is not listed is forbidden.
ALLOWED: dict[Machine, set[str]] = {
    PROPOSAL_MACHINE: {
        "draft approved coordinator",
        "draft rejected coordinator",
        "approved rejected coordinator",
        "draft superseded system",
        "approved superseded system",
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
        "submitted eligible coordinator",
        "submitted declined coordinator",
        "submitted withdrawn coordinator",
        "submitted withdrawn party",
        "eligible declined coordinator",
        "eligible withdrawn coordinator",
        "eligible withdrawn party",
        "declined eligible coordinator",
        "withdrawn submitted party",
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
    OUTBOX: {
        "queued sending system",
        "retry sending system",
        "sending sent system",
        "sending retry system",
        "sending failed system",
        "failed queued coordinator",
    },
}

PRODUCT = [
    pytest.param(machine, before, after, actor, id=f"{machine.noun}-{before.value}-{after.value}-{actor.value}")
    for machine in ALLOWED
    for before in machine.states
    for after in machine.states
    for actor in Actor
]


@pytest.mark.parametrize(("machine", "before", "after", "actor"), PRODUCT)
def test_move__every_state_and_actor__happens_exactly_where_listed(
    machine: Machine, before: object, after: object, actor: Actor
) -> None:
    row = SimpleNamespace(state=before)
    if f"{before} {after} {actor}" in ALLOWED[machine]:
        assert machine.move(row, after, as_=actor) == before  # type: ignore[arg-type]  # an enum of the machine
        assert row.state == after
    else:
        with pytest.raises(WrongMove):
            machine.move(row, after, as_=actor)  # type: ignore[arg-type]  # an enum of the machine
        assert row.state == before
