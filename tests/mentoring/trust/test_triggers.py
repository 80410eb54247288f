"""The audit trail cannot be rewritten, not even by SQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from mentoring.models import AuditEvent
from mentoring.trust.triggers import TABLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> AuditEvent:
    return AuditEvent.objects.create(
        action="mentoring.test.done", object_type="mentoring.test", object_id="1", object_label="test 1"
    )


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET action = 'mentoring.test.forged'",
        f"UPDATE {TABLE} SET actor_id = NULL",
        f"DELETE FROM {TABLE}",
    ],
)
def test_audit_trail__plain_sql__is_refused(event: AuditEvent, statement: str) -> None:
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.values_list("action", "actor_id").get() == ("mentoring.test.done", None)


def test_audit_trail__orm_save_and_delete__are_refused(event: AuditEvent) -> None:
    event.action = "mentoring.test.forged"
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        event.save()
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        event.delete()


def test_audit_trail__its_actor_is_deleted__the_row_stays_as_it_was(make_user: object) -> None:
    user = make_user("gone@example.org")  # type: ignore[operator]  # a factory fixture
    pk = user.pk
    event = AuditEvent.objects.create(actor=user, action="a.b", object_type="t", object_id="1", object_label="t 1")
    user.delete()
    assert AuditEvent.objects.values_list("actor_id", flat=True).get(pk=event.pk) == pk
    assert AuditEvent.objects.select_related("actor").get(pk=event.pk).actor is None
