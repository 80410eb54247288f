"""`run_due` is killed by a real signal in the middle of its work: afterwards each effect is there exactly once."""

from __future__ import annotations

import datetime as dt
import email
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from mentoring.jobs import due
from mentoring.models import AuditEvent, MatchRun, Outbox, Proposal, Relationship
from mentoring.proposals import runs
from mentoring.proposals.models import ProposalState, RunState
from tests.mentoring import scenes
from tests.support import processes

pytestmark = pytest.mark.django_db(transaction=True)

#: KILL is "module:function:n": the process is killed when that function is called for the n-th time.
SCRIPT = """
import importlib, os, signal
import django
django.setup()
from django.core.management import call_command
if os.environ.get("KILL"):
    module, name, count = os.environ["KILL"].split(":")
    home = importlib.import_module(module)
    through, calls = getattr(home, name), []
    def killed(*args, **values):
        calls.append(1)
        if len(calls) == int(count):
            os.kill(os.getpid(), signal.SIGKILL)
        return through(*args, **values)
    setattr(home, name, killed)
call_command("run_due", verbosity=0)
"""
#: Before the first write of a clock, between two, inside a transaction that has written, after the last one.
POINTS = [
    "mentoring.proposals.changes:before_write:1",
    "mentoring.proposals.endings:tell:2",
    "mentoring.relationships.ending:tell_both:1",
    "mentoring.proposals.runs:_before_write:1",
    "mentoring.proposals.runs:_report:1",
    "mentoring.messages.sending:_mark:4",
]


def everything_due() -> tuple[MatchRun, list[Proposal], Relationship]:
    """Three offers and an agreement whose time is over, and a run that waits for a worker."""
    lapsing, unsigned, matching = scenes.ready_to_match(3, 3), scenes.ready_to_match(1, 1), scenes.ready_to_match(2, 2)
    offers = [scenes.offered(lapsing, i, i) for i in range(3)]
    pair = Relationship.objects.get(proposal=scenes.agreed(unsigned))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "knock", lambda: None)
        run = runs.start_run(cohort=matching.cohort, actor=matching.coordinator)
    long_ago = timezone.now() - dt.timedelta(days=60)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Proposal.objects.filter(pk__in=[row.pk for row in offers]).update(answer_by=yesterday, clock_on=yesterday)
    Relationship.objects.filter(pk=pair.pk).update(created_at=long_ago, turn_since=long_ago, turn_due=yesterday)
    return run, offers, pair


def delivered(folder: Path) -> Counter[tuple[str, str]]:
    """Recipient and Message-ID of each mail that went out → how often."""
    texts = [part for file in (folder / "mails").iterdir() for part in file.read_text().split("-" * 79)]
    mails = [email.message_from_string(text.strip()) for text in texts if text.strip()]
    return Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in mails)


def world() -> list[Any]:
    return [
        list(Proposal.objects.order_by("pk").values("pk", "state", "version")),
        list(Relationship.objects.order_by("pk").values("pk", "state", "version")),
        list(MatchRun.objects.order_by("pk").values("pk", "state", "attempts")),
        AuditEvent.objects.count(),
        list(Outbox.objects.order_by("pk").values("key", "state", "message_id")),
    ]


#: What differs between the databases is what a killed transaction leaves: two of the points show it.
@pytest.mark.parametrize("point", POINTS if connection.vendor == "sqlite" else POINTS[1::3])
def test_run_due__killed_at_any_point__does_each_thing_once(tmp_path: Path, settings: Any, point: str) -> None:
    run, offers, pair = everything_due()
    before = AuditEvent.objects.filter(action="mentoring.run.complete").count()
    assert processes.run(SCRIPT, tmp_path, KILL=point) == -9
    past = timezone.now() - dt.timedelta(seconds=1)
    MatchRun.objects.filter(state=RunState.RUNNING).update(lease_until=past)
    Outbox.objects.filter(state="sending").update(lease_until=past)
    # The next worker is this process: it writes its mails where the killed one did.
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mails")
    cache.clear()  # an hour later, for the clocks that go round once an hour
    call_command("run_due", verbosity=0)

    for offer in offers:
        offer.refresh_from_db()
        assert offer.state == ProposalState.LAPSED
        assert lines("proposal.lapsed", offer.pk) == 1
        assert Outbox.objects.filter(template="offer_lapsed", key__startswith=f"proposal:{offer.pk}:").count() == 2
    pair.refresh_from_db()
    assert pair.state == "lapsed"
    assert lines("relationship.lapsed", pair.pk) == 1
    assert Outbox.objects.filter(template="pair_lapsed", key__startswith=f"pair:{pair.pk}:").count() == 2
    run.refresh_from_db()
    assert (run.state, run.proposals.count()) == (RunState.COMPLETE, 2)
    assert AuditEvent.objects.filter(action="mentoring.run.complete").count() == before + 1
    assert Outbox.objects.filter(template="run_finished", key=f"run:{run.pk}:complete").count() == 1

    sent = delivered(tmp_path)
    assert {number for _, number in sent} >= set(
        Outbox.objects.filter(template__in=["offer_lapsed", "pair_lapsed", "run_finished"]).values_list(
            "message_id", flat=True
        )
    )
    repeated = [count for count in sent.values() if count > 1]
    assert repeated == ([2] if point.endswith("_mark:4") else [])  # the one mail that was sent and not yet marked
    assert not Outbox.objects.exclude(state="sent").exists()
    as_it_is = world()
    due.run_until_nothing_is_due()
    assert world() == as_it_is


def lines(action: str, pk: int) -> int:
    return AuditEvent.objects.filter(action=f"mentoring.{action}", object_id=str(pk)).count()
