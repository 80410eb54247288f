"""The chain over the audit trail names what was forged, even after the triggers were taken away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from mentoring.models import AuditEvent, AuditSeal
from mentoring.trust import seals, triggers

pytestmark = pytest.mark.django_db


def event(number: int = 1, **fields: Any) -> AuditEvent:
    return AuditEvent.objects.create(
        action="mentoring.test.done",
        object_type="mentoring.test",
        object_id=str(number),
        object_label=f"test {number}",
        after={"z": 1.5, "a": ["é", None]},
        **fields,
    )


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def chain(db: None) -> list[int]:
    """Five events, sealed in two rounds."""
    ids = [event(i).pk for i in range(3)]
    seals.seal_due()
    ids += [event(i).pk for i in range(3, 5)]
    seals.seal_due()
    return ids


@pytest.fixture
def no_triggers(chain: list[int]) -> Iterator[None]:
    """Somebody with every right on the database has taken the refusal away."""
    tables = (triggers.TABLE, triggers.SEALS)
    for table in tables:
        triggers.remove(connection, table)
    yield
    for table in tables:
        triggers.install(connection, table)


def test_seal_due__new_events__are_sealed_once_each_and_the_chain_holds(chain: list[int]) -> None:
    assert seals.seal_due() == 0
    assert list(AuditSeal.objects.values_list("event_id", flat=True)) == chain
    verdict = seals.verify()
    assert (verdict.finding, verdict.sealed, verdict.waiting) == (None, 5, 0)


def test_seal_due__an_event_that_commits_late__is_sealed_after_later_ones(chain: list[int]) -> None:
    late = AuditEvent(pk=chain[0] - 1, action="a.b", object_type="t", object_id="1", object_label="t")
    late.save(force_insert=True)
    assert seals.seal_due() == 1
    assert AuditSeal.objects.last().event_id == late.pk  # type: ignore[union-attr]  # there are six
    assert seals.verify().finding is None


@pytest.mark.parametrize(
    ("statement", "which", "says"),
    [
        ("UPDATE mentoring_auditevent SET reason = 'I was told to' WHERE id = {0}", 1, "changed it"),
        ("UPDATE mentoring_auditevent SET actor_id = 7 WHERE id = {0}", 0, "changed it"),
        ("DELETE FROM mentoring_auditevent WHERE id = {0}", 3, "is missing"),
        ("DELETE FROM mentoring_auditseal WHERE event_id = {0}", 2, "A seal is missing"),
        ("UPDATE mentoring_auditseal SET digest = 'x' WHERE event_id = {0}", 4, "changed it"),
    ],
)
def test_verify__forged_without_triggers__names_the_first_row(
    chain: list[int], no_triggers: None, statement: str, which: int, says: str
) -> None:
    run(statement.format(chain[which]))
    finding = seals.verify().finding
    assert finding is not None
    assert says in finding.sentence
    broken = chain[which + 1] if "mentoring_auditseal WHERE" in statement else chain[which]
    assert finding.event_id == broken


def test_verify__the_end_of_the_chain_was_cut_off__is_seen_by_a_digest_noted_before(
    chain: list[int], no_triggers: None
) -> None:
    noted = seals.verify().last_digest
    run(f"DELETE FROM mentoring_auditseal WHERE event_id = {chain[4]}")
    run(f"DELETE FROM mentoring_auditevent WHERE id = {chain[4]}")
    assert seals.verify().finding is None  # the chain alone cannot know
    finding = seals.verify(expect=noted).finding
    assert finding is not None
    assert "not part of the chain" in finding.sentence


def test_verify__an_event_older_than_an_hour_without_a_seal__is_named(chain: list[int], clock: Any) -> None:
    slipped_in = event(9)
    clock.shift(dt.timedelta(minutes=59))
    assert seals.verify().finding is None
    clock.shift(dt.timedelta(minutes=2))
    finding = seals.verify().finding
    assert finding is not None
    assert finding.event_id == slipped_in.pk


def test_seal_due__an_event_far_behind__stays_unsealed(chain: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "LATE", 2)
    slipped_in = AuditEvent(pk=chain[0] - 1, action="a.b", object_type="t", object_id="1", object_label="t")
    slipped_in.save(force_insert=True)
    assert seals.seal_due() == 0


@pytest.mark.parametrize(
    "statement", ["UPDATE mentoring_auditseal SET digest = 'x'", "DELETE FROM mentoring_auditseal"]
)
def test_seals__plain_sql__is_refused(chain: list[int], statement: str) -> None:
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        run(statement)


def test_seals__two_that_follow_the_same_one__are_impossible(chain: list[int]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditSeal.objects.create(event_id=999, previous="", digest="x")


def test_verify_audit__whole_and_broken__says_so(chain: list[int], no_triggers: None) -> None:
    said = StringIO()
    call_command("verify_audit", stdout=said)
    assert "5 events sealed" in said.getvalue()
    run(f"DELETE FROM mentoring_auditevent WHERE id = {chain[0]}")
    with pytest.raises(CommandError, match=f"Event {chain[0]} is missing"):
        call_command("verify_audit")
