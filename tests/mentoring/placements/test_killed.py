"""The clock of visits is killed halfway: what it began is undone or done, and the next run does each thing once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine

from mentoring.models import AuditEvent, Outbox, Placement
from mentoring.placements import clocks
from tests.support import processes

from . import visits

pytestmark = pytest.mark.django_db(transaction=True)

SCRIPT = """
import os, django, time_machine
time_machine.travel("{now}", tick=True).start()
django.setup()
from mentoring.placements import clocks, mail
def die(*args, **kwargs):
    os._exit(9)
where = os.environ.get("DIE")
if where == "after-the-move":
    clocks.record = die
elif where == "between-two-mails":
    mail.tell_host = die
clocks.run_due()
if where == "at-the-end":
    die()
"""


@pytest.mark.parametrize("die", ["after-the-move", "between-two-mails", "at-the-end"])
def test_clock_of_visits__killed_and_run_again__does_each_thing_once(clock: Any, tmp_path: Path, die: str) -> None:
    silent = visits.staged().ask()
    booked = visits.staged().confirmed()
    Placement.objects.filter(pk=silent.pk).update(answer_by="2027-01-01")
    now = dt.datetime.combine(booked.days.get().date - dt.timedelta(days=1), dt.time(9), tzinfo=dt.UTC)
    script = SCRIPT.replace("{now}", now.isoformat())
    assert processes.run(script, tmp_path, DIE=die) == 9
    with time_machine.travel(now, tick=True):  # the next worker is this process, and the one after it
        clocks.run_due()
        clocks.run_due()
    assert visits.state(silent) == "lapsed"
    assert visits.state(booked) == "confirmed"
    trail = AuditEvent.objects.filter(object_type="mentoring.placement", action="mentoring.placement.lapsed")
    assert list(trail.values_list("object_id", flat=True)) == [str(silent.pk)]
    for template, pk, count in (
        ("placement_lapsed", silent.pk, 1), ("placement_off", silent.pk, 1), ("placement_tomorrow", booked.pk, 2),
    ):  # fmt: skip
        assert Outbox.objects.filter(template=template, key__startswith=f"placement:{pk}:").count() == count
