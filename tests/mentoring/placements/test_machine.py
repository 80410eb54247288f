"""The machines of offers and visits over the whole product of states and actors, against a list written by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from mentoring.errors import WrongMove
from mentoring.machine import Actor, Machine
from mentoring.placements.states import OFFER_MACHINE, PLACEMENT_MACHINE

ANYBODY = ("party", "host", "coordinator", "system")
ALLOWED: dict[Machine, set[str]] = {
    OFFER_MACHINE: {
        "draft asked host",
        "draft closed host",
        "asked open system",
        "asked draft system",
        "asked draft host",
        "asked closed host",
        "asked closed coordinator",
        "open asked host",
        "open closed host",
        "open closed coordinator",
    },
    PLACEMENT_MACHINE: {
        "draft suggested coordinator",
        "suggested requested party",
        "suggested declined party",
        "suggested lapsed system",
        "suggested cancelled coordinator",
        "suggested cancelled system",
        "requested confirmed coordinator",
        "requested declined system",
        "requested declined coordinator",
        "requested lapsed system",
        "on_hold declined system",
        "on_hold lapsed system",
        *(f"{state} cancelled {actor}" for state in ("requested", "confirmed", "on_hold") for actor in ANYBODY),
        "confirmed requested coordinator",
        "confirmed on_hold system",
        "confirmed on_hold coordinator",
        "confirmed in_progress system",
        "on_hold requested coordinator",
        "on_hold confirmed coordinator",
        "in_progress debrief_due system",
        "in_progress no_show host",
        "in_progress no_show coordinator",
        "debrief_due no_show host",
        "debrief_due no_show coordinator",
        "debrief_due completed party",
    },
}


@pytest.mark.parametrize("machine", ALLOWED, ids=lambda machine: machine.noun)
def test_machine__every_state_event_and_actor__is_as_written(machine: Machine) -> None:
    for before in machine.states:
        for after in machine.states:
            for actor in Actor:
                row = SimpleNamespace(state=before)
                if f"{before.value} {after.value} {actor.value}" in ALLOWED[machine]:
                    assert machine.move(row, after, as_=actor) == before
                    assert row.state == after
                else:
                    with pytest.raises(WrongMove):
                        machine.move(row, after, as_=actor)
                    assert row.state == before
