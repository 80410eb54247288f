"""A sender is killed between sending and marking: nothing is lost, and the repeat carries the same Message-ID."""

from __future__ import annotations

import email
from pathlib import Path

import pytest
from django.utils import timezone

from mentoring.messages.models import Outbox, OutboxState
from mentoring.messages.services import new_message_id
from tests.support import processes

pytestmark = pytest.mark.django_db(transaction=True)

SCRIPT = """
import os, django
django.setup()
from mentoring.messages import sending
if os.environ.get("DIE") == "after-send":
    sending._mark = lambda *a, **k: os._exit(9)
elif os.environ.get("DIE") == "before-send":
    sending._mail = lambda *a, **k: os._exit(9)
sending.send_due()
"""


def sender(folder: Path, die: str = "") -> int:
    """Another process, on the same database, that writes mails as files."""
    return processes.run(SCRIPT, folder, DIE=die)


@pytest.mark.parametrize(("die", "mails"), [("before-send", 3), ("after-send", 4)])
def test_sender__killed_mid_way__loses_nothing_and_repeats_under_the_same_message_id(
    tmp_path: Path, die: str, mails: int
) -> None:
    for n in range(3):
        Outbox.objects.create(
            key=str(n),
            message_id=new_message_id(),
            template="t",
            recipient=f"person{n}@example.org",
            subject=f"Message {n}",
            text="Hello",
            due_at=timezone.now(),
        )
    assert sender(tmp_path, die) == 9
    assert Outbox.objects.filter(state=OutboxState.SENDING).count() == 1
    Outbox.objects.filter(state=OutboxState.SENDING).update(lease_until=timezone.now())
    assert sender(tmp_path) == 0

    assert set(Outbox.objects.values_list("state", flat=True)) == {"sent"}
    texts = [
        part for file in (tmp_path / "mails").iterdir() for part in file.read_text().split("-" * 79) if part.strip()
    ]
    ids = [email.message_from_string(text.strip())["Message-ID"] for text in texts]
    assert set(ids) == set(Outbox.objects.values_list("message_id", flat=True))
    assert len(ids) == mails
