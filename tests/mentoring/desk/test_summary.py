"""The daily summary: counts, only if something waits, only to who wants it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from mentoring.desk.summary import send_summaries
from mentoring.messages.models import Outbox
from mentoring.models import MailChoice
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    return list(
        Outbox.objects.filter(template="coordinator_summary").order_by("pk").values_list("recipient", flat=True)
    )


def test_summary__something_waits__coordinator_and_owner_get_counts_without_names(clock: Any) -> None:
    scene = scenes.with_proposals(2)
    scenes.programme_with_cohort()  # here nothing waits, and nobody is told
    send_summaries()
    assert sorted(told()) == sorted([scene.coordinator.email, scene.owner.email])
    message = Outbox.objects.filter(template="coordinator_summary").earliest("pk")
    assert "2 pairs to decide" in message.text
    assert str(scene.mentees[0].profile) not in message.text


def test_summary__twice_on_one_day_or_at_the_weekend__is_one(clock: Any) -> None:
    scenes.with_proposals(1)
    send_summaries()
    send_summaries()
    assert len(told()) == 2
    clock.shift(dt.timedelta(days=5))  # Saturday
    assert send_summaries() == 0


def test_summary__who_wants_none__gets_none(clock: Any) -> None:
    scene = scenes.with_proposals(1)
    MailChoice.objects.create(user=scene.coordinator, daily_summary=False)
    send_summaries()
    assert told() == [scene.owner.email]
